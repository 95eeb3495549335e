using NetPolicy.Manifests.Inventory;

namespace NetPolicy.Benchmarks.Worlds;

/// <summary>W2: 25,000 namespaces with four pods and three policies each: one that denies, one within the namespace, one from a neighbour's and from a block.</summary>
public static class SmallNamespaces
{
    /// <summary>Namespaces at full scale.</summary>
    public const int Namespaces = 25_000;

    /// <summary>Makes the world.</summary>
    public static World Make(WorldSize size)
    {
        ArgumentNullException.ThrowIfNull(size);
        WorldBuilder builder = new();
        int count = size.Of(Namespaces);
        for (int n = 0; n < count; n++)
        {
            string @namespace = NameOf(n);
            builder.Namespace(@namespace, ("team", "team-" + WorldBuilder.Text(n % 50)), ("tenant", "tenant-" + WorldBuilder.Text(n / 5)));
            builder.Workload("web", @namespace, 2, size.Replicas, [("app", "web"), ("tier", "frontend")], new ContainerPort { Name = "http", Number = 8080 });
            builder.Workload("api", @namespace, 1, size.Replicas, [("app", "api"), ("tier", "backend")], new ContainerPort { Name = "http", Number = 9090 });
            builder.Workload("db", @namespace, 1, size.Replicas, [("app", "db"), ("tier", "backend")], new ContainerPort { Number = 5432 });
        }

        for (int n = 0; n < count; n++)
        {
            string @namespace = NameOf(n);
            builder.Add(WorldBuilder.Policy("deny-all", @namespace, WorldBuilder.Everything(), []));
            builder.Add(WorldBuilder.Policy(
                "api-from-web",
                @namespace,
                WorldBuilder.With(("app", "api")),
                [WorldBuilder.Rule([WorldBuilder.Pods(WorldBuilder.With(("app", "web")))], WorldBuilder.Tcp(9090))]));
            builder.Add(WorldBuilder.Policy(
                "web-from-tenant",
                @namespace,
                WorldBuilder.With(("app", "web")),
                [
                    WorldBuilder.Rule(
                        [
                            new() { NamespaceSelector = WorldBuilder.With(("tenant", "tenant-" + WorldBuilder.Text(n / 5))), PodSelector = WorldBuilder.With(("app", "web")) },
                            new() { IpBlock = new() { Cidr = $"192.168.{n % 256}.0/24" } },
                        ],
                        WorldBuilder.Tcp(8080)),
                ]));
        }

        return builder.Build("W2");
    }

    /// <summary>Name of a namespace.</summary>
    public static string NameOf(int index) => "ns-" + WorldBuilder.Text(index);
}
