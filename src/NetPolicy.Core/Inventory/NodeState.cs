using NetPolicy.Manifests.Inventory;

namespace NetPolicy.Inventory;

/// <summary>What the store knows of a node and who is on it.</summary>
internal sealed class NodeState(string name)
{
    public readonly string Name = name;

    /// <summary>Number of endpoints and pods in its network that name it.</summary>
    public int Uses;
    public NodeManifest? Declared;
    public SlotSet HostEndpoints;
    public SlotSet HostNetworkPods;
    public bool IsListed;

    public bool Exists => Uses > 0 || Declared is not null;
}
