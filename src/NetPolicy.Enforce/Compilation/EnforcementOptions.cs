using System.Numerics;
using NetPolicy.Collections;
using NetPolicy.Enforce.Bridges;

namespace NetPolicy.Enforce;

/// <summary>Choices of rendering. A value without assignments holds the documented defaults.</summary>
public sealed record EnforcementOptions
{
    /// <summary>The documented defaults.</summary>
    public static EnforcementOptions Default { get; } = new();

    /// <summary>Name of the nft table, <c>netpol</c> by default: a letter, then up to 63 letters, digits and underscores.</summary>
    public string TableName { get; init; } = "netpol";

    /// <summary>
    /// Bits of the connection mark that are ours, <c>0x7fff0000</c> by default: adjacent, the highest means that the connection was denied, the others hold
    /// the generation that accepted it. 0 uses no connection marks: established connections then pass until they end, whatever policy says later.
    /// </summary>
    public uint ConnectionMarkMask { get; init; } = 0x7fff_0000;

    /// <summary>The packet mark's bit for "a host endpoint accepted it earlier", <c>0x01000000</c> by default.</summary>
    public uint AcceptedMark { get; init; } = 0x0100_0000;

    /// <summary>The packet mark's bit for "the stage before translation has seen it", <c>0x02000000</c> by default.</summary>
    public uint SeenMark { get; init; } = 0x0200_0000;

    /// <summary>What names of workload interfaces begin with, <c>cali</c> by default; at most four characters.</summary>
    public string WorkloadInterfacePrefix { get; init; } = "cali";

    /// <summary>Workloads of the node that are not known; closed by default.</summary>
    public UnknownPods UnknownPods { get; init; } = UnknownPods.Closed;

    /// <summary>How denied connections end; dropped by default.</summary>
    public DenyAction DenyAction { get; init; } = DenyAction.Drop;

    /// <summary>Netlink group that Log rules write to; the kernel's log by default.</summary>
    public ushort? LogGroup { get; init; }

    /// <summary>Which connections are reported to the flow log; none by default.</summary>
    public FlowLogMode FlowLog { get; init; } = FlowLogMode.None;

    /// <summary>Netlink group of the flow log, <see cref="DefaultFlowLogGroup"/> by default.</summary>
    public ushort FlowLogGroup { get; init; } = DefaultFlowLogGroup;

    /// <summary>Reports a second that each rule may make, 100 by default and 1 at least; twice as many at once.</summary>
    public uint FlowLogRate { get; init; } = 100;

    /// <summary>Elements a class's tables may have before it is written as ordered rules; 100,000 by default.</summary>
    public int MaxTableElements { get; init; } = 100_000;

    /// <summary>What becomes of connections that were accepted before a change; judged again after a change that restricts anything by default.</summary>
    public EstablishedConnections EstablishedConnections { get; init; } = EstablishedConnections.ReevaluateOnRestrict;

    /// <summary>
    /// Bridges with workloads of the node as their ports; none by default. Workloads whose addresses are behind a port of one are told apart by address, and pinned
    /// to port and link-layer address by a table of family <c>bridge</c>. Whoever else is behind such a bridge is an unknown workload.
    /// </summary>
    public EquatableArray<PodBridge> Bridges { get; init; }

    /// <summary>The netlink group of the flow log unless another is chosen.</summary>
    public const ushort DefaultFlowLogGroup = 1616;

    internal uint DenyBit => ConnectionMarkMask == 0 ? 0 : 1u << (31 - BitOperations.LeadingZeroCount(ConnectionMarkMask));

    /// <summary>The last epoch that the connection mark's bits hold.</summary>
    internal int MaxEpoch =>
        ConnectionMarkMask == 0 ? int.MaxValue : (int)(ConnectionMarkMask >> BitOperations.TrailingZeroCount(ConnectionMarkMask) >> 1);

    /// <summary>Throws if the options contradict each other.</summary>
    /// <exception cref="ArgumentException">With the reason.</exception>
    internal void Check()
    {
        Require(
            TableName.Length is > 0 and <= 64 && char.IsAsciiLetter(TableName[0]) && TableName.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'),
            "TableName needs a letter, then letters, digits and underscores");
        Require(
            WorkloadInterfacePrefix.Length <= InterfaceNames.MaxLength - 11 && InterfaceNames.IsSafe(WorkloadInterfacePrefix),
            "WorkloadInterfacePrefix needs one to four letters or digits");
        uint shifted = ConnectionMarkMask == 0 ? 0 : ConnectionMarkMask >> BitOperations.TrailingZeroCount(ConnectionMarkMask);
        Require((shifted & (shifted + 1)) == 0 && shifted is not 1 and not 3, "ConnectionMarkMask needs at least three bits, all adjacent, or none");
        Require(
            BitOperations.PopCount(AcceptedMark) == 1 && BitOperations.PopCount(SeenMark) == 1 && AcceptedMark != SeenMark,
            "AcceptedMark and SeenMark need one bit each, and not the same");
        Require(
            Bridges.AsEnumerable().All(b => InterfaceNames.IsSafe(b.Name) && b.Ports.AsEnumerable().All(p => InterfaceNames.IsSafe(p.Name))),
            "names of bridges and ports need 1 to 15 letters, digits or `._-@:+`");
        Require(
            Bridges.AsEnumerable().Select(b => b.Name).Concat(Bridges.AsEnumerable().SelectMany(b => b.Ports).Select(p => p.Name)).GroupBy(n => n, StringComparer.Ordinal).All(g => g.Count() == 1),
            "an interface can be one bridge, or one port of one bridge");
        Require(FlowLogRate is > 0 and <= 1_000_000, "FlowLogRate needs 1 to 1,000,000 reports a second");
        Require(MaxTableElements >= 0, "MaxTableElements cannot be negative");
    }

    private static void Require(bool holds, string message)
    {
        if (!holds)
        {
            throw new ArgumentException(message);
        }
    }
}
