namespace NetPolicy.Manifests.Expectations;

/// <summary>Two pods as <c>namespace/pod</c>.</summary>
/// <param name="From">The client.</param>
/// <param name="To">The server.</param>
public sealed record ExpectedPair(string From, string To);
