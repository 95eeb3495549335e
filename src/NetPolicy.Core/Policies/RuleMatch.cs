using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Manifests.Calico;
using NetPolicy.Ports;

namespace NetPolicy.Policies;

/// <summary>The conditions of a rule; all that are given must hold (Calico specification §4).</summary>
public sealed record RuleMatch
{
    /// <summary>Matches every flow.</summary>
    public static RuleMatch Everything { get; } = new();

    /// <summary>Matches no flow: a condition that could not be understood, in a rule that would allow.</summary>
    public static RuleMatch Nothing { get; } = new() { IsNothing = true };

    /// <summary>True if no flow can match.</summary>
    public bool IsNothing { get; init; }

    /// <summary>Only this IP version; none for both.</summary>
    public IpFamily Family { get; init; }

    /// <summary>Only this protocol; null for all.</summary>
    public Protocol? Protocol { get; init; }

    /// <summary>Not this protocol.</summary>
    public Protocol? NotProtocol { get; init; }

    /// <summary>ICMP type and optionally code.</summary>
    public IcmpMatch? Icmp { get; init; }

    /// <summary>Not this ICMP type (and code).</summary>
    public IcmpMatch? NotIcmp { get; init; }

    /// <summary>Conditions on the flow's source.</summary>
    public EndMatch Source { get; init; } = EndMatch.Anything;

    /// <summary>Conditions on the flow's destination.</summary>
    public EndMatch Destination { get; init; } = EndMatch.Anything;

    /// <summary>HTTP conditions; judged only for flows that carry method and path.</summary>
    public HttpMatch? Http { get; init; }

    /// <summary>
    /// False if the rule has no form for <paramref name="family"/> (Calico specification §4, family filtering):
    /// another IP version, or an address list without an entry of the family, of either sign.
    /// </summary>
    public bool AppliesTo(IpFamily family) =>
        (Family == IpFamily.None || Family == family) && Source.AppliesTo(family) && Destination.AppliesTo(family);
}
