using NetPolicy.Addresses;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Policies;

namespace NetPolicy.Enforce;

/// <summary>What policy says of a workload at an address, or of a host endpoint in a stage, in a direction, found by walking through its rules one by one.</summary>
internal sealed class PolicySide
{
    private readonly Snapshot _snapshot;
    private readonly bool _isNotKubernetes;

    public PolicySide(Snapshot snapshot, Endpoint endpoint, IpAddress address, Direction direction, PolicyStage stage = PolicyStage.Normal)
    {
        _snapshot = snapshot;
        Endpoint = endpoint;
        Address = address;
        Direction = direction;
        Program = snapshot.ProgramOf(endpoint, stage, direction);
        _isNotKubernetes = snapshot.Options.EgressToOwnNode == OwnNodeEgress.Allowed
            && Program.Tiers.Any(t => t.Policies.Any(p => p.IsEnforced && p.Policy.IsKubernetes));
    }

    public Endpoint Endpoint { get; }

    public IpAddress Address { get; }

    public Direction Direction { get; }

    public EndpointProgram Program { get; }

    /// <summary>What policy says, rule by rule; the own node is always let in, and Kubernetes policies have no say in what goes to it (§7.5).</summary>
    public bool IsAllowed(IpAddress peer, in Packet packet) => Decide(peer, packet) != EndVerdict.Deny;

    /// <summary>The same, and whether a rule allows it or nobody says anything.</summary>
    public EndVerdict Decide(IpAddress peer, in Packet packet)
    {
        bool isOwnNode = Endpoint.IsWorkload && _snapshot.Members.WorkloadsOf(peer).Length == 0
            && Endpoint.Node is { } name && _snapshot.Cluster.FindNode(name) is { } node && node.Addresses.Contains(peer);
        if (isOwnNode && Direction == Direction.Ingress)
        {
            return EndVerdict.None;
        }

        PolicyScope scope = isOwnNode && _isNotKubernetes ? PolicyScope.NotKubernetes : PolicyScope.All;
        PeerFacts own = new(Address, _snapshot.Members.Of(Address)), other = new(peer, _snapshot.Members.Of(peer));
        bool isArriving = Direction == Direction.Ingress;
        PlainWalk walk = default;
        return _snapshot.Judge(Program, Endpoint.Index, Direction, scope, packet, isArriving ? other : own, isArriving ? own : other, ref walk).Verdict;
    }
}
