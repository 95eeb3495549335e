using System.Globalization;
using NetPolicy.Collections;
using NetPolicy.Diagnostics;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Expectations;
using NetPolicy.Manifests.Inventory;
using NetPolicy.Manifests.Nodes;
using NetPolicy.Manifests.PolicyApi;
using NetPolicy.Policies;

namespace NetPolicy.Manifests;

/// <summary>What only shows when documents are compared with each other.</summary>
public static class ManifestChecks
{
    /// <summary>Documents that speak of one object: an error if they differ, a warning if they do not. O(documents).</summary>
    /// <remarks>Objects that have no name yet (<c>generateName</c>) and Expectations are never the same.</remarks>
    public static EquatableArray<Diagnostic> Duplicates(IEnumerable<Manifest> manifests)
    {
        List<Diagnostic> findings = [];
        Dictionary<ObjectId, Manifest> seen = [];
        foreach (Manifest manifest in manifests)
        {
            if (manifest is ExpectationManifest || string.IsNullOrEmpty(manifest.Metadata.Name) || seen.TryAdd(manifest.Id, manifest))
            {
                continue;
            }

            Manifest first = seen[manifest.Id];
            bool same = Comparable(first).Equals(Comparable(manifest));
            SourceSpan span = NameOf(manifest), other = NameOf(first);
            string where = other == default ? "" : $", first at {other}";
            findings.Add(new Diagnostic(
                same ? Findings.RepeatedDocument : Findings.ConflictingDocuments,
                same ? $"{manifest.Id} is given twice{where}" : $"{manifest.Id} is given twice with different content{where}",
                span)
            {
                Document = manifest.Source.Document,
                Path = "metadata.name",
                Related = [other],
            });
        }

        return findings.ToEquatableArray();
    }

    /// <summary>Calico policies whose tier no document declares; the tiers that always exist need none.</summary>
    public static EquatableArray<Diagnostic> MissingTiers(IEnumerable<Manifest> manifests)
    {
        List<Manifest> all = [.. manifests];
        HashSet<string> tiers = [.. all.OfType<TierManifest>().Select(tier => tier.Metadata.Name ?? ""), "", "default", "kube-admin", "kube-baseline"];
        return all.OfType<CalicoPolicyManifest>()
            .Where(policy => !tiers.Contains(policy.Spec?.Tier ?? ""))
            .Select(policy => new Diagnostic(Findings.TierNotFound, $"tier `{policy.Spec!.Tier}` is declared by no document", policy.SpanOf("spec.tier"))
            {
                Document = policy.Source.Document,
                Path = "spec.tier",
            })
            .ToEquatableArray();
    }

    /// <summary>Domain names in rules that allow, of which no document of kind DomainNames knows an address: such a rule matches nothing by them.</summary>
    public static EquatableArray<Diagnostic> UnknownDomainNames(IEnumerable<Manifest> manifests)
    {
        List<Manifest> all = [.. manifests];
        if (!all.Exists(m => m is ClusterNetworkPolicyManifest or AdminNetworkPolicyManifest))
        {
            return [];
        }

        string[] known = [.. all.OfType<DomainNamesManifest>().SelectMany(m => m.Names).Where(n => !n.Value.IsEmpty).Select(n => n.Key)];
        return all
            .SelectMany(policy => AllowedNames(policy).Select(name => (Policy: policy, name.Path, name.Pattern)))
            .Where(name => !known.Any(k => DomainPattern.Matches(name.Pattern, k)))
            .Select(name => new Diagnostic(
                Findings.DomainNameUnknown,
                $"no address of domain name `{ScalarNode.Shorten(name.Pattern)}` is known: it matches nothing here, while a dataplane allows what DNS answers; other peers of the rule are judged",
                name.Policy.SpanOf(name.Path))
            {
                Document = name.Policy.Source.Document,
                Path = name.Path,
            })
            .ToEquatableArray();
    }

    private static IEnumerable<(string Path, string Pattern)> AllowedNames(Manifest policy)
    {
        IEnumerable<(string? Action, EquatableArray<ClusterPolicyPeer>? Peers)> rules = policy switch
        {
            ClusterNetworkPolicyManifest { Spec.Egress: { } egress } => egress.Select(r => (r.Action, r.Peers)),
            AdminNetworkPolicyManifest { Spec.Egress: { } egress } => egress.Select(r => (r.Action, r.Peers)),
            _ => [],
        };
        foreach ((int rule, (string? action, EquatableArray<ClusterPolicyPeer>? written)) in rules.Index().Where(r => r.Item.Action is "Accept" or "Allow"))
        {
            EquatableArray<ClusterPolicyPeer> peers = written ?? [];
            for (int p = 0; p < peers.Count; p++)
            {
                EquatableArray<string> names = peers[p].DomainNames ?? [];
                for (int n = 0; n < names.Count; n++)
                {
                    yield return (string.Create(CultureInfo.InvariantCulture, $"spec.egress[{rule}].to[{p}].domainNames[{n}]"), names[n]);
                }
            }
        }
    }

    // The default namespace may be written or left out.
    private static Manifest Comparable(Manifest manifest) => manifest with { Metadata = manifest.Metadata with { Namespace = manifest.EffectiveNamespace } };

    private static SourceSpan NameOf(Manifest manifest) => manifest.SpanOf("metadata.name");
}
