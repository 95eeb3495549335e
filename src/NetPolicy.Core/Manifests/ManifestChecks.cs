using NetPolicy.Collections;
using NetPolicy.Diagnostics;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Expectations;

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

    // The default namespace may be written or left out.
    private static Manifest Comparable(Manifest manifest) => manifest with { Metadata = manifest.Metadata with { Namespace = manifest.EffectiveNamespace } };

    private static SourceSpan NameOf(Manifest manifest) => manifest.SpanOf("metadata.name");
}
