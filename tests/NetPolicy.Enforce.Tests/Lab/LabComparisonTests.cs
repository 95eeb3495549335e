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
        }
    }
}
