using NetPolicy.Manifests.Inventory;
using NetPolicy.Manifests.Kubernetes;

namespace NetPolicy.Benchmarks.Worlds;

/// <summary>Namespaces of equal size with policies of the usual kinds: between workloads, from other teams' namespaces, from address blocks, and some that deny.</summary>
public static class NamespaceGrid
{
    private const int PodsOfWorkload = 4;
    private static readonly string[] Apps = ["web", "api", "db", "cache", "queue", "worker", "auth", "search"];
    private static readonly string[] Teams = ["blue", "green", "red", "amber", "grey"];
    private static readonly int[] Ports = [80, 443, 3000, 5432, 6379, 8080, 9090, 9200];

    /// <summary><paramref name="namespaces"/> times <paramref name="pods"/> pods, and <paramref name="policies"/> policies in all; the scale multiplies the namespaces and the policies.</summary>
    public static World Make(string name, int namespaces, int pods, int policies, WorldSize size)
    {
        ArgumentNullException.ThrowIfNull(size);
        Random random = new(20260101);
        WorldBuilder builder = new();
        int count = size.Of(namespaces);
        int workloads = (pods + PodsOfWorkload - 1) / PodsOfWorkload;
        for (int n = 0; n < count; n++)
        {
            string @namespace = NameOf(n);
            builder.Namespace(@namespace, ("team", Teams[n % Teams.Length]), ("environment", n % 2 == 0 ? "production" : "staging"));
            for (int w = 0; w < workloads; w++)
            {
                builder.Workload(
                    WorkloadName(w),
                    @namespace,
                    Math.Min(PodsOfWorkload, pods - (w * PodsOfWorkload)),
                    size.Replicas,
                    [("app", Apps[w % Apps.Length]), ("instance", WorkloadName(w)), ("tier", w % 2 == 0 ? "frontend" : "backend")],
                    new ContainerPort { Name = "main", Number = Ports[w % Ports.Length] });
            }
        }

        int total = size.Of(policies);
        for (int i = 0; i < total; i++)
        {
            builder.Add(Policy("policy-" + WorldBuilder.Text(i), NameOf(i % count), workloads, random));
        }

        return builder.Build(name);
    }

    private static NetworkPolicyManifest Policy(string name, string @namespace, int workloads, Random random)
    {
        LabelSelectorSpec subject = Workload(random, workloads);
        NetworkPolicyPort port = WorldBuilder.Tcp(Ports[random.Next(Ports.Length)]);
        return random.Next(10) switch
        {
            0 => WorldBuilder.Policy(name, @namespace, WorldBuilder.Everything(), []),
            1 or 2 => WorldBuilder.Policy(name, @namespace, subject, [WorldBuilder.Rule([Team(random)], port)]),
            3 => WorldBuilder.Policy(name, @namespace, subject, [WorldBuilder.Rule([Block(random)], port)]),
            4 => WorldBuilder.Policy(name, @namespace, subject, null, [WorldBuilder.Rule([Block(random)], port), WorldBuilder.Rule([Team(random)])]),
            5 => WorldBuilder.Policy(
                name, @namespace, subject, [WorldBuilder.Rule([WorldBuilder.Pods(Workload(random, workloads))])], [WorldBuilder.Rule([Team(random)], port)]),
            _ => WorldBuilder.Policy(name, @namespace, subject, [WorldBuilder.Rule([WorldBuilder.Pods(Workload(random, workloads)), Team(random)], port)]),
        };
    }

    private static LabelSelectorSpec Workload(Random random, int workloads) => random.Next(3) == 0
        ? WorldBuilder.With(("instance", WorkloadName(random.Next(workloads))))
        : WorldBuilder.With(("app", Apps[random.Next(Math.Min(Apps.Length, workloads))]));

    private static NetworkPolicyPeer Team(Random random) => new()
    {
        NamespaceSelector = WorldBuilder.With(("team", Teams[random.Next(Teams.Length)])),
        PodSelector = WorldBuilder.With(("app", Apps[random.Next(Apps.Length)])),
    };

    private static NetworkPolicyPeer Block(Random random)
    {
        int second = 16 + random.Next(8), third = random.Next(64);
        return new NetworkPolicyPeer
        {
            IpBlock = random.Next(2) == 0
                ? new IpBlockSpec { Cidr = $"172.{second}.0.0/16", Except = [$"172.{second}.{third / 4 * 16}.0/20"] }
                : new IpBlockSpec { Cidr = $"203.0.{third}.0/24" },
        };
    }

    private static string NameOf(int index) => "ns-" + WorldBuilder.Text(index);

    private static string WorkloadName(int index) => Apps[index % Apps.Length] + (index < Apps.Length ? "" : "-" + WorldBuilder.Text(index / Apps.Length));
}
