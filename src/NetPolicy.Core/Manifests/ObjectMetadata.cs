using NetPolicy.Collections;

namespace NetPolicy.Manifests;

/// <summary>The part of <c>metadata</c> that policy can see. Null means that the field is absent.</summary>
public sealed record ObjectMetadata
{
    /// <summary>Nothing written.</summary>
    public static ObjectMetadata Empty { get; } = new();

    /// <summary><c>metadata.name</c>.</summary>
    public string? Name { get; init; }

    /// <summary><c>metadata.generateName</c>.</summary>
    public string? GenerateName { get; init; }

    /// <summary><c>metadata.namespace</c>.</summary>
    public string? Namespace { get; init; }

    /// <summary><c>metadata.labels</c>.</summary>
    public EquatableMap<string>? Labels { get; init; }

    /// <summary><c>metadata.annotations</c>.</summary>
    public EquatableMap<string>? Annotations { get; init; }

    /// <summary>True if <c>metadata.deletionTimestamp</c> is set: the object is being deleted.</summary>
    public bool IsDeleting { get; init; }
}
