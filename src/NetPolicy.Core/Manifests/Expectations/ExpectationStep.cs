using NetPolicy.Collections;

namespace NetPolicy.Manifests.Expectations;

/// <summary>A change of the world and what holds after it: first removals, then additions and replacements, then the variant.</summary>
public sealed record ExpectationStep
{
    /// <summary><c>name</c>; empty if absent.</summary>
    public string Name { get; init; } = "";

    /// <summary><c>remove</c>: objects that go away.</summary>
    public EquatableArray<ObjectReference> Remove { get; init; }

    /// <summary><c>documents</c>: objects that are added, or replace those of the same identity.</summary>
    public EquatableArray<Manifest> Documents { get; init; }

    /// <summary><c>files</c>: like <see cref="Documents"/>, from files relative to the expectation's file.</summary>
    public EquatableArray<string> Files { get; init; }

    /// <summary><c>variant</c>: labels that change; null if none do.</summary>
    public ClusterVariant? Variant { get; init; }

    /// <summary><c>checks</c>.</summary>
    public EquatableArray<ExpectedCheck> Checks { get; init; }

    /// <summary><c>flows</c>.</summary>
    public EquatableArray<ExpectedFlow> Flows { get; init; }
}
