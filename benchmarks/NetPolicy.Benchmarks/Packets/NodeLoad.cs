namespace NetPolicy.Benchmarks.Packets;

/// <summary>What the first load of a large node costs.</summary>
/// <param name="Compile">Nanoseconds from a snapshot to rules.</param>
/// <param name="Apply">Nanoseconds from rules to a kernel that decides by them.</param>
/// <param name="Memory">Bytes of kernel memory more than before.</param>
/// <param name="Elements">Elements of sets and maps.</param>
/// <param name="Chains">Chains.</param>
public sealed record NodeLoad(double Compile, double Apply, double Memory, int Elements, int Chains);
