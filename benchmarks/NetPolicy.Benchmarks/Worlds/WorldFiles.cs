using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Inventory;

namespace NetPolicy.Benchmarks.Worlds;

/// <summary>
/// Writes a world as files: <c>NAME.json</c>, one List as <c>kubectl get -A -o json</c> prints it, with the fields of a running pod that policy does not look at,
/// and the folder <c>NAME</c> with YAML as a repository keeps it, without them: the inventory in one file, the policies in one for each namespace.
/// </summary>
public static class WorldFiles
{
    private const string Created = "2026-01-01T00:00:00Z";
    private static readonly string[] Conditions = ["Initialized", "Ready", "ContainersReady", "PodScheduled"];
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Writes a world; yields what was written.</summary>
    public static IEnumerable<string> Write(World world, string folder)
    {
        ArgumentNullException.ThrowIfNull(world);
        string name = FileNameOf(world.Name);
        Directory.CreateDirectory(folder);
        string dump = Path.Combine(folder, name + ".json");
        using (FileStream file = File.Create(dump))
        {
            WriteDump(world.Manifests, file);
        }

        yield return dump;

        string own = Path.Combine(folder, name);
        if (Directory.Exists(own))
        {
            Directory.Delete(own, recursive: true);
        }

        Directory.CreateDirectory(Path.Combine(own, "policies"));
        yield return WriteYaml(world.Manifests.Where(IsInventory), Path.Combine(own, "inventory.yaml"));
        foreach (IGrouping<string, Manifest> group in world.Manifests.Where(m => !IsInventory(m)).GroupBy(m => m.EffectiveNamespace ?? "cluster"))
        {
            yield return WriteYaml(group, Path.Combine(own, "policies", group.Key + ".yaml"));
        }
    }

    /// <summary>A world's name as a file's.</summary>
    public static string FileNameOf(string world)
    {
        ArgumentNullException.ThrowIfNull(world);
        return world.Replace('/', '-');
    }

    private static bool IsInventory(Manifest manifest) => manifest is PodManifest or NamespaceManifest or NodeManifest;

    private static string WriteYaml(IEnumerable<Manifest> manifests, string path)
    {
        using StreamWriter writer = new(path, append: false, Utf8);
        ManifestWriter.WriteYaml(manifests, writer);
        return path;
    }

    /// <summary>Writes the List to <paramref name="file"/>.</summary>
    public static void WriteDump(IEnumerable<Manifest> manifests, Stream file)
    {
        ArgumentNullException.ThrowIfNull(manifests);
        using Utf8JsonWriter writer = new(file, new JsonWriterOptions { Indented = true, IndentSize = 4 });
        writer.WriteStartObject();
        writer.WriteString("apiVersion", "v1");
        writer.WriteStartArray("items");
        int number = 0;
        foreach (Manifest manifest in manifests)
        {
            JsonObject document = JsonNode.Parse(ManifestWriter.ToJson(manifest))!.AsObject();
            AddCommon(document, ++number);
            if (manifest is PodManifest pod)
            {
                AddRunning(document, pod);
            }

            document.WriteTo(writer);
            if (number % 100 == 0)
            {
                writer.Flush();
            }
        }

        writer.WriteEndArray();
        writer.WriteString("kind", "List");
        writer.WriteStartObject("metadata");
        writer.WriteString("resourceVersion", "");
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void AddCommon(JsonObject document, int number)
    {
        JsonObject metadata = document["metadata"]!.AsObject();
        metadata["creationTimestamp"] = Created;
        metadata["resourceVersion"] = WorldBuilder.Text(100_000 + number);
        metadata["uid"] = new Guid(number, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10).ToString();
    }

    private static void AddRunning(JsonObject document, PodManifest pod)
    {
        string app = pod.Metadata.Labels is { } labels && labels.TryGetValue("app", out string? value) ? value : "app";
        document["metadata"]!.AsObject()["ownerReferences"] = new JsonArray(new JsonObject
        {
            ["apiVersion"] = "apps/v1",
            ["blockOwnerDeletion"] = true,
            ["controller"] = true,
            ["kind"] = "ReplicaSet",
            ["name"] = app,
        });
        JsonObject spec = document["spec"] as JsonObject ?? [];
        document["spec"] = spec;
        JsonObject container = (spec["containers"] as JsonArray)?[0] as JsonObject ?? [];
        container["name"] = app;
        container["image"] = "registry.example.com/" + app + ":1.0.0";
        container["imagePullPolicy"] = "IfNotPresent";
        container["env"] = new JsonArray(new JsonObject { ["name"] = "LOG_LEVEL", ["value"] = "info" }, new JsonObject { ["name"] = "APP", ["value"] = app });
        container["resources"] = new JsonObject { ["requests"] = new JsonObject { ["cpu"] = "100m", ["memory"] = "128Mi" }, ["limits"] = new JsonObject { ["memory"] = "256Mi" } };
        container["volumeMounts"] = new JsonArray(new JsonObject { ["mountPath"] = "/var/run/secrets/kubernetes.io/serviceaccount", ["name"] = "token", ["readOnly"] = true });
        spec["containers"] ??= new JsonArray(container);
        spec["dnsPolicy"] = "ClusterFirst";
        spec["enableServiceLinks"] = true;
        spec["restartPolicy"] = "Always";
        spec["schedulerName"] = "default-scheduler";
        spec["terminationGracePeriodSeconds"] = 30;
        spec["tolerations"] = new JsonArray(new JsonObject { ["effect"] = "NoExecute", ["key"] = "node.kubernetes.io/not-ready", ["operator"] = "Exists", ["tolerationSeconds"] = 300 });
        spec["volumes"] = new JsonArray(new JsonObject { ["name"] = "token", ["emptyDir"] = new JsonObject() });
        JsonObject status = document["status"]!.AsObject();
        status["conditions"] = new JsonArray([.. Conditions.Select(type => new JsonObject
        {
            ["lastTransitionTime"] = Created,
            ["status"] = "True",
            ["type"] = type,
        })]);
        status["containerStatuses"] = new JsonArray(new JsonObject
        {
            ["image"] = "registry.example.com/" + app + ":1.0.0",
            ["name"] = app,
            ["ready"] = true,
            ["restartCount"] = 0,
            ["state"] = new JsonObject { ["running"] = new JsonObject { ["startedAt"] = Created } },
        });
        status["qosClass"] = "Burstable";
        status["startTime"] = Created;
    }
}
