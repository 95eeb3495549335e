using NetPolicy.Inventory;
using NetPolicy.Policies;

namespace NetPolicy.Engine;

/// <summary>
/// Endpoints that no policy tells apart, addresses aside: the same selectors select them, they have the same named ports and profiles. Replicas share one.
/// Immutable; a class keeps its number when its programs change.
/// </summary>
/// <param name="Id">Dense number; taken again after the class has no member any more.</param>
/// <param name="Matched">Numbers of the selectors that select its members, in ascending order.</param>
/// <param name="Shape">One member's; kind, ports and profiles are all members'.</param>
/// <param name="PortsId">Equal for equal named ports, and never taken again.</param>
/// <param name="Programs">What is asked for its members; null for network sets.</param>
internal sealed record EndpointClass(int Id, int[] Matched, LabelShape Shape, int PortsId, ProgramSet? Programs)
{
    private EndpointProgram? _ingress;
    private EndpointProgram? _egress;

    /// <summary>What is asked for arriving flows in the normal stage.</summary>
    public EndpointProgram Ingress => _ingress ??= Programs!.Of(PolicyStage.Normal, Direction.Ingress);

    /// <summary>What is asked for leaving flows in the normal stage.</summary>
    public EndpointProgram Egress => _egress ??= Programs!.Of(PolicyStage.Normal, Direction.Egress);
}
