using NetPolicy.Addresses;
using NetPolicy.Collections;

namespace NetPolicy.Enforce.Observation;

/// <summary>An interface of the machine, as the kernel lists it.</summary>
/// <param name="Index">The kernel's number of it.</param>
/// <param name="Name">Its name.</param>
/// <param name="Kind">The driver's kind, such as <c>veth</c> or <c>bridge</c>; empty for hardware and loopback.</param>
/// <param name="IsUp">True if it is switched on.</param>
/// <param name="Master">Name of the bridge or bond it belongs to; null for none.</param>
/// <param name="HasXdp">True if a program sees its packets before the stack does.</param>
/// <param name="Addresses">Its addresses, in the kernel's order.</param>
public sealed record HostInterface(int Index, string Name, string Kind, bool IsUp, string? Master, bool HasXdp, EquatableArray<IpAddress> Addresses);
