using System.ComponentModel;

namespace NetPolicy.Dsl;

/// <summary>The rules of a pre-DNAT policy: ingress only.</summary>
/// <typeparam name="TStage">The stage itself.</typeparam>
public abstract class PreDnatRules<TStage> : CalicoIngressRules<TStage, PreDnatPolicy>
{
    private protected PreDnatRules(PolicyLink chain)
        : base(chain)
    {
    }

    /// <summary>Refused: before DNAT there is no egress.</summary>
    [Obsolete(Signposts.PreDnatHasNoEgress, error: true), EditorBrowsable(EditorBrowsableState.Never)]
    public CalicoEgressWithoutTraffic<PreDnatPolicy> AllowTo(CalicoPeer peer) => throw new NotSupportedException(Signposts.PreDnatHasNoEgress);

    /// <summary>Refused: before DNAT there is no egress.</summary>
    [Obsolete(Signposts.PreDnatHasNoEgress, error: true), EditorBrowsable(EditorBrowsableState.Never)]
    public CalicoEgressWithoutTraffic<PreDnatPolicy> DenyTo(CalicoPeer peer) => throw new NotSupportedException(Signposts.PreDnatHasNoEgress);

    /// <summary>Refused: a policy has one stage.</summary>
    [Obsolete(Signposts.PreDnatOrUntracked, error: true), EditorBrowsable(EditorBrowsableState.Never)]
    public UntrackedPolicyWithoutRules DoNotTrack() => throw new NotSupportedException(Signposts.PreDnatOrUntracked);

    internal sealed override PreDnatPolicy Finish(PolicyLink chain) => new(chain);
}
