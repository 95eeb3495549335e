namespace NetPolicy.Enforce.Simulation;

/// <summary>
/// One direction of a connection as connection tracking keys it. For ICMP the source port is the echo identifier and the
/// destination port is the type and code, as in the kernel.
/// </summary>
public readonly record struct ConnectionTuple(
    PacketFamily Family, byte Protocol, UInt128 Source, ushort SourcePort, UInt128 Destination, ushort DestinationPort)
{
    private static readonly (byte From, byte To)[] Icmp4Pairs = [(8, 0), (13, 14), (15, 16), (17, 18)];
    private static readonly (byte From, byte To)[] Icmp6Pairs = [(128, 129), (139, 140)];

    /// <summary>The tuple that <paramref name="state"/>'s packet belongs to.</summary>
    public static ConnectionTuple Of(PacketState state)
    {
        Packet packet = state.Packet;
        return packet.IcmpType is { } type
            ? new(packet.Family, packet.Protocol, state.Source, packet.IcmpId, state.Destination, IcmpPort(type, packet.IcmpCode ?? 0))
            : new(packet.Family, packet.Protocol, state.Source, state.SourcePort ?? 0, state.Destination, state.DestinationPort ?? 0);
    }

    /// <summary>The tuple of a packet before anything has translated it.</summary>
    public static ConnectionTuple Of(Packet packet) => Of(new PacketState(packet));

    /// <summary>The tuple of the answer.</summary>
    public ConnectionTuple Inverted() => IsIcmp
        ? this with { Source = Destination, Destination = Source, DestinationPort = InvertIcmp() }
        : this with { Source = Destination, SourcePort = DestinationPort, Destination = Source, DestinationPort = SourcePort };

    /// <summary>Whether ports name an ICMP identifier and type.</summary>
    public bool IsIcmp => Protocol == (Family == PacketFamily.IPv4 ? 1 : 58);

    /// <summary>Whether an ICMP packet of this type may open a connection (echo, timestamp, ... requests).</summary>
    internal static bool OpensIcmp(PacketFamily family, byte type)
    {
        foreach ((byte from, byte _) in family == PacketFamily.IPv4 ? Icmp4Pairs : Icmp6Pairs)
        {
            if (from == type)
            {
                return true;
            }
        }

        return false;
    }

    private static ushort IcmpPort(byte type, byte code) => (ushort)((type << 8) | code);

    private ushort InvertIcmp()
    {
        byte type = (byte)(DestinationPort >> 8);
        foreach ((byte from, byte to) in Family == PacketFamily.IPv4 ? Icmp4Pairs : Icmp6Pairs)
        {
            if (type == from)
            {
                return IcmpPort(to, (byte)DestinationPort);
            }

            if (type == to)
            {
                return IcmpPort(from, (byte)DestinationPort);
            }
        }

        return DestinationPort;
    }
}
