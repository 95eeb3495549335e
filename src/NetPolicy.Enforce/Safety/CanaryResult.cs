namespace NetPolicy.Enforce.Safety;

/// <summary>What became of packets that a policy allows and of packets that it denies.</summary>
/// <param name="Bites">True if those allowed arrived and those denied did not.</param>
/// <param name="Message">What was seen, in one line.</param>
public sealed record CanaryResult(bool Bites, string Message);
