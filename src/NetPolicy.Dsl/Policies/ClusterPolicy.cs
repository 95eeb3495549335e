namespace NetPolicy.Dsl;

/// <summary>A finished ClusterNetworkPolicy (<c>policy.networking.k8s.io/v1alpha2</c>), which further rules extend. It has no staged form.</summary>
public sealed class ClusterPolicy : ClusterRules<ClusterPolicy>, IPolicyPart
{
    internal ClusterPolicy(PolicyLink chain)
        : base(chain)
    {
    }

    internal override ClusterPolicy Continue(PolicyLink chain) => new(chain);

    void IPolicyPart.AddTo(Lowering lowering) => ClusterLowering.Add(Chain, lowering);
}
