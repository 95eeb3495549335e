using NetPolicy.Manifests.Inventory;
using NetPolicy.Manifests.Kubernetes;

namespace NetPolicy.Benchmarks.Worlds;

/// <summary>All worlds by name.</summary>
public static class WorldCatalog
{
    private const int Nodes = 60;

    /// <summary>Names in the order of the tables.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["W1", "W1-nodes", "W2", "W3", "W4", "W5", "W6", "10x100", "50x200", "10x20", "10x20-removed", "10000/1000", "10000/10000", "selectors"];

    /// <summary>Makes a world; the same each time.</summary>
    /// <exception cref="ArgumentException">There is no world of that name.</exception>
    public static World Make(string name, WorldSize? size = null)
    {
        size ??= new WorldSize();
        return name switch
        {
            "W1" => RealProfile.Make(size),
            "W1-nodes" => OnNodes(RealProfile.Make(size)),
            "W2" => SmallNamespaces.Make(size),
            "W3" => OneNamespace.Make(size),
            "W4" => Tenants.Make(size),
            "W5" => OrderedRules.Make(size),
            "W6" => ManyEndpoints.Make(size),
            "10x100" => NamespaceGrid.Make(name, 10, 100, 100, size),
            "50x200" => NamespaceGrid.Make(name, 50, 200, 1_000, size),
            "10x20" => NamespaceGrid.Make(name, 10, 20, 100, size),
            "10x20-removed" => WithoutEveryTwentieth(NamespaceGrid.Make(name, 10, 20, 100, size)),
            "10000/1000" => NamespaceGrid.Make(name, 100, 100, 1_000, size),
            "10000/10000" => NamespaceGrid.Make(name, 100, 100, 10_000, size),
            "selectors" => ManySelectors.Make(size),
            _ => throw new ArgumentException($"there is no world `{name}`; there are {string.Join(", ", Names)}", nameof(name)),
        };
    }

    private static World OnNodes(World world)
    {
        int pod = 0;
        return new World("W1-nodes", [.. world.Manifests.Select(m => m is PodManifest p ? p with { Spec = p.Spec with { NodeName = "node-" + WorldBuilder.Text(pod++ % Nodes) } } : m)]);
    }

    private static World WithoutEveryTwentieth(World world)
    {
        int policy = 0;
        return world with
        {
            Manifests = [.. world.Manifests.Where(m => m is not NetworkPolicyManifest || policy++ % 20 != 7)],
        };
    }
}
