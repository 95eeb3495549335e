namespace NetPolicy.Dsl;

/// <summary>A Calico ingress rule that does not say its traffic yet.</summary>
/// <typeparam name="TPolicy">The policy that the finished rule yields.</typeparam>
public class CalicoIngressWithoutTraffic<TPolicy> : CalicoRuleWithoutTraffic<TPolicy>
{
    internal CalicoIngressWithoutTraffic(OpenRule<TPolicy> rule)
        : base(rule)
    {
    }

    /// <summary>Only where the arriving traffic goes to: both ends of the rule are then said. Several calls are alternatives.</summary>
    public CalicoIngressWithoutTraffic<TPolicy> To(CalicoPeer destination) => new(WithOwnEnd(destination));

    private protected OpenRule<TPolicy> WithOwnEnd(CalicoPeer end)
    {
        ArgumentNullException.ThrowIfNull(end);
        return Rule with { Link = Rule.Link with { OwnEnd = Rule.Link.OwnEnd is { } before ? before | end : end } };
    }
}
