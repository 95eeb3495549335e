namespace NetPolicy.Dsl;

/// <summary>A Calico GlobalNetworkPolicy for host endpoints that mentions no direction yet. It is the only one with stages, which are said before the rules.</summary>
public sealed class HostPolicyWithoutRules : CalicoRules<HostPolicyWithoutRules, GlobalPolicy>
{
    internal HostPolicyWithoutRules(PolicyLink chain)
        : base(chain)
    {
    }

    /// <summary>The policy also holds for traffic that the host forwards.</summary>
    public HostPolicyWithoutRules ApplyOnForward() => new(new StageLink(Chain, HostStage.ApplyOnForward));

    /// <summary>The policy acts before destinations are translated: on arriving traffic only. Implies <see cref="ApplyOnForward"/>.</summary>
    public PreDnatPolicyWithoutRules PreDnat() => new(new StageLink(Chain, HostStage.PreDnat));

    /// <summary>The policy acts before connections are tracked, so replies need a rule of their own. Implies <see cref="ApplyOnForward"/>.</summary>
    public UntrackedPolicyWithoutRules DoNotTrack() => new(new StageLink(Chain, HostStage.DoNotTrack));

    internal override HostPolicyWithoutRules Continue(PolicyLink chain) => new(chain);

    internal override GlobalPolicy Finish(PolicyLink chain) => new(chain);
}
