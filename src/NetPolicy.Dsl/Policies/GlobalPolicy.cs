namespace NetPolicy.Dsl;

/// <summary>A finished Calico GlobalNetworkPolicy, which further rules extend.</summary>
public sealed class GlobalPolicy : CalicoRules<GlobalPolicy, GlobalPolicy>, IPolicyPart
{
    internal GlobalPolicy(PolicyLink chain)
        : base(chain)
    {
    }

    /// <summary>The policy as a StagedGlobalNetworkPolicy: reported, never enforced.</summary>
    public StagedPolicy Staged() => new(this);

    internal override GlobalPolicy Continue(PolicyLink chain) => new(chain);

    internal override GlobalPolicy Finish(PolicyLink chain) => new(chain);

    void IPolicyPart.AddTo(Lowering lowering) => CalicoLowering.Add(Chain, lowering);
}
