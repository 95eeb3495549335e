using NetPolicy.Collections;

namespace NetPolicy.Enforce.Tracing;

/// <summary>A packet's way through one node.</summary>
/// <param name="Node">The node.</param>
/// <param name="Steps">The rules that matched, in order.</param>
/// <param name="Outcome">What became of it there, for people.</param>
/// <param name="Passed">True if it left the node, or reached its process.</param>
public sealed record PacketTraceNode(string Node, EquatableArray<PacketTraceStep> Steps, string Outcome, bool Passed);
