using System.Globalization;
using NetPolicy.Manifests.Codecs;
using NetPolicy.Manifests.Expectations;
using NetPolicy.Manifests.Nodes;

namespace NetPolicy.Manifests;

/// <summary>Writes documents as YAML or JSON. Equal documents give equal text, byte for byte, with LF line ends.</summary>
/// <remarks>
/// What is written reads back as the same documents, for every kind that <see cref="ManifestReader"/> reads; of inventory kinds only what policy can see.
/// Fields come in the order of the API's own documentation, map keys in ordinal order.
/// </remarks>
public static class ManifestWriter
{
    /// <summary>Block-style YAML, documents separated by <c>---</c>.</summary>
    public static string ToYaml(IEnumerable<Manifest> manifests)
    {
        using StringWriter writer = new(CultureInfo.InvariantCulture);
        WriteYaml(manifests, writer);
        return writer.ToString();
    }

    /// <summary>One document as block-style YAML.</summary>
    public static string ToYaml(Manifest manifest) => ToYaml([manifest]);

    /// <summary>Indented JSON: the document itself if there is one, otherwise a <c>v1</c> List.</summary>
    public static string ToJson(IEnumerable<Manifest> manifests)
    {
        using StringWriter writer = new(CultureInfo.InvariantCulture);
        WriteJson(manifests, writer);
        return writer.ToString();
    }

    /// <summary>One document as indented JSON.</summary>
    public static string ToJson(Manifest manifest) => ToJson([manifest]);

    /// <summary>Writes what <see cref="ToYaml(IEnumerable{Manifest})"/> returns.</summary>
    public static void WriteYaml(IEnumerable<Manifest> manifests, TextWriter writer)
    {
        bool isFirst = true;
        foreach (Manifest manifest in manifests)
        {
            writer.Write(isFirst ? "" : "---\n");
            YamlText.Write(ToNode(manifest), writer);
            isFirst = false;
        }
    }

    /// <summary>Writes what <see cref="ToJson(IEnumerable{Manifest})"/> returns.</summary>
    public static void WriteJson(IEnumerable<Manifest> manifests, TextWriter writer)
    {
        List<ManifestNode> nodes = [.. manifests.Select(ToNode)];
        ManifestNode root = nodes.Count == 1 ? nodes[0] : new MappingNode(
            default,
            [
                new MappingEntry("apiVersion", default, ScalarNode.OfText("v1")),
                new MappingEntry("kind", default, ScalarNode.OfText("List")),
                new MappingEntry("items", default, new SequenceNode(default, nodes)),
            ]);
        JsonText.Write(root, writer);
    }

    /// <exception cref="ArgumentException">A type of document that this library does not define.</exception>
    internal static ManifestNode ToNode(Manifest manifest) => manifest is ExpectationManifest expectation
        ? ExpectationCodecs.Expectation.Write(expectation)
        : ManifestKinds.Find(manifest.ApiVersion, manifest.Kind)?.Write(manifest)
            ?? throw new ArgumentException($"documents of `{manifest.ApiVersion}` `{manifest.Kind}` cannot be written", nameof(manifest));
}
