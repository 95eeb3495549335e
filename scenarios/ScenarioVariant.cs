using NetPolicy.Collections;
using NetPolicy.Dsl;

namespace NetPolicy.Scenarios;

/// <summary>A variant of a scenario: other policies, another cluster, or both.</summary>
/// <param name="Name">The variant's name and its folder below <c>variants/</c>.</param>
/// <param name="Policies">Its policies.</param>
/// <param name="Description">What it shows.</param>
/// <param name="LintIds">The findings that <c>netpol lint</c> must report, in ascending order; others may come with them.</param>
public sealed record ScenarioVariant(string Name, PolicySet Policies, string Description, EquatableArray<string> LintIds)
{
    /// <summary>True if its folder has <c>cluster.yaml</c> and <c>policies.yaml</c> of its own, so that the folder alone can be checked.</summary>
    public bool HasOwnCluster { get; init; }
}
