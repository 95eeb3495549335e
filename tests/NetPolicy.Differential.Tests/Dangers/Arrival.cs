namespace NetPolicy.Differential.Tests.Dangers;

/// <summary>A packet that came out of the node.</summary>
/// <param name="At">The pod's name, or the outside interface.</param>
/// <param name="Ip">Its bytes, from the IP header on.</param>
internal sealed record Arrival(string At, byte[] Ip);
