using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Inventory;
using NetPolicy.Manifests.Kubernetes;

namespace NetPolicy.Benchmarks.Worlds;

/// <summary>A generated cluster: all its documents, in memory.</summary>
/// <param name="Name">Name in the catalogue.</param>
/// <param name="Manifests">The documents, inventory first.</param>
public sealed record World(string Name, IReadOnlyList<Manifest> Manifests)
{
    /// <summary>Number of pods.</summary>
    public int Pods => Manifests.Count(m => m is PodManifest);

    /// <summary>Number of policies of all dialects.</summary>
    public int Policies => Manifests.Count(m => m is NetworkPolicyManifest or CalicoPolicyManifest);

    /// <summary>Pods in the order of the documents.</summary>
    public IEnumerable<PodManifest> AllPods => Manifests.OfType<PodManifest>();
}
