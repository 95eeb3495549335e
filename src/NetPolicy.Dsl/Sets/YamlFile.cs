namespace NetPolicy.Dsl;

/// <summary>A file's text and where it belongs.</summary>
/// <param name="Path">Relative path with <c>/</c> between its parts.</param>
/// <param name="Text">YAML with LF line ends.</param>
public sealed record YamlFile(string Path, string Text);
