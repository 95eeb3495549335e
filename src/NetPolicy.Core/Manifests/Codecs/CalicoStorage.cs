using System.Text.Json;
using NetPolicy.Collections;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Nodes;

namespace NetPolicy.Manifests.Codecs;

/// <summary>
/// What differs in <c>crd.projectcalico.org/v1</c>, the form in which Calico stores its objects: the user's labels and annotations are in one annotation, and older
/// versions put <c>default.</c> before the names of policies in the default tier (Calico specification §1.8), and a tier without order is last (§1.7).
/// </summary>
internal static class CalicoStorage
{
    private const string Annotation = "projectcalico.org/metadata";
    private const string Prefix = "default.";

    public static Manifest Restore(Manifest manifest)
    {
        ObjectMetadata metadata = manifest.Metadata;
        string? storedName = null;
        if (metadata.Annotations is { } annotations && annotations.TryGetValue(Annotation, out string? text) && AnnotationJson.TryParse(text, out JsonElement stored))
        {
            storedName = TextOf(stored, "name");
            metadata = metadata with
            {
                Labels = Merge(metadata.Labels, stored, "labels"),
                Annotations = Merge(new(annotations.Where(entry => entry.Key != Annotation)), stored, "annotations"),
            };
        }

        bool isStripped = manifest is CalicoPolicyManifest { Spec: var spec }
            && string.IsNullOrEmpty(spec?.Tier) | spec?.Tier == "default"
            && metadata.Name is { } name && name.StartsWith(Prefix, StringComparison.Ordinal) && name.Length > Prefix.Length
            && storedName != name;

        // Clients fill in the order of a tier; where the storage has none, the tier is last (§1.7).
        if (manifest is TierManifest { Order: null } tier)
        {
            manifest = tier with { Order = double.PositiveInfinity };
        }

        return manifest with { Metadata = isStripped ? metadata with { Name = metadata.Name![Prefix.Length..] } : metadata };
    }

    private static string? TextOf(JsonElement stored, string field) =>
        stored.TryGetProperty(field, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static EquatableMap<string>? Merge(EquatableMap<string>? written, JsonElement stored, string field)
    {
        if (!stored.TryGetProperty(field, out JsonElement map) || map.ValueKind != JsonValueKind.Object)
        {
            return written is { IsEmpty: true } ? null : written;
        }

        IEnumerable<KeyValuePair<string, string>> entries = map.EnumerateObject()
            .Where(entry => entry.Value.ValueKind == JsonValueKind.String)
            .Select(entry => KeyValuePair.Create(entry.Name, entry.Value.GetString()!));
        return new EquatableMap<string>([.. written ?? default, .. entries]);
    }
}
