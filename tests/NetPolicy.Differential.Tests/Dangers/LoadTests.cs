using System.Diagnostics;
using System.Globalization;
using NetPolicy.Enforce;
using NetPolicy.Enforce.Lab;
using NetPolicy.Enforce.Tests.Compilation;
using NetPolicy.Engine;
using NetPolicy.Laws;
using NetPolicy.Manifests;
using Xunit;

namespace NetPolicy.Differential.Tests.Dangers;

/// <summary>Documents change while packets flow: no packet of a connection that is judged alike before and after is judged otherwise.</summary>
public sealed class LoadTests
{
    private const int Changes = 500;

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
    public void A_million_packets_and_five_hundred_changes_lose_and_leak_nothing()
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
        int stop = 0, changes = 0, transactions = 0, restrictions = 0;
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
                    NftPlan plan = applier.Apply(rules, engine.Apply(Toggle(which, isOn[which])));
                    transactions += plan.Steps.Count;
                    restrictions += plan.Steps.Any(s => s.Kind == NftStepKind.Epoch) ? 1 : 0;
                    Volatile.Write(ref changes, changes + 1);
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
        long started = Stopwatch.GetTimestamp();
        while ((sent < Packets || Volatile.Read(ref changes) < Changes) && refusal is null)
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
        Report.Say(
            $"{sent} packets of {probes.Count} kinds in {Stopwatch.GetElapsedTime(started).TotalSeconds:f1} s, {changes} changes in {transactions} transactions, {restrictions} new epochs: {lost} lost, {leaked} leaked");
        Assert.Equal((0, 0), (lost, leaked));
        Assert.True(sent >= Packets && changes >= Changes);
    }

    // NETPOLICY_LOAD_PACKETS asks for a longer run.
    private static int Packets =>
        int.TryParse(Environment.GetEnvironmentVariable("NETPOLICY_LOAD_PACKETS"), NumberStyles.None, CultureInfo.InvariantCulture, out int given) ? given : 1_000_000;
}
