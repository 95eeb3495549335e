using NetPolicy.Collections;
using NetPolicy.Diagnostics;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Inventory;
using NetPolicy.Manifests.Kubernetes;
using NetPolicy.Manifests.PolicyApi;

namespace NetPolicy.Validation;

/// <summary>
/// Says what API servers would refuse, with their path and reason: Kubernetes specification §2, Calico specification §1, cluster policy specification §6. Each document is judged alone;
/// <see cref="ManifestChecks"/> compares them. Defaults need no step of their own: absent fields are judged as their defaults.
/// </summary>
/// <remarks>Reports all findings, in the order of the documents. Stateless; may be used from several threads at once.</remarks>
public static class Validator
{
    /// <summary>Validates documents.</summary>
    public static EquatableArray<Diagnostic> Validate(IEnumerable<Manifest> manifests, ValidationOptions? options = null)
    {
        List<Diagnostic> findings = [];
        foreach (Manifest manifest in manifests)
        {
            Validate(manifest, new ValidationContext(manifest, options ?? ValidationOptions.Default, findings));
        }

        return findings.ToEquatableArray();
    }

    /// <summary>
    /// Validates what was read, documents with errors included; of these, fields that could not be read are not reported again as missing or wrong.
    /// Diagnostics of reading are not repeated.
    /// </summary>
    public static EquatableArray<Diagnostic> Validate(ManifestReadResult result, ValidationOptions? options = null)
    {
        HashSet<(string?, int?, string?)> known = [.. result.Diagnostics.AsEnumerable().Select(d => (d.Span.File, d.Document, d.Path))];
        IEnumerable<Diagnostic> more = Validate(result.Damaged, options).AsEnumerable().Where(d => !known.Contains((d.Span.File, d.Document, d.Path)));
        return [.. Validate(result.Manifests, options), .. more];
    }

    private static void Validate(Manifest manifest, ValidationContext context)
    {
        if (manifest is Manifests.Expectations.ExpectationManifest)
        {
            return;
        }

        MetadataRules.Check(manifest, context);
        switch (manifest)
        {
            case NetworkPolicyManifest policy:
                NetworkPolicyRules.Check(policy.Spec, context);
                break;
            case CalicoPolicyManifest policy:
                CalicoPolicyRules.Check(policy, context);
                break;
            case ClusterNetworkPolicyManifest policy:
                ClusterNetworkPolicyRules.Check(policy.Spec, context);
                break;
            case AdminNetworkPolicyManifest policy:
                AdminNetworkPolicyRules.Check(policy, context);
                break;
            case BaselineAdminNetworkPolicyManifest policy:
                AdminNetworkPolicyRules.Check(policy, context);
                break;
            case StagedKubernetesNetworkPolicyManifest policy:
                StagedPolicyRules.Check(policy, context);
                break;
            case ProfileManifest profile:
                ProfileRules.Check(profile, context);
                break;
            case TierManifest tier:
                TierRules.Check(tier, context);
                break;
            case HostEndpointManifest endpoint:
                HostEndpointRules.Check(endpoint.Spec ?? new HostEndpointSpec(), context);
                break;
            case NetworkSetManifest set:
                NetworkSetRules.Check(set.Nets ?? [], context);
                break;
            case GlobalNetworkSetManifest set:
                NetworkSetRules.Check(set.Nets ?? [], context);
                break;
            case FelixConfigurationManifest felix:
                FelixConfigurationRules.Check(felix, context);
                break;
            default:
                InventoryRules.Check(manifest, context);
                break;
        }
    }
}
