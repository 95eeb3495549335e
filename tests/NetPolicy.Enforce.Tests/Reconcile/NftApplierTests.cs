using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using NetPolicy.Enforce.Lab;
using NetPolicy.Enforce.Netlink;
using NetPolicy.Enforce.Rules;
using NetPolicy.Enforce.Tests.Compilation;
using NetPolicy.Enforce.Tests.Netlink;
using NetPolicy.Engine;
using NetPolicy.Laws;
using Xunit;

namespace NetPolicy.Enforce.Tests.Reconcile;

[Collection("named namespaces")]
public sealed class NftApplierTests
{
    [Fact]
    public void Applying_twice_changes_nothing_and_keeps_counters()
    {
        Kernel.RequireLab();
        using NetworkNamespace place = NetworkNamespace.CreateNamed("apply");
        using NftApplier applier = new(place.Name);
        CompiledRuleset ruleset = Compile("kubernetes");

        Assert.Equal(1, applier.Apply(ruleset).Generation);
        string counted = CountSeven(place, ruleset);
        string[] before = Objects(place);
        Assert.Empty(applier.Apply(ruleset).Steps);

        NftStatus status = applier.Status();
        Assert.True(status.IsInstalled);
        Assert.Equal(1, status.Generation);
        Assert.Equal(7u, status.Packets[counted]);
        Assert.All(ruleset.RuleComments.Keys, comment => Assert.Contains(comment, status.Packets.Keys));
        Assert.Equal(before, Objects(place));
    }

    [Fact]
    public void A_ruleset_that_another_applier_loaded_is_taken_over_as_it_is()
    {
        Kernel.RequireLab();
        using NetworkNamespace place = NetworkNamespace.CreateNamed("apply");
        CompiledRuleset ruleset = Compile("kubernetes");
        using NftApplier another = new(place.Name);
        another.Apply(ruleset);
        string counted = CountSeven(place, ruleset);
        string[] before = Objects(place);
        uint? generation = another.Read(withElements: false)?.Generation;
        using NftApplier applier = new(place.Name);

        Assert.Empty(applier.Apply(ruleset).Steps);
        Assert.Equal(generation, applier.Read(withElements: false)?.Generation);
        Assert.Equal(7u, applier.Status().Packets[counted]);
        Assert.Equal(before, Objects(place));
    }

    [Fact]
    public void A_ruleset_that_another_applier_loaded_and_somebody_changed_is_replaced_and_keeps_the_counters_of_its_rules()
    {
        Kernel.RequireLab();
        using NetworkNamespace place = NetworkNamespace.CreateNamed("apply");
        CompiledRuleset ruleset = Compile("kubernetes");
        using NftApplier another = new(place.Name);
        another.Apply(ruleset);
        string counted = CountSeven(place, ruleset);
        string[] before = Objects(place);
        Assert.Equal(0, place.RunProcess("nft", ["flush", "map", "inet", "netpol", "net4_1"], "").ExitCode);
        using NftApplier applier = new(place.Name);

        Assert.Equal(2, applier.Apply(ruleset).Generation);
        Assert.Equal(7u, applier.Status().Packets[counted]);
        Assert.Equal(before.Select(Unversioned).Order(), Objects(place).Select(Unversioned).Order());
    }

    [Fact]
    public void A_stage_that_came_later_leaves_the_generation_known_and_what_is_loaded_is_taken_over()
    {
        Kernel.RequireLab();
        using NetworkNamespace place = NetworkNamespace.CreateAnonymous();
        using NftApplier applier = new(place) { Grace = TimeSpan.FromMilliseconds(1) };
        string policies = PolicyCases.All["kubernetes"];
        PolicyEngine engine = new();
        engine.Apply(Worlds.Of(policies).Manifests.Select(m => new Change.Upsert(m)));
        NodeRules rules = new(engine.Current, "node1");
        applier.Apply(rules);
        NftPlan plan = applier.Apply(rules, engine.Apply(Worlds.Of(PolicyCases.All["host"]).Manifests.Select(m => new Change.Upsert(m))));
        Assert.DoesNotContain(plan.Steps.SelectMany(s => s.Transaction.Operations), o => o is RuleOperation.AddTable);
        Assert.Equal(plan.Generation, applier.Status().Generation);
        using NftApplier next = new(place);
        Assert.Empty(next.Apply(rules.Ruleset).Steps);
    }

    [Theory]
    [InlineData("empty", "host-all")]
    [InlineData("host-all", "empty")]
    [InlineData("host", "host-reject")]
    [InlineData("kubernetes", "ordered")]
    [InlineData("ordered", "calico")]
    public void A_change_ends_with_what_a_fresh_machine_would_have_and_keeps_base_chains(string from, string to)
    {
        Kernel.RequireLab();
        using NetworkNamespace place = NetworkNamespace.CreateNamed("apply");
        using NetworkNamespace fresh = NetworkNamespace.CreateNamed("apply");
        using NftApplier applier = new(place.Name);
        applier.Apply(Compile(from));
        NftPlan plan = applier.Apply(Compile(to));
        using NftApplier another = new(fresh.Name);
        another.Apply(Compile(to));

        Assert.NotEmpty(plan.Steps);
        Assert.Equal(Objects(fresh).Select(Unversioned).Order(), Objects(place).Select(Unversioned).Order());
    }

    [Fact]
    public void What_an_interrupted_change_left_is_cleared()
    {
        Kernel.RequireLab();
        using NetworkNamespace place = NetworkNamespace.CreateNamed("apply");
        using NftApplier applier = new(place.Name);
        applier.Apply(Compile("kubernetes"));
        NftPlan plan = applier.Plan(Compile("ordered"));
        foreach (string script in plan.Steps.Zip(plan.Scripts).Where(s => s.First.Kind == NftStepKind.Prepare).Select(s => s.Second))
        {
            place.RunProcess("nft", ["-f", "-"], script).ThrowIfFailed();
        }

        Assert.Equal(1, applier.Status().Generation);
        applier.Apply(Compile("host"));
        Assert.DoesNotContain(Objects(place), o => o.Contains("_1 ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("insert rule inet netpol deny accept")]
    [InlineData("flush chain inet netpol deny")]
    [InlineData("insert rule inet netpol h_fwd accept")]
    [InlineData("delete element inet netpol wl_if_1 { \"cali174f788f457\" }")]
    [InlineData("add rule inet netpol deny limit rate 5/second accept")]
    [InlineData("delete table inet netpol")]
    [InlineData("add table inet netpol { flags dormant; }")]
    public void What_somebody_else_changed_in_the_table_is_put_right(string change)
    {
        Kernel.RequireLab();
        using NetworkNamespace place = NetworkNamespace.CreateAnonymous();
        CompiledRuleset ruleset = Compile("kubernetes");
        using NftApplier applier = new(place);
        applier.Apply(ruleset);
        place.RunProcess("nft", ["-f", "-"], change + "\n").ThrowIfFailed();

        Assert.NotEmpty(applier.Apply(ruleset).Steps);

        // A change elsewhere makes it look again, at everything.
        place.RunProcess("nft", ["add", "table", "ip", "theirs"]).ThrowIfFailed();
        Assert.Empty(applier.Apply(ruleset).Steps);
    }

    [Fact]
    public void Changes_of_others_to_their_own_tables_do_not_make_applying_fail()
    {
        Kernel.RequireLab();
        using NetworkNamespace place = NetworkNamespace.CreateAnonymous();
        using NftApplier applier = new(place) { Grace = TimeSpan.FromMilliseconds(1) };
        using NetlinkTransport theirs = new(place, "theirs");
        int stop = 0;
        Thread others = new(() =>
        {
            while (Volatile.Read(ref stop) == 0)
            {
                theirs.Run(new RuleTransaction("theirs", [new RuleOperation.AddTable("theirs")]));
                theirs.Run(new RuleTransaction("theirs", [new RuleOperation.DeleteTable()]));
                Thread.Sleep(15);
            }
        });
        others.Start();
        try
        {
            for (int i = 0; i < 10; i++)
            {
                applier.Apply(Compile("kubernetes"));
                applier.Apply(Compile("host"));
            }
        }
        finally
        {
            Volatile.Write(ref stop, 1);
            others.Join();
        }

        Assert.Empty(applier.Apply(Compile("host")).Steps);
    }

    [Fact]
    public void Marks_of_an_earlier_life_and_of_used_up_epochs_are_taken_off_connections()
    {
        Kernel.RequireLab();
        using NetworkNamespace place = NetworkNamespace.CreateAnonymous();
        place.RunProcess("ip", ["link", "set", "lo", "up"]).ThrowIfFailed();
        place.RunProcess("nft", ["-f", "-"], "table inet t { chain o { type filter hook output priority 0; ct mark set 0x00010081; }; }\n").ThrowIfFailed();
        place.Run(() =>
        {
            using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.SendTo([1], new IPEndPoint(IPAddress.Loopback, 5000));
        });
        place.RunProcess("nft", ["delete", "table", "inet", "t"]).ThrowIfFailed();
        using ConntrackSocket connections = new(place);
        Assert.Equal(0x00010081u, Assert.Single(connections.List()).Mark);

        // Three epochs, then the marks are used up.
        EnforcementOptions options = new() { ConnectionMarkMask = 0x00070000, EstablishedConnections = EstablishedConnections.ReevaluateAlways };
        using NftApplier applier = new(place) { Grace = TimeSpan.FromMilliseconds(1) };
        Snapshot[] worlds = [Worlds.Of(PolicyCases.All["kubernetes"]), Worlds.Of("")];
        List<int> epochs = [];
        for (int i = 0; i < 8; i++)
        {
            epochs.Add(applier.Apply(RulesetCompiler.Compile(worlds[i % 2], "node1", options)).Generation);
            Assert.Equal(0x81u, Assert.Single(connections.List()).Mark);
            connections.SetMarks(connections.List(), (uint)epochs[^1] << 16, 0x00030000);
            place.RunProcess("nft", ["add", "table", "ip", $"t{i}"]).ThrowIfFailed();
            Assert.Empty(applier.Apply(RulesetCompiler.Compile(worlds[i % 2], "node1", options)).Steps);
            if (epochs[^1] < 3)
            {
                connections.Clear(0x00030000);
            }
        }

        Assert.Equal([1, 2, 3, 1, 2, 3, 1, 2], epochs);
    }

    [Fact]
    public void A_table_of_somebody_else_is_left_alone()
    {
        Kernel.RequireLab();
        using NetworkNamespace place = NetworkNamespace.CreateNamed("apply");
        place.RunProcess("nft", ["add", "table", "inet", "netpol"]).ThrowIfFailed();
        using NftApplier applier = new(place.Name);

        Assert.Throws<NftException>(() => applier.Apply(Compile("empty")));
        Assert.Throws<NftException>(() => applier.Uninstall());
        Assert.False(applier.Status().IsInstalled);
    }

    [Fact]
    public void Uninstalling_takes_the_table_away_and_nothing_else()
    {
        Kernel.RequireLab();
        using NetworkNamespace place = NetworkNamespace.CreateNamed("apply");
        place.RunProcess("nft", ["add", "table", "ip", "theirs"]).ThrowIfFailed();
        using NftApplier applier = new(place.Name);
        applier.Apply(Compile("host"));

        Assert.True(applier.Uninstall());
        Assert.False(applier.Uninstall());
        Assert.Equal("table ip theirs\n", place.RunProcess("nft", ["list", "tables"]).ThrowIfFailed().Output);
    }

    [Fact]
    public void A_refusal_names_the_namespace()
    {
        Kernel.RequireLab();
        using NftApplier applier = new("netpol-lab-no-such-namespace");
        NftException refusal = Assert.Throws<NftException>(applier.Status);
        Assert.Contains("netpol-lab-no-such-namespace", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_ruleset_that_enforces_less_than_policy_says_is_refused()
    {
        CompiledRuleset ruleset = RulesetCompiler.Compile(Worlds.Of(""), "elsewhere");
        Assert.True(ruleset.HasErrors);
        using NftApplier applier = new();
        Assert.Throws<ArgumentException>(() => applier.Apply(ruleset));
    }

    // The same rules, as if packets had met one of them.
    private static string CountSeven(NetworkNamespace place, CompiledRuleset ruleset)
    {
        RuleChain chain = ruleset.Table.Chains.AsEnumerable().First(c => c.Name.StartsWith("r_", StringComparison.Ordinal));
        string listing = place.RunProcess("nft", ["list", "chain", "inet", "netpol", chain.Name]).ThrowIfFailed().Output;
        string counted = listing.Replace("packets 0 bytes 0", "packets 7 bytes 7", StringComparison.Ordinal);
        Assert.NotEqual(listing, counted);
        place.RunProcess("nft", ["-f", "-"], $"flush chain inet netpol {chain.Name}\n{counted}").ThrowIfFailed();
        return chain.Rules.AsEnumerable().First(r => r.Comment is not null).Comment!;
    }

    private static CompiledRuleset Compile(string name) => RulesetCompiler.Compile(Worlds.Of(PolicyCases.All[name]), "node1", PolicyCases.Options(name));

    private static string Unversioned(string part) => Regex.Replace(part, "_[0-9]+ \\{$", " {");

    private static string[] Objects(NetworkNamespace place) =>
    [
        .. place.RunProcess("nft", ["-t", "list", "table", "inet", "netpol"]).ThrowIfFailed().Output.Split('\n')
            .Where(l => l.EndsWith('{') && l.StartsWith('\t')),
    ];
}
