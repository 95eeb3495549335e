namespace NetPolicy.Enforce;

/// <summary>What becomes of connections that were accepted before policy changed.</summary>
/// <remarks>Those of a mask without bits (<see cref="EnforcementOptions.ConnectionMarkMask"/>) are always kept.</remarks>
public enum EstablishedConnections : byte
{
    /// <summary>They are judged again after every change that may deny what was allowed before; other changes leave them alone.</summary>
    ReevaluateOnRestrict = 0,

    /// <summary>They are judged again after every change.</summary>
    ReevaluateAlways,

    /// <summary>They go on until they end.</summary>
    Keep,
}
