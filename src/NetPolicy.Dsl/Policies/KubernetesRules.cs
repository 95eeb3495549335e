using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace NetPolicy.Dsl;

/// <summary>The rules of a Kubernetes NetworkPolicy. They only allow; a direction that is mentioned is taken over, everything else in it is denied.</summary>
/// <typeparam name="TStage">The stage itself.</typeparam>
public abstract class KubernetesRules<TStage> : PolicyStage<TStage, KubernetesPolicy>
{
    private protected KubernetesRules(PolicyLink chain)
        : base(chain)
    {
    }

    /// <summary>Allows connections from the peer to the subject.</summary>
    public RuleWithoutTraffic<KubernetesPolicy> AllowFrom(Peer peer, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Rule(RuleDirection.Ingress, peer, new SourceLine(file, line));

    /// <summary>Allows connections from the subject to the peer.</summary>
    public RuleWithoutTraffic<KubernetesPolicy> AllowTo(Peer peer, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Rule(RuleDirection.Egress, peer, new SourceLine(file, line));

    /// <summary>Allows the subject to ask the resolver, by default <see cref="Syntax.KubeDns"/>, on UDP 53 and TCP 53.</summary>
    public KubernetesPolicy AllowDns(PodPeer? resolver = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        AllowTo(resolver ?? Syntax.KubeDns, file, line).On(Syntax.Dns);

    /// <summary>Takes over ingress and allows nothing of it. Beside ingress rules it is an error.</summary>
    public KubernetesPolicy NoIngress([CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Finish(new NothingLink(Chain, RuleDirection.Ingress, new SourceLine(file, line)));

    /// <summary>Takes over egress and allows nothing of it. Beside egress rules it is an error.</summary>
    public KubernetesPolicy NoEgress([CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Finish(new NothingLink(Chain, RuleDirection.Egress, new SourceLine(file, line)));

    /// <summary>Refused: a Kubernetes NetworkPolicy has no order.</summary>
    [Obsolete(Signposts.KubernetesHasNoOrder, error: true), EditorBrowsable(EditorBrowsableState.Never)]
    public TStage Order(PolicyOrder order) => throw new NotSupportedException(Signposts.KubernetesHasNoOrder);

    /// <summary>Refused: a Kubernetes NetworkPolicy only allows.</summary>
    [Obsolete(Signposts.KubernetesOnlyAllows, error: true), EditorBrowsable(EditorBrowsableState.Never)]
    public RuleWithoutTraffic<KubernetesPolicy> DenyFrom(CalicoPeer peer) => throw new NotSupportedException(Signposts.KubernetesOnlyAllows);

    /// <summary>Refused: a Kubernetes NetworkPolicy only allows.</summary>
    [Obsolete(Signposts.KubernetesOnlyAllows, error: true), EditorBrowsable(EditorBrowsableState.Never)]
    public RuleWithoutTraffic<KubernetesPolicy> DenyTo(CalicoPeer peer) => throw new NotSupportedException(Signposts.KubernetesOnlyAllows);

    internal sealed override KubernetesPolicy Finish(PolicyLink chain) => new(chain);

    private RuleWithoutTraffic<KubernetesPolicy> Rule(RuleDirection direction, Peer peer, SourceLine line)
    {
        ArgumentNullException.ThrowIfNull(peer);
        return new(this, new RuleLink(Chain, direction, RuleAction.Allow, peer, null, null, null, line));
    }
}
