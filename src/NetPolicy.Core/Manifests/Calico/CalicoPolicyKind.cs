using NetPolicy.Collections;

namespace NetPolicy.Manifests.Calico;

/// <summary>The four policy kinds of <c>projectcalico.org/v3</c> that share one spec.</summary>
public enum CalicoPolicyKind : byte
{
    /// <summary><c>NetworkPolicy</c>, namespaced.</summary>
    NetworkPolicy = 0,

    /// <summary><c>GlobalNetworkPolicy</c>.</summary>
    GlobalNetworkPolicy,

    /// <summary><c>StagedNetworkPolicy</c>, namespaced, never enforced.</summary>
    StagedNetworkPolicy,

    /// <summary><c>StagedGlobalNetworkPolicy</c>, never enforced.</summary>
    StagedGlobalNetworkPolicy,
}
