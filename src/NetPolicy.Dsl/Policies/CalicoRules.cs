using System.Runtime.CompilerServices;

namespace NetPolicy.Dsl;

/// <summary>Attributes and rules of a Calico policy in both directions.</summary>
/// <typeparam name="TStage">The stage itself.</typeparam>
/// <typeparam name="TPolicy">What a finished rule yields.</typeparam>
public abstract class CalicoRules<TStage, TPolicy> : CalicoIngressRules<TStage, TPolicy>
{
    private protected CalicoRules(PolicyLink chain)
        : base(chain)
    {
    }

    /// <summary>Allows connections from the subject to the peer.</summary>
    public CalicoEgressWithoutTraffic<TPolicy> AllowTo(CalicoPeer peer, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        new(Rule(RuleDirection.Egress, RuleAction.Allow, peer, new SourceLine(file, line)));

    /// <summary>Denies connections from the subject to the peer.</summary>
    public CalicoEgressWithoutTraffic<TPolicy> DenyTo(CalicoPeer peer, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        new(Rule(RuleDirection.Egress, RuleAction.Deny, peer, new SourceLine(file, line)));

    /// <summary>Leaves connections from the subject to the peer to the next tier.</summary>
    public CalicoEgressWithoutTraffic<TPolicy> PassTo(CalicoPeer peer, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        new(Rule(RuleDirection.Egress, RuleAction.Pass, peer, new SourceLine(file, line)));

    /// <summary>Logs connections from the subject to the peer and goes on with the next rule.</summary>
    public CalicoEgressWithoutTraffic<TPolicy> LogTo(CalicoPeer peer, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        new(Rule(RuleDirection.Egress, RuleAction.Log, peer, new SourceLine(file, line)));

    /// <summary>Takes over egress and has no rule for it. Beside egress rules it is an error.</summary>
    public TPolicy NoEgress([CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Finish(new NothingLink(Chain, RuleDirection.Egress, new SourceLine(file, line)));

    /// <summary>Allows the subject to ask the resolver, by default <see cref="Syntax.KubeDns"/>, on UDP 53 and TCP 53.</summary>
    public TPolicy AllowDns(PodPeer? resolver = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        AllowTo(resolver ?? Syntax.KubeDns, file, line).On(Syntax.Dns);
}
