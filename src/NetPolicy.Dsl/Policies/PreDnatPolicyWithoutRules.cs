namespace NetPolicy.Dsl;

/// <summary>A pre-DNAT Calico GlobalNetworkPolicy without rules yet.</summary>
public sealed class PreDnatPolicyWithoutRules : PreDnatRules<PreDnatPolicyWithoutRules>
{
    internal PreDnatPolicyWithoutRules(PolicyLink chain)
        : base(chain)
    {
    }

    internal override PreDnatPolicyWithoutRules Continue(PolicyLink chain) => new(chain);
}
