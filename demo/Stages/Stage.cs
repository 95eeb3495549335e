using NetPolicy.Analysis.Expectations;
using NetPolicy.Dsl;
using NetPolicy.Engine;

namespace NetPolicy.Demo.Stages;

/// <summary>One state of a scenario: a step or a variant, with what is expected of it.</summary>
/// <param name="Title">The step's or variant's name.</param>
/// <param name="Description">What it does.</param>
/// <param name="Policies">Its policies in C#; null before the first.</param>
/// <param name="World">Its documents, read from YAML, and the flows that are expected.</param>
/// <param name="Reference">The state it is to be compared with; null for none.</param>
internal sealed record Stage(string Title, string Description, PolicySet? Policies, ExpectedWorld World, Stage? Reference)
{
    /// <summary>The findings that lint must report.</summary>
    public IReadOnlyList<string> LintIds { get; init; } = [];

    /// <summary>Whether it is a variant and not a step.</summary>
    public bool IsVariant { get; init; }

    /// <summary>Whether it is the last step.</summary>
    public bool IsLast { get; init; }

    /// <summary>Its documents, judged.</summary>
    public Snapshot Snapshot => field ??= Snapshot.Of(World.Manifests);

    /// <summary>The expected flows in the engine's words.</summary>
    public IReadOnlyList<FlowRequest> Listed => field ??= [.. World.Flows.AsEnumerable().Select(ExpectationRunner.ToRequest)];

    /// <summary>Whether the YAML has exactly the documents that the C# says.</summary>
    public bool IsSameInYaml => Policies is null || Policies.Manifests.AsEnumerable().All(manifest => World.Manifests.Contains(manifest));
}
