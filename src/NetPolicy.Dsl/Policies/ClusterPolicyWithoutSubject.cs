namespace NetPolicy.Dsl;

/// <summary>A ClusterNetworkPolicy that does not say its pods yet: say <c>.For(pods)</c>.</summary>
public sealed class ClusterPolicyWithoutSubject
{
    private readonly ClusterTierLink _tier;

    internal ClusterPolicyWithoutSubject(ClusterTierLink tier) => _tier = tier;

    /// <summary>The policy is about these pods. A union must come down to one condition, on namespaces or on pods; otherwise it is reported.</summary>
    public ClusterPolicyWithoutRules For(PodPeer pods)
    {
        ArgumentNullException.ThrowIfNull(pods);
        return new(new GlobalSubjectLink(_tier, pods));
    }
}
