namespace NetPolicy.Spec;

/// <summary>What the specifications say about a flow.</summary>
/// <param name="Allowed">True if no end denied.</param>
/// <param name="Egress">The source's side.</param>
/// <param name="Ingress">The destination's side.</param>
/// <param name="Rule">The rule that decided; null if nobody had a say.</param>
/// <param name="Branches">Names of <see cref="SpecBranches.All"/> that took part.</param>
/// <param name="Translated">The backend behind a Service, <c>ns/pod:port</c>.</param>
public sealed record SpecAnswer(
    bool Allowed, SpecEnd Egress, SpecEnd Ingress, SpecRule? Rule, IReadOnlyList<string> Branches, string? Translated);
