using NetPolicy.Enforce.Simulation;

namespace NetPolicy.Enforce.Tests.Simulation;

/// <summary>Packets as the tests write them.</summary>
internal static class Packets
{
    internal static Packet Tcp(string source, string destination, int port = 80, int sourcePort = 40000, string? input = null) =>
        Make(6, source, destination, port, sourcePort, input);

    internal static Packet Udp(string source, string destination, int port = 53, int sourcePort = 40000, string? input = null) =>
        Make(17, source, destination, port, sourcePort, input);

    internal static Packet Icmp(string source, string destination, byte type, byte code = 0, string? input = null)
    {
        Packet packet = Make(0, source, destination, null, null, input);
        return packet with { Protocol = packet.Family == PacketFamily.IPv4 ? (byte)1 : (byte)58, IcmpType = type, IcmpCode = code };
    }

    internal static PacketState Forwarded(this Packet packet, string input = "eth0", string output = "eth1") =>
        new(packet) { InputInterface = input, OutputInterface = output };

    /// <summary>The answer of the other side, arriving on another interface.</summary>
    internal static Packet Answer(this Packet packet, string? input) => packet with
    {
        Source = packet.Destination,
        Destination = packet.Source,
        SourcePort = packet.DestinationPort,
        DestinationPort = packet.SourcePort,
        InputInterface = input,
    };

    private static Packet Make(byte protocol, string source, string destination, int? port, int? sourcePort, string? input) => new()
    {
        Family = source.Contains(':', StringComparison.Ordinal) ? PacketFamily.IPv6 : PacketFamily.IPv4,
        Source = PacketAddress.Parse(source),
        Destination = PacketAddress.Parse(destination),
        Protocol = protocol,
        SourcePort = (ushort?)sourcePort,
        DestinationPort = (ushort?)port,
        InputInterface = input,
    };
}
