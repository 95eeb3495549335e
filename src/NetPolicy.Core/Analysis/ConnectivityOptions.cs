using NetPolicy.Engine;
using NetPolicy.Ports;

namespace NetPolicy.Analysis;

/// <summary>What part of the matrix is wanted. A value without assignments wants all of it.</summary>
public sealed record ConnectivityOptions
{
    /// <summary>The whole matrix.</summary>
    public static ConnectivityOptions Default { get; } = new();

    /// <summary>Only connections from this end; a Service is no end of the matrix.</summary>
    public FlowEnd? From { get; init; }

    /// <summary>Only connections to this end; a Service is no end of the matrix.</summary>
    public FlowEnd? To { get; init; }

    /// <summary>Only connections with an end in this namespace; groups are split so that each is inside or outside it.</summary>
    public string? Namespace { get; init; }

    /// <summary>Only this destination port.</summary>
    public ushort? Port { get; init; }

    /// <summary>Only this protocol: TCP, UDP, SCTP, ICMP or ICMPv6.</summary>
    public Protocol? Protocol { get; init; }
}
