using System.Numerics;
using NetPolicy.Addresses;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Policies;

namespace NetPolicy.Enforce;

/// <summary>A workload at an address in a direction, and its cells by number: they are far too many to be kept.</summary>
internal sealed class TranslationSide
{
    private readonly Snapshot _snapshot;
    private readonly EndpointProgram _program;
    private readonly IpAddress[] _peers;
    private readonly int[] _chosen;
    private readonly TranslationTraffic[] _traffic;
    private readonly bool _isNotKubernetes;

    /// <param name="peers">Peers and traffic.</param>
    /// <param name="endpoint">The workload.</param>
    /// <param name="address">Its address.</param>
    /// <param name="direction">The direction.</param>
    /// <param name="chain">The chain that judges it.</param>
    /// <param name="stride">It is tried towards one peer in so many.</param>
    /// <param name="always">And towards this one.</param>
    /// <param name="isWanted">Peers to try; null for all.</param>
    public TranslationSide(
        TranslationPeers peers, Endpoint endpoint, IpAddress address, Direction direction, string chain, int stride, IpAddress always, Func<IpAddress, bool>? isWanted)
    {
        Endpoint = endpoint;
        Address = address;
        Direction = direction;
        Chain = chain;
        _snapshot = peers.Snapshot;
        _program = _snapshot.ProgramOf(endpoint, PolicyStage.Normal, direction);
        _isNotKubernetes = _snapshot.Options.EgressToOwnNode == OwnNodeEgress.Allowed
            && _program.Tiers.Any(t => t.Policies.Any(p => p.IsEnforced && p.Policy.IsKubernetes));
        _peers = peers.Of(address.Family);
        _chosen =
        [
            .. Enumerable.Range(0, _peers.Length).Where(p =>
                _peers[p] != address && ((p + endpoint.Index) % stride == 0 || _peers[p] == always) && isWanted?.Invoke(_peers[p]) != false),
        ];
        _traffic = _chosen.Length == 0 ? [] : peers.TrafficOf(_program, endpoint, address.Family);
    }

    public Endpoint Endpoint { get; }

    public IpAddress Address { get; }

    public Direction Direction { get; }

    public string Chain { get; }

    /// <summary>How many cells there are.</summary>
    public long Count => (long)_chosen.Length * _traffic.Length;

    /// <summary>A cell.</summary>
    public TranslationCell this[long number] => new(this, _peers[_chosen[number / _traffic.Length]], _traffic[number % _traffic.Length]);

    /// <summary>True if every so-and-so-manieth cell meets all traffic alike.</summary>
    public bool IsSpreadBy(long step) => _traffic.Length == 0 || BigInteger.GreatestCommonDivisor(step, _traffic.Length).IsOne;

    /// <summary>What policy says, rule by rule; the own node is always let in, and Kubernetes policies have no say in what goes to it (§7.5).</summary>
    public bool IsAllowed(IpAddress peer, in Packet packet)
    {
        bool isOwnNode = _snapshot.Members.WorkloadsOf(peer).Length == 0
            && Endpoint.Node is { } name && _snapshot.Cluster.FindNode(name) is { } node && node.Addresses.Contains(peer);
        if (isOwnNode && Direction == Direction.Ingress)
        {
            return true;
        }

        PolicyScope scope = isOwnNode && _isNotKubernetes ? PolicyScope.NotKubernetes : PolicyScope.All;
        PeerFacts own = new(Address, _snapshot.Members.Of(Address)), other = new(peer, _snapshot.Members.Of(peer));
        bool isArriving = Direction == Direction.Ingress;
        PlainWalk walk = default;
        return _snapshot.Judge(_program, Endpoint.Index, Direction, scope, packet, isArriving ? other : own, isArriving ? own : other, ref walk).Verdict != EndVerdict.Deny;
    }
}
