using NetPolicy.Addresses;
using NetPolicy.Ports;

namespace NetPolicy.Enforce.Observation;

/// <summary>A port on which a process of the machine takes connections.</summary>
/// <param name="Protocol">TCP.</param>
/// <param name="Address">The address; all zeros for all of its family.</param>
/// <param name="Port">The port.</param>
/// <param name="Process">The process's name; null if it may not be seen.</param>
public sealed record ListeningPort(Protocol Protocol, IpAddress Address, ushort Port, string? Process);
