using System.ComponentModel;

namespace NetPolicy.Dsl;

/// <summary>A rule that does not say its traffic yet: say <c>.On(ports)</c> or <c>.OnAllTraffic()</c>.</summary>
/// <typeparam name="TPolicy">The policy that the finished rule yields.</typeparam>
public sealed class RuleWithoutTraffic<TPolicy>
{
    private readonly IRuleTarget<TPolicy> _target;
    private readonly RuleLink _rule;

    internal RuleWithoutTraffic(IRuleTarget<TPolicy> target, RuleLink rule)
    {
        _target = target;
        _rule = rule;
    }

    /// <summary>The rule is about these ports of the receiving pod.</summary>
    public TPolicy On(Ports ports)
    {
        ArgumentNullException.ThrowIfNull(ports);
        return _target.Finish(_rule with { Traffic = ports });
    }

    /// <summary>The rule is about all traffic, ICMP included.</summary>
    public TPolicy OnAllTraffic() => _target.Finish(_rule);

    /// <summary>Refused: policy never sees a Service's port.</summary>
    [Obsolete(Signposts.ServicePort, error: true), EditorBrowsable(EditorBrowsableState.Never)]
    public TPolicy On(ServicePort port) => throw new NotSupportedException(Signposts.ServicePort);
}
