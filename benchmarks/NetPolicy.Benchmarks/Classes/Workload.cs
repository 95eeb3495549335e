using System.Globalization;
using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Inventory;
using NetPolicy.Manifests.Kubernetes;

namespace NetPolicy.Benchmarks.Classes;

/// <summary>A cluster with policies, made from a size and a fixed seed.</summary>
public static class Workload
{
    private const int Seed = 20260101;
    private static readonly string[] Apps = ["web", "api", "db", "cache", "queue", "worker"];
    private static readonly int[] PortNumbers = [80, 443, 3000, 5432, 6379, 8080, 9090, 9200];

    /// <summary>All documents of a workload of <paramref name="size"/>. The same each time.</summary>
    public static IReadOnlyList<Manifest> Of(WorkloadSize size)
    {
        ArgumentNullException.ThrowIfNull(size);
        Random random = new(Seed);
        List<Manifest> manifests =
        [
            new NodeManifest { Metadata = Named("node1", null), Addresses = ["192.0.2.1"], PodCidrs = ["10.0.0.0/8"] },
        ];
        for (int n = 0; n < size.Namespaces; n++)
        {
            string name = Namespace(n);
            manifests.Add(new NamespaceManifest { Metadata = Named(name, null, ("team", "t" + (n % 5).ToString(CultureInfo.InvariantCulture))) });
            for (int p = 0; p < size.PodsPerNamespace; p++)
            {
                string app = Apps[p % Apps.Length];
                IpAddress address = IpAddress.FromIPv4((10u << 24) + ((uint)n << 10) + (uint)p + 2);
                manifests.Add(new PodManifest
                {
                    Metadata = Named($"{app}-{p}", name, ("app", app), ("release", p % 3 == 0 ? "canary" : "stable")),
                    Spec = new PodSpec { NodeName = "node1", Ports = [new ContainerPort { Name = "main", Number = 8080 }] },
                    Phase = "Running",
                    Addresses = [address.ToString()],
                });
            }
        }

        for (int i = 0; i < size.Policies; i++)
        {
            manifests.Add(Policy(size, i, random));
        }

        return manifests;
    }

    private static Manifest Policy(WorkloadSize size, int index, Random random)
    {
        string name = $"policy-{index}";
        string @namespace = Namespace(index % size.Namespaces);
        string app = Apps[random.Next(Apps.Length)];
        int port = PortNumbers[random.Next(PortNumbers.Length)];
        return size.Shape switch
        {
            PolicyShape.Selectors => Kubernetes(name, @namespace, app, port, new NetworkPolicyPeer
            {
                NamespaceSelector = Labels("team", "t" + random.Next(5).ToString(CultureInfo.InvariantCulture)),
                PodSelector = Labels("app", Apps[random.Next(Apps.Length)]),
            }),
            PolicyShape.Blocks => Kubernetes(name, @namespace, app, port, new NetworkPolicyPeer
            {
                IpBlock = Block(random.Next(4), random.Next(16)),
            }),
            PolicyShape.Ordered => Calico(name, @namespace, app, port, random),
            _ => throw new ArgumentOutOfRangeException(nameof(size)),
        };
    }

    private static IpBlockSpec Block(int second, int third) =>
        new() { Cidr = $"10.{second}.0.0/16", Except = [$"10.{second}.{third * 16}.0/20"] };

    private static NetworkPolicyManifest Kubernetes(string name, string @namespace, string app, int port, NetworkPolicyPeer peer) => new()
    {
        Metadata = Named(name, @namespace),
        Spec = new NetworkPolicySpec
        {
            PodSelector = Labels("app", app),
            PolicyTypes = ["Ingress", "Egress"],
            Ingress = [new NetworkPolicyRule { Peers = [peer], Ports = [new NetworkPolicyPort { Port = IntOrString.Of(port) }] }],
            Egress = [new NetworkPolicyRule { Peers = [peer] }],
        },
    };

    private static CalicoPolicyManifest Calico(string name, string @namespace, string app, int port, Random random) => new()
    {
        PolicyKind = CalicoPolicyKind.NetworkPolicy,
        Metadata = Named(name, @namespace),
        Spec = new CalicoPolicySpec
        {
            Order = random.Next(1000),
            Selector = $"app == '{app}'",
            Types = ["Ingress"],
            Ingress =
            [
                Rule("Deny", random.Next(1024, 65535)),
                Rule("Allow", port),
                Rule("Pass", random.Next(1024, 65535)),
            ],
        },
    };

    private static CalicoRule Rule(string action, int port) => new()
    {
        Action = action,
        Protocol = IntOrString.Of("TCP"),
        Source = new EntityRule { Selector = "has(app)", NamespaceSelector = "team in {'t1', 't2'}" },
        Destination = new EntityRule { Ports = [IntOrString.Of(port)] },
    };

    private static LabelSelectorSpec Labels(string key, string value) => new() { MatchLabels = Map((key, value)) };

    private static EquatableMap<string> Map(params (string Key, string Value)[] labels) =>
        new(labels.Select(l => new KeyValuePair<string, string>(l.Key, l.Value)));

    private static ObjectMetadata Named(string name, string? @namespace, params (string, string)[] labels) =>
        new() { Name = name, Namespace = @namespace, Labels = labels.Length == 0 ? null : Map(labels) };

    private static string Namespace(int index) => "ns-" + index.ToString(CultureInfo.InvariantCulture);
}
