using NetPolicy.Collections;

namespace NetPolicy.Manifests.Expectations;

/// <summary>
/// What a test expects of the documents beside it. The file is a world of its own: the cluster file, the variant, and the file's other documents.
/// </summary>
public sealed record ExpectationManifest : Manifest
{
    /// <summary>Always empty: an Expectation is no Kubernetes object.</summary>
    public override string ApiVersion => "";

    /// <inheritdoc/>
    public override string Kind => "Expectation";

    /// <inheritdoc/>
    public override bool IsNamespaced => false;

    /// <summary><c>name</c>; also <see cref="ObjectMetadata.Name"/>. Empty if absent.</summary>
    public string Name => Metadata.Name ?? "";

    /// <summary><c>cluster</c>: a file or folder with the inventory, relative to the expectation's file; null if there is none.</summary>
    public string? Cluster { get; init; }

    /// <summary><c>clusterVariant</c>: changes to the cluster before anything else; null if there is none.</summary>
    public ClusterVariant? Variant { get; init; }

    /// <summary><c>checks</c>.</summary>
    public EquatableArray<ExpectedCheck> Checks { get; init; }

    /// <summary><c>flows</c>.</summary>
    public EquatableArray<ExpectedFlow> Flows { get; init; }

    /// <summary><c>steps</c>, each on top of the one before; the file's own checks and flows hold before the first.</summary>
    public EquatableArray<ExpectationStep> Steps { get; init; }
}
