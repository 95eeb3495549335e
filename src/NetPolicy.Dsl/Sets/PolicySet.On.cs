using NetPolicy.Engine;
using NetPolicy.Inventory;

namespace NetPolicy.Dsl;

/// <content>Sets against clusters.</content>
public sealed partial class PolicySet
{
    /// <summary>The cluster under these policies, ready to answer. Host endpoints, network sets and tiers of the set become part of it.</summary>
    /// <exception cref="InvalidPolicySetException">The set has errors.</exception>
    public PolicySnapshot On(Cluster cluster)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        return new PolicySnapshot(Snapshot.Of([.. cluster.Manifests, .. Manifests]));
    }
}
