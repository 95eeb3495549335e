using System.Net;

namespace NetPolicy.Enforce.Lab;

/// <summary>One translation of a destination, done at priority -100 in prerouting and output. Sources are left as they are.</summary>
/// <param name="FrontAddress">The address clients use; <see langword="null"/> for a NodePort: every address the node has of the backend's family.</param>
/// <param name="Protocol">IP protocol number of a protocol with ports: 6, 17 or 132.</param>
/// <param name="Port">The port clients use.</param>
/// <param name="BackendAddress">Where it is sent, of the same family.</param>
/// <param name="BackendPort">The port there.</param>
/// <remarks>Services with the same front share its connections in turn, in the order given.</remarks>
public sealed record LabService(IPAddress? FrontAddress, byte Protocol, ushort Port, IPAddress BackendAddress, ushort BackendPort)
{
    /// <summary>The only node that translates; <see langword="null"/>, the default, for every node.</summary>
    public string? Node { get; init; }

    /// <summary>Whose packets are translated; default everyone's.</summary>
    public LabServiceScope Scope { get; init; }
}
