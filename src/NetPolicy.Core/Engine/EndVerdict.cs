namespace NetPolicy.Engine;

/// <summary>What one end of a flow says about it.</summary>
public enum EndVerdict : byte
{
    /// <summary>It has no say: an outside address, a host without host endpoint, or nothing selects it and its default allows.</summary>
    None = 0,

    /// <summary>It allows the flow.</summary>
    Allow,

    /// <summary>It drops the flow.</summary>
    Deny,
}
