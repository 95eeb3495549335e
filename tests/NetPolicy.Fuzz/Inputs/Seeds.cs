using System.Text;
using System.Text.Json.Nodes;
using NetPolicy.Laws;
using NetPolicy.Laws.Worlds;
using NetPolicy.Manifests;

namespace NetPolicy.Fuzz.Inputs;

/// <summary>What inputs are made from: every document of the repository's cases, and documents that the laws generate.</summary>
public sealed class Seeds
{
    private const int LargestSeed = 24 << 10;

    private static readonly WorldShape[] s_shapes =
    [
        WorldShape.KubernetesOnly, WorldShape.CalicoOnly, WorldShape.Mixed, WorldShape.HostEndpoints, WorldShape.Enforceable,
    ];

    private readonly string[] _texts;
    private readonly JsonNode[] _trees;
    private readonly Dictionary<string, List<JsonNode>> _byKey = new(StringComparer.Ordinal);

    private Seeds(string[] texts, JsonNode[] trees)
    {
        _texts = texts;
        _trees = trees;
        foreach (JsonNode tree in trees)
        {
            Collect(tree);
        }
    }

    /// <summary>Reads them from the folders of a repository, always in the same order.</summary>
    public static Seeds Load(string root)
    {
        string[] files =
        [
            .. new[] { "tests/corpus", "tests/golden", "scenarios", "samples" }
                .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(root, folder), "*", SearchOption.AllDirectories))
                .Where(file => Path.GetExtension(file) is ".yaml" or ".json" && !file.Contains("/bin/", StringComparison.Ordinal) && !file.Contains("/obj/", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal),
        ];
        string[] texts = [.. files.Select(File.ReadAllText).Where(text => text.Length is > 0 and <= LargestSeed)];
        JsonNode[] trees =
        [
            .. texts.Select(text => ManifestReader.Read(text)).Where(read => !read.HasErrors && read.Manifests.Count > 0)
                .Select(read => JsonNode.Parse(ManifestWriter.ToJson(read.Manifests))!),
        ];
        return new Seeds(texts, trees);
    }

    /// <summary>A text of several documents.</summary>
    public string Text(Dice dice) => dice.Chance(75) ? dice.PickFrom(_texts) : World(dice).ToYaml();

    /// <summary>A document, or a List of documents, as a tree of its own.</summary>
    public JsonNode Tree(Dice dice)
    {
        JsonNode tree = (dice.Chance(50) ? dice.PickFrom(_trees) : JsonNode.Parse(ManifestWriter.ToJson(World(dice).Manifests))!).DeepClone();
        return dice.Chance(30) && tree["items"] is JsonArray { Count: > 0 } items ? items[dice.Below(items.Count)]!.DeepClone() : tree;
    }

    /// <summary>A value that some document has under a key; null if none has.</summary>
    public JsonNode? ValueOf(string key, Dice dice) => _byKey.TryGetValue(key, out List<JsonNode>? values) ? dice.PickFrom(values).DeepClone() : null;

    /// <summary>The folder that holds the solution, looked for from the program upwards.</summary>
    public static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "NetPolicy.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("the program is not inside its repository");
    }

    internal static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static World World(Dice dice) => Any.Make(dice.Next() % 5000, dice.Pick<WorldShape>(s_shapes), flows: 1).World;

    private void Collect(JsonNode? node)
    {
        if (node is JsonObject fields)
        {
            foreach ((string key, JsonNode? value) in fields)
            {
                if (value is not null)
                {
                    if (!_byKey.TryGetValue(key, out List<JsonNode>? values))
                    {
                        _byKey[key] = values = [];
                    }

                    values.Add(value);
                    Collect(value);
                }
            }
        }
        else if (node is JsonArray items)
        {
            foreach (JsonNode? item in items)
            {
                Collect(item);
            }
        }
    }
}
