namespace NetPolicy.Dsl;

/// <summary>One concrete label and the line that made it.</summary>
internal readonly record struct LabelPair(string Key, string Value, SourceLine Line);
