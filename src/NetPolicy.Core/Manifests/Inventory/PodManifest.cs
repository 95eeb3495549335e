using NetPolicy.Collections;

namespace NetPolicy.Manifests.Inventory;

/// <summary>A Pod: what policy and Services can see of it.</summary>
public sealed record PodManifest : Manifest
{
    /// <inheritdoc/>
    public override string ApiVersion => "v1";

    /// <inheritdoc/>
    public override string Kind => "Pod";

    /// <inheritdoc/>
    public override bool IsNamespaced => true;

    /// <summary><c>spec</c>.</summary>
    public PodSpec Spec { get; init; } = PodSpec.Empty;

    /// <summary><c>status.phase</c>; null if the Pod has no status.</summary>
    public string? Phase { get; init; }

    /// <summary><c>status.podIPs</c>, or <c>status.podIP</c> alone, as written.</summary>
    public EquatableArray<string> Addresses { get; init; }

    /// <summary>False if <c>status.conditions</c> says that the pod is not ready; true if it says so or says nothing.</summary>
    public bool IsReady { get; init; } = true;
}
