namespace NetPolicy.Manifests.PolicyApi;

/// <summary>One entry of <c>ports</c>: exactly one field is set (cluster policy specification §2.3).</summary>
public sealed record AdminPolicyPort
{
    /// <summary><c>portNumber</c>.</summary>
    public AdminPortNumber? PortNumber { get; init; }

    /// <summary><c>portRange</c>.</summary>
    public AdminPortRange? PortRange { get; init; }

    /// <summary><c>namedPort</c>: a container port of the destination pod, with that port's protocol.</summary>
    public string? NamedPort { get; init; }
}
