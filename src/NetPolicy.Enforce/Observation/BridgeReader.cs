using System.Buffers.Binary;
using System.Text;
using NetPolicy.Addresses;
using NetPolicy.Enforce.Bridges;
using NetPolicy.Enforce.Lab;

namespace NetPolicy.Enforce.Observation;

/// <summary>
/// Reads who is behind the ports of bridges: of a port that is one end of a pair whose other end is in another namespace, the kernel tells that end's link-layer
/// address and addresses. What a bridge or a neighbour table has learnt is no witness, because anybody may have sent it.
/// </summary>
internal static class BridgeReader
{
    private const ushort GetLink = 18;
    private const ushort GetAddress = 22;
    private const int LinkHeader = 16;
    private const int AddressHeader = 8;
    private const ushort Target = 46;
    private const ushort AddressTarget = 10;
    private const int SolNetlink = 270;
    private const int StrictCheck = 12;

    /// <summary>The bridges in the calling thread's namespace. One that does not exist has no ports.</summary>
    /// <exception cref="LabException">The kernel refused to list interfaces.</exception>
    public static IReadOnlyList<PodBridge> Read(IEnumerable<string> names)
    {
        using RouteSocket socket = new();
        List<Link> links = [.. socket.Dump(GetLink, new byte[LinkHeader]).Select(m => Link.Of(m))];
        Dictionary<int, Inside?> insides = [];
        List<PodBridge> bridges = [];
        foreach (string name in names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            Link? own = links.Find(l => l.Name == name);
            bridges.Add(new PodBridge(
                name,
                [.. links.Where(l => own is not null && l.Master == own.Index).OrderBy(l => l.Name, StringComparer.Ordinal).Select(l => Port(l, own!, insides))]));
        }

        return bridges;
    }

    // Who has the bridge's own link-layer address is the node, and nobody behind a port.
    private static BridgePort Port(Link port, Link bridge, Dictionary<int, Inside?> insides)
    {
        if (port is not { Peer: > 0, PeerNamespace: >= 0 })
        {
            return new BridgePort(port.Name, default, []);
        }

        if (!insides.TryGetValue(port.PeerNamespace, out Inside? inside))
        {
            insides[port.PeerNamespace] = inside = Inside.TryRead(port.PeerNamespace);
        }

        MacAddress mac = inside?.Links.Find(l => l.Index == port.Peer)?.Mac ?? default;
        return new BridgePort(port.Name, mac == bridge.Mac ? default : mac, [.. inside?.Addresses.GetValueOrDefault(port.Peer) ?? []]);
    }

    private static byte[] WithTarget(int headerLength, ushort attribute, int number)
    {
        byte[] body = new byte[headerLength + 8];
        BinaryPrimitives.WriteUInt16LittleEndian(body.AsSpan(headerLength), 8);
        BinaryPrimitives.WriteUInt16LittleEndian(body.AsSpan(headerLength + 2), attribute);
        BinaryPrimitives.WriteInt32LittleEndian(body.AsSpan(headerLength + 4), number);
        return body;
    }

    private sealed record Link(int Index, string Name, int Master, int Peer, int PeerNamespace, MacAddress Mac)
    {
        public static Link Of(RouteMessage message)
        {
            Dictionary<int, ReadOnlyMemory<byte>> attributes = message.Attributes(LinkHeader);
            int Number(int type, int otherwise) =>
                attributes.GetValueOrDefault(type) is { Length: 4 } number ? BinaryPrimitives.ReadInt32LittleEndian(number.Span) : otherwise;
            return new Link(
                BinaryPrimitives.ReadInt32LittleEndian(message.Body.Span[4..]),
                attributes.GetValueOrDefault(3) is { Length: > 0 } name ? Encoding.UTF8.GetString(name.Span).TrimEnd('\0') : "",
                Number(10, 0),
                Number(5, 0),
                Number(37, -1),
                attributes.GetValueOrDefault(1) is { Length: 6 } mac ? MacAddress.FromBytes(mac.Span) : default);
        }
    }

    /// <summary>Interfaces and addresses of another namespace.</summary>
    private sealed record Inside(List<Link> Links, Dictionary<int, List<IpAddress>> Addresses)
    {
        // Null if the kernel does not tell: then nobody is known to be there.
        public static Inside? TryRead(int number)
        {
            try
            {
                using RouteSocket socket = new();

                // Without it the kernel takes no notice of which namespace is asked about.
                socket.SetOption(SolNetlink, StrictCheck, 1, "NETLINK_GET_STRICT_CHK");
                List<Link> links = [.. socket.Dump(GetLink, WithTarget(LinkHeader, Target, number)).Select(m => Link.Of(m))];
                Dictionary<int, List<IpAddress>> addresses = [];
                foreach (RouteMessage message in socket.Dump(GetAddress, WithTarget(AddressHeader, AddressTarget, number)))
                {
                    Dictionary<int, ReadOnlyMemory<byte>> attributes = message.Attributes(AddressHeader);
                    ReadOnlyMemory<byte> own = attributes.GetValueOrDefault(2) is { Length: > 0 } local ? local : attributes.GetValueOrDefault(1);
                    if (attributes.GetValueOrDefault(AddressTarget) is { Length: 4 } answered && BinaryPrimitives.ReadInt32LittleEndian(answered.Span) == number && own.Length is 4 or 16)
                    {
                        int index = BinaryPrimitives.ReadInt32LittleEndian(message.Body.Span[4..]);
                        (addresses.TryGetValue(index, out List<IpAddress>? list) ? list : addresses[index] = []).Add(own.Length == 4
                            ? IpAddress.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(own.Span))
                            : IpAddress.FromIPv6(BinaryPrimitives.ReadUInt128BigEndian(own.Span)));
                    }
                }

                return new Inside(links, addresses);
            }
            catch (LabException)
            {
                return null;
            }
        }
    }
}
