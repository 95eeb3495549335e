namespace NetPolicy.Enforce.Simulation;

/// <summary>Which packets a table sees.</summary>
public enum NftFamily : byte
{
    /// <summary>IPv4 and IPv6.</summary>
    Inet = 0,

    /// <summary>IPv4 only.</summary>
    IPv4,

    /// <summary>IPv6 only.</summary>
    IPv6,

    /// <summary>Frames that pass through bridges.</summary>
    Bridge,
}
