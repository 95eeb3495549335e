namespace NetPolicy.Dsl;

/// <summary>A finished pre-DNAT Calico GlobalNetworkPolicy, which further ingress rules extend.</summary>
public sealed class PreDnatPolicy : PreDnatRules<PreDnatPolicy>, IPolicyPart
{
    internal PreDnatPolicy(PolicyLink chain)
        : base(chain)
    {
    }

    /// <summary>The policy as a StagedGlobalNetworkPolicy: reported, never enforced.</summary>
    public StagedPolicy Staged() => new(this);

    internal override PreDnatPolicy Continue(PolicyLink chain) => new(chain);

    void IPolicyPart.AddTo(Lowering lowering) => CalicoLowering.Add(Chain, lowering);
}
