namespace NetPolicy.Manifests.PolicyApi;

/// <summary>Ports of one protocol from <see cref="Start"/> to <see cref="End"/>, both included.</summary>
public sealed record AdminPortRange
{
    /// <summary><c>protocol</c>; absent means TCP.</summary>
    public string? Protocol { get; init; }

    /// <summary><c>start</c>, 1 to 65535; required. Greater than <see cref="End"/> matches nothing.</summary>
    public int? Start { get; init; }

    /// <summary><c>end</c>, 1 to 65535; required.</summary>
    public int? End { get; init; }
}
