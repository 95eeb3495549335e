using System.Globalization;
using NetPolicy.Analysis.Expectations;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Expectations;
using Xunit;
using YamlDotNet.RepresentationModel;
using static NetPolicy.Spec.Tests.YamlDocuments;

namespace NetPolicy.Spec.Tests;

/// <summary>Oracle and engine against the connectivity tests of the upstream cluster policy suite, and the worked examples of its specification.</summary>
public sealed class ClusterPolicyConformanceTests
{
    private static readonly string Folder = Corpus.Folder("cluster-network-policy");

    public static TheoryData<string> Cases() =>
        [.. Directory.GetFiles(Folder, "*.yaml").Select(path => Path.GetFileName(path)!).Where(name => char.IsAsciiDigit(name[0])).Order(StringComparer.Ordinal)];

    [Fact]
    public void The_corpus_has_every_upstream_test()
    {
        string[] titles = [.. Cases().SelectMany(row => File.ReadLines(Path.Combine(Folder, row.Data))).Where(line => line.StartsWith("  title: ", StringComparison.Ordinal)).Distinct()];
        Assert.Equal(24, titles.Length);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_oracle_gives_every_expected_verdict(string file)
    {
        List<YamlMappingNode> documents = Documents(File.ReadAllText(Path.Combine(Folder, file)));
        YamlMappingNode expectation = documents.Single(document => Text(document, "kind") == "Expectation");
        Dictionary<string, YamlMappingNode> world = new(StringComparer.Ordinal);
        AddAll(world, List(Documents(File.ReadAllText(Path.Combine(Folder, Text(expectation, "cluster")!))).Single(), "items"));
        AddAll(world, documents.Where(document => document != expectation));
        int judged = Judge(world, List(expectation, "flows"));
        foreach (YamlMappingNode step in List(expectation, "steps"))
        {
            foreach (YamlMappingNode gone in List(step, "remove"))
            {
                string name = Text(gone, "namespace") is { } ns ? ns + "/" + Text(gone, "name") : Text(gone, "name")!;
                Assert.True(world.Remove($"{Text(gone, "kind")} {name}"));
            }

            AddAll(world, List(step, "documents"));
            ApplyVariant([.. world.Values], step, "variant");
            judged += Judge(world, List(step, "flows"));
        }

        Assert.True(judged > 0);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_engine_gives_every_expected_verdict(string file)
    {
        ManifestReadResult read = ManifestReader.ReadPaths([Path.Combine(Folder, file)]);
        Assert.False(read.HasErrors, read.Diagnostics.ToString());
        ExpectationManifest expectation = Assert.Single(read.Manifests.OfType<ExpectationManifest>());
        IReadOnlyList<ExpectedWorld> worlds = ExpectedWorld.Of(
            expectation, read.Manifests.Where(manifest => manifest != expectation), name => ManifestReader.ReadPaths([Path.Combine(Folder, name)]));
        foreach (ExpectationResult result in worlds.SelectMany(world => ExpectationRunner.Run(world)))
        {
            Assert.True(result.Passed, $"{result.World} {result.What}: {string.Join("; ", result.Failures.Select(failure => failure.Message))}");
        }
    }

    /// <summary>A document replaces the one of its identity.</summary>
    private static void AddAll(Dictionary<string, YamlMappingNode> world, IEnumerable<YamlMappingNode> documents)
    {
        foreach (YamlMappingNode document in documents)
        {
            world[$"{Text(document, "kind")} {Id(document)}"] = document;
        }
    }

    private static int Judge(Dictionary<string, YamlMappingNode> documents, IEnumerable<YamlMappingNode> flows)
    {
        SpecWorld world = SpecWorld.Load(documents.Values.Select(Write));
        int judged = 0;
        foreach (YamlMappingNode flow in flows)
        {
            SpecFlow asked = new(
                Text(flow, "from")!,
                Text(flow, "to")!,
                Text(flow, "protocol")!,
                Text(flow, "port") is { } port ? int.Parse(port, CultureInfo.InvariantCulture) : null,
                IpFamily: Text(flow, "ipFamily") switch { "IPv4" => 4, "IPv6" => 6, _ => null });
            SpecAnswer answer = world.Evaluate(asked);
            YamlMappingNode? rule = flow.Children.TryGetValue(new YamlScalarNode("rule"), out YamlNode? node) ? (YamlMappingNode)node : null;
            string expected = $"{asked} {Text(flow, "expect")} {(rule is null ? "" : string.Join(' ', rule.Children.Values))}";
            string actual = $"{asked} {(answer.Allowed ? "allow" : "deny")} {(rule is null ? "" : Written(answer.Rule, rule))}";
            Assert.Equal(expected, actual);
            judged++;
        }

        return judged;
    }

    // Only what is written is compared.
    private static string Written(SpecRule? rule, YamlMappingNode written) => string.Join(' ', written.Children.Keys.Select(key => ((YamlScalarNode)key).Value switch
    {
        "kind" => rule?.Kind,
        "namespace" => rule?.Namespace,
        "name" => rule?.Name,
        "direction" => rule?.Direction,
        "index" => rule?.Index.ToString(CultureInfo.InvariantCulture),
        var other => throw new InvalidOperationException(other),
    }));
}
