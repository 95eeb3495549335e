using System.Globalization;
using NetPolicy.Addresses;
using NetPolicy.Enforce.Lab;
using NetPolicy.Enforce.Nft;
using NetPolicy.Enforce.Tests.Simulation;
using NetPolicy.Engine;
using NetPolicy.Laws;
using Xunit;

namespace NetPolicy.Differential.Tests;

/// <summary>
/// Rules with one mistake in them: whenever the kernel then treats a packet otherwise, comparing the engine with the interpreted rules tells.
/// So a wrong ruleset would be noticed before it is loaded.
/// </summary>
public sealed class MutationTests(ITestOutputHelper output)
{
    private const int MutationsPerRuleset = 60;
    private const int RowsShown = 5;
    private static readonly IpAddress[] s_outside = [IpAddress.Parse("203.0.113.9"), IpAddress.Parse("2001:db8:ffff::9"), IpAddress.Parse("10.1.0.9")];

    [Theory]
    [InlineData("functions", "functions")]
    [InlineData("three-tier", "three-tier")]
    [InlineData("tenants", "4-tight")]
    [InlineData("zero-trust", "zero-trust")]
    [InlineData("host-endpoints", "host-endpoints")]
    public void A_mutation_that_changes_a_verdict_is_caught(string scenario, string step)
    {
        Kernel.RequireLab();
        Snapshot snapshot = Snapshot.Of(Repository.ReadObjects(
            Repository.PathOf("scenarios", scenario, "cluster.yaml"), Repository.PathOf("scenarios", scenario, "policies", step + ".yaml")));
        IReadOnlyList<FlowRequest> flows = LabFlows.Everything(snapshot, s_outside, []);
        LabWorld world = LabWorld.Of(snapshot, new LabWorldOptions { Flows = flows });
        Dictionary<string, string> texts = world.Compile().ToDictionary(pair => pair.Key, pair => NftWriter.Write(pair.Value), StringComparer.Ordinal);
        Assert.Empty(Compare(world, texts, flows).Mismatches);

        int loaded = 0, refused = 0, changed = 0, caught = 0;
        List<string> missed = [];
        foreach (RulesetMutation mutation in RulesetMutator.Mutations(texts["node1"], seed: 1))
        {
            LabComparison comparison;
            try
            {
                comparison = Compare(world, new Dictionary<string, string>(texts, StringComparer.Ordinal) { ["node1"] = mutation.Text }, flows);
            }
            catch (LabException)
            {
                refused++; // nft refuses the text: it could not have been loaded
                continue;
            }

            loaded++;
            LabComparisonRow[] changes = [.. comparison.Rows.Where(row => row.Packets is { } packets && packets.Verdict != row.Engine.Verdict)];
            bool isCaught = comparison.Rows.Any(row => row.Interpreter is { } interpreted && interpreted.Verdict != row.Engine.Verdict);
            changed += changes.Length > 0 ? 1 : 0;
            caught += isCaught ? 1 : 0;
            if (changes.Length > 0 && !isCaught)
            {
                missed.Add($"{mutation}\n  {string.Join("\n  ", changes.Take(RowsShown))}");
            }

            if (loaded == MutationsPerRuleset)
            {
                break;
            }
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{scenario}: {loaded} mutations loaded, {refused} refused, {changed} change a verdict, {caught} caught"));
        Assert.Equal(MutationsPerRuleset, loaded);
        Assert.InRange(changed, MutationsPerRuleset / 6, MutationsPerRuleset);
        Assert.True(missed.Count == 0, string.Join('\n', missed));
    }

    private static LabComparison Compare(LabWorld world, IReadOnlyDictionary<string, string> texts, IReadOnlyList<FlowRequest> flows) =>
        LabComparison.Run(world, texts, flows, new LabComparisonOptions { Means = LabMeans.Interpreter | LabMeans.Packets });
}
