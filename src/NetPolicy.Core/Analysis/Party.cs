using NetPolicy.Addresses;
using NetPolicy.Engine;

namespace NetPolicy.Analysis;

/// <summary>One end in one world: a workload, a node, or a range of outside addresses that nothing tells apart.</summary>
internal sealed class Party
{
    /// <summary>The end to evaluate.</summary>
    public required FlowEnd End { get; init; }

    /// <summary>Bit 0: it has IPv4; bit 1: IPv6.</summary>
    public required int Families { get; init; }

    /// <summary>The node it is on or is; -1 for none.</summary>
    public int Node { get; init; } = -1;

    /// <summary>True for a node.</summary>
    public bool IsNode => End.Kind == FlowEndKind.Node;

    /// <summary>True for outside addresses.</summary>
    public bool IsOutside => End.Kind == FlowEndKind.Address;

    /// <summary>True if connections to it may be translated by a Service.</summary>
    public bool IsFront { get; init; }

    /// <summary>True if translated connections to it may end at a node itself, so that the source's node makes a difference.</summary>
    public bool MeetsNodes { get; init; }

    /// <summary>Ports at which verdicts of its connections can change.</summary>
    public required PortCuts SourceCuts { get; init; }

    /// <summary>Ports at which verdicts of connections to it can change.</summary>
    public required PortCuts DestinationCuts { get; init; }

    /// <summary>The same of another end.</summary>
    public Party At(FlowEnd end) => new()
    {
        End = end,
        Families = Families,
        Node = Node,
        IsFront = IsFront,
        MeetsNodes = MeetsNodes,
        SourceCuts = SourceCuts,
        DestinationCuts = DestinationCuts,
    };

    public static bool Has(int families, IpFamily family) => (families & (family == IpFamily.IPv6 ? 2 : 1)) != 0;
}
