using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using NetPolicy.Chaos;
using NetPolicy.Enforce;
using NetPolicy.Enforce.Lab;
using NetPolicy.Enforce.Netlink;
using NetPolicy.Enforce.Nft;
using NetPolicy.Enforce.Reconcile;
using NetPolicy.Enforce.State;
using NetPolicy.Engine;
using NetPolicy.Laws;
using Xunit;

namespace NetPolicy.Differential.Tests;

/// <summary>
/// A process that applies changes is killed, at every kind of moment. What the kernel has then is, to the last element, what it has between two transactions of a change
/// that is not interrupted, and judges flows as the rules before the change or those after it; whoever comes next gets the machine to what is wanted, and nothing is left.
/// </summary>
[Trait("group", "chaos")]
public sealed partial class ChaosTests(ITestOutputHelper output)
{
    // Of forty: where. At least half are between the first byte of a transaction and the kernel's answer, however many of those in the call come too late on a busy machine.
    private static readonly (StopPoint Point, int Times)[] s_share =
    [
        (StopPoint.Sending, 10), (StopPoint.Sent, 20), (StopPoint.BeforeTransaction, 1), (StopPoint.Acknowledged, 1), (StopPoint.BetweenTransactions, 2),
        (StopPoint.BeforeReset, 1), (StopPoint.BeforeState, 1), (StopPoint.StateHalfWritten, 2), (StopPoint.StateWritten, 1), (StopPoint.StateMoved, 1),
    ];

    private static readonly FlowRequest[] s_flows =
    [
        .. new (string From, string To, string Protocol, int Port)[]
        {
            ("shop/api-1", "shop/web-0", "TCP", 8080), ("shop/api-1", "shop/web-0", "TCP", 8050), ("shop/api-1", "shop/web-0", "TCP", 9999), ("shop/db-2", "shop/web-0", "TCP", 8080),
            ("203.0.113.9", "shop/web-0", "TCP", 8080), ("203.0.113.200", "shop/web-0", "TCP", 8080), ("198.51.100.9", "shop/web-3", "SCTP", 6500),
            ("203.0.113.9", "shop/web-0", "UDP", 2500), ("shop/web-0", "shop/db-2", "TCP", 5432), ("shop/web-0", "203.0.113.9", "TCP", 80), ("shop/far-1", "shop/web-0", "TCP", 8080),
            ("shop/far-2", "shop/db-2", "TCP", 5432), ("other/far-5", "shop/db-2", "TCP", 5432), ("198.18.3.17", "shop/api-1", "TCP", 7003), ("198.18.3.25", "shop/api-1", "TCP", 7003),
            ("198.18.59.240", "shop/api-4", "TCP", 7003), ("shop/api-1", "shop/db-5", "TCP", 5432), ("203.0.113.9", "host:node1", "TCP", 9100), ("203.0.113.9", "host:node1", "TCP", 9101),
            ("shop/far-7", "shop/web-9", "UDP", 4500),
        }.Select((f, i) => new FlowRequest { From = f.From, To = f.To, Protocol = f.Protocol, Port = f.Port, SourcePort = 40_000 + i }),
    ];

    [ThreadStatic]
    private static Action<StopPoint>? t_reached;

    [Fact]
    public void Whenever_the_process_is_killed_the_old_or_the_new_rules_decide_and_the_next_start_repairs()
    {
        Kernel.RequireLab();
        Interruption.Reached = point => t_reached?.Invoke(point);
        int kills = Count;
        StopPoint[] points = [.. Enumerable.Range(0, kills).Select(i => PointOf(i * 7 % 40))];
        Tally tally = new();
        int next = Given("NETPOLICY_CHAOS_SKIP", 0) - 1;
        List<Exception> failures = [];
        Thread[] workers =
        [
            .. Enumerable.Range(0, 2).Select(_ => new Thread(() =>
            {
                while (failures.Count == 0 && Interlocked.Increment(ref next) is int number && number < points.Length)
                {
                    try
                    {
                        KillOne(FirstSeed + number, points[number], tally);
                    }
#pragma warning disable CA1031 // Whatever it is, the test fails with it.
                    catch (Exception exception)
#pragma warning restore CA1031
                    {
                        lock (failures)
                        {
                            failures.Add(new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"kill {number} at {points[number]}"), exception));
                        }
                    }
                }
            })),
        ];
        Array.ForEach(workers, w => w.Start());
        Array.ForEach(workers, w => w.Join());
        Interruption.Reached = null;
        output.WriteLine(tally.ToString());
        Assert.True(failures.Count == 0, string.Join("\n", failures));
        Assert.Equal(kills - Given("NETPOLICY_CHAOS_SKIP", 0), tally.Kills);
        if (tally.Kills >= 40)
        {
            Assert.True(tally.InCall > 0 && (tally.InCall + tally.Unanswered) * 2 >= tally.Kills, tally.ToString());
            Assert.True(tally.Old > 0 && tally.New > 0, tally.ToString());
        }
    }

    // NETPOLICY_CHAOS_KILLS asks for more, and NETPOLICY_CHAOS_SKIP leaves out the first.
    private static int Count => Given("NETPOLICY_CHAOS_KILLS", 40);

    private static int FirstSeed => Given("NETPOLICY_CHAOS_SEED", 1);

    private static int Given(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int given) ? given : otherwise;

    private static StopPoint PointOf(int place)
    {
        foreach ((StopPoint point, int times) in s_share)
        {
            if ((place -= times) < 0)
            {
                return point;
            }
        }

        throw new ArgumentOutOfRangeException(nameof(place));
    }

    private static void KillOne(int seed, StopPoint point, Tally tally)
    {
        // Moments of the state's files are there only if it is kept, and what becomes of a reset is known only then.
        bool needsState = point is StopPoint.BeforeReset or StopPoint.BeforeState or StopPoint.StateHalfWritten or StopPoint.StateWritten or StopPoint.StateMoved;
        int scripted = Enumerable.Range(0, 100).Select(i => (seed * 100) + i)
            .First(s => !needsState || (new ChaosScript(s) is { HasState: true } candidate && (point != StopPoint.BeforeReset || candidate.ChangesOwners)));
        ChaosScript script = new(scripted);
        string folder = Directory.CreateTempSubdirectory("netpol-chaos-").FullName;
        try
        {
            History history = History.Of(script, Path.Combine(folder, "reference"));
            (int at, int count) = history.Pick(point, new Random(seed));
            TimeSpan delay = point == StopPoint.Sending ? history.Moments[at].Duration * (new Random(seed).NextDouble() * 0.6) : TimeSpan.Zero;
            using NetworkNamespace place = NetworkNamespace.CreateAnonymous();
            string state = Path.Combine(folder, "state");
            string marked = Path.Combine(folder, "marker");
            using (Process child = place.StartProcess(new ProcessStartInfo("dotnet")
            {
                ArgumentList =
                {
                    Path.Combine(AppContext.BaseDirectory, "NetPolicy.Chaos.dll"), scripted.ToString(CultureInfo.InvariantCulture), state, marked, point.ToString(),
                    count.ToString(CultureInfo.InvariantCulture), ((long)delay.TotalMicroseconds).ToString(CultureInfo.InvariantCulture),
                },
                RedirectStandardError = true,
            }))
            {
                string complaints = child.StandardError.ReadToEnd();
                child.WaitForExit();
                Assert.True(child.ExitCode == 137, $"the process ended with {child.ExitCode}: {complaints}");
            }

            using Marker marker = new(marked);
            int change = marker.Change - 1;
            string what = string.Create(CultureInfo.InvariantCulture, $"seed {scripted}, change {change}, killed at {marker.Point}");
            string loaded = Text(place);
            IReadOnlyList<string> states = history.StatesOf(change);
            Assert.True(states.Contains(loaded, StringComparer.Ordinal), $"{what}: not between two transactions\n{Near(loaded, states)}");
            IReadOnlyList<Snapshot> worlds = script.Worlds();
            Judge(what, change == 0 ? null : worlds[change - 1], worlds[change], states[0], loaded, states[^1]);
            Repair(what, script, place, state, worlds, change, marker.Point == StopPoint.BeforeReset, new Random(seed).Next(2) == 0);
            lock (tally)
            {
                tally.Add(marker.Point, loaded, states[0], states[^1]);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Repair(string what, ChaosScript script, NetworkNamespace place, string folder, IReadOnlyList<Snapshot> worlds, int change, bool owesReset, bool goesBack)
    {
        CompiledRuleset wanted = RulesetCompiler.Compile(worlds[change], ChaosScript.Node);
        StateStore store = new(folder);
        if (script.HasState)
        {
            // Whatever happened to the files, each is whole or not there.
            bool isKept = store.Read(StateSlot.Confirmed) is not null;
            _ = store.Read(StateSlot.Pending);
            using ManagedHost host = new(new NftApplier(place) { Grace = TimeSpan.FromMilliseconds(2) }, store);
            _ = host.Status();
            if (goesBack && isKept)
            {
                host.Rollback();
                Same(what + ", taken back", place, store.Read(StateSlot.Confirmed)!.Ruleset);
            }

            Assert.True(!host.Apply(wanted, []).Resets.IsEmpty || !owesReset, $"{what}: connections were not reset");
            Assert.Empty(host.Status().Drift ?? []);
            Assert.Null(host.Status().Pending);
            Assert.All(Directory.GetFiles(folder).Select(Path.GetFileName), name => Assert.Contains(name, (string[])["confirmed", "previous"]));
        }
        else
        {
            using NftApplier applier = new(place) { Grace = TimeSpan.FromMilliseconds(2) };
            applier.Apply(wanted);
        }

        Same(what + ", repaired", place, wanted);
    }

    // The ruleset and nothing else: no chain, set or map that it has not, none twice, and nothing left to do.
    private static void Same(string what, NetworkNamespace place, CompiledRuleset ruleset)
    {
        using NftApplier applier = new(place);
        NftPlan left = applier.Plan(ruleset);
        Assert.True(left.Steps.IsEmpty, $"{what}: there is something left to do\n{Text(place)}\n{string.Join('\n', left.Scripts)}");
        string[] wanted = [.. ruleset.Table.Chains.Select(c => c.Name), .. ruleset.Table.Maps.Select(m => m.Name), .. ruleset.Table.Sets.Select(s => s.Name), .. ruleset.Table.Identities.Select(i => i.Name)];
        HashSet<string> plain = [.. ruleset.Table.Chains.AsEnumerable().Where(InstalledRules.IsPlain).Select(c => c.Name)];
        LoadedTable loaded = applier.Read(withElements: true)!;
        Assert.Empty(loaded.Foreign);
        string[] there = [.. loaded.Chains.Select(c => c.Name), .. loaded.Maps.Select(m => m.Name), .. loaded.Sets.Select(s => s.Name), .. loaded.Identities.Select(i => i.Name)];
        Assert.Equal(wanted.Order(StringComparer.Ordinal), there.Select(n => plain.Contains(n) ? n : Version().Replace(n, "")).Order(StringComparer.Ordinal));
    }

    private static void Judge(string what, Snapshot? old, Snapshot now, string before, string loaded, string after)
    {
        foreach (Snapshot snapshot in (Snapshot[])[.. old is null ? Array.Empty<Snapshot>() : [old], now])
        {
            LabWorld world = LabWorld.Of(snapshot, new LabWorldOptions { Flows = s_flows });
            LabComparisonRow[][] rows =
            [
                .. new[] { before, loaded, after }.Select(text => LabComparison.Run(
                    world, new Dictionary<string, string> { [ChaosScript.Node] = text }, s_flows, new LabComparisonOptions { Means = LabMeans.Interpreter }).Rows.ToArray()),
            ];
            for (int i = 0; i < rows[0].Length; i++)
            {
                Verdict? was = rows[0][i].Interpreter?.Verdict, here = rows[1][i].Interpreter?.Verdict, becomes = rows[2][i].Interpreter?.Verdict;
                Assert.True(here == was || here == becomes, $"{what}: {rows[1][i]}, before {was}, afterwards {becomes}");
            }
        }
    }

    private static string Text(NetworkNamespace place)
    {
        using NetlinkTransport transport = new(place, "netpol");
        return Text(transport.Read());
    }

    private static string Text(LoadedTable? loaded) => loaded is null ? "" : string.Join('\n', loaded.Foreign.Prepend(NftWriter.Write(loaded.Understood)));

    private static string Near(string loaded, IReadOnlyList<string> states)
    {
        HashSet<string> lines = [.. loaded.Split('\n')];
        return string.Join('\n', states.Select(s => s.Split('\n')).Select((s, i) =>
            $"state {i}: {string.Join(" | ", lines.Except(s).Take(3))} instead of {string.Join(" | ", s.Except(lines).Take(3))}"));
    }

    [GeneratedRegex("_[0-9]{1,6}$")]
    private static partial Regex Version();

    /// <summary>A moment of a run that nobody interrupted.</summary>
    private sealed record Moment(int Change, StopPoint Point, TimeSpan Duration);

    /// <summary>What the kernel has after each transaction of a script that nobody interrupts.</summary>
    private sealed class History
    {
        private readonly List<LoadedTable?>[] _states = [.. Enumerable.Range(0, ChaosScript.Length).Select(_ => new List<LoadedTable?>())];

        public List<Moment> Moments { get; } = [];

        public static History Of(ChaosScript script, string folder)
        {
            History history = new();
            using NetworkNamespace place = NetworkNamespace.CreateAnonymous();
            using NetlinkTransport reader = new(place, "netpol");
            int change = -1;
            long started = 0;
            LoadedTable? last = null;
            t_reached = point =>
            {
                history.Moments.Add(new Moment(change, point, default));
                if (point == StopPoint.Sending)
                {
                    started = Stopwatch.GetTimestamp();
                }
                else if (point == StopPoint.Sent)
                {
                    TimeSpan duration = Stopwatch.GetElapsedTime(started);
                    int sending = history.Moments.FindLastIndex(m => m.Point == StopPoint.Sending);
                    history.Moments[sending] = history.Moments[sending] with { Duration = duration };
                }
                else if (point == StopPoint.Acknowledged)
                {
                    history._states[change].Add(last = reader.Read());
                }
            };
            try
            {
                using NftApplier applier = new(place) { Grace = TimeSpan.FromMilliseconds(2), ProvenCells = 0 };
                script.Run(applier, folder, number =>
                {
                    change = number;
                    history._states[number].Add(last);
                });
            }
            finally
            {
                t_reached = null;
            }

            return history;
        }

        /// <summary>What is there before a change, and after each of its transactions.</summary>
        public IReadOnlyList<string> StatesOf(int change) => [.. _states[change].Select(Text)];

        /// <summary>One of the moments at a point, and its number among them, from 1.</summary>
        public (int At, int Count) Pick(StopPoint point, Random dice)
        {
            int[] places = [.. Enumerable.Range(0, Moments.Count).Where(i => Moments[i].Point == point)];

            // Those that take the kernel longer are hit more surely.
            int[] picked = point == StopPoint.Sending ? [.. places.OrderByDescending(i => Moments[i].Duration).Take(5)] : places;
            int at = picked[dice.Next(picked.Length)];
            return (at, Array.IndexOf(places, at) + 1);
        }
    }

    private sealed class Tally
    {
        private readonly SortedDictionary<StopPoint, int> _points = [];

        public int Kills => _points.Values.Sum();

        /// <summary>Killed while the kernel worked on a transaction.</summary>
        public int InCall => _points.GetValueOrDefault(StopPoint.Sending);

        /// <summary>Killed between that and the answer.</summary>
        public int Unanswered => _points.GetValueOrDefault(StopPoint.Sent);

        public int Old { get; private set; }

        public int New { get; private set; }

        public int Between { get; private set; }

        public void Add(StopPoint point, string loaded, string before, string after)
        {
            _points[point] = _points.GetValueOrDefault(point) + 1;
            Old += loaded == before ? 1 : 0;
            New += loaded == after && loaded != before ? 1 : 0;
            Between += loaded != before && loaded != after ? 1 : 0;
        }

        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture,
            $"{Kills} kills ({string.Join(", ", _points.Select(p => $"{p.Value} at {p.Key}"))}): {Old} times the old rules were there, {New} times the new ones, {Between} times a state between two transactions");
    }
}
