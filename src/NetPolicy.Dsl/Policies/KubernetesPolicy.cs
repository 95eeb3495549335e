namespace NetPolicy.Dsl;

/// <summary>A finished Kubernetes NetworkPolicy, which further rules extend.</summary>
public sealed class KubernetesPolicy : KubernetesRules<KubernetesPolicy>, IPolicyPart
{
    internal KubernetesPolicy(PolicyLink chain)
        : base(chain)
    {
    }

    /// <summary>The policy as a StagedKubernetesNetworkPolicy: reported, never enforced.</summary>
    public StagedPolicy Staged() => new(this);

    internal override KubernetesPolicy Continue(PolicyLink chain) => new(chain);

    void IPolicyPart.AddTo(Lowering lowering) => KubernetesLowering.Add(Chain, lowering);
}
