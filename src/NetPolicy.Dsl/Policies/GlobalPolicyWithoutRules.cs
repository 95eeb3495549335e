namespace NetPolicy.Dsl;

/// <summary>A Calico GlobalNetworkPolicy for pods that mentions no direction yet.</summary>
public sealed class GlobalPolicyWithoutRules : CalicoRules<GlobalPolicyWithoutRules, GlobalPolicy>
{
    internal GlobalPolicyWithoutRules(PolicyLink chain)
        : base(chain)
    {
    }

    internal override GlobalPolicyWithoutRules Continue(PolicyLink chain) => new(chain);

    internal override GlobalPolicy Finish(PolicyLink chain) => new(chain);
}
