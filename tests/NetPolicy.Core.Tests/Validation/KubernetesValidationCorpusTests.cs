using NetPolicy.Diagnostics;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Codecs;
using NetPolicy.Manifests.Nodes;
using NetPolicy.Policies;
using NetPolicy.Policies.Normalization;
using NetPolicy.Spec.Tests;
using NetPolicy.Validation;
using Xunit;

namespace NetPolicy.Core.Tests.Validation;

/// <summary>The portable cases of validation and defaulting: verdict, path and reason as a real API server gave them.</summary>
public sealed class KubernetesValidationCorpusTests
{
    public static TheoryData<string, CidrMode> Cases()
    {
        TheoryData<string, CidrMode> data = [];
        foreach (MappingNode node in Documents("validation.yaml"))
        {
            string mode = Text(node["cidrMode"]);
            if (mode != "lenient")
            {
                data.Add(Text(node["name"]), CidrMode.Strict);
            }

            if (mode != "strict")
            {
                data.Add(Text(node["name"]), CidrMode.Lenient);
            }
        }

        return data;
    }

    public static TheoryData<string> Defaultings() => [.. Documents("defaulting.yaml").Select(node => Text(node["name"]))];

    [Fact]
    public void The_corpus_is_whole()
    {
        Assert.Equal(112, Documents("validation.yaml").Count);
        Assert.Equal(112, Cases().Select(row => row.Data.Item1).Distinct().Count());
        Assert.Equal(11, Defaultings().Count);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Verdict_path_and_reason_are_the_api_servers(string name, CidrMode mode)
    {
        MappingNode node = Documents("validation.yaml").Single(document => Text(document["name"]) == name);
        ManifestReadResult read = Read(node);
        Assert.Empty(read.Diagnostics);
        Diagnostic[] findings = [.. Validator.Validate(read.Manifests, new ValidationOptions { CidrMode = mode })];
        string[] expected = [.. ((SequenceNode)node["errors"]!).Items.Cast<MappingNode>().Select(e => $"{Text(e["path"])} {Text(e["reason"])}").Order(StringComparer.Ordinal)];
        Diagnostic[] errors = [.. findings.Where(f => f.Severity == DiagnosticSeverity.Error)];
        Assert.Equal(expected, errors.Select(f => $"{f.Path} {f.Reason}").Order(StringComparer.Ordinal));
        Assert.Equal(node["valid"] is ScalarNode { Number: 1 }, errors.Length == 0);
        Assert.All(findings, finding => Assert.True(finding.Span.IsKnown));
        if (Text(node["cidrMode"]) == "lenient")
        {
            Assert.NotEmpty(findings);
        }
    }

    [Theory]
    [MemberData(nameof(Defaultings))]
    public void Absent_fields_get_the_api_servers_defaults(string name)
    {
        MappingNode node = Documents("defaulting.yaml").Single(document => Text(document["name"]) == name);
        Policy policy = Normalizer.Normalize(Assert.Single(Read(node).Manifests))!;
        string[] types = [.. ((SequenceNode)node["policyTypes"]!).Items.Select(Text)];
        Assert.Equal(types.Contains("Ingress"), policy.TakesIngress);
        Assert.Equal(types.Contains("Egress"), policy.TakesEgress);
        foreach (MappingEntry entry in ((MappingNode)node["protocols"]!).Entries)
        {
            // spec.ingress[0].ports[1].protocol; a rule without peers has one alternative per port.
            (string? Name, int Index)[] path = [.. NodePath.Parse(entry.Key)];
            Rule rule = policy.Rules(path[1].Name == "ingress" ? Direction.Ingress : Direction.Egress)[path[2].Index];
            Assert.Equal(Text(entry.Value), rule.Alternatives[path[4].Index].Protocol.ToString());
        }
    }

    private static List<MappingNode> Documents(string file)
    {
        string text = File.ReadAllText(Path.Combine(Corpus.Folder("kubernetes-validation"), file));
        ReadState state = new(file, ManifestReadOptions.Default);
        List<MappingNode> documents = [.. YamlNodes.Read(text, state).Select(document => (MappingNode)document.Root!)];
        Assert.Empty(state.Diagnostics);
        return documents;
    }

    private static ManifestReadResult Read(MappingNode node)
    {
        ReadState state = new("case", ManifestReadOptions.Default);
        ObjectReader reader = new(state);
        reader.Read(node["object"]!, isSound: true);
        return new ManifestReadResult([.. reader.Manifests], [.. state.Diagnostics], 1);
    }

    private static string Text(ManifestNode? node) => ((ScalarNode)node!).Text;
}
