using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Kubernetes;
using NetPolicy.Manifests.PolicyApi;

namespace NetPolicy.Policies.Normalization;

/// <summary>Turns policy documents of every dialect into the common model; every default is decided here, once.</summary>
internal static class Normalizer
{
    /// <summary>The policy that <paramref name="manifest"/> is; null for other kinds, and for staged deletions, which are never judged.</summary>
    public static Policy? Normalize(Manifest manifest) => manifest switch
    {
        NetworkPolicyManifest policy => KubernetesNormalizer.Normalize(policy, policy.Spec, staged: false),
        StagedKubernetesNetworkPolicyManifest { StagedAction: "Delete" } => null,
        StagedKubernetesNetworkPolicyManifest policy => KubernetesNormalizer.Normalize(policy, policy.Spec, staged: true),
        CalicoPolicyManifest { IsStaged: true, Spec.StagedAction: "Delete" } => null,
        CalicoPolicyManifest policy => CalicoNormalizer.Normalize(policy),
        ClusterNetworkPolicyManifest policy => ClusterPolicyNormalizer.Normalize(policy),
        AdminNetworkPolicyManifest policy => AdminPolicyNormalizer.Normalize(policy),
        BaselineAdminNetworkPolicyManifest policy => AdminPolicyNormalizer.Normalize(policy),
        _ => null,
    };

    /// <summary>True for documents that <see cref="Normalize(Manifest)"/> may find a policy.</summary>
    public static bool IsPolicy(Manifest manifest) => manifest is NetworkPolicyManifest or StagedKubernetesNetworkPolicyManifest or CalicoPolicyManifest
        or ClusterNetworkPolicyManifest or AdminNetworkPolicyManifest or BaselineAdminNetworkPolicyManifest;

    /// <summary>The tier that <paramref name="manifest"/> declares; the built-in ones keep their values.</summary>
    public static Tier Normalize(TierManifest manifest)
    {
        string name = manifest.Metadata.Name ?? "";
        foreach (Tier builtIn in (ReadOnlySpan<Tier>)[Tier.Default, Tier.KubeAdmin, Tier.KubeBaseline])
        {
            if (builtIn.Name == name)
            {
                return builtIn;
            }
        }

        return new Tier(name, manifest.Order ?? 1_000_000, manifest.DefaultAction == "Pass", IsDeclared: true);
    }
}
