using NetPolicy.Diagnostics;
using NetPolicy.Engine;
using NetPolicy.Laws;
using NetPolicy.Manifests;
using Xunit;

namespace NetPolicy.Spec.Tests;

/// <summary>The engine says what the examples of the cluster policy specification say.</summary>
public sealed class ClusterPolicyExampleTests
{
    private static readonly Example[] Examples = [.. ClusterPolicyExamples.Examples];

    public static TheoryData<int, string> Cases()
    {
        TheoryData<int, string> cases = [];
        for (int i = 0; i < Examples.Length; i++)
        {
            cases.Add(i, Examples[i].Says);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_engine_says_what_the_specification_says(int index, string says)
    {
        Example example = Examples[index];
        Assert.Equal(example.Says, says);
        ManifestReadResult read = ManifestReader.Read(string.Join("\n---\n", example.Documents));
        Assert.DoesNotContain(read.Diagnostics, diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        Snapshot snapshot = Snapshot.Of(read.Manifests);
        SpecFlow spec = example.Flow;
        FlowRequest request = new()
        {
            From = spec.From, To = spec.To, Protocol = spec.Protocol, Port = spec.Port, IpFamily = spec.IpFamily is { } family ? $"IPv{family}" : null,
        };
        Assert.True(snapshot.TryResolve(request, out Flow flow, out string? error), error);
        Evaluation evaluation = snapshot.Evaluate(flow);
        string rule = Agreement.RuleOf(evaluation.Decider) is { } decider ? $" {decider.Name} {decider.Direction} {decider.Index}" : "";
        string backend = evaluation.Backend is { } end ? " at " + snapshot.Describe(end) : "";
        Assert.Equal(example.Answer, $"{(evaluation.IsAllowed ? "allow" : "deny")} {evaluation.Egress.Verdict}/{evaluation.Ingress.Verdict}{rule}{backend}");
    }
}
