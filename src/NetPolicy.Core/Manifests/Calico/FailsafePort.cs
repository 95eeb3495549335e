using NetPolicy.Collections;

namespace NetPolicy.Manifests.Calico;

/// <summary>A port that host endpoint policy never closes (Calico specification §7.4).</summary>
public sealed record FailsafePort
{
    /// <summary><c>protocol</c>; absent means TCP.</summary>
    public IntOrString? Protocol { get; init; }

    /// <summary><c>port</c>.</summary>
    public int? Port { get; init; }

    /// <summary><c>net</c>: limits the remote side; absent means anybody.</summary>
    public string? Net { get; init; }
}
