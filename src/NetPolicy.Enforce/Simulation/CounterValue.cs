namespace NetPolicy.Enforce.Simulation;

/// <summary>What a counter holds.</summary>
/// <param name="Packets">Packets, the initial value of the text included.</param>
/// <param name="Bytes">Bytes, by <see cref="Packet.Length"/>, the initial value included.</param>
public readonly record struct CounterValue(long Packets, long Bytes);
