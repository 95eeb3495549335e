namespace NetPolicy.Manifests.PolicyApi;

/// <summary>The content of <c>tcp</c>, <c>udp</c> or <c>sctp</c>.</summary>
public sealed record DestinationPortMatch
{
    /// <summary><c>destinationPort</c>; absent (<c>tcp: {}</c>) no server admits, and it is evaluated as every port of the protocol.</summary>
    public DestinationPort? DestinationPort { get; init; }
}
