using System.Net;

namespace NetPolicy.Enforce.Lab;

/// <summary>Something behind the nodes' outside interfaces: an Internet host, or a pod or host of a node that is not under test.</summary>
/// <param name="Id">Its name, unique among clients.</param>
/// <param name="Addresses">Its addresses; a probe uses the first of the destination's family.</param>
/// <param name="Interface">Name of the nodes' interface it is behind; <see langword="null"/>, or a name a node lacks, means that node's <see cref="LabNode.Interface"/>.</param>
public sealed record LabClient(string Id, IReadOnlyList<IPAddress> Addresses, string? Interface = null);
