using NetPolicy.Enforce.Simulation;

namespace NetPolicy.Enforce.Tests.Simulation;

/// <summary>Packets in any state at any hook, from small pools so that rules are hit.</summary>
internal sealed class RandomPackets(int seed)
{
    private static readonly UInt128[] Addresses4 =
        [.. ((string[])["10.65.0.2", "10.65.0.3", "10.65.0.9", "10.1.0.1", "10.1.0.2", "192.0.2.1", "192.0.2.9", "198.51.100.5", "203.0.113.5", "203.0.113.9", "10.0.0.1", "8.8.8.8"]).Select(PacketAddress.Parse)];

    private static readonly UInt128[] Addresses6 =
        [.. ((string[])["fd00:65::2", "fd00:65::3", "fd00:65::9", "fd00:1::1", "fd00:1::2", "2001:db8:1::1", "2001:db8:ffff::9", "fe80::1", "ff02::1"]).Select(PacketAddress.Parse)];

    private static readonly string[] Interfaces = ["cali-a", "cali-b", "cali-x", "cali00000001", "cali00000002", "eth0", "eth1", "lo"];
    private static readonly ushort[] Ports = [22, 53, 68, 80, 443, 546, 547, 7778, 8080, 8081, 9100, 9200, 30080, 40000];
    private static readonly byte[] Protocols = [6, 6, 6, 17, 17, 132, 1, 58, 47];
    private static readonly byte[] IcmpTypes = [0, 3, 8, 11, 128, 129, 133, 134, 135, 136, 143];
    private static readonly uint[] Marks = [0, 0, 0x01000000, 0x02000000, 0x03000000, 0x5];
    private static readonly uint[] ConnectionMarks = [0, 0, 0x000e0000, 0x000d0000, 0x40000000, 0x400e0080, 0x80];
    private static readonly uint[] Priorities = [0, 0, 0, 1, 2, 5, 7, 8];

    private readonly Random random = new(seed);

    internal (Hook Hook, PacketState State) Next()
    {
        Hook hook = (Hook)random.Next(5);
        bool isV6 = random.Next(3) == 0;
        byte protocol = Pick(Protocols);
        bool isIcmp = protocol is 1 or 58;
        bool hasPorts = protocol is 6 or 17 or 132;
        Packet packet = new()
        {
            Family = isV6 ? PacketFamily.IPv6 : PacketFamily.IPv4,
            Source = Pick(isV6 ? Addresses6 : Addresses4),
            Destination = Pick(isV6 ? Addresses6 : Addresses4),
            Protocol = protocol,
            SourcePort = hasPorts ? Pick(Ports) : null,
            DestinationPort = hasPorts ? Pick(Ports) : null,
            IcmpType = isIcmp ? Pick(IcmpTypes) : null,
            IcmpCode = isIcmp ? (byte)random.Next(2) : null,
            TcpFlags = protocol == 6 ? (byte)(random.Next(2) == 0 ? 2 : 18) : null,
            HopLimit = random.Next(4) == 0 ? (byte)255 : (byte)64,
            Fragment = random.Next(20) == 0 ? (ushort)100 : (ushort)0,
            Mark = Pick(Marks),
            Priority = Pick(Priorities),
        };
        Connection connection = new(ConnectionTuple.Of(packet))
        {
            Mark = Pick(ConnectionMarks),
            Status = (random.Next(2) == 0 ? ConntrackStatus.Confirmed : 0) | (random.Next(4) == 0 ? ConntrackStatus.DestinationNat : 0),
        };
        PacketState state = PacketState.Tracked(packet, (ConntrackState)random.Next(5), (ConntrackDirection)random.Next(2), connection);
        state.InputInterface = hook == Hook.Output ? null : Pick(Interfaces);
        state.OutputInterface = hook is Hook.Prerouting or Hook.Input ? null : Pick(Interfaces);
        return (hook, state);
    }

    private T Pick<T>(T[] pool) => pool[random.Next(pool.Length)];
}
