using NetPolicy.Collections;

namespace NetPolicy.Manifests.Inventory;

/// <summary>The part of a pod's <c>spec</c>, or of a workload's pod template, that policy can see.</summary>
public sealed record PodSpec
{
    /// <summary>Nothing written.</summary>
    public static PodSpec Empty { get; } = new();

    /// <summary><c>nodeName</c>.</summary>
    public string? NodeName { get; init; }

    /// <summary><c>hostNetwork</c>.</summary>
    public bool HostNetwork { get; init; }

    /// <summary><c>serviceAccountName</c>.</summary>
    public string? ServiceAccountName { get; init; }

    /// <summary>Ports of all containers, regular ones first, then init containers.</summary>
    public EquatableArray<ContainerPort> Ports { get; init; }
}

/// <summary>A declared container port.</summary>
public sealed record ContainerPort
{
    /// <summary><c>name</c>; null if unnamed.</summary>
    public string? Name { get; init; }

    /// <summary><c>containerPort</c>.</summary>
    public int Number { get; init; }

    /// <summary><c>protocol</c>; null and empty text mean TCP.</summary>
    public string? Protocol { get; init; }

    internal string EffectiveProtocol => string.IsNullOrEmpty(Protocol) ? "TCP" : Protocol;

    /// <summary>True for a port of an init container that is not a restartable sidecar: Calico counts it, Kubernetes does not.</summary>
    public bool OfInitContainer { get; init; }
}
