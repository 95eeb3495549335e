using System.Net;

namespace NetPolicy.Enforce.Lab;

/// <summary>Where a packet was seen, and what its destination was by then.</summary>
/// <param name="Kind">Pod, host, outside, or nowhere.</param>
/// <param name="Name">The pod's id; the node's name; outside, the client's id, or the address in text if no client has it. Empty for nowhere.</param>
/// <param name="Address">The destination after translation; <see langword="null"/> where the lab cannot see it (inside a node).</param>
/// <param name="Port">The destination port after translation; <see langword="null"/> where there is none or it cannot be seen.</param>
public readonly record struct LabPlace(LabPlaceKind Kind, string Name, IPAddress? Address = null, ushort? Port = null)
{
    /// <summary>Nowhere.</summary>
    public static LabPlace Nowhere { get; } = new(LabPlaceKind.None, "");
}
