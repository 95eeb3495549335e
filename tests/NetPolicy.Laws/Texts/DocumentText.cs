using System.Text.Json.Nodes;
using NetPolicy.Collections;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Inventory;
using NetPolicy.Manifests.Kubernetes;
using NetPolicy.Manifests.PolicyApi;

namespace NetPolicy.Laws.Texts;

/// <summary>
/// Writes documents without any part of the product's writer, so that a mistake there cannot hide from the oracle, and in varied spellings:
/// YAML or JSON, fields absent or null, empty entries as nothing.
/// </summary>
internal sealed partial class DocumentText(ulong spelling)
{
    private readonly ulong _spelling = spelling;
    private Dice _dice = new(spelling);

    public string Write(Manifest manifest)
    {
        JsonNode node = Node(manifest);
        return _spelling % 4 == 0 ? YamlLayout.Write(node) : node.ToJsonString();
    }

    public JsonObject Node(Manifest manifest)
    {
        // Each document's spelling is its own, so that a smaller world spells the rest as before.
        _dice = new Dice(manifest.Id.ToString().Aggregate(_spelling, (hash, c) => (hash ^ c) * 0x100000001B3));
        JsonObject node = new() { ["apiVersion"] = manifest.ApiVersion, ["kind"] = manifest.Kind, ["metadata"] = Metadata(manifest) };
        if (manifest is DomainNamesManifest)
        {
            node.Remove("apiVersion");
        }

        foreach ((string field, JsonNode? value) in Body(manifest))
        {
            if (value is not null)
            {
                node[field] = value;
            }
        }

        return node;
    }

    private JsonObject Metadata(Manifest manifest)
    {
        ObjectMetadata metadata = manifest.Metadata;
        return Object(
            ("name", metadata.Name),
            ("namespace", metadata.Namespace),
            ("labels", Map(metadata.Labels)),
            ("annotations", Map(metadata.Annotations)),
            ("deletionTimestamp", metadata.IsDeleting ? "2024-01-01T00:00:00Z" : null));
    }

    private IEnumerable<(string Field, JsonNode? Value)> Body(Manifest manifest) => manifest switch
    {
        NamespaceManifest or ServiceAccountManifest => [],
        NodeManifest node => Node(node),
        PodManifest pod => Pod(pod),
        WorkloadManifest workload => Workload(workload),
        ServiceManifest service => Service(service),
        EndpointSliceManifest slice => Slice(slice),
        NetworkPolicyManifest policy => [("spec", policy.Spec is { } spec ? Policy(spec) : null)],
        StagedKubernetesNetworkPolicyManifest policy => [("spec", Staged(Policy(policy.Spec ?? new NetworkPolicySpec()), policy.StagedAction))],
        CalicoPolicyManifest policy => [("spec", policy.Spec is { } spec ? Staged(Policy(spec, policy.IsGlobal), spec.StagedAction) : null)],
        ClusterNetworkPolicyManifest policy => [("spec", policy.Spec is { } spec ? Policy(spec) : null)],
        AdminNetworkPolicyManifest policy => [("spec", policy.Spec is { } spec ? Policy(spec, hasPriority: true) : null)],
        BaselineAdminNetworkPolicyManifest policy => [("spec", policy.Spec is { } spec ? Policy(spec, hasPriority: false) : null)],
        DomainNamesManifest names => [("names", new JsonObject(names.Names.Select(n => new KeyValuePair<string, JsonNode?>(n.Key, Texts(n.Value)))))],
        TierManifest tier => [("spec", Object(("order", tier.Order), ("defaultAction", tier.DefaultAction)))],
        ProfileManifest profile => [("spec", Object(("ingress", Rules(profile.Ingress)), ("egress", Rules(profile.Egress)), ("labelsToApply", Map(profile.LabelsToApply))))],
        NetworkSetManifest set => [("spec", Object(("nets", Texts(set.Nets))))],
        GlobalNetworkSetManifest set => [("spec", Object(("nets", Texts(set.Nets))))],
        HostEndpointManifest host => [("spec", HostEndpoint(host.Spec!))],
        WorkloadEndpointManifest workload => [("spec", WorkloadEndpoint(workload.Spec!))],
        FelixConfigurationManifest felix => [("spec", Felix(felix))],
        _ => throw new ArgumentException($"no text for {manifest.Kind}", nameof(manifest)),
    };

    /// <summary>An object; a field without value is absent or, now and then, null.</summary>
    private JsonObject Object(params ReadOnlySpan<(string Field, JsonNode? Value)> fields)
    {
        JsonObject node = [];
        foreach ((string field, JsonNode? value) in fields)
        {
            if (value is not null || _dice.Chance(2))
            {
                node[field] = value;
            }
        }

        return node;
    }

    private static JsonObject? NonEmpty(JsonObject node) => node.Count > 0 ? node : null;

    private static JsonObject? Map(EquatableMap<string>? map) =>
        map is { } entries ? new JsonObject(entries.Select(e => new KeyValuePair<string, JsonNode?>(e.Key, e.Value))) : null;

    private static JsonArray? Texts(EquatableArray<string>? texts) => List(texts, text => JsonValue.Create(text));

    private static JsonArray? List<T>(EquatableArray<T>? items, Func<T, JsonNode?> write) =>
        items is { } list ? new JsonArray([.. list.Select(write)]) : null;

    private static JsonArray? ListUnlessEmpty<T>(EquatableArray<T> items, Func<T, JsonNode?> write) => items.IsEmpty ? null : List<T>(items, write);

    private static JsonValue? Scalar(IntOrString? value) => value is { } v ? v.IsNumber ? JsonValue.Create(v.Number) : JsonValue.Create(v.Text) : null;
}
