using NetPolicy.Collections;

namespace NetPolicy.Manifests.Inventory;

/// <summary>One port of a Service.</summary>
public sealed record ServicePortSpec
{
    /// <summary><c>name</c>.</summary>
    public string? Name { get; init; }

    /// <summary><c>protocol</c>; null and empty text mean TCP.</summary>
    public string? Protocol { get; init; }

    internal string EffectiveProtocol => string.IsNullOrEmpty(Protocol) ? "TCP" : Protocol;

    /// <summary><c>port</c>.</summary>
    public int Port { get; init; }

    /// <summary><c>targetPort</c>; null means <see cref="Port"/>.</summary>
    public IntOrString? TargetPort { get; init; }

    /// <summary><c>nodePort</c>; null if there is none.</summary>
    public int? NodePort { get; init; }
}
