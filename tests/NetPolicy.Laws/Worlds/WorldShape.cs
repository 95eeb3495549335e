namespace NetPolicy.Laws.Worlds;

/// <summary>What a generated world may hold.</summary>
public sealed record WorldShape
{
    /// <summary>Kubernetes NetworkPolicies.</summary>
    public bool Kubernetes { get; init; }

    /// <summary>Calico policies, tiers, sets, profiles, workload endpoints.</summary>
    public bool Calico { get; init; }

    /// <summary>ClusterNetworkPolicies, AdminNetworkPolicies and the BaselineAdminNetworkPolicy.</summary>
    public bool Cluster { get; init; }

    /// <summary>Parts of cluster policies that nobody knows, so that rules fail closed, and names of domains, which only some actions may have.</summary>
    public bool Unknowns { get; init; } = true;

    /// <summary>Staged policies of the dialects that are there.</summary>
    public bool Staged { get; init; }

    /// <summary>Host endpoints, the stages before and around them, and Felix's configuration.</summary>
    public bool Hosts { get; init; }

    /// <summary>Rules that look into HTTP requests.</summary>
    public bool Http { get; init; }

    /// <summary>Only what packets can show: every address has one owner, most pods are on one node, flows name their ports and types.</summary>
    public bool IsTangible { get; init; }

    /// <summary>Only Kubernetes NetworkPolicies.</summary>
    public static WorldShape KubernetesOnly { get; } = new() { Kubernetes = true };

    /// <summary>Only Calico policies, no host endpoints.</summary>
    public static WorldShape CalicoOnly { get; } = new() { Calico = true, Http = true, Staged = true };

    /// <summary>Only cluster policies.</summary>
    public static WorldShape ClusterOnly { get; } = new() { Cluster = true };

    /// <summary>Cluster policies around Kubernetes NetworkPolicies.</summary>
    public static WorldShape ClusterAndKubernetes { get; } = new() { Cluster = true, Kubernetes = true };

    /// <summary>Every dialect, staged kinds, host endpoints, requests.</summary>
    public static WorldShape All { get; } = new() { Cluster = true, Kubernetes = true, Calico = true, Staged = true, Hosts = true, Http = true };

    /// <summary>Both namespaced dialects, staged kinds too.</summary>
    public static WorldShape Mixed { get; } = new() { Kubernetes = true, Calico = true, Staged = true };

    /// <summary>Everything that rules in a kernel can decide.</summary>
    public static WorldShape Enforceable { get; } = new() { Kubernetes = true, Calico = true, Staged = true, Hosts = true, IsTangible = true };

    /// <summary>As <see cref="Enforceable"/>, without host endpoints.</summary>
    public static WorldShape EnforceableWorkloads { get; } = Enforceable with { Hosts = false };

    /// <summary>As <see cref="Enforceable"/>, with cluster policies around the others.</summary>
    public static WorldShape EnforceableCluster { get; } = Enforceable with { Cluster = true };

    /// <summary>Calico policies over host endpoints, with a few Kubernetes ones.</summary>
    public static WorldShape HostEndpoints { get; } = new() { Kubernetes = true, Calico = true, Hosts = true };
}
