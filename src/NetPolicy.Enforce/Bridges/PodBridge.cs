using NetPolicy.Collections;

namespace NetPolicy.Enforce.Bridges;

/// <summary>
/// A bridge with workloads as its ports, such as <c>cni0</c>. Rules see packets of all its ports come in by the bridge, so that workloads behind it are known by
/// their addresses, and a table of family <c>bridge</c> sees to it that each port sends with its own addresses only.
/// </summary>
/// <param name="Name">The bridge's interface.</param>
/// <param name="Ports">Its ports as far as they are known.</param>
public sealed record PodBridge(string Name, EquatableArray<BridgePort> Ports);
