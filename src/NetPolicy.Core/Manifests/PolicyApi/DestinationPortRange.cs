namespace NetPolicy.Manifests.PolicyApi;

/// <summary>Ports from <see cref="Start"/> to <see cref="End"/>, both included.</summary>
public sealed record DestinationPortRange
{
    /// <summary><c>start</c>, 1 to 65535; must be less than <see cref="End"/>.</summary>
    public int? Start { get; init; }

    /// <summary><c>end</c>, 1 to 65535.</summary>
    public int? End { get; init; }
}
