namespace NetPolicy.Enforce;

/// <summary>Which connections the rules report to the flow log.</summary>
public enum FlowLogMode : byte
{
    /// <summary>Those of Log rules only.</summary>
    None = 0,

    /// <summary>Denied ones.</summary>
    Denied,

    /// <summary>Denied ones, and new ones that policy allowed.</summary>
    All,
}
