using NetPolicy.Addresses;
using NetPolicy.Collections;

namespace NetPolicy.Enforce.Bridges;

/// <summary>A port of a bridge, and who is behind it.</summary>
/// <param name="Name">The port's interface on the node.</param>
/// <param name="Mac">The only link-layer address that sends behind it; the zero value if nobody knows it, and whoever is behind the port stays closed.</param>
/// <param name="Addresses">The addresses behind it. Workloads with other addresses are not behind it, whatever they send.</param>
public sealed record BridgePort(string Name, MacAddress Mac, EquatableArray<IpAddress> Addresses);
