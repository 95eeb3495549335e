using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Manifests.Inventory;

namespace NetPolicy.Inventory;

/// <summary>A pod in its node's network: traffic of its is the node's.</summary>
internal sealed record HostNetworkPod(int Index, string Name, string? Node, EquatableArray<IpAddress> Addresses, PodManifest Source);
