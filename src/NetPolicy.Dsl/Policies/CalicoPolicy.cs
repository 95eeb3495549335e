namespace NetPolicy.Dsl;

/// <summary>A finished Calico NetworkPolicy, which further rules extend.</summary>
public sealed class CalicoPolicy : CalicoRules<CalicoPolicy, CalicoPolicy>, IPolicyPart
{
    internal CalicoPolicy(PolicyLink chain)
        : base(chain)
    {
    }

    /// <summary>The policy as a StagedNetworkPolicy: reported, never enforced.</summary>
    public StagedPolicy Staged() => new(this);

    internal override CalicoPolicy Continue(PolicyLink chain) => new(chain);

    internal override CalicoPolicy Finish(PolicyLink chain) => new(chain);

    void IPolicyPart.AddTo(Lowering lowering) => CalicoLowering.Add(Chain, lowering);
}
