namespace NetPolicy.Enforce.Tests.Bridges;

/// <summary>A frame from one port to another, and whether it may pass by what a pod may say and by the lab's policies.</summary>
/// <param name="From">The sender.</param>
/// <param name="To">Who is behind the port that the bridge leads it to.</param>
/// <param name="What">In words.</param>
/// <param name="Bytes">The frame.</param>
/// <param name="MayPass">What is expected.</param>
internal sealed record FrameCase(string From, string To, string What, byte[] Bytes, bool MayPass);
