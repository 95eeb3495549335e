using System.Net;

namespace NetPolicy.Enforce.Lab;

/// <summary>A further outside interface of a node.</summary>
/// <param name="Name">Its name, at most 15 bytes.</param>
/// <param name="Addresses">The node's addresses on it; may be empty.</param>
public sealed record LabInterface(string Name, IReadOnlyList<IPAddress> Addresses);
