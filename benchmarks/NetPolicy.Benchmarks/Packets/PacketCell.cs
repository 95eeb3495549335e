namespace NetPolicy.Benchmarks.Packets;

/// <summary>A kind of packet under a ruleset.</summary>
/// <param name="Rules">The ruleset.</param>
/// <param name="Packet">The kind of packet.</param>
/// <param name="Least">Nanoseconds a packet in the best round.</param>
/// <param name="Median">Nanoseconds a packet in the middle one.</param>
public sealed record PacketCell(string Rules, string Packet, double Least, double Median);
