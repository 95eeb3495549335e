using System.Globalization;
using NetPolicy.Enforce.Lab;
using NetPolicy.Enforce.Nft;
using NetPolicy.Enforce.Tests.Compilation;
using NetPolicy.Engine;
using NetPolicy.Laws;
using NetPolicy.Manifests;
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
        DateTime end = DateTime.UtcNow.AddSeconds(3);
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

    // Each comes and goes by itself: ranges, rows of a class in use, blocks, what a pod of the node is called, pods elsewhere and here, host rules.
    private static readonly string[] s_toggles =
    [
        Unrelated,
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: more, namespace: shop}
        spec:
          podSelector: {matchLabels: {app: web}}
          ingress: [{from: [{podSelector: {matchLabels: {app: api}}}], ports: [{protocol: TCP, port: 9000}]}]
        """,
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: blocks, namespace: shop}
        spec:
          podSelector: {}
          policyTypes: [Ingress]
          ingress: [{from: [{ipBlock: {cidr: 198.51.100.0/25}}, {ipBlock: {cidr: 172.20.2.0/24}}], ports: [{protocol: UDP, port: 7}]}]
        """,
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: tier, namespace: shop}
        spec:
          podSelector: {matchLabels: {app: web}}
          ingress: [{from: [{podSelector: {matchLabels: {tier: back}}}], ports: [{protocol: TCP, port: 8051, endPort: 8059}]}]
        """,
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: far2, namespace: shop, labels: {app: api}}
        spec: {nodeName: node2, containers: [{name: c}]}
        status: {phase: Running, podIPs: [{ip: 172.20.2.11}]}
        """,
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: extra, namespace: shop, labels: {app: web}}
        spec: {nodeName: node1, containers: [{name: c}]}
        status: {phase: Running, podIPs: [{ip: 172.20.1.77}]}
        """,
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: closed, namespace: other}
        spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
        """,
    ];

    [Fact]
    public void Nothing_is_lost_and_nothing_leaks_while_single_documents_change()
    {
        Kernel.RequireLab();
        string policies = PolicyCases.All["kubernetes"];
        Manifest[] toggles = [.. s_toggles.SelectMany(t => ManifestReader.Read(t, "toggle.yaml").Manifests)];
        Manifest api = Worlds.Of(policies).Manifests.Single(m => m.Id.Kind == "Pod" && m.Id.Name == "api");
        Manifest back = api with { Metadata = api.Metadata with { Labels = new([.. api.Metadata.Labels!.Value, KeyValuePair.Create("tier", "back")]) } };
        int count = toggles.Length + 1;
        Change Toggle(int which, bool isOn) => which == toggles.Length ? new Change.Upsert(isOn ? back : api)
            : isOn ? new Change.Upsert(toggles[which]) : new Change.Remove(toggles[which].Id);

        PolicyEngine engine = new();
        engine.Apply(Worlds.Of(policies).Manifests.Select(m => new Change.Upsert(m)));
        Snapshot first = engine.Current;
        FlowRequest[] requests = [.. s_flows.Select(f => new FlowRequest { From = f.From, To = f.To, Protocol = f.Protocol, Port = f.Port })];
        LabWorld world = LabWorld.Of(first, new LabWorldOptions { Flows = requests });
        using PacketLab lab = PacketLab.Build(world.Topology);

        // Only flows that are judged alike whatever comes and goes say something.
        List<(LabProbe Probe, bool Passes)> probes = [];
        Snapshot[] worlds =
        [
            .. Enumerable.Range(0, 1 << count).Select(bits => engine.Apply(Enumerable.Range(0, count).Select(i => Toggle(i, (bits >> i & 1) == 1))).Snapshot),
        ];
        engine.Apply(Enumerable.Range(0, count).Select(i => Toggle(i, false)));
        foreach (FlowRequest request in requests)
        {
            Assert.True(world.TryMap(request, out LabMapping? mapping, out string? whyNot), whyNot);
            bool passes = first.Evaluate(mapping.Flow).IsAllowed;
            if (worlds.All(w => w.TryResolve(request, out Flow flow, out _) && w.Evaluate(flow).IsAllowed == passes))
            {
                probes.Add((mapping.Probes.Single(), passes));
            }
        }

        Assert.True(probes.Count(p => p.Passes) > 1 && probes.Count(p => !p.Passes) > 1);
        using NftApplier applier = new(lab.Host("node1")) { Grace = TimeSpan.FromMilliseconds(5) };
        NodeRules rules = new(engine.Current, "node1");
        applier.Apply(rules);
        int stop = 0, changes = 0, transactions = 0;
        Exception? refusal = null;
        Thread changing = new(() =>
        {
            try
            {
                Dice dice = new(7);
                bool[] isOn = new bool[count];
                while (Volatile.Read(ref stop) == 0)
                {
                    int which = dice.Below(count);
                    isOn[which] = !isOn[which];
                    transactions += applier.Apply(rules, engine.Apply(Toggle(which, isOn[which]))).Steps.Count;
                    changes++;
                }
            }
            catch (Exception exception) when (exception is NftException or ArgumentException)
            {
                refusal = exception;
            }
        });
        changing.Start();

        int lost = 0, leaked = 0, sent = 0;
        LabProbe[] batch = [.. Enumerable.Range(0, 60).SelectMany(_ => probes.Select(p => p.Probe))];
        DateTime end = DateTime.UtcNow.AddSeconds(Seconds);
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
        TestContext.Current.TestOutputHelper?.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{sent} flows of {probes.Count} kinds, {changes} changes in {transactions} transactions, {lost} lost, {leaked} leaked"));
        Assert.Equal((0, 0), (lost, leaked));
        Assert.True(changes > 10);
    }

    // NETPOLICY_LOAD_SECONDS asks for a longer run.
    private static int Seconds =>
        int.TryParse(Environment.GetEnvironmentVariable("NETPOLICY_LOAD_SECONDS"), NumberStyles.None, CultureInfo.InvariantCulture, out int given) ? given : 3;

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
        Assert.False(connection.Echo());
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
        Assert.False(connection.Echo());
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
            Assert.False(connection.Echo());
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
