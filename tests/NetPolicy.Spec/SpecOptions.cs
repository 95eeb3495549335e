namespace NetPolicy.Spec;

/// <summary>How a world is judged where the specifications leave a switch.</summary>
/// <param name="StagedAsEnforced">Staged policies count in their sort position (Calico 5.5).</param>
/// <param name="EgressToOwnNodeAllowed">Kubernetes policies leave a pod's traffic to its own node alone (Kubernetes 5.7).</param>
/// <param name="HostInputAccepts">What the host's own input rules do with packets that policy returns to them.</param>
public sealed record SpecOptions(bool StagedAsEnforced = false, bool EgressToOwnNodeAllowed = true, bool HostInputAccepts = true);
