namespace NetPolicy.Dsl.Tests.Scenarios;

using NetPolicy.Scenarios;
using Xunit;

public class GoldenPolicyTests
{
    public static TheoryData<string> Names => [.. NetPolicy.Scenarios.Scenarios.All.Select(s => s.Name)];

    [Theory, MemberData(nameof(Names))]
    public void The_checked_in_policies_of_a_scenario_are_those_of_its_code(string name)
    {
        Scenario scenario = NetPolicy.Scenarios.Scenarios.All.Single(s => s.Name == name);
        foreach (ScenarioStep step in scenario.Steps)
        {
            Golden.Check($"scenarios/{scenario.FileOf(step)}", step.Policies.ToYaml());
        }

        foreach (ScenarioVariant variant in scenario.Variants)
        {
            Golden.Check($"scenarios/{scenario.FileOf(variant)}", variant.Policies.ToYaml());
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Steps_of_a_scenario_are_those_of_its_expectations(string name)
    {
        Scenario scenario = NetPolicy.Scenarios.Scenarios.All.Single(s => s.Name == name);
        ScenarioWorld world = ScenarioWorld.Read(scenario.ExpectationFile);
        Assert.Equal(scenario.Steps.Select(s => (s.Name, $"policies/{s.Policies.Name}.yaml")), world.Expectation.Steps.Select(s => (s.Name, Assert.Single(s.Files))));
    }
}
