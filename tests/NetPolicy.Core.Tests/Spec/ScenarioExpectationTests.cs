using System.Globalization;
using Xunit;
using YamlDotNet.RepresentationModel;
using static NetPolicy.Spec.Tests.YamlDocuments;

namespace NetPolicy.Spec.Tests;

/// <summary>Every flow that the scenarios' files expect, judged by the oracle.</summary>
public sealed class ScenarioExpectationTests
{
    private static readonly string Root = Path.Combine(Corpus.Folder(""), "..", "..", "scenarios");

    public static TheoryData<string> Files() =>
        [.. Directory.GetFiles(Root, "expectations.yaml", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Order(StringComparer.Ordinal)];

    [Fact]
    public void All_five_scenarios_are_there() => Assert.Equal(5, Files().Count(row => row.Data.Split('/').Length == 2));

    [Theory]
    [MemberData(nameof(Files))]
    public void The_oracle_gives_every_expected_verdict(string file)
    {
        string folder = Path.GetDirectoryName(Path.Combine(Root, file))!;
        List<YamlMappingNode> documents = Documents(File.ReadAllText(Path.Combine(Root, file)));
        YamlMappingNode expectation = documents.Single(document => Text(document, "kind") == "Expectation");
        Dictionary<string, YamlMappingNode> world = new(StringComparer.Ordinal);
        AddAll(world, Documents(File.ReadAllText(Path.Combine(folder, Text(expectation, "cluster")!))));
        AddAll(world, documents.Where(document => document != expectation));
        ApplyVariant([.. world.Values], expectation);

        int judged = Judge(world, List(expectation, "flows"));
        foreach (YamlMappingNode step in List(expectation, "steps"))
        {
            foreach (YamlNode name in (YamlSequenceNode)step.Children[new YamlScalarNode("files")])
            {
                AddAll(world, Documents(File.ReadAllText(Path.Combine(folder, ((YamlScalarNode)name).Value!))));
            }

            judged += Judge(world, List(step, "flows"));
        }

        Assert.True(judged > 0);
    }

    /// <summary>A document replaces the one of its identity.</summary>
    private static void AddAll(Dictionary<string, YamlMappingNode> world, IEnumerable<YamlMappingNode> documents)
    {
        foreach (YamlMappingNode document in documents)
        {
            world[$"{Text(document, "apiVersion")} {Text(document, "kind")} {Id(document)}"] = document;
        }
    }

    private static int Judge(Dictionary<string, YamlMappingNode> documents, IEnumerable<YamlMappingNode> flows)
    {
        SpecWorld world = SpecWorld.Load(documents.Values.Select(Write));
        int judged = 0;
        foreach (YamlMappingNode flow in flows)
        {
            SpecFlow asked = Flow(flow);
            Assert.True(world.Evaluate(asked).Allowed == (Text(flow, "expect") == "allow"), $"{asked}: expected {Text(flow, "expect")}");
            judged++;
        }

        return judged;
    }

    private static SpecFlow Flow(YamlMappingNode flow) => new(
        Text(flow, "from")!,
        Text(flow, "to")!,
        Text(flow, "protocol") ?? "TCP",
        Text(flow, "port") is { } port ? int.Parse(port, CultureInfo.InvariantCulture) : null,
        IpFamily: Text(flow, "ipFamily") switch { "IPv4" => 4, "IPv6" => 6, _ => null },
        OutInterface: Text(flow, "outInterface"),
        InInterface: Text(flow, "inInterface"));
}
