namespace NetPolicy.Manifests.PolicyApi;

/// <summary>One entry of <c>protocols</c>: exactly one field is set (cluster policy specification §2.4).</summary>
public sealed record ClusterPolicyProtocol
{
    /// <summary><c>tcp</c>.</summary>
    public DestinationPortMatch? Tcp { get; init; }

    /// <summary><c>udp</c>.</summary>
    public DestinationPortMatch? Udp { get; init; }

    /// <summary><c>sctp</c>.</summary>
    public DestinationPortMatch? Sctp { get; init; }

    /// <summary><c>destinationNamedPort</c>: a container port of the destination pod, with that port's protocol.</summary>
    public string? DestinationNamedPort { get; init; }
}
