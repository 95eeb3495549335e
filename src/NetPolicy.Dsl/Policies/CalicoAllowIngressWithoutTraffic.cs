namespace NetPolicy.Dsl;

/// <summary>A Calico ingress rule that allows and does not say its traffic yet; the only one that may be about HTTP requests.</summary>
/// <typeparam name="TPolicy">The policy that the finished rule yields.</typeparam>
public sealed class CalicoAllowIngressWithoutTraffic<TPolicy> : CalicoIngressWithoutTraffic<TPolicy>
{
    internal CalicoAllowIngressWithoutTraffic(OpenRule<TPolicy> rule)
        : base(rule)
    {
    }

    /// <summary>Only where the arriving traffic goes to: both ends of the rule are then said. Several calls are alternatives.</summary>
    public new CalicoAllowIngressWithoutTraffic<TPolicy> To(CalicoPeer destination) => new(WithOwnEnd(destination));

    /// <summary>The rule is about these HTTP requests.</summary>
    public TPolicy On(HttpTraffic traffic)
    {
        ArgumentNullException.ThrowIfNull(traffic);
        return Rule.Target.Finish(Rule.Link with { Http = traffic });
    }
}
