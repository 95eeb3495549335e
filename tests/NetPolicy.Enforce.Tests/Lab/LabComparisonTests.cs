using NetPolicy.Addresses;
using NetPolicy.Analysis.Expectations;
using NetPolicy.Enforce.Lab;
using NetPolicy.Engine;
using NetPolicy.Laws;
using NetPolicy.Manifests.Expectations;
using Xunit;

namespace NetPolicy.Enforce.Tests.Lab;

public class LabComparisonTests
{
    private static readonly IpAddress[] s_internet = [IpAddress.Parse("203.0.113.9"), IpAddress.Parse("2001:db8:ffff::9")];

    [Theory]
    [InlineData("functions")]
    [InlineData("three-tier")]
    [InlineData("tenants")]
    [InlineData("zero-trust")]
    [InlineData("host-endpoints")]
    public void Engine_interpreter_and_kernel_agree_on_every_flow_of_a_scenario(string scenario)
    {
        Kernel.RequireLab();
        foreach (ExpectedWorld expected in LabWorldTests.Scenario(scenario))
        {
            Snapshot snapshot = Snapshot.Of(expected.Manifests);
            FlowRequest[] listed = [.. expected.Flows.AsEnumerable().Select(ExpectationRunner.ToRequest)];
            FlowRequest[] flows = [.. listed, .. LabFlows.Everything(snapshot, s_internet, listed)];
            LabComparison comparison = LabComparison.Run(snapshot, flows);
            string mismatches = string.Join("\n", comparison.Mismatches.Select(row => $"{expected.Name}: {row}").Take(8));
            Assert.True(mismatches.Length == 0, mismatches);
            foreach ((ExpectedFlow flow, LabComparisonRow row) in expected.Flows.AsEnumerable().Zip(comparison.Rows))
            {
                Assert.True(row.IsTried || LabWorldTests.IsNodePortOfNoFamily(row.Request), row.ToString());
                Assert.Equal(flow.Expect == ExpectedVerdict.Allow, row.Engine.IsAllowed);
            }

            Assert.Equal(comparison.InterpretedCounters, comparison.KernelCounters);
            IReadOnlyDictionary<string, RuleOrigin> origins = comparison.World.Compile().Values.SelectMany(ruleset => ruleset.RuleComments)
                .DistinctBy(pair => pair.Key).ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);
            string others = string.Join('\n', comparison.Rows.Where(row => row.IsTried && !IsCountedAs(row, origins)).Take(8));
            Assert.True(others.Length == 0, others);
        }
    }

    /// <summary>Whether the counter that a flow ends at stands for the rule or the policy that decided in the engine.</summary>
    private static bool IsCountedAs(LabComparisonRow row, IReadOnlyDictionary<string, RuleOrigin> origins)
    {
        EndDecision decider = row.Engine.Decider;
        RuleOrigin? origin = row.Rule is { } comment ? origins.GetValueOrDefault(comment) : null;
        return decider.Reason switch
        {
            DecisionReason.Rule => origin?.Rule is { } rule && rule.ToString() == decider.Rule!.ToString(),
            DecisionReason.Isolated => origin is { Rule: null, By: { } by } && by.Id == decider.By!.Id,
            _ => origin?.Rule is null,
        };
    }
}
