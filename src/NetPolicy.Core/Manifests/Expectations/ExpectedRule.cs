namespace NetPolicy.Manifests.Expectations;

/// <summary>The rule that decides, in the shape of <c>netpol eval</c>'s answers. Only what is written is compared.</summary>
public sealed record ExpectedRule
{
    /// <summary><c>kind</c> of the policy.</summary>
    public string? Kind { get; init; }

    /// <summary><c>namespace</c> of the policy.</summary>
    public string? Namespace { get; init; }

    /// <summary><c>name</c> of the policy.</summary>
    public string? Name { get; init; }

    /// <summary><c>direction</c>: <c>ingress</c> or <c>egress</c>.</summary>
    public string? Direction { get; init; }

    /// <summary><c>index</c>: zero-based.</summary>
    public int? Index { get; init; }
}
