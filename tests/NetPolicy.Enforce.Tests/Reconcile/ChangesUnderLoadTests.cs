using System.Globalization;
using NetPolicy.Enforce.Lab;
using NetPolicy.Enforce.Nft;
using NetPolicy.Enforce.Tests.Compilation;
using NetPolicy.Engine;
using NetPolicy.Laws;
using Xunit;

namespace NetPolicy.Enforce.Tests.Reconcile;

/// <summary>Rulesets change while packets flow: no packet of a connection that old and new rules judge alike is judged otherwise.</summary>
public sealed class ChangesUnderLoadTests
{
    // Ranges, so that interval maps change too; the flows below are judged alike with and without.
    private const string Unrelated = """
        ---
        apiVersion: projectcalico.org/v3
        kind: NetworkPolicy
        metadata: {name: extra, namespace: shop}
        spec:
          order: 1
          selector: app == 'web'
          types: [Ingress]
          ingress:
          - {action: Deny, protocol: UDP, destination: {ports: ['2000:3000', '4000:5000']}}
          - {action: Allow, protocol: SCTP, source: {nets: [198.51.100.0/24]}, destination: {ports: ['6000:7000']}}
        """;

    private static readonly (string From, string To, string Protocol, int Port)[] s_flows =
    [
        ("shop/api", "shop/web", "TCP", 8080), ("shop/api", "shop/web", "TCP", 8050), ("shop/api", "shop/web", "TCP", 9999), ("shop/db", "shop/web", "TCP", 8080),
        ("203.0.113.9", "shop/web", "TCP", 8080), ("203.0.113.200", "shop/web", "TCP", 8080), ("shop/web", "203.0.113.9", "UDP", 53),
        ("shop/web", "203.0.113.9", "TCP", 80), ("shop/api", "shop/db", "TCP", 5432), ("other/other", "shop/web", "UDP", 99), ("shop/api", "other/other", "TCP", 1),
    ];

    [Fact]
    public void Nothing_is_lost_and_nothing_leaks_while_rulesets_change()
    {
        Kernel.RequireLab();
        string policies = PolicyCases.All["kubernetes"];
        Snapshot first = Worlds.Of(policies);
        CompiledRuleset[] rulesets =
        [
            RulesetCompiler.Compile(first, "node1"),
            RulesetCompiler.Compile(Worlds.Of(policies + "\n" + Unrelated), "node1"),
            RulesetCompiler.Compile(Worlds.Of(policies + "\n" + Unrelated), "node1", new EnforcementOptions { MaxTableElements = 0 }),
        ];
        FlowRequest[] requests = [.. s_flows.Select(f => new FlowRequest { From = f.From, To = f.To, Protocol = f.Protocol, Port = f.Port })];
        LabWorld world = LabWorld.Of(first, new LabWorldOptions { Flows = requests });
        List<(LabProbe Probe, bool Passes)> probes = [];
        foreach (FlowRequest request in requests)
        {
            Assert.True(world.TryMap(request, out LabMapping? mapping, out string? whyNot), whyNot);
            probes.Add((mapping.Probes.Single(), first.Evaluate(mapping.Flow).IsAllowed));
        }

        using PacketLab lab = PacketLab.Build(world.Topology);
        using NftApplier applier = new(lab.Host("node1")) { Grace = TimeSpan.FromMilliseconds(20) };
        applier.Apply(rulesets[0]);
        int stop = 0, changes = 0;
        Exception? refusal = null;
        Thread changing = new(() =>
        {
            try
            {
                while (Volatile.Read(ref stop) == 0)
                {
                    applier.Apply(rulesets[++changes % rulesets.Length]);
                }
            }
            catch (NftException exception)
            {
                refusal = exception;
            }
        });
        changing.Start();

        int lost = 0, leaked = 0, sent = 0;
        LabProbe[] batch = [.. Enumerable.Range(0, 50).SelectMany(_ => probes.Select(p => p.Probe))];
        DateTime end = DateTime.UtcNow.AddSeconds(2);
        while (DateTime.UtcNow < end)
        {
            IReadOnlyList<LabResult> results = lab.Run(batch);
            for (int i = 0; i < results.Count; i++)
            {
                bool passes = probes[i % probes.Count].Passes;
                lost += passes && !results[i].Passed ? 1 : 0;
                leaked += !passes && results[i].Passed ? 1 : 0;
            }

            sent += batch.Length;
        }

        Volatile.Write(ref stop, 1);
        changing.Join();
        Assert.Null(refusal);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{sent} flows, {changes} changes"));
        Assert.Equal((0, 0), (lost, leaked));
        Assert.True(changes > 3 && probes.Any(p => p.Passes) && probes.Any(p => !p.Passes));
    }

    [Fact]
    public void An_open_connection_is_cut_by_a_restriction_and_comes_back_with_the_permission()
    {
        Kernel.RequireLab();
        Snapshot open = Worlds.Of(PolicyCases.All["kubernetes"]);
        Snapshot closed = Worlds.Of(PolicyCases.All["kubernetes"].Replace("app: api", "app: nobody", StringComparison.Ordinal));
        FlowRequest request = new() { From = "shop/api", To = "shop/web", Protocol = "TCP", Port = 8080 };
        LabWorld world = LabWorld.Of(open, new LabWorldOptions { Flows = [request] });
        Assert.True(world.TryMap(request, out LabMapping? mapping, out string? whyNot), whyNot);
        using SocketLab lab = SocketLab.Build(world.Topology);
        using NftApplier applier = new(lab.Host("node1"));
        applier.Apply(RulesetCompiler.Compile(open, "node1"));

        using LabConnection connection = lab.Open(mapping.Probes.Single());
        Assert.True(connection.Result.Passed);
        applier.Apply(RulesetCompiler.Compile(open, "node1"));
        Assert.True(connection.Echo());
        applier.Apply(RulesetCompiler.Compile(closed, "node1"));
        Assert.False(connection.Echo(Kernel.Silence));
        applier.Apply(RulesetCompiler.Compile(open, "node1"));
        Assert.Contains(Enumerable.Range(0, 10), _ => connection.Echo());
    }

    [Fact]
    public void A_connection_that_an_earlier_installation_accepted_is_judged_by_the_next_one()
    {
        Kernel.RequireLab();
        Snapshot open = Worlds.Of(PolicyCases.All["kubernetes"]);
        Snapshot closed = Worlds.Of(PolicyCases.All["kubernetes"].Replace("app: api", "app: nobody", StringComparison.Ordinal));
        using SocketLab lab = Connect(open, out LabProbe probe);
        using NftApplier applier = new(lab.Host("node1"));
        Assert.Equal(1, applier.Apply(RulesetCompiler.Compile(open, "node1")).Generation);
        using LabConnection connection = lab.Open(probe);
        Assert.True(connection.Result.Passed && connection.Echo());

        Assert.True(applier.Uninstall());
        Assert.Equal(1, applier.Apply(RulesetCompiler.Compile(closed, "node1")).Generation);
        Assert.False(connection.Echo(Kernel.Silence));
    }

    [Fact]
    public void Epochs_start_over_without_accepting_what_had_the_number_before()
    {
        Kernel.RequireLab();
        EnforcementOptions threeEpochs = new() { ConnectionMarkMask = 0x0007_0000 };
        Snapshot open = Worlds.Of(PolicyCases.All["kubernetes"]);
        Snapshot closed = Worlds.Of(PolicyCases.All["kubernetes"].Replace("app: api", "app: nobody", StringComparison.Ordinal));
        using SocketLab lab = Connect(open, out LabProbe probe);
        using NftApplier applier = new(lab.Host("node1"));
        List<int> epochs = [];
        for (int i = 0; i < 3; i++)
        {
            epochs.Add(applier.Apply(RulesetCompiler.Compile(open, "node1", threeEpochs)).Generation);
            using LabConnection connection = lab.Open(probe);
            Assert.True(connection.Result.Passed && connection.Echo());
            epochs.Add(applier.Apply(RulesetCompiler.Compile(closed, "node1", threeEpochs)).Generation);
            Assert.False(connection.Echo(Kernel.Silence));
        }

        Assert.All(epochs, e => Assert.InRange(e, 1, 3));
        Assert.Contains(epochs.Zip(epochs.Skip(1)), p => p.Second < p.First);
    }

    private static SocketLab Connect(Snapshot snapshot, out LabProbe probe)
    {
        FlowRequest request = new() { From = "shop/api", To = "shop/web", Protocol = "TCP", Port = 8080 };
        LabWorld world = LabWorld.Of(snapshot, new LabWorldOptions { Flows = [request] });
        Assert.True(world.TryMap(request, out LabMapping? mapping, out string? whyNot), whyNot);
        probe = mapping.Probes.Single();
        return SocketLab.Build(world.Topology);
    }
}
