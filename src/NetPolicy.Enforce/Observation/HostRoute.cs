using NetPolicy.Addresses;

namespace NetPolicy.Enforce.Observation;

/// <summary>A route of the machine's main table.</summary>
/// <param name="Destination">The addresses it is for.</param>
/// <param name="Interface">The interface packets leave by; null if the route refuses them.</param>
/// <param name="Metric">Lower wins among routes for the same addresses.</param>
public sealed record HostRoute(IpPrefix Destination, string? Interface, uint Metric);
