using NetPolicy.Addresses;

namespace NetPolicy.Enforce.Netlink;

/// <summary>A connection that the kernel tracks.</summary>
/// <param name="Source">Where its first packet came from.</param>
/// <param name="Destination">Where its first packet was sent.</param>
/// <param name="ReplySource">Where answers come from: another address than <paramref name="Destination"/> if that was translated.</param>
/// <param name="ReplyDestination">Where answers go.</param>
/// <param name="Protocol">Transport protocol.</param>
/// <param name="SourcePort">Source port; 0 for protocols without.</param>
/// <param name="DestinationPort">Destination port before translation; 0 for protocols without.</param>
/// <param name="Mark">Its mark.</param>
/// <param name="Status">Its status bits.</param>
internal sealed record ConntrackEntry(
    IpAddress Source, IpAddress Destination, IpAddress ReplySource, IpAddress ReplyDestination, byte Protocol, ushort SourcePort, ushort DestinationPort, uint Mark,
    uint Status)
{
    /// <summary>The attributes by which the kernel finds it again.</summary>
    internal byte[] Identity { get; init; } = [];

    /// <summary>True if one of the addresses is an end of it, before or after translation.</summary>
    public bool HasAny(HashSet<IpAddress> addresses) =>
        addresses.Contains(Source) || addresses.Contains(Destination) || addresses.Contains(ReplySource) || addresses.Contains(ReplyDestination);

    /// <summary>True if the address is an end of it, before or after translation.</summary>
    public bool Has(IpAddress address) => Source == address || Destination == address || ReplySource == address || ReplyDestination == address;
}
