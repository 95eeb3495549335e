using System.Net;

namespace NetPolicy.Enforce.Lab;

/// <summary>One translation of a destination, done on every node at priority -100 in prerouting and output. Sources are left as they are.</summary>
/// <param name="FrontAddress">The address clients use; <see langword="null"/> for a NodePort: every address the node has of the backend's family.</param>
/// <param name="Protocol">IP protocol number of a protocol with ports: 6, 17 or 132.</param>
/// <param name="Port">The port clients use.</param>
/// <param name="BackendAddress">Where it is sent, of the same family.</param>
/// <param name="BackendPort">The port there.</param>
/// <remarks>Services with the same front share its connections in turn, in the order given.</remarks>
public sealed record LabService(IPAddress? FrontAddress, byte Protocol, ushort Port, IPAddress BackendAddress, ushort BackendPort);
