using System.Runtime.CompilerServices;

namespace NetPolicy.Dsl;

/// <summary>The rules of a ClusterNetworkPolicy. The first that matches decides; what none matches goes on to the next policy, nothing is isolated.</summary>
/// <remarks>
/// Rules of ingress are about pods alone. A port by name is matched by its name alone: this dialect takes the protocol from the container.
/// </remarks>
/// <typeparam name="TStage">The stage itself.</typeparam>
public abstract class ClusterRules<TStage> : PolicyStage<TStage, ClusterPolicy>
{
    private protected ClusterRules(PolicyLink chain)
        : base(chain)
    {
    }

    /// <summary>Allows connections from the pods to the subject, whatever later policies say. The document says <c>Accept</c>.</summary>
    public RuleWithoutTraffic<ClusterPolicy> AllowFrom(PodPeer peer, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Ingress(RuleAction.Allow, peer, new SourceLine(file, line));

    /// <summary>Denies connections from the pods to the subject.</summary>
    public RuleWithoutTraffic<ClusterPolicy> DenyFrom(PodPeer peer, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Ingress(RuleAction.Deny, peer, new SourceLine(file, line));

    /// <summary>Leaves connections from the pods to the subject to what comes after the tier.</summary>
    public RuleWithoutTraffic<ClusterPolicy> PassFrom(PodPeer peer, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Ingress(RuleAction.Pass, peer, new SourceLine(file, line));

    /// <summary>Allows connections from the subject to the peer, as far as the subject's side goes. The document says <c>Accept</c>.</summary>
    public RuleWithoutTraffic<ClusterPolicy> AllowTo(Peer peer, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Egress(RuleAction.Allow, peer, new SourceLine(file, line));

    /// <inheritdoc cref="AllowTo(Peer, string, int)"/>
    public RuleWithoutTraffic<ClusterPolicy> AllowTo(ClusterPeer peer, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Egress(RuleAction.Allow, peer, new SourceLine(file, line));

    /// <summary>Denies connections from the subject to the peer.</summary>
    public RuleWithoutTraffic<ClusterPolicy> DenyTo(Peer peer, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Egress(RuleAction.Deny, peer, new SourceLine(file, line));

    /// <inheritdoc cref="DenyTo(Peer, string, int)"/>
    public RuleWithoutTraffic<ClusterPolicy> DenyTo(ClusterPeer peer, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Egress(RuleAction.Deny, peer, new SourceLine(file, line));

    /// <summary>Leaves connections from the subject to the peer to what comes after the tier.</summary>
    public RuleWithoutTraffic<ClusterPolicy> PassTo(Peer peer, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Egress(RuleAction.Pass, peer, new SourceLine(file, line));

    /// <inheritdoc cref="PassTo(Peer, string, int)"/>
    public RuleWithoutTraffic<ClusterPolicy> PassTo(ClusterPeer peer, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Egress(RuleAction.Pass, peer, new SourceLine(file, line));

    internal sealed override ClusterPolicy Finish(PolicyLink chain) => new(chain);

    private RuleWithoutTraffic<ClusterPolicy> Ingress(RuleAction action, PodPeer peer, SourceLine line)
    {
        ArgumentNullException.ThrowIfNull(peer);
        return new(this, new RuleLink(Chain, RuleDirection.Ingress, action, peer, null, null, null, line));
    }

    private RuleWithoutTraffic<ClusterPolicy> Egress(RuleAction action, ClusterPeer peer, SourceLine line)
    {
        ArgumentNullException.ThrowIfNull(peer);
        return new(this, new RuleLink(Chain, RuleDirection.Egress, action, peer.Terms, null, null, null, line));
    }
}
