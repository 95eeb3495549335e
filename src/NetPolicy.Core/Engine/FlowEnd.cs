using NetPolicy.Addresses;

namespace NetPolicy.Engine;

/// <summary>What one end of a flow is.</summary>
public enum FlowEndKind : byte
{
    /// <summary>Nothing; such a flow is denied.</summary>
    None = 0,

    /// <summary>An endpoint, by its index in the cluster.</summary>
    Endpoint,

    /// <summary>A node itself, by its index in the cluster.</summary>
    Node,

    /// <summary>An address; a known endpoint or node that has it is meant.</summary>
    Address,

    /// <summary>A Service, by its index in the cluster.</summary>
    Service,

    /// <summary>A pod in its node's network, by its index in the cluster: the node, at the pod's addresses.</summary>
    HostNetworkPod,
}

/// <summary>One end of a flow. Make it with <see cref="Snapshot.TryResolve(string, out FlowEnd, out string?)"/> or the factories here.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Index">Index in the snapshot's cluster; unused for addresses.</param>
/// <param name="Address">The address; of other kinds the one to use, or <c>default</c> for the first that fits.</param>
public readonly record struct FlowEnd(FlowEndKind Kind, int Index, IpAddress Address)
{
    /// <summary>An endpoint.</summary>
    public static FlowEnd OfEndpoint(int index) => new(FlowEndKind.Endpoint, index, default);

    /// <summary>A node.</summary>
    public static FlowEnd OfNode(int index) => new(FlowEndKind.Node, index, default);

    /// <summary>A Service.</summary>
    public static FlowEnd OfService(int index) => new(FlowEndKind.Service, index, default);

    /// <summary>An address.</summary>
    public static FlowEnd OfAddress(IpAddress address) => new(FlowEndKind.Address, -1, address);
}
