namespace NetPolicy.Benchmarks.Packets;

/// <summary>What a change costs, from the engine to a kernel that decides by it.</summary>
/// <param name="Name">What changes.</param>
/// <param name="Median">Nanoseconds until the kernel decides by the new rules, the median.</param>
/// <param name="Late">The same, the 95th of a hundred.</param>
/// <param name="Unproven">The same without comparing what it touches with policy, the median.</param>
/// <param name="Whole">Nanoseconds until connections are marked or reset and what is left is cleaned away, the median.</param>
/// <param name="Limit">Nanoseconds it should take at most, as a median; null for no limit.</param>
public sealed record NodeChange(string Name, double Median, double Late, double Unproven, double Whole, double? Limit);
