using System.Net;

namespace NetPolicy.Enforce.Lab;

/// <summary>One connection attempt whose fate is asked of the kernel.</summary>
/// <param name="Id">The caller's name for it; not interpreted.</param>
/// <param name="Source">Who sends it.</param>
/// <param name="Destination">The address it is sent to, a service's or a node's included.</param>
/// <param name="Protocol">IP protocol number. IPv6 extension headers (0, 43, 44, 51, 60) cannot be sent over IPv6.</param>
/// <param name="DestinationPort">The port; ignored by protocols without ports.</param>
public sealed record LabProbe(string Id, LabSource Source, IPAddress Destination, byte Protocol, ushort DestinationPort = 0)
{
    /// <summary>The source port, or for ICMP the identifier; <see langword="null"/>, the default, takes a fresh one for every probe.</summary>
    public ushort? SourcePort { get; init; }

    /// <summary>The ICMP type; default echo request (8, or 128 for ICMPv6).</summary>
    public byte? IcmpType { get; init; }

    /// <summary>The ICMP code; default 0.</summary>
    public byte? IcmpCode { get; init; }

    /// <summary>The source address; default the sender's first of the destination's family. Any other is allowed: a forged one.</summary>
    public IPAddress? SourceAddress { get; init; }

    /// <summary>The node a client's packet enters first; default the node that owns the destination, else the first node.</summary>
    public string? EnterNode { get; init; }

    /// <summary>The interface of that node it enters by; default the one the client is behind.</summary>
    public string? EnterInterface { get; init; }
}
