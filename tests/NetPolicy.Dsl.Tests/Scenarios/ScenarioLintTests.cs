namespace NetPolicy.Dsl.Tests.Scenarios;

using NetPolicy.Analysis;
using NetPolicy.Engine;
using NetPolicy.Manifests;
using NetPolicy.Scenarios;
using Xunit;

public class ScenarioLintTests
{
    public static TheoryData<string> Names => [.. NetPolicy.Scenarios.Scenarios.All.Select(s => s.Name)];

    [Theory, MemberData(nameof(Names))]
    public void Lint_reports_of_each_step_what_the_scenario_says(string name)
    {
        Scenario scenario = NetPolicy.Scenarios.Scenarios.All.Single(s => s.Name == name);
        foreach (ScenarioStep step in scenario.Steps)
        {
            Assert.Equal(step.LintIds, Ids(scenario.ClusterFile, scenario.FileOf(step)));
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Lint_reports_of_each_variant_what_the_scenario_says(string name)
    {
        Scenario scenario = NetPolicy.Scenarios.Scenarios.All.Single(s => s.Name == name);
        foreach (ScenarioVariant variant in scenario.Variants)
        {
            string[] found = Ids(scenario.ClusterFileOf(variant), scenario.FileOf(variant), scenario.ExpectationFileOf(variant));
            Assert.All(variant.LintIds.AsEnumerable(), id => Assert.Contains(id, found));
        }
    }

    private static string[] Ids(params ReadOnlySpan<string> files)
    {
        ManifestReadResult read = ManifestReader.ReadPaths([.. files.ToArray().Select(f => Repository.PathOf($"scenarios/{f}"))]);
        Assert.Empty(read.Diagnostics);
        return [.. Lint.Run(Snapshot.Of(read.Manifests)).Select(d => d.Id).Distinct().Order(StringComparer.Ordinal)];
    }
}
