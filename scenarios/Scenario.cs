using NetPolicy.Collections;

namespace NetPolicy.Scenarios;

/// <summary>A small cluster, policies in steps, and what must pass or fail.</summary>
/// <param name="Name">The scenario's name.</param>
/// <param name="Title">What it is about, in one line.</param>
/// <param name="Folder">Its folder below <c>scenarios/</c>: <c>cluster.yaml</c>, <c>expectations.yaml</c>, <c>policies/</c>, <c>variants/</c>.</param>
/// <param name="Steps">Policies in the order in which they come; each set is whole.</param>
/// <param name="Variants">What else is shown with it.</param>
public sealed record Scenario(
    string Name, string Title, string Folder, EquatableArray<ScenarioStep> Steps, EquatableArray<ScenarioVariant> Variants)
{
    /// <summary>The inventory, relative to <c>scenarios/</c>.</summary>
    public string ClusterFile => $"{Folder}/cluster.yaml";

    /// <summary>What must pass or fail, relative to <c>scenarios/</c>.</summary>
    public string ExpectationFile => $"{Folder}/expectations.yaml";

    /// <summary>A step's policies as YAML, relative to <c>scenarios/</c>.</summary>
    public string FileOf(ScenarioStep step) => $"{Folder}/policies/{step.Policies.Name}.yaml";

    /// <summary>A variant's inventory, relative to <c>scenarios/</c>.</summary>
    public string ClusterFileOf(ScenarioVariant variant) => variant.HasOwnCluster ? $"{Folder}/variants/{variant.Name}/cluster.yaml" : ClusterFile;

    /// <summary>A variant's policies as YAML, relative to <c>scenarios/</c>.</summary>
    public string FileOf(ScenarioVariant variant) =>
        variant.HasOwnCluster ? $"{Folder}/variants/{variant.Name}/policies.yaml" : $"{Folder}/policies/{variant.Policies.Name}.yaml";

    /// <summary>What must pass or fail in a variant, relative to <c>scenarios/</c>.</summary>
    public string ExpectationFileOf(ScenarioVariant variant) => $"{Folder}/variants/{variant.Name}/expectations.yaml";
}
