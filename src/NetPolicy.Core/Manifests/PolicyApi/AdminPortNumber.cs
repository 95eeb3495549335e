namespace NetPolicy.Manifests.PolicyApi;

/// <summary>One port of one protocol.</summary>
public sealed record AdminPortNumber
{
    /// <summary><c>protocol</c>; absent means TCP.</summary>
    public string? Protocol { get; init; }

    /// <summary><c>port</c>, 1 to 65535; required.</summary>
    public int? Port { get; init; }
}
