namespace NetPolicy.Dsl;

/// <summary>A ClusterNetworkPolicy without rules yet. It has no effect of its own: it isolates nothing.</summary>
public sealed class ClusterPolicyWithoutRules : ClusterRules<ClusterPolicyWithoutRules>
{
    internal ClusterPolicyWithoutRules(PolicyLink chain)
        : base(chain)
    {
    }

    internal override ClusterPolicyWithoutRules Continue(PolicyLink chain) => new(chain);
}
