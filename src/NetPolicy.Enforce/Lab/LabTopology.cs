namespace NetPolicy.Enforce.Lab;

/// <summary>A small cluster as the lab builds it: nodes, the pods on them, what is behind their outside interfaces, and a table of services.</summary>
/// <param name="Nodes">The nodes under test, at least one; each becomes a network namespace that holds a ruleset. Nodes that are not under test are <see cref="LabClient"/>s: mere addresses.</param>
/// <param name="Pods">The pods of those nodes.</param>
/// <param name="Clients">Addresses behind the nodes' outside interfaces: the Internet, and pods and hosts of other nodes.</param>
/// <param name="Services">Destination translations that stand in for kube-proxy, the same on every node.</param>
/// <remarks>Names are compared ordinally. Addresses are carriers of bytes: an IPv4 address in IPv6 clothing is an IPv6 address.</remarks>
public sealed record LabTopology(
    IReadOnlyList<LabNode> Nodes,
    IReadOnlyList<LabPod> Pods,
    IReadOnlyList<LabClient> Clients,
    IReadOnlyList<LabService> Services);
