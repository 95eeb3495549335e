namespace NetPolicy.Enforce.Observation;

/// <summary>A program of the kernel that sees an interface's packets before the packet filter, and can send them past it.</summary>
/// <param name="Interface">The interface.</param>
/// <param name="Place">Where it hangs: <c>xdp</c>, <c>tc ingress</c>, <c>tc egress</c>, <c>tcx ingress</c>, <c>tcx egress</c> or <c>netkit</c>.</param>
public sealed record PacketProgram(string Interface, string Place);
