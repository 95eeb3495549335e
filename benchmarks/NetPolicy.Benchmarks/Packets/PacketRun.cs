using System.Diagnostics;
using System.Globalization;
using NetPolicy.Benchmarks.Report;
using NetPolicy.Enforce;
using NetPolicy.Enforce.Lab;
using NetPolicy.Engine;

namespace NetPolicy.Benchmarks.Packets;

/// <summary>Measures what a packet costs under rulesets, in rounds in which all of them take turns in another order each time.</summary>
internal static class PacketRun
{
    public const string Accepting = "plain, accepts";
    public const string Dropping = "plain, drops";
    public const string Few = "10 policies";
    public const string Many = "1,000 policies";

    public const string AllStages = "1,000 policies, all stages";

    public const string NewAllowed = "new, allowed";
    public const string NewDenied = "new, denied by default";
    public const string Established = "established";
    public const string OneWay = "one-way UDP";

    private const string Plain = "table inet plain { chain forward { type filter hook forward priority 0; policy accept; ct state established,related accept; }; }";
    private const string PlainDrop = "table inet plain { chain forward { type filter hook forward priority 0; policy accept; ct state established,related accept; drop; }; }";

    /// <summary>Measures.</summary>
    /// <param name="rounds">How many rounds.</param>
    /// <param name="packets">Packets of each cell in each round.</param>
    public static PacketResults Measure(int rounds, int packets)
    {
        Machine machine = Machine.Here();
        NodeLoad load = Load(Math.Clamp(rounds, 1, 7));
        IReadOnlyList<NodeChange> changes = NodeChanges.Measure(Math.Clamp(rounds, 1, 200));
        double render = NodeChanges.Render(Math.Clamp(rounds, 1, 7));
        Snapshot few = NodeWorld.Make(40, 10_260, 10, 1), many = NodeWorld.Make(40, 10_260, 1000, 1), host = NodeWorld.Make(40, 10_260, 1000, 1, hasHost: true);
        using PacketNode accepting = new(many), dropping = new(many), ten = new(few), thousand = new(many), all = new(host);
        accepting.Load(Plain);
        accepting.Establish();
        dropping.Load(PlainDrop);
        ten.Apply(RulesetCompiler.Compile(few, NodeWorld.Node));
        ten.Establish();
        thousand.Apply(RulesetCompiler.Compile(many, NodeWorld.Node));
        thousand.Establish();
        all.Apply(RulesetCompiler.Compile(host, NodeWorld.Node));
        all.Establish();
        (string Rules, string Packet, PacketNode Node, PacketCannon Cannon, bool Passes)[] cells =
        [
            (Dropping, NewDenied, dropping, dropping.Denied, false),
            (Accepting, NewAllowed, accepting, accepting.New, true),
            (Accepting, Established, accepting, accepting.Answered, true),
            (Accepting, OneWay, accepting, accepting.OneWay, true),
            (Few, NewDenied, ten, ten.Denied, false),
            (Many, NewDenied, thousand, thousand.Denied, false),
            (Many, NewAllowed, thousand, thousand.New, true),
            (Many, Established, thousand, thousand.Answered, true),
            (Many, OneWay, thousand, thousand.OneWay, true),
            (AllStages, NewDenied, all, all.Denied, false),
            (AllStages, Established, all, all.Answered, true),
        ];

        // What is measured must be what it is called.
        foreach ((string rules, string packet, PacketNode node, PacketCannon cannon, bool passes) in cells)
        {
            ulong before = node == dropping ? 0 : node.Through;
            cannon.Fire(1024);
            ulong through = node == dropping ? 0 : node.Through - before;
            if (through != (passes ? 1024ul : 0))
            {
                throw new InvalidOperationException($"{rules}: of 1024 packets `{packet}` {through} came through");
            }
        }

        List<double>[] times = [.. cells.Select(_ => new List<double>())];
        Random random = new(1);
        int[] order = [.. Enumerable.Range(0, cells.Length)];
        for (int round = 0; round < rounds; round++)
        {
            // Rounds are short: most of them end before anybody else wants the processor.
            random.Shuffle(order);
            foreach (int at in order)
            {
                times[at].Add(cells[at].Cannon.Fire(packets));
            }
        }

        return new PacketResults(
            machine.Later(),
            File.ReadAllText("/proc/sys/kernel/osrelease").Trim().Split('-')[0],
            rounds,
            packets,
            [.. cells.Select((c, at) => new PacketCell(c.Rules, c.Packet, times[at].Min(), Median(times[at])))],
            load,
            changes,
            render);
    }

    /// <summary>A line for each cell.</summary>
    public static IEnumerable<string> Lines(PacketResults results)
    {
        foreach (PacketCell cell in results.Cells)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{cell.Packet,-24} {cell.Rules,-27} least {cell.Least,8:f0} ns   median {cell.Median,8:f0} ns");
        }

        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"first load: compiled in {results.Load.Compile / 1e6:f0} ms, applied in {results.Load.Apply / 1e6:f0} ms, {results.Load.Memory / 1e6:f1} MB of kernel memory, {results.Load.Elements} elements, {results.Load.Chains} chains");
        foreach (NodeChange change in results.Changes)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture, $"{change.Name,-28} median {change.Median / 1e3,8:f0} us   95 % {change.Late / 1e3,8:f0} us   unproven {change.Unproven / 1e3,8:f0} us   with all that follows {change.Whole / 1e3,8:f0} us");
        }

        yield return string.Create(CultureInfo.InvariantCulture, $"rendered 250,000 members in {results.Render / 1e6:f0} ms");
    }

    // 500 pods here, 10,000 in all, a thousand policies of ten rules.
    private static NodeLoad Load(int times)
    {
        Snapshot snapshot = NodeWorld.Make(500, 9_500, 1000, 100);
        List<double> compile = [], apply = [], memory = [];
        List<NetworkNamespace> places = [];
        CompiledRuleset ruleset = RulesetCompiler.Compile(snapshot, NodeWorld.Node);
        try
        {
            for (int i = 0; i < times + 1; i++)
            {
                // The first is to warm up.
                long started = Stopwatch.GetTimestamp();
                ruleset = RulesetCompiler.Compile(snapshot, NodeWorld.Node);
                double compiled = Stopwatch.GetElapsedTime(started).TotalNanoseconds;
                NetworkNamespace place = NetworkNamespace.CreateAnonymous();
                places.Add(place);
                Thread.Sleep(300);
                double before = KernelMemory();
                using NftApplier applier = new(place);
                started = Stopwatch.GetTimestamp();
                applier.Apply(ruleset);
                double applied = Stopwatch.GetElapsedTime(started).TotalNanoseconds;
                Thread.Sleep(300);
                double after = KernelMemory();
                if (i > 0)
                {
                    compile.Add(compiled);
                    apply.Add(applied);
                    memory.Add(after - before);
                }
            }
        }
        finally
        {
            places.ForEach(p => p.Dispose());
        }

        return new NodeLoad(
            Median(compile), Median(apply), Median(memory), ruleset.Table.Maps.Sum(m => m.Elements.Count) + ruleset.Table.Identities.Sum(m => m.Elements.Count), ruleset.Table.Chains.Count);
    }

    private static double KernelMemory() => File.ReadLines("/proc/meminfo")
        .Select(l => l.Split([':', ' '], StringSplitOptions.RemoveEmptyEntries))
        .Where(p => p[0] is "Slab" or "Percpu" or "VmallocUsed")
        .Sum(p => 1024 * double.Parse(p[1], CultureInfo.InvariantCulture));

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
