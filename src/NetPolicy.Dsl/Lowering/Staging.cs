using NetPolicy.Diagnostics;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Kubernetes;
using NetPolicy.Manifests.PolicyApi;

namespace NetPolicy.Dsl;

/// <summary>The staged form of documents: reported, never enforced.</summary>
internal static class Staging
{
    private const string Action = "Set";

    /// <summary>A policy staged; anything else, and what is staged already, unchanged.</summary>
    public static Manifest Of(Manifest document) => document switch
    {
        NetworkPolicyManifest policy => new StagedKubernetesNetworkPolicyManifest
        {
            Metadata = policy.Metadata,
            Source = policy.Source,
            Spec = policy.Spec,
            StagedAction = Action,
        },
        CalicoPolicyManifest { IsStaged: false } policy => policy with
        {
            PolicyKind = policy.IsGlobal ? CalicoPolicyKind.StagedGlobalNetworkPolicy : CalicoPolicyKind.StagedNetworkPolicy,
            Spec = (policy.Spec ?? new CalicoPolicySpec()) with { StagedAction = Action },
        },
        _ => document,
    };

    /// <summary>A policy that would be enforced although it stands in a draft.</summary>
    public static IEnumerable<Diagnostic> FaultsOf(Manifest document)
    {
        if (document is ClusterNetworkPolicyManifest or AdminNetworkPolicyManifest or BaselineAdminNetworkPolicyManifest)
        {
            yield return new Diagnostic(
                DslDiagnostics.CannotBeStaged,
                $"`{document.Id}` has no staged form, expected policies of `networking.k8s.io` or `projectcalico.org`",
                document.SpanOf(""));
        }
    }
}
