using System.ComponentModel;

namespace NetPolicy.Dsl;

/// <summary>An untracked Calico GlobalNetworkPolicy that mentions no direction yet.</summary>
public sealed class UntrackedPolicyWithoutRules : CalicoRules<UntrackedPolicyWithoutRules, GlobalPolicy>
{
    internal UntrackedPolicyWithoutRules(PolicyLink chain)
        : base(chain)
    {
    }

    /// <summary>Refused: a policy has one stage.</summary>
    [Obsolete(Signposts.PreDnatOrUntracked, error: true), EditorBrowsable(EditorBrowsableState.Never)]
    public PreDnatPolicyWithoutRules PreDnat() => throw new NotSupportedException(Signposts.PreDnatOrUntracked);

    internal override UntrackedPolicyWithoutRules Continue(PolicyLink chain) => new(chain);

    internal override GlobalPolicy Finish(PolicyLink chain) => new(chain);
}
