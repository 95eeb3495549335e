using System.Globalization;
using System.Text;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace NetPolicy.Spec.Tests;

/// <summary>The oracle against the connectivity tests of the upstream Kubernetes suite.</summary>
public sealed class KubernetesConformanceTests
{
    private static readonly string Folder = Corpus.Folder("kubernetes-e2e");

    public static TheoryData<string> Cases()
    {
        TheoryData<string> cases = [];
        foreach (string file in Directory.GetFiles(Folder, "*.yaml").Select(path => Path.GetFileName(path)!).Where(name => char.IsAsciiDigit(name[0])).Order(StringComparer.Ordinal))
        {
            cases.Add(file);
        }

        return cases;
    }

    [Fact]
    public void The_corpus_is_whole() => Assert.Equal(64, Cases().Count);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Denies_exactly_the_listed_pairs(string file)
    {
        string text = File.ReadAllText(Path.Combine(Folder, file));
        YamlMappingNode expectation = Documents(text).Single(document => Text(document, "kind") == "Expectation");
        YamlMappingNode cluster = Documents(File.ReadAllText(Path.Combine(Folder, Text(expectation, "cluster")!))).Single();
        ApplyVariant(cluster, (YamlMappingNode)expectation.Children[Key("clusterVariant")]);
        SpecWorld world = SpecWorld.Load([Write(cluster), text]);
        string[] pods = [.. from ns in (string[])["x", "y", "z"] from pod in (string[])["a", "b", "c"] select $"{ns}/{pod}"];

        foreach (YamlMappingNode check in List(expectation, "checks"))
        {
            string[] expected = [.. List(check, "denied").Select(pair => $"{Text(pair, "from")} -> {Text(pair, "to")}").Order(StringComparer.Ordinal)];
            string[] actual =
            [
                .. (from source in pods
                    from destination in pods
                    where !world.Evaluate(Flow(check, source, destination)).Allowed
                    select $"{source} -> {destination}").Order(StringComparer.Ordinal),
            ];
            Assert.Equal(expected, actual);
        }
    }

    private static SpecFlow Flow(YamlMappingNode check, string source, string destination) => new(
        source,
        destination,
        Text(check, "protocol")!,
        int.Parse(Text(check, "port")!, CultureInfo.InvariantCulture),
        IpFamily: Text(check, "ipFamily") == "IPv6" ? 6 : null);

    private static void ApplyVariant(YamlMappingNode cluster, YamlMappingNode variant)
    {
        foreach ((string field, string kind) in (IEnumerable<(string, string)>)[("namespaceLabels", "Namespace"), ("podLabels", "Pod")])
        {
            if (!variant.Children.TryGetValue(Key(field), out YamlNode? changes))
            {
                continue;
            }

            foreach ((YamlNode id, YamlNode labels) in ((YamlMappingNode)changes).Children)
            {
                ApplyLabels(ObjectOf(cluster, kind, ((YamlScalarNode)id).Value!), (YamlMappingNode)labels);
            }
        }
    }

    private static YamlMappingNode ObjectOf(YamlMappingNode cluster, string kind, string id) =>
        List(cluster, "items").Single(item =>
        {
            YamlMappingNode metadata = (YamlMappingNode)item.Children[Key("metadata")];
            string own = kind == "Pod" ? Text(metadata, "namespace") + "/" + Text(metadata, "name") : Text(metadata, "name")!;
            return Text(item, "kind") == kind && own == id;
        });

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

    private static List<YamlMappingNode> Documents(string text)
    {
        YamlStream stream = [];
        stream.Load(new StringReader(text));
        return [.. stream.Documents.Select(document => (YamlMappingNode)document.RootNode)];
    }

    private static string Write(YamlMappingNode document)
    {
        StringBuilder text = new();
        using StringWriter writer = new(text, CultureInfo.InvariantCulture);
        new YamlStream(new YamlDocument(document)).Save(writer, assignAnchors: false);
        return text.ToString();
    }

    private static IEnumerable<YamlMappingNode> List(YamlMappingNode node, string field) =>
        ((YamlSequenceNode)node.Children[Key(field)]).Children.Cast<YamlMappingNode>();

    private static string? Text(YamlMappingNode node, string field) =>
        node.Children.TryGetValue(Key(field), out YamlNode? value) ? ((YamlScalarNode)value).Value : null;

    private static YamlScalarNode Key(string name) => new(name);
}
