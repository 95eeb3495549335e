using System.Runtime.CompilerServices;

namespace NetPolicy.Dsl;

/// <summary>Attributes and ingress rules of a Calico policy. The first rule that matches decides; a direction that is mentioned is taken over.</summary>
/// <typeparam name="TStage">The stage itself.</typeparam>
/// <typeparam name="TPolicy">What a finished rule yields.</typeparam>
public abstract class CalicoIngressRules<TStage, TPolicy> : PolicyStage<TStage, TPolicy>
{
    private protected CalicoIngressRules(PolicyLink chain)
        : base(chain)
    {
    }

    /// <summary>The policy's order in its tier; lower comes first, none comes last.</summary>
    public TStage Order(PolicyOrder order, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Continue(new OrderLink(Chain, order, new SourceLine(file, line)));

    /// <summary>The policy's tier; <c>default</c> if none is said.</summary>
    public TStage In(Tier tier, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(tier);
        return Continue(new TierLink(Chain, tier, new SourceLine(file, line)));
    }

    /// <summary>Allows connections from the peer to the subject.</summary>
    public CalicoAllowIngressWithoutTraffic<TPolicy> AllowFrom(CalicoPeer peer, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        new(Rule(RuleDirection.Ingress, RuleAction.Allow, peer, new SourceLine(file, line)));

    /// <summary>Denies connections from the peer to the subject.</summary>
    public CalicoIngressWithoutTraffic<TPolicy> DenyFrom(CalicoPeer peer, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        new(Rule(RuleDirection.Ingress, RuleAction.Deny, peer, new SourceLine(file, line)));

    /// <summary>Leaves connections from the peer to the subject to the next tier.</summary>
    public CalicoIngressWithoutTraffic<TPolicy> PassFrom(CalicoPeer peer, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        new(Rule(RuleDirection.Ingress, RuleAction.Pass, peer, new SourceLine(file, line)));

    /// <summary>Logs connections from the peer to the subject and goes on with the next rule.</summary>
    public CalicoIngressWithoutTraffic<TPolicy> LogFrom(CalicoPeer peer, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        new(Rule(RuleDirection.Ingress, RuleAction.Log, peer, new SourceLine(file, line)));

    /// <summary>Takes over ingress and has no rule for it. Beside ingress rules it is an error.</summary>
    public TPolicy NoIngress([CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Finish(new NothingLink(Chain, RuleDirection.Ingress, new SourceLine(file, line)));

    private protected OpenRule<TPolicy> Rule(RuleDirection direction, RuleAction action, CalicoPeer peer, SourceLine line)
    {
        ArgumentNullException.ThrowIfNull(peer);
        return new(this, new RuleLink(Chain, direction, action, peer, null, null, null, line));
    }
}
