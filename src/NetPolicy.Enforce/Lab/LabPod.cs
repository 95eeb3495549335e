using System.Net;

namespace NetPolicy.Enforce.Lab;

/// <summary>A pod of a node under test, joined to it by a veth pair.</summary>
/// <param name="Id">The pod's name, <c>namespace/name</c>, unique.</param>
/// <param name="Node">The <see cref="LabNode.Name"/> it runs on.</param>
/// <param name="Interface">The veth's name on the node's side, for example <c>cali</c> and a hash; at most 15 bytes, unique on the node.</param>
/// <param name="Addresses">The pod's addresses, IPv4, IPv6 or both. One may repeat another pod's only on another node.</param>
/// <param name="Listen">Ports an echo server answers on in a <see cref="SocketLab"/>; the injecting lab needs none.</param>
public sealed record LabPod(
    string Id,
    string Node,
    string Interface,
    IReadOnlyList<IPAddress> Addresses,
    IReadOnlyList<LabPort>? Listen = null);
