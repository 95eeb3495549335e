using System.Globalization;
using System.Text;
using YamlDotNet.RepresentationModel;

namespace NetPolicy.Spec.Tests;

/// <summary>Documents of test data, read and changed without the product's reader and without the oracle's.</summary>
internal static class YamlDocuments
{
    public static List<YamlMappingNode> Documents(string text)
    {
        YamlStream stream = [];
        stream.Load(new StringReader(text));
        return [.. stream.Documents.Select(document => (YamlMappingNode)document.RootNode)];
    }

    public static string Write(YamlMappingNode document)
    {
        StringBuilder text = new();
        using StringWriter writer = new(text, CultureInfo.InvariantCulture);
        new YamlStream(new YamlDocument(document)).Save(writer, assignAnchors: false);
        return text.ToString();
    }

    public static IEnumerable<YamlMappingNode> List(YamlMappingNode node, string field) =>
        node.Children.TryGetValue(Key(field), out YamlNode? list) ? ((YamlSequenceNode)list).Children.Cast<YamlMappingNode>() : [];

    public static string? Text(YamlMappingNode node, string field) =>
        node.Children.TryGetValue(Key(field), out YamlNode? value) ? ((YamlScalarNode)value).Value : null;

    /// <summary><c>ns/name</c>, or the name of what has no namespace.</summary>
    public static string Id(YamlMappingNode document)
    {
        YamlMappingNode metadata = (YamlMappingNode)document.Children[Key("metadata")];
        return Text(metadata, "namespace") is { } ns ? ns + "/" + Text(metadata, "name") : Text(metadata, "name")!;
    }

    /// <summary>The field <c>clusterVariant</c>: labels to add, replace or (null) remove.</summary>
    public static void ApplyVariant(IReadOnlyList<YamlMappingNode> documents, YamlMappingNode expectation, string field = "clusterVariant")
    {
        if (!expectation.Children.TryGetValue(Key(field), out YamlNode? variant))
        {
            return;
        }

        foreach ((YamlNode objects, YamlNode changes) in ((YamlMappingNode)variant).Children)
        {
            string kind = ((YamlScalarNode)objects).Value == "podLabels" ? "Pod" : "Namespace";
            foreach ((YamlNode id, YamlNode labels) in ((YamlMappingNode)changes).Children)
            {
                ApplyLabels(documents.Single(d => Text(d, "kind") == kind && Id(d) == ((YamlScalarNode)id).Value), (YamlMappingNode)labels);
            }
        }
    }

    private static void ApplyLabels(YamlMappingNode target, YamlMappingNode changes)
    {
        YamlMappingNode labels = (YamlMappingNode)((YamlMappingNode)target.Children[Key("metadata")]).Children[Key("labels")];
        foreach ((YamlNode key, YamlNode value) in changes.Children)
        {
            bool removed = value is YamlScalarNode { Style: YamlDotNet.Core.ScalarStyle.Plain, Value: "null" or "~" or "" };
            if (removed)
            {
                labels.Children.Remove(key);
            }
            else
            {
                labels.Children[key] = value;
            }
        }
    }

    private static YamlScalarNode Key(string name) => new(name);
}
