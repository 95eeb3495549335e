using NetPolicy.Addresses;
using NetPolicy.Diagnostics;
using NetPolicy.Engine;
using NetPolicy.Ports;

namespace NetPolicy.Enforce.FlowLog;

/// <summary>Connections of one kind within a window of time: the same ends, protocol, port, and decision.</summary>
public sealed record FlowRecord
{
    /// <summary>Name of the source: <c>namespace/pod</c>, <c>host:NODE</c>, or its address.</summary>
    public required string From { get; init; }

    /// <summary>Its address.</summary>
    public required IpAddress FromAddress { get; init; }

    /// <summary>Name of the destination.</summary>
    public required string To { get; init; }

    /// <summary>Its address.</summary>
    public required IpAddress ToAddress { get; init; }

    /// <summary>Transport protocol.</summary>
    public required Protocol Protocol { get; init; }

    /// <summary>Destination port; null where the protocol has none.</summary>
    public ushort? Port { get; init; }

    /// <summary>ICMP type; null for other protocols.</summary>
    public byte? IcmpType { get; init; }

    /// <summary>What the rule decided; undecided for a Log rule, which decides nothing.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>What it would be with the staged policies; null if there are none, or the ends are not known.</summary>
    public Verdict? Pending { get; init; }

    /// <summary>The rule that decided, in the words of the counters.</summary>
    public required string Rule { get; init; }

    /// <summary>Where it is written.</summary>
    public SourceSpan Span { get; init; }

    /// <summary>Packets that were reported.</summary>
    public long Packets { get; init; } = 1;
}
