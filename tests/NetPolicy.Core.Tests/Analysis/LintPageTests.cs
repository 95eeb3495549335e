using NetPolicy.Analysis;
using NetPolicy.Diagnostics;
using NetPolicy.Engine;
using NetPolicy.Manifests;
using NetPolicy.Validation;
using Xunit;

namespace NetPolicy.Core.Tests.Analysis;

/// <summary>The help page of each finding: what it shows as flagged is, and what it shows as fixed is not, and both are valid.</summary>
public sealed class LintPageTests
{
    public static TheoryData<string> Ids => [.. Findings.All.Select(d => d.Id).Where(id => id.StartsWith("NP3", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Ids))]
    public void Flags_the_flagged_example_and_not_the_fixed_one(string id)
    {
        string page = File.ReadAllText(Path.Combine(LintScenarioTests.Root, "docs", "diagnostics", id + ".md"));
        string[] examples = [.. page.Split("```yaml\n").Skip(1).Select(part => part[..part.IndexOf("```", StringComparison.Ordinal)])];
        Assert.Equal(2, examples.Length);
        Diagnostic finding = Assert.Single(Lint.Run(Load(examples[0])));
        Assert.Equal(id, finding.Id);
        Assert.True(finding.Span.IsKnown);
        Assert.Empty(Lint.Run(Load(examples[1])));
        string title = page[(page.IndexOf(':', StringComparison.Ordinal) + 2)..page.IndexOf('\n', StringComparison.Ordinal)];
        Assert.Equal(finding.Descriptor.Title, title, ignoreCase: true);
    }

    /// <summary>The same traps under other names, labels, ports and nodes; 20 of each.</summary>
    [Theory]
    [MemberData(nameof(Ids))]
    public void Finds_the_trap_whatever_its_names(string id)
    {
        string page = File.ReadAllText(Path.Combine(LintScenarioTests.Root, "docs", "diagnostics", id + ".md"));
        string[] examples = [.. page.Split("```yaml\n").Skip(1).Select(part => part[..part.IndexOf("```", StringComparison.Ordinal)])];
        for (int seed = 0; seed < 20; seed++)
        {
            Renaming renaming = new(seed);
            string broken = renaming.Apply(examples[0]), repaired = renaming.Apply(examples[1]);
            Assert.True(Lint.Run(Load(broken)).Select(f => f.Id).SequenceEqual([id]), $"seed {seed}:\n{broken}");
            Assert.True(Lint.Run(Load(repaired)).Count == 0, $"seed {seed}:\n{repaired}");
        }
    }

    [Fact]
    public void Every_message_is_one_line_and_starts_in_lower_case_or_with_code()
    {
        foreach (string id in Ids.Select(row => row.Data))
        {
            string page = File.ReadAllText(Path.Combine(LintScenarioTests.Root, "docs", "diagnostics", id + ".md"));
            string flagged = page.Split("```yaml\n")[1];
            foreach (Diagnostic finding in Lint.Run(Load(flagged[..flagged.IndexOf("```", StringComparison.Ordinal)])))
            {
                Assert.DoesNotContain('\n', finding.Message);
                Assert.False(finding.Message.EndsWith('.'), finding.Message);
                Assert.True(char.IsLower(finding.Message[0]) || finding.Message[0] == '`' || finding.Message.StartsWith("DNS", StringComparison.Ordinal), finding.Message);
            }
        }
    }

    private static Snapshot Load(string text)
    {
        ManifestReadResult read = ManifestReader.Read(text, "example.yaml");
        Assert.DoesNotContain(read.Diagnostics, d => d.Severity == DiagnosticSeverity.Error);
        Assert.DoesNotContain(Validator.Validate(read.Manifests, new ValidationOptions()), d => d.Severity == DiagnosticSeverity.Error);
        return Snapshot.Of(read.Manifests);
    }
}
