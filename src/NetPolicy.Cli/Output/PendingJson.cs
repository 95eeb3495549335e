using System.Text.Json;
using NetPolicy.Analysis;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;

namespace NetPolicy.Cli.Output;

/// <summary>What staged policies would do, for scripts: the shape of a comparison, and the policies.</summary>
internal static class PendingJson
{
    public static void Write(Utf8JsonWriter json, PendingWorld pending, SemanticDiff diff)
    {
        json.WriteStartObject();
        json.WriteStartArray("staged");
        foreach (Manifest policy in pending.Staged.Select(policy => policy.Source).Concat(pending.Deletions))
        {
            json.WriteStartObject();
            json.WriteString("kind", policy.Kind);
            FlowJson.WriteOptional(json, "namespace", policy.EffectiveNamespace);
            json.WriteString("name", policy.Metadata.Name);
            json.WriteString("stagedAction", ActionOf(policy) is { Length: > 0 } action ? action : "Set");
            json.WriteEndObject();
        }

        json.WriteEndArray();
        DiffJson.WriteBody(json, diff, (writer, change) =>
        {
            if (change.NewAnswer is { } then)
            {
                writer.WritePropertyName("pending");
                FlowJson.WriteAnswer(writer, null, pending.Pending, then);
            }
        });
        json.WriteEndObject();
    }

    private static string? ActionOf(Manifest policy) => policy switch
    {
        CalicoPolicyManifest calico => calico.Spec?.StagedAction,
        StagedKubernetesNetworkPolicyManifest kubernetes => kubernetes.StagedAction,
        _ => null,
    };
}
