using System.ComponentModel;

namespace NetPolicy.Dsl;

/// <summary>A Calico rule that does not say its traffic yet: say <c>.On(traffic)</c> or <c>.OnAllTraffic()</c>.</summary>
/// <typeparam name="TPolicy">The policy that the finished rule yields.</typeparam>
public abstract class CalicoRuleWithoutTraffic<TPolicy>
{
    private protected CalicoRuleWithoutTraffic(OpenRule<TPolicy> rule) => Rule = rule;

    private protected OpenRule<TPolicy> Rule { get; }

    /// <summary>The rule is about this traffic.</summary>
    public TPolicy On(Traffic traffic)
    {
        ArgumentNullException.ThrowIfNull(traffic);
        return Rule.Target.Finish(Rule.Link with { Traffic = traffic });
    }

    /// <summary>The rule is about all traffic, ICMP included.</summary>
    public TPolicy OnAllTraffic() => Rule.Target.Finish(Rule.Link);

    /// <summary>Refused: policy never sees a Service's port.</summary>
    [Obsolete(Signposts.ServicePort, error: true), EditorBrowsable(EditorBrowsableState.Never)]
    public TPolicy On(ServicePort port) => throw new NotSupportedException(Signposts.ServicePort);
}
