using System.Globalization;
using Xunit;
using YamlDotNet.RepresentationModel;
using static NetPolicy.Spec.Tests.YamlDocuments;

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
        ApplyVariant([.. List(cluster, "items")], expectation);
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
}
