namespace NetPolicy.Engine;

/// <summary>Why an end decided as it did.</summary>
public enum DecisionReason : byte
{
    /// <summary>It has no say.</summary>
    NoSay = 0,

    /// <summary>No policy applies to it in this direction, and its profiles allow.</summary>
    NotSelected,

    /// <summary>A rule of a policy matched.</summary>
    Rule,

    /// <summary>Policies apply, no rule of the tier matched, and the tier denies by default.</summary>
    Isolated,

    /// <summary>A rule of a profile matched.</summary>
    ProfileRule,

    /// <summary>No profile of the endpoint allows.</summary>
    NoProfileAllows,

    /// <summary>A profile that the endpoint lists does not exist.</summary>
    MissingProfile,

    /// <summary>The port is a failsafe port of the node.</summary>
    Failsafe,

    /// <summary>The node drops what its own workloads send to it (<c>defaultEndpointToHostAction</c>).</summary>
    EndpointToHost,

    /// <summary>The host's own input rules decide.</summary>
    HostInput,

    /// <summary>A pod reaches itself; no policy is asked.</summary>
    Self,

    /// <summary>A node reaches its own pod; no policy is asked.</summary>
    OwnNode,

    /// <summary>The ends have no address family in common, or the Service has no backend or no such port.</summary>
    Unreachable,
}
