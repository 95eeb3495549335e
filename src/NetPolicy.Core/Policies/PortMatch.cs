using NetPolicy.Collections;
using NetPolicy.Ports;

namespace NetPolicy.Policies;

/// <summary>Ports by number and by name; any of them matches.</summary>
/// <param name="Numbers">Numeric ports and ranges.</param>
/// <param name="Names">Names, resolved per endpoint at that end (Kubernetes specification §5.4, Calico specification §3.5).</param>
/// <param name="CountsInitContainers">True if ports of init containers count, and of endpoints that are no pods, as in Calico; Kubernetes counts containers and sidecars of pods only.</param>
public sealed record PortMatch(PortSet Numbers, EquatableArray<string> Names, bool CountsInitContainers);
