namespace NetPolicy.Dsl;

/// <summary>A Calico egress rule that does not say its traffic yet.</summary>
/// <typeparam name="TPolicy">The policy that the finished rule yields.</typeparam>
public sealed class CalicoEgressWithoutTraffic<TPolicy> : CalicoRuleWithoutTraffic<TPolicy>
{
    internal CalicoEgressWithoutTraffic(OpenRule<TPolicy> rule)
        : base(rule)
    {
    }

    /// <summary>Only where the leaving traffic comes from: both ends of the rule are then said. Several calls are alternatives.</summary>
    public CalicoEgressWithoutTraffic<TPolicy> From(CalicoPeer source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new(Rule with { Link = Rule.Link with { OwnEnd = Rule.Link.OwnEnd is { } before ? before | source : source } });
    }
}
