namespace NetPolicy.Engine;

/// <summary>Choices that the specifications leave open. A value without assignments holds the documented defaults.</summary>
public sealed record EngineOptions
{
    /// <summary>The documented defaults.</summary>
    public static EngineOptions Default { get; } = new();

    /// <summary>Staged policies; ignored by default.</summary>
    public StagedMode Staged { get; init; } = StagedMode.Ignored;

    /// <summary>Traffic from a pod to its own node under Kubernetes policies; allowed by default.</summary>
    public OwnNodeEgress EgressToOwnNode { get; init; } = OwnNodeEgress.Allowed;

    /// <summary>The host's own input rules; accepting by default.</summary>
    public HostInput HostInput { get; init; } = HostInput.Accept;

    /// <summary>Policies with errors, where documents are taken as they were read (<see cref="PolicyEngine.Replace"/>); everything is rejected by default.</summary>
    public InvalidPolicyMode InvalidPolicies { get; init; } = InvalidPolicyMode.Reject;
}
