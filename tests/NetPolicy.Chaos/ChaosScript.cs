using System.Globalization;
using System.Text;
using NetPolicy.Enforce;
using NetPolicy.Enforce.Safety;
using NetPolicy.Enforce.State;
using NetPolicy.Engine;
using NetPolicy.Manifests;

namespace NetPolicy.Chaos;

/// <summary>
/// Changes of a small cluster that are applied one after the other, the same for the same seed: with the state on disk, each compiled anew, or following an engine.
/// </summary>
internal sealed class ChaosScript
{
    /// <summary>How many changes there are; the first is the loading of an empty machine.</summary>
    public const int Length = 5;

    public const string Node = "node1";

    private const string Inventory = """
        apiVersion: v1
        kind: Namespace
        metadata: {name: shop, labels: {team: shop}}
        ---
        apiVersion: v1
        kind: Namespace
        metadata: {name: other, labels: {team: other}}
        ---
        apiVersion: v1
        kind: Node
        metadata: {name: node1, annotations: {netpol/interfaces: '{"eth0":["192.0.2.1","2001:db8::1"]}'}}
        spec: {podCIDRs: [172.20.1.0/24, "fd20:0:0:1::/64"]}
        status: {addresses: [{type: InternalIP, address: 192.0.2.1}, {type: InternalIP, address: "2001:db8::1"}]}
        ---
        apiVersion: v1
        kind: Node
        metadata: {name: node2}
        spec: {podCIDRs: [172.20.2.0/24, "fd20:0:0:2::/64"]}
        status: {addresses: [{type: InternalIP, address: 192.0.2.2}, {type: InternalIP, address: "2001:db8::2"}]}

        """;

    private static readonly string[] s_policies =
    [
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: web, namespace: shop}
        spec:
          podSelector: {matchLabels: {app: web}}
          policyTypes: [Ingress, Egress]
          ingress:
          - from: [{podSelector: {matchLabels: {app: api}}}, {ipBlock: {cidr: 203.0.113.0/24, except: [203.0.113.128/25]}}]
            ports: [{port: 8080}, {port: 8000, endPort: 8100}]
          egress: [{to: [{podSelector: {matchLabels: {app: db}}}]}]
        """,
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: db, namespace: shop}
        spec:
          podSelector: {matchLabels: {app: db}}
          ingress: [{from: [{namespaceSelector: {matchLabels: {team: shop}}}], ports: [{port: 5432}]}]
        """,
        """
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
        """,
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: closed, namespace: other}
        spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
        """,
        """
        apiVersion: projectcalico.org/v3
        kind: GlobalNetworkPolicy
        metadata: {name: host}
        spec:
          selector: role == 'host'
          types: [Ingress, Egress]
          ingress: [{action: Allow, protocol: TCP, destination: {ports: [9100]}}]
          egress: [{action: Allow}]
        ---
        apiVersion: projectcalico.org/v3
        kind: HostEndpoint
        metadata: {name: node1-eth0, labels: {role: host}}
        spec: {node: node1, interfaceName: eth0, expectedIPs: [192.0.2.1]}
        """,
        Blocks(),
    ];

    private readonly Change[][] _changes;
    private readonly bool _follows;

    public ChaosScript(int seed)
    {
        Random dice = new(seed);
        _follows = dice.Next(2) == 0;
        List<Change> first = [.. Read(Inventory)];
        string[] apps = ["web", "api", "db"];
        for (int i = 0; i < 12; i++)
        {
            first.AddRange(Read(Pod("shop", $"{apps[i % 3]}-{i}", apps[i % 3], "node1", $"172.20.1.{10 + i}")));
        }

        for (int i = 0; i < 150; i++)
        {
            first.AddRange(Read(Pod(i % 5 == 0 ? "other" : "shop", $"far-{i}", apps[i % 3], "node2", $"172.20.2.{10 + i}")));
        }

        bool[] isThere = [.. s_policies.Select(_ => dice.Next(2) == 0)];
        for (int i = 0; i < s_policies.Length; i++)
        {
            if (isThere[i])
            {
                first.AddRange(Read(s_policies[i]));
            }
        }

        _changes = [[.. first], .. Enumerable.Range(1, Length - 1).Select(i => Next(dice, isThere, i))];
    }

    /// <summary>True if the state is kept on disk.</summary>
    public bool HasState => !_follows;

    /// <summary>True if addresses get other owners by a change that is not the first.</summary>
    public bool ChangesOwners => _changes.Skip(1).Any(c => c.Any(change => change is Change.Upsert { Manifest.Id: { Kind: "Pod", Name: ['f', ..] } }));

    /// <summary>The worlds after each change.</summary>
    public IReadOnlyList<Snapshot> Worlds()
    {
        PolicyEngine engine = new();
        return [.. _changes.Select(c => engine.Apply(c).Snapshot)];
    }

    /// <summary>Applies all changes.</summary>
    /// <param name="applier">The machine.</param>
    /// <param name="folder">Where the state is kept.</param>
    /// <param name="begins">Told the number of each change before it is applied.</param>
    public void Run(NftApplier applier, string folder, Action<int> begins)
    {
        PolicyEngine engine = new();
        if (_follows)
        {
            NodeRules? rules = null;
            for (int i = 0; i < Length; i++)
            {
                Delta delta = engine.Apply(_changes[i]);
                begins(i);
                if (rules is null)
                {
                    applier.Apply(rules = new NodeRules(delta.Snapshot, Node));
                }
                else
                {
                    applier.Apply(rules, delta);
                }
            }

            return;
        }

        ManagedHost host = new(applier, new StateStore(folder));
        for (int i = 0; i < Length; i++)
        {
            Snapshot snapshot = engine.Apply(_changes[i]).Snapshot;
            CompiledRuleset ruleset = RulesetCompiler.Compile(snapshot, Node);
            begins(i);
            host.Apply(ruleset, LocalWorkload.Of(snapshot, Node, ruleset.Options));
        }
    }

    private static Change[] Next(Random dice, bool[] isThere, int number)
    {
        int what = dice.Next(10);
        if (what < 2)
        {
            return [.. Read(Pod("shop", string.Create(CultureInfo.InvariantCulture, $"far-{dice.Next(150)}"), "new", "node2", $"172.20.2.{200 + number}"))];
        }

        if (what == 2)
        {
            return [.. Read(Pod("shop", $"more-{number}", "web", "node1", $"172.20.1.{100 + number}"))];
        }

        List<Change> changes = [];
        for (int i = dice.Next(3); i >= 0; i--)
        {
            int which = dice.Next(s_policies.Length);
            isThere[which] = !isThere[which];
            changes.AddRange(Read(s_policies[which]).Select(c => isThere[which] ? c : new Change.Remove(((Change.Upsert)c).Manifest.Id)));
        }

        return [.. changes];
    }

    private static IEnumerable<Change> Read(string yaml) => ManifestReader.Read(yaml, "chaos.yaml").Manifests.Select(m => new Change.Upsert(m));

    private static string Pod(string space, string name, string app, string node, string address) =>
        $$$"""
        apiVersion: v1
        kind: Pod
        metadata: {name: {{{name}}}, namespace: {{{space}}}, labels: {app: {{{app}}}}}
        spec: {nodeName: {{{node}}}, containers: [{name: c}]}
        status: {phase: Running, podIPs: [{ip: {{{address}}}}]}

        """;

    // Enough that the kernel works on the transaction for a while.
    private static string Blocks()
    {
        StringBuilder text = new("""
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: blocks, namespace: shop}
            spec:
              podSelector: {matchLabels: {app: api}}
              ingress:

            """);
        for (int i = 0; i < 60; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"  - ports: [{{port: {7000 + (i % 7)}}}]\n    from:\n");
            for (int j = 0; j < 16; j++)
            {
                text.Append(CultureInfo.InvariantCulture, $"    - ipBlock: {{cidr: 198.18.{i}.{j * 16}/29}}\n");
            }
        }

        return text.ToString();
    }
}
