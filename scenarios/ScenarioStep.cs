using NetPolicy.Collections;
using NetPolicy.Dsl;

namespace NetPolicy.Scenarios;

/// <summary>One step of a scenario.</summary>
/// <param name="Name">The step's name, as in the expectations.</param>
/// <param name="Policies">All policies that hold after it.</param>
/// <param name="Description">What it does.</param>
public sealed record ScenarioStep(string Name, PolicySet Policies, string Description)
{
    /// <summary>The findings that <c>netpol lint</c> must report of it, in ascending order; no others are to be expected.</summary>
    public EquatableArray<string> LintIds { get; init; }
}
