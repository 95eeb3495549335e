using NetPolicy.Addresses;
using NetPolicy.Ports;

namespace NetPolicy.Engine;

/// <summary>One connection attempt: source, destination, protocol, port. Null fields are not known and equal nothing.</summary>
public readonly record struct Flow
{
    /// <summary>Who opens the connection.</summary>
    public required FlowEnd Source { get; init; }

    /// <summary>To whom.</summary>
    public required FlowEnd Destination { get; init; }

    /// <summary>IP protocol.</summary>
    public required Protocol Protocol { get; init; }

    /// <summary>Destination port as dialled; null where the protocol has none.</summary>
    public ushort? Port { get; init; }

    /// <summary>Source port.</summary>
    public ushort? SourcePort { get; init; }

    /// <summary>ICMP type.</summary>
    public byte? IcmpType { get; init; }

    /// <summary>ICMP code.</summary>
    public byte? IcmpCode { get; init; }

    /// <summary>IP version; none for IPv4 if both ends have it, otherwise IPv6.</summary>
    public IpFamily Family { get; init; }

    /// <summary>Interface by which it leaves the source's node; null for the node's default one.</summary>
    public string? OutInterface { get; init; }

    /// <summary>Interface by which it enters the destination's node; null for the node's default one.</summary>
    public string? InInterface { get; init; }

    /// <summary>HTTP method; with neither method nor path HTTP clauses are not judged.</summary>
    public string? HttpMethod { get; init; }

    /// <summary>HTTP path.</summary>
    public string? HttpPath { get; init; }
}
