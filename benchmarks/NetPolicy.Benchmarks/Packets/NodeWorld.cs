using System.Globalization;
using NetPolicy.Benchmarks.Worlds;
using NetPolicy.Engine;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Inventory;
using NetPolicy.Manifests.Kubernetes;

namespace NetPolicy.Benchmarks.Packets;

/// <summary>A node and its cluster, of which only what the node enforces matters.</summary>
internal static class NodeWorld
{
    public const string Node = "node1";

    /// <summary>The pod to which packets are sent.</summary>
    public const string Server = "shop/pod0";

    /// <summary>A TCP port that everybody may use, and one that nobody may.</summary>
    public const int OpenPort = 8001;
    public const int ShutPort = 9000;

    /// <summary>A UDP port that everybody may use.</summary>
    public const int DatagramPort = 5000;

    private const int Teams = 100;
    private const int Ports = 15;

    // Something of every kind, so that every stage has rules.
    private const string Host = """
        {apiVersion: projectcalico.org/v3, kind: HostEndpoint, metadata: {name: host, labels: {role: host}}, spec: {node: node1, interfaceName: eth0, expectedIPs: [192.0.2.1]}}
        ---
        apiVersion: projectcalico.org/v3
        kind: GlobalNetworkPolicy
        metadata: {name: untracked}
        spec: {order: 1, selector: role == 'host', doNotTrack: true, applyOnForward: true, ingress: [{action: Allow, protocol: TCP, destination: {ports: [9200]}}], egress: [{action: Allow, protocol: TCP, source: {ports: [9200]}}]}
        ---
        apiVersion: projectcalico.org/v3
        kind: GlobalNetworkPolicy
        metadata: {name: before}
        spec: {order: 2, selector: role == 'host', preDNAT: true, applyOnForward: true, ingress: [{action: Deny, protocol: TCP, destination: {ports: [30080]}}]}
        ---
        apiVersion: projectcalico.org/v3
        kind: GlobalNetworkPolicy
        metadata: {name: forward}
        spec: {order: 3, selector: role == 'host', applyOnForward: true, types: [Ingress, Egress], ingress: [{action: Allow}], egress: [{action: Allow}]}
        """;

    private const uint FirstLocal = (10u << 24) + 10, FirstRemote = (10u << 24) + (1u << 16);

    /// <summary>A world.</summary>
    /// <param name="local">Pods on the node.</param>
    /// <param name="remote">Pods elsewhere.</param>
    /// <param name="policies">Policies of ten rules; each rule lets in a thousand of ten thousand pods by one port of fifteen.</param>
    /// <param name="apps">How many apps there are; a policy is that of one app. With 1 all policies are the server's.</param>
    /// <param name="hasHost">Whether a host endpoint has policies for every stage.</param>
    public static Snapshot Make(int local, int remote, int policies, int apps, bool hasHost = false) => Snapshot.Of(Documents(local, remote, policies, apps, hasHost));

    /// <summary>The documents of a world.</summary>
    public static IReadOnlyList<Manifest> Documents(int local, int remote, int policies, int apps, bool hasHost = false)
    {
        WorldBuilder world = new();
        foreach (Manifest manifest in hasHost ? ManifestReader.Read(Host).Manifests : [])
        {
            world.Add(manifest);
        }

        world.Namespace("shop");
        world.Add(new NodeManifest { Metadata = WorldBuilder.Metadata(Node, null, []), Addresses = ["192.0.2.1"], PodCidrs = ["10.0.0.0/16"] });
        world.Add(new NodeManifest { Metadata = WorldBuilder.Metadata("node2", null, []), Addresses = ["192.0.2.2"], PodCidrs = ["10.1.0.0/16"] });
        for (int i = 0; i < local; i++)
        {
            // Twenty-five classes of pods on the node, as on a real one.
            string app = apps == 1 ? (i == 0 ? "app0" : "client") : Text($"app{i * 25 / local}");
            world.Add(WorldBuilder.PodOf(Text($"pod{i}"), "shop", FirstLocal + (uint)i, [("app", app), ("team", Text($"team{i % Teams}"))], Node));
        }

        for (int i = 0; i < remote; i++)
        {
            world.Add(Far(i, i));
        }

        for (int i = 0; i < policies; i++)
        {
            world.Add(Policy(i, apps, 10));
        }

        NetworkPolicyPeer everybody = new() { PodSelector = new LabelSelectorSpec() };
        world.Add(WorldBuilder.Policy("out", "shop", new LabelSelectorSpec(), null, [WorldBuilder.Rule([everybody])]));
        world.Add(WorldBuilder.Policy(
            "datagrams", "shop", App(0), [WorldBuilder.Rule([everybody], new NetworkPolicyPort { Protocol = "UDP", Port = IntOrString.Of(DatagramPort) })]));
        return world.Build("node").Manifests;
    }

    /// <summary>A pod elsewhere, of one of the teams.</summary>
    public static Manifest Far(int number, int team) =>
        WorldBuilder.PodOf(Text($"far{number}"), "shop", FirstRemote + (uint)number, [("app", Text($"app{number % 100}")), ("team", Text($"team{team % Teams}"))], "node2");

    /// <summary>A pod of the node, of the app that one of the first 500 has.</summary>
    public static Manifest Near(int number, int like) =>
        WorldBuilder.PodOf(Text($"pod{number}"), "shop", FirstLocal + (uint)number, [("app", Text($"app{like % 500 * 25 / 500}")), ("team", Text($"team{number % Teams}"))], Node);

    /// <summary>One of the policies.</summary>
    public static Manifest Policy(int number, int apps, int rules) => WorldBuilder.Policy(
        Text($"policy{number}"), "shop", App(number % apps),
        [
            .. Enumerable.Range(0, rules).Select(r => WorldBuilder.Rule(
                [new NetworkPolicyPeer { PodSelector = TenTeams((number * 7) + (r * 13)) }], WorldBuilder.Tcp(8000 + (((number * 10) + r) % Ports)))),
        ]);

    private static LabelSelectorSpec App(int app) => new() { MatchLabels = new([KeyValuePair.Create("app", Text($"app{app}"))]) };

    private static LabelSelectorSpec TenTeams(int first) => new()
    {
        MatchExpressions = [new LabelRequirement { Key = "team", Operator = "In", Values = [.. Enumerable.Range(first, 10).Select(t => Text($"team{t % Teams}"))] }],
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
