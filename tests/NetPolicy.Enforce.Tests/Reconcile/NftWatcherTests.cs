using NetPolicy.Enforce.Lab;
using NetPolicy.Enforce.Netlink;
using NetPolicy.Enforce.State;
using NetPolicy.Enforce.Tests.Compilation;
using NetPolicy.Engine;
using NetPolicy.Laws;
using NetPolicy.Manifests;
using Xunit;

namespace NetPolicy.Enforce.Tests.Reconcile;

/// <summary>What others change is noticed, whatever the kernel tells of it, and put right.</summary>
public sealed class NftWatcherTests
{
    private const int NotPermitted = 1;
    private const int NoBufferSpace = 105;
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData("flush chain inet netpol h_fwd", "chain h_fwd was changed")]
    [InlineData("delete element inet netpol wl_if_1 { \"cali174f788f457\" }", "set wl_if_1 was changed")]
    [InlineData("add chain inet netpol mine", "chain mine was added")]
    [InlineData("delete table inet netpol", "table inet netpol is missing")]
    [InlineData("flush ruleset", "table inet netpol is missing")]
    public void What_others_change_in_the_table_is_named_and_repaired(string edit, string difference)
    {
        Kernel.RequireLab();
        using Machine machine = new();
        using NftWatcher watcher = new(machine.Applier, machine.Rules);
        watcher.Apply();
        Assert.Null(watcher.Watch(TimeSpan.FromMilliseconds(20)));
        machine.Nft(edit);

        NftWatchEvent? found = watcher.Watch(s_long);
        Assert.NotNull(found);
        Assert.Equal((NftWatchReason.ForeignChange, "nft", true, ""), (found.Reason, found.ProcessName, found.IsRepaired, found.Refusal));
        Assert.Contains(difference, found.Differences);
        machine.IsAsWanted();
        Assert.Null(watcher.Watch(TimeSpan.FromMilliseconds(20)));

        // What follows is a change of what was repaired.
        Assert.NotEmpty(watcher.Apply(machine.Toggle()).Steps);
        machine.IsAsWanted();
    }

    [Fact]
    public void What_others_change_is_left_as_it_is_if_that_is_asked_for()
    {
        Kernel.RequireLab();
        using Machine machine = new();
        using NftWatcher watcher = new(machine.Applier, machine.Rules, new NftWatcherOptions { Repairs = false });
        watcher.Apply();
        machine.Nft("add chain inet netpol mine");
        Assert.Equal(["chain mine was added"], watcher.Watch(s_long)!.Differences);
        machine.Nft("delete chain inet netpol mine");
        NftWatchEvent? back = watcher.Watch(s_long);
        Assert.True(back is { IsDrift: false, IsRepaired: false });
    }

    [Fact]
    public void Changes_of_others_to_their_own_tables_and_our_own_changes_are_no_event()
    {
        Kernel.RequireLab();
        using Machine machine = new();
        using NftWatcher watcher = new(machine.Applier, machine.Rules);
        watcher.Apply();
        int stop = 0;
        Exception? failure = null;
        Thread changing = new(() =>
        {
            try
            {
                for (int i = 0; i < 10; i++)
                {
                    watcher.Apply(machine.Toggle());
                    machine.Nft("add table ip theirs" + i);
                }
            }
            catch (Exception exception) when (exception is NftException or LabException)
            {
                failure = exception;
            }

            Volatile.Write(ref stop, 1);
        });
        changing.Start();
        List<NftWatchEvent> found = [];
        while (Volatile.Read(ref stop) == 0)
        {
            found.AddRange(watcher.Watch(TimeSpan.FromMilliseconds(10)) is { } one ? [one] : Array.Empty<NftWatchEvent>());
        }

        changing.Join();
        Assert.Null(failure);
        Assert.Empty(found);
        machine.IsAsWanted();
    }

    [Fact]
    public void Lost_messages_make_it_read_everything()
    {
        Kernel.RequireLab();
        int lost = 0;
        using Machine machine = new((call, _) => call == NetlinkCall.Receive && lost-- > 0 ? NoBufferSpace : 0);
        using NftWatcher watcher = new(machine.Applier, machine.Rules);
        watcher.Apply();
        Assert.Null(watcher.Watch(TimeSpan.Zero));
        lost = 1;
        NftWatchEvent? nothing = watcher.Watch(TimeSpan.FromMilliseconds(50));
        Assert.True(nothing is { Reason: NftWatchReason.LostMessages, IsDrift: false });

        machine.Nft("flush chain inet netpol h_fwd");
        lost = 1;
        NftWatchEvent? found = watcher.Watch(TimeSpan.FromMilliseconds(50));
        Assert.True(found is { Reason: NftWatchReason.LostMessages, IsDrift: true, IsRepaired: true });
        machine.IsAsWanted();
    }

    [Fact]
    public void Everything_is_compared_from_time_to_time_even_if_nobody_tells_of_changes()
    {
        Kernel.RequireLab();
        Clock clock = new();
        using Machine machine = new((call, _) => call == NetlinkCall.Receive ? 11 : 0);
        using NftWatcher watcher = new(machine.Applier, machine.Rules, null, clock);
        watcher.Apply();
        Assert.Null(watcher.Watch(TimeSpan.Zero));
        clock.Now += TimeSpan.FromSeconds(299);
        Assert.Null(watcher.Watch(TimeSpan.Zero));
        clock.Now += TimeSpan.FromSeconds(1);
        Assert.True(watcher.Watch(TimeSpan.Zero) is { Reason: NftWatchReason.Interval, IsDrift: false });
        Assert.Null(watcher.Watch(TimeSpan.Zero));
        machine.Nft("flush chain inet netpol h_fwd");
        clock.Now += TimeSpan.FromMinutes(5);
        Assert.True(watcher.Watch(TimeSpan.Zero) is { Reason: NftWatchReason.Interval, IsDrift: true, IsRepaired: true });
        machine.IsAsWanted();
    }

    [Fact]
    public void What_could_not_be_repaired_is_tried_again_soon()
    {
        Kernel.RequireLab();
        Clock clock = new();
        using Machine machine = new();
        using NftWatcher watcher = new(machine.Applier, machine.Rules, null, clock);
        watcher.Apply();
        machine.Nft("flush chain inet netpol h_fwd");
        machine.Error = NotPermitted;
        NftWatchEvent? refused = watcher.Watch(s_long);
        Assert.True(refused is { IsDrift: true, IsRepaired: false });
        Assert.Contains("CAP_NET_ADMIN", refused.Refusal, StringComparison.Ordinal);
        Delta delta = machine.Toggle();
        Assert.Throws<NftException>(() => watcher.Apply(delta));
        machine.Error = 0;
        Assert.Null(watcher.Watch(TimeSpan.Zero));
        clock.Now += TimeSpan.FromSeconds(10);
        Assert.True(watcher.Watch(TimeSpan.Zero) is { IsRepaired: true });
        machine.IsAsWanted();
    }

    [Fact]
    public void A_machine_that_keeps_its_rules_is_held_and_what_is_kept_follows()
    {
        Kernel.RequireLab();
        string folder = Directory.CreateTempSubdirectory("netpol-watch").FullName;
        try
        {
            using Machine machine = new();
            using ManagedHost host = new(machine.Applier, new StateStore(folder));
            using NftWatcher watcher = new(host, machine.Rules, ["ebpf"]);
            watcher.Apply();
            watcher.Apply(machine.Toggle());
            machine.Nft("flush ruleset");
            Assert.True(watcher.Watch(s_long) is { IsRepaired: true });
            Assert.Empty(host.Status().Drift ?? []);
            Assert.Equal(["ebpf"], host.Status().Accepted);
            Assert.Equal(machine.Rules.Ruleset.Table, host.Kept().Ruleset.Table);
            using ManagedHost other = new(new NftApplier(machine.Place), new StateStore(folder)) { LockWait = TimeSpan.Zero };
            Assert.Equal("NP5031", Assert.Throws<NftException>(() => other.Rollback()).Finding?.Id);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Who_begins_anew_takes_over_what_was_changed_in_place()
    {
        Kernel.RequireLab();
        string folder = Directory.CreateTempSubdirectory("netpol-watch").FullName;
        try
        {
            using Machine machine = new();
            using (ManagedHost host = new(machine.Applier, new StateStore(folder)))
            {
                NftPlan[] plans = [host.Apply(machine.Rules, null, []), .. Enumerable.Range(0, 5).Select(_ => host.Apply(machine.Rules, machine.Toggle(), []))];
                Assert.All(plans.Skip(1), p => Assert.True(p.Steps.Count is > 0 and < 6));
            }

            using NftApplier next = new(machine.Place) { Grace = TimeSpan.FromMilliseconds(1) };
            using ManagedHost again = new(next, new StateStore(folder));
            string table = machine.List();
            Assert.Empty(again.Apply(machine.Rules.Ruleset, []).Steps);
            Assert.Equal(table, machine.List());

            // The next change touches what it changes, as if nothing had happened between.
            NftPlan plan = again.Apply(RulesetCompiler.Compile(machine.Toggle().Snapshot, "node1"), []);
            Assert.DoesNotContain(plan.Steps.SelectMany(s => s.Transaction.Operations), o => o is Rules.RuleOperation.AddTable);
            NftPlan back = again.Apply(RulesetCompiler.Compile(machine.Toggle().Snapshot, "node1"), []);
            Assert.DoesNotContain(back.Steps.SelectMany(s => s.Transaction.Operations), o => o is Rules.RuleOperation.AddTable);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private sealed class Clock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }

    private sealed class Machine : IDisposable
    {
        private readonly PolicyEngine _engine = new();
        private readonly Manifest _policy;
        private bool _isThere = true;

        public Machine(NetlinkFault? monitor = null)
        {
            Snapshot world = Worlds.Of(PolicyCases.All["kubernetes"]);
            _engine.Apply(world.Manifests.Select(m => new Change.Upsert(m)));
            _policy = world.Manifests.Single(m => m.Id is { Kind: "NetworkPolicy", Name: "db" });
            Place = NetworkNamespace.CreateAnonymous();
            Applier = new NftApplier(Place)
            {
                Grace = TimeSpan.FromMilliseconds(1),
                MonitorFault = monitor,
                Fault = (_, messages) => messages.Length > 6 && messages[4] == 16 && messages[5] == 0 ? Error : 0,
            };
            Rules = new NodeRules(_engine.Current, "node1");
        }

        public NetworkNamespace Place { get; }

        public NftApplier Applier { get; }

        public NodeRules Rules { get; }

        public int Error { get; set; }

        public Delta Toggle() => _engine.Apply([(_isThere = !_isThere) ? new Change.Upsert(_policy) : new Change.Remove(_policy.Id)]);

        public void Nft(string text) => Place.RunProcess("nft", ["-f", "-"], text + "\n").ThrowIfFailed();

        public string List() => Place.RunProcess("nft", ["list", "ruleset"]).ThrowIfFailed().Output;

        public void IsAsWanted() => Assert.Empty(Applier.DriftOf(Rules, isWhole: true) ?? ["was not applied"]);

        public void Dispose()
        {
            Applier.Dispose();
            Place.Dispose();
        }
    }
}
