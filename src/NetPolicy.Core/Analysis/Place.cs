using NetPolicy.Engine;

namespace NetPolicy.Analysis;

/// <summary>What makes a workload or node behave as it does, its node aside.</summary>
/// <param name="Peer">Number of what rules see of it.</param>
/// <param name="Egress">Its program; null for nodes.</param>
/// <param name="Ingress">Its program; null for nodes.</param>
/// <param name="Services">Number of its places among the backends of Services.</param>
/// <param name="NodeClass">One more than the index of its node, if that node treats its workloads in its own way; else 0.</param>
/// <param name="IsSpecial">True if what passes must be asked of the evaluation.</param>
internal readonly record struct PlaceKey(int Peer, EndpointProgram? Egress, EndpointProgram? Ingress, int Services, int NodeClass, bool IsSpecial)
{
    public bool Equals(PlaceKey other) => Peer == other.Peer && ReferenceEquals(Egress, other.Egress) && ReferenceEquals(Ingress, other.Ingress)
        && Services == other.Services && NodeClass == other.NodeClass && IsSpecial == other.IsSpecial;

    public override int GetHashCode() => HashCode.Combine(
        Peer, System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(Egress), System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(Ingress), Services, NodeClass);
}

/// <summary>Workloads or nodes of one behaviour; on one node, if that makes a difference.</summary>
internal sealed class Place(int id, int baseId, PlaceKey key, Peer peer, int node)
{
    public int Id => id;

    /// <summary>Equal for places that differ in their nodes only.</summary>
    public int Base => baseId;

    public PlaceKey Key => key;

    public Peer Peer => peer;

    /// <summary>The node it is or is on; -1 for workloads on nodes that make no difference.</summary>
    public int Node => node;

    public bool IsNode => key.Egress is null;

    public bool IsSpecial => key.IsSpecial;

    /// <summary>The last pass over a world that met it.</summary>
    public int Pass { get; set; } = -1;

    /// <summary>An end that stands for it in the world that was met last.</summary>
    public FlowEnd End { get; set; }
}
