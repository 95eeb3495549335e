using NetPolicy.Policies;

namespace NetPolicy.Validation;

/// <summary>What the checks of a rule's parts need to know of the rule and its kind.</summary>
/// <param name="Direction">The list it is in.</param>
/// <param name="Action">Its action as written; null if it has none.</param>
/// <param name="MaxPeers">The most peers of its kind.</param>
/// <param name="NeedsNamespaces">True if a pod selector must say which namespaces.</param>
/// <param name="HasDomainNames">True if its kind has peers by domain name.</param>
internal readonly record struct PolicyApiRule(Direction Direction, string? Action, int MaxPeers, bool NeedsNamespaces, bool HasDomainNames)
{
    /// <summary>True if it lets traffic pass for good.</summary>
    public bool Allows => Action is "Allow" or "Accept";

    /// <summary>What becomes of it if a part of it has no meaning (cluster policy specification §2.2).</summary>
    public string Consequence => Allows ? "the rule allows nothing"
        : Direction == Direction.Ingress ? "the rule denies the traffic of every pod"
        : "the rule denies all traffic";
}
