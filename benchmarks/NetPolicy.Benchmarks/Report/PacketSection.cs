using System.Globalization;
using System.Text;
using NetPolicy.Benchmarks.Packets;
using NetPolicy.Benchmarks.Quick;

namespace NetPolicy.Benchmarks.Report;

/// <summary>What packets cost the kernel under our rules.</summary>
internal static class PacketSection
{
    private static readonly (string Packet, string Rules, string Baseline, double? Limit)[] Comparisons =
    [
        (PacketRun.NewDenied, PacketRun.Many, PacketRun.Dropping, 2),
        (PacketRun.NewDenied, PacketRun.Few, PacketRun.Dropping, null),
        (PacketRun.NewAllowed, PacketRun.Many, PacketRun.Accepting, null),
        (PacketRun.Established, PacketRun.Many, PacketRun.Accepting, 1.05),
        (PacketRun.OneWay, PacketRun.Many, PacketRun.Accepting, 1.05),
        (PacketRun.NewDenied, PacketRun.AllStages, PacketRun.Dropping, null),
        (PacketRun.Established, PacketRun.AllStages, PacketRun.Accepting, null),
    ];

    /// <summary>The section; empty if nothing was measured.</summary>
    public static string Write(PacketResults? results)
    {
        if (results is null)
        {
            return "";
        }

        StringBuilder text = new();
        text.Append(Lines($"""

            ## Packets

            What the kernel spends on a packet under our rules, compared with a forward chain that has only `ct state established,related accept` (for denied packets: and `drop`). This section is written by

            ```console
            sudo benchmarks/packets.sh
            ```

            which takes about a minute and works in network namespaces. Packets are built before and sent 64 with each system call past all queues into a veth pair, so that what the sender waits for is their whole way:
            connection tracking, route, rules. None leaves the node, so each new connection stays new. A node with 40 pods of 10,300; all 1,000 policies of ten rules are of the one pod that packets are sent to,
            and the sender's own egress policy is asked too. Rulesets are in namespaces of their own and take turns in {results.Rounds} rounds, each in another order, with {results.Packets.ToString("#,0", CultureInfo.InvariantCulture)} packets of each kind.
            Stages before translation, before tracking and for host endpoints exist only while a policy needs them; the last two rows have them all, for an interface that these packets do not pass.

            | | |
            |---|---|
            | machine | {results.Machine.Processor}, {results.Machine.Cores} cores, {results.Machine.System} {results.Kernel}, {results.Machine.Runtime} |
            | other work on it | {100 * (results.Machine.OtherWork ?? 0):0} % of the processors; ratios of the best rounds say most |

            | packet | rules | best round | plain | ratio | ratio of medians | target | |
            | --- | --- | --- | --- | --- | --- | --- | --- |

            """));
        foreach ((string packet, string rules, string baseline, double? limit) in Comparisons)
        {
            PacketCell ours = results.Of(rules, packet), plain = results.Of(baseline, packet);
            double ratio = ours.Least / plain.Least;
            string target = limit is { } l ? "≤ " + l.ToString("0.00", CultureInfo.InvariantCulture) : "", verdict = limit is null ? "" : ratio <= limit ? "met" : "**over**";
            text.Append(CultureInfo.InvariantCulture, $"| {packet} | {rules} | {Time(ours.Least)} | {Time(plain.Least)} | {ratio:0.00} | {ours.Median / plain.Median:0.00} | {target} | {verdict} |\n");
        }

        double load = results.Load.Compile + results.Load.Apply;
        text.Append(Lines($"""

            The first load of a node with 500 pods of 10,000 and 1,000 policies of ten rules, into an empty kernel: {results.Load.Elements.ToString("#,0", CultureInfo.InvariantCulture)} elements, {results.Load.Chains.ToString("#,0", CultureInfo.InvariantCulture)} chains. Memory is the growth of
            slabs, percpu and vmalloc, good to about a megabyte; medians of seven.

            | | is | target | |
            | --- | --- | --- | --- |
            | rules compiled | {Time(results.Load.Compile)} | | |
            | applied | {Time(results.Load.Apply)} | | |
            | together | {Time(load)} | ≤ 500 ms | {(load <= 5e8 ? "met" : "**over**")} |
            | kernel memory | {Units.Bytes(results.Load.Memory)} | ≤ 5 MB | {(results.Load.Memory <= 5e6 ? "met" : "**over**")} |

            Changes of that node, from `PolicyEngine.Apply` until the kernel decides by the new rules, by `NftApplier.Apply(NodeRules, Delta)`: compiled, planned, compared with policy in
            every cell that they touch, sent and acknowledged. *Unproven* is the same with `ProvenCells = 0`; *whole* adds what is done about connections afterwards: waiting until no packet is
            under way in the old rules, the new epoch, and, where an address has another owner, asking for all connections (the kernel walks its whole table, which is most of it).

            | change | median | 95 % | unproven | whole | target | |
            | --- | --- | --- | --- | --- | --- | --- |

            """));
        foreach (NodeChange change in results.Changes)
        {
            string limit = change.Limit is { } most ? "≤ " + Time(most) : "", verdict = change.Limit is null ? "" : change.Median <= change.Limit ? "met" : "**over**";
            text.Append(CultureInfo.InvariantCulture, $"| {change.Name} | {Time(change.Median)} | {Time(change.Late)} | {Time(change.Unproven)} | {Time(change.Whole)} | {limit} | {verdict} |\n");
        }

        text.Append(Lines($"""

            The text of a node's rules with 250,000 members in 2,000 policies of ten rules is rendered in {Time(results.Render)} (target 300 ms: {(results.Render <= 3e8 ? "met" : "**over**")}).

            """));
        return text.ToString();
    }

    private static string Lines(FormattableString text) => text.ToString(CultureInfo.InvariantCulture).ReplaceLineEndings("\n");

    private static string Time(double nanoseconds) => Units.Time(nanoseconds).Replace("us", "µs", StringComparison.Ordinal);
}
