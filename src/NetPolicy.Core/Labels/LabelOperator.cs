namespace NetPolicy.Labels;

/// <summary>How a selector compares one label with one text.</summary>
internal enum LabelOperator : byte
{
    /// <summary><c>==</c>.</summary>
    Equal,

    /// <summary><c>!=</c>; true where the label is absent.</summary>
    NotEqual,

    /// <summary><c>contains</c>.</summary>
    Contains,

    /// <summary><c>starts with</c>.</summary>
    StartsWith,

    /// <summary><c>ends with</c>.</summary>
    EndsWith,
}
