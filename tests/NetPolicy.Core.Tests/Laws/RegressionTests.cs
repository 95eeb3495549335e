using NetPolicy.Diagnostics;
using NetPolicy.Engine;
using NetPolicy.Laws;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Expectations;
using NetPolicy.Spec;
using NetPolicy.Spec.Tests;
using Xunit;

namespace NetPolicy.Core.Tests.Laws;

/// <summary>Every case that judges once disagreed about, for ever.</summary>
public sealed class RegressionTests
{
    private static readonly string Folder = Corpus.Folder("regressions");

    public static TheoryData<string> Files() => [.. Directory.GetFiles(Folder, "*.yaml").Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    [Fact]
    public void Their_numbers_leave_nothing_out() =>
        Assert.Equal(Enumerable.Range(1, Files().Count), Files().Select(file => int.Parse(file.Data[..3], System.Globalization.CultureInfo.InvariantCulture)));

    [Theory]
    [MemberData(nameof(Files))]
    public void Engine_and_oracle_say_what_is_expected(string file)
    {
        string text = File.ReadAllText(Path.Combine(Folder, file));
        ManifestReadResult read = ManifestReader.Read(text, file);
        Assert.DoesNotContain(read.Diagnostics, diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        ExpectationManifest expectation = Assert.Single(read.Manifests.OfType<ExpectationManifest>());
        Assert.NotEmpty(expectation.Flows);
        Snapshot snapshot = Snapshot.Of(read.Manifests.Where(manifest => manifest is not ExpectationManifest));
        SpecWorld spec = SpecWorld.Load([text]);
        foreach (ExpectedFlow expected in expectation.Flows)
        {
            FlowRequest flow = expected.ToRequest();
            string wanted = Describe(expected.Expect == ExpectedVerdict.Allow, expected.Rule);
            SpecAnswer answer = spec.Evaluate(flow.ToSpec());
            Assert.Equal($"{flow.Describe()}: {wanted}", $"{flow.Describe()}: {Describe(answer.Allowed, expected.Rule is null ? null : Named(answer.Rule))}");
            Assert.True(snapshot.TryResolve(flow, out Flow resolved, out string? error), error);
            Evaluation evaluation = snapshot.Evaluate(resolved);
            Assert.Equal(
                $"{flow.Describe()}: {wanted}",
                $"{flow.Describe()}: {Describe(evaluation.IsAllowed, expected.Rule is null ? null : Named(Agreement.RuleOf(evaluation.Decider)))}");
        }
    }

    private static ExpectedRule? Named(SpecRule? rule) => rule is null
        ? null
        : new ExpectedRule { Kind = rule.Kind, Namespace = rule.Namespace, Name = rule.Name, Direction = rule.Direction, Index = rule.Index };

    private static string Describe(bool allowed, ExpectedRule? rule) => $"{(allowed ? "allow" : "deny")} {rule}";
}
