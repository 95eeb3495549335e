namespace NetPolicy.Dsl;

/// <summary>Asks <c>netpol generate</c> to write the set that this static member holds.</summary>
/// <remarks>
/// Only what is marked is written, because libraries also hold steps, drafts and sets for tests. Use <c>=&gt;</c> for the property: with
/// <c>{ get; } =</c> a handle declared further down is still null. Nothing in this library reads the attribute.
/// </remarks>
/// <param name="path">The folder that the files are written to, relative to the output folder.</param>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class GenerateYamlAttribute(string path) : Attribute
{
    /// <summary>The folder that the files are written to, relative to the output folder.</summary>
    public string Path { get; } = path;

    /// <summary>How the documents are spread over files; one file by default.</summary>
    public YamlLayout Layout { get; init; }
}
