using NetPolicy.Engine;
using NetPolicy.Spec;

namespace NetPolicy.Laws;

/// <summary>The switches that the specifications leave open, for both judges.</summary>
/// <param name="StagedAsEnforced">Staged policies count.</param>
/// <param name="EgressToOwnNodeFollowsPolicy">Kubernetes policies judge what a pod sends to its own node.</param>
/// <param name="HostInputDrops">The host's own input rules drop.</param>
public sealed record Choices(bool StagedAsEnforced = false, bool EgressToOwnNodeFollowsPolicy = false, bool HostInputDrops = false)
{
    /// <summary>For the engine.</summary>
    public EngineOptions ToEngine() => new()
    {
        Staged = StagedAsEnforced ? StagedMode.AsEnforced : StagedMode.Ignored,
        EgressToOwnNode = EgressToOwnNodeFollowsPolicy ? OwnNodeEgress.Judged : OwnNodeEgress.Allowed,
        HostInput = HostInputDrops ? HostInput.Drop : HostInput.Accept,
    };

    /// <summary>For the oracle.</summary>
    public SpecOptions ToSpec() => new(StagedAsEnforced, !EgressToOwnNodeFollowsPolicy, !HostInputDrops);
}
