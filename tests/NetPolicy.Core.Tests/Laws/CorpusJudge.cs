using NetPolicy.Diagnostics;
using NetPolicy.Engine;
using NetPolicy.Laws;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Expectations;
using NetPolicy.Spec;
using Xunit;

namespace NetPolicy.Core.Tests.Laws;

/// <summary>Judges one file of the corpus: its documents are the world, its one Expectation says what becomes of the flows.</summary>
internal static class CorpusJudge
{
    /// <summary>The oracle and the engine both say what is expected, and name the rule if the file does.</summary>
    public static void Judge(string path)
    {
        string text = File.ReadAllText(path);
        ManifestReadResult read = ManifestReader.Read(text, Path.GetFileName(path));
        Assert.DoesNotContain(read.Diagnostics, diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        ExpectationManifest expectation = Assert.Single(read.Manifests.OfType<ExpectationManifest>());
        Assert.NotEmpty(expectation.Flows);
        Assert.True(expectation.Cluster is null && expectation.Steps.IsEmpty && expectation.Checks.IsEmpty, "the file's own documents and flows are the whole case");
        Snapshot snapshot = Snapshot.Of(read.Manifests.Where(manifest => manifest is not ExpectationManifest));
        SpecWorld spec = SpecWorld.Load([text]);
        foreach (ExpectedFlow expected in expectation.Flows)
        {
            FlowRequest flow = expected.ToRequest();
            string wanted = $"{flow.Describe()}: {Describe(expected.Expect == ExpectedVerdict.Allow, expected.Rule)}";
            SpecAnswer answer = spec.Evaluate(flow.ToSpec());
            Assert.Equal($"oracle: {wanted}", $"oracle: {flow.Describe()}: {Describe(answer.Allowed, Named(answer.Rule, expected.Rule))}");
            Assert.True(snapshot.TryResolve(flow, out Flow resolved, out string? error), error);
            Evaluation evaluation = snapshot.Evaluate(resolved);
            Assert.Equal(
                $"engine: {wanted}",
                $"engine: {flow.Describe()}: {Describe(evaluation.IsAllowed, Named(Agreement.RuleOf(evaluation.Decider), expected.Rule))}");
        }
    }

    // Only what is written is compared.
    private static ExpectedRule? Named(SpecRule? rule, ExpectedRule? written) => rule is null || written is null
        ? null
        : new ExpectedRule
        {
            Kind = written.Kind is null ? null : rule.Kind,
            Namespace = written.Namespace is null ? null : rule.Namespace,
            Name = written.Name is null ? null : rule.Name,
            Direction = written.Direction is null ? null : rule.Direction,
            Index = written.Index is null ? null : rule.Index,
        };

    private static string Describe(bool allowed, ExpectedRule? rule) => $"{(allowed ? "allow" : "deny")} {rule}";
}
