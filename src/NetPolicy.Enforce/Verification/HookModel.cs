using System.Numerics;
using NetPolicy.Addresses;
using NetPolicy.Enforce.Bridges;
using NetPolicy.Enforce.Rules;
using NetPolicy.Enforce.Simulation;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Manifests.Calico;
using NetPolicy.Policies;
using NetPolicy.Ports;

namespace NetPolicy.Enforce;

/// <summary>
/// What rules of a node's hooks have to do with a packet, by the inventory and the engine's walk through policies (Calico specification §7). It knows of the rules
/// only which chain is said to judge whom.
/// </summary>
internal sealed partial class HookModel
{
    private const byte HopLimitOfNeighbours = 255;
    private const byte RouterAdvert = 134;

    // MLD, router solicitations, neighbour solicitations and advertisements: IPv6 does not work without.
    private static readonly byte[] s_neighbours = [130, 131, 132, 133, 135, 136, 143];
    private static readonly IpPrefix s_linkLocal = IpPrefix.Parse("fe80::/10");

    private readonly Snapshot _snapshot;
    private readonly EnforcementOptions _options;
    private readonly EpochPair _epochs;
    private readonly Node? _node;
    private readonly HostInterfaces? _interfaces;
    private readonly int _star;
    private readonly HashSet<string> _listed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Endpoint> _routed = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Bridge, IpAddress Address), Endpoint> _bridged = [];
    private readonly HashSet<string> _bridges;
    private readonly HashSet<string> _closed = new(StringComparer.Ordinal);
    private readonly HashSet<IpAddress> _owned = [];
    private readonly HashSet<(PolicyStage, Direction)> _stages = [];
    private readonly Dictionary<(int, PolicyStage, Direction), string> _hostChains = [];
    private readonly Dictionary<(Endpoint, IpAddress, Direction), PolicySide> _sides = [];
    private readonly Dispatch _dispatch;

    /// <param name="snapshot">What decides.</param>
    /// <param name="ruleset">Whose chains are named.</param>
    /// <param name="dispatch">Where it leads packets of workloads.</param>
    /// <param name="epochs">What connections are marked with.</param>
    public HookModel(Snapshot snapshot, CompiledRuleset ruleset, Dispatch dispatch, EpochPair epochs)
    {
        _snapshot = snapshot;
        _options = ruleset.Options;
        _epochs = epochs;
        _dispatch = dispatch;
        _node = snapshot.Cluster.FindNode(ruleset.Node);
        _interfaces = _node is null ? null : snapshot.InterfacesOf(_node);
        _star = _interfaces?.Star ?? -1;
        _bridges = [.. _options.Bridges.AsEnumerable().Select(b => b.Name)];
        CollectWorkloads(ruleset.Node);
        foreach (string? name in _node?.Interfaces.Select(i => i.Name) ?? [])
        {
            if (name is not null && InterfaceNames.IsSafe(name))
            {
                _listed.Add(name);
            }
        }

        foreach (EndpointClass @class in ruleset.Classes.Where(c => !c.Members[0].IsWorkload))
        {
            _hostChains[(@class.Members[0].Index, @class.Stage, @class.Direction)] = @class.Chain;
        }

        CollectStages();
    }

    /// <summary>Interfaces of the node that are listed, and no workload's.</summary>
    public IEnumerable<string> HostInterfaces => _listed.Where(n => n != "lo" && !IsWorkloads(n)).Order(StringComparer.Ordinal);

    /// <summary>Workloads of the node: interface, address, who has it.</summary>
    public IEnumerable<(string Interface, IpAddress Address, Endpoint Endpoint)> Workloads =>
        _routed.SelectMany(r => r.Value.Addresses.Select(a => (r.Key, a, r.Value))).Concat(_bridged.Select(b => (b.Key.Bridge, b.Key.Address, b.Value)));

    /// <summary>Interfaces of workloads without addresses.</summary>
    public IEnumerable<string> ClosedInterfaces => _closed.Order(StringComparer.Ordinal);

    /// <summary>The node; null if nobody knows it.</summary>
    public Node? Node => _node;

    /// <summary>True if a stage is judged somewhere on the node.</summary>
    public bool Has(PolicyStage stage, Direction direction) => _stages.Contains((stage, direction));

    /// <summary>The host endpoint that judges an interface in a stage; -1 for none.</summary>
    public int JudgeOf(string name, PolicyStage stage, Direction direction)
    {
        int own = OwnOf(name);
        int judge = stage switch
        {
            PolicyStage.Untracked => own,
            PolicyStage.PreDnat => own >= 0 && HasPolicies(own, stage, direction) ? own : _star,
            PolicyStage.Forward => own >= 0 ? own : _star,
            PolicyStage.Normal => IsWorkloads(name) ? -1 : own >= 0 ? own : _star,
            _ => throw new InvalidOperationException($"unknown stage {stage}"),
        };
        return judge >= 0 && (stage == PolicyStage.Normal || HasPolicies(judge, stage, direction)) ? judge : -1;
    }

    /// <summary>True if a workload's interface has the name, known or not.</summary>
    public bool IsWorkloads(string name) => IsKnown(name) || name.StartsWith(_options.WorkloadInterfacePrefix, StringComparison.Ordinal);

    /// <summary>True if an address is in the node's pod ranges and nobody has it.</summary>
    public bool IsUnknownPod(IpAddress address)
    {
        if (_node is null || _owned.Contains(address))
        {
            return false;
        }

        foreach (IpPrefix range in _node.PodRanges)
        {
            if (range.Contains(address))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What has to become of a packet; null where nothing is asked for.</summary>
    public HookAnswer? Of(in HookPacket packet)
    {
        HookAnswer answer = new() { Mark = packet.Mark, ConnectionMark = packet.ConnectionMark, Priority = packet.Priority };
        return packet.Stage switch
        {
            HookStage.RawIn => Raw(answer, packet, Direction.Ingress),
            HookStage.RawOut => Raw(answer, packet, Direction.Egress),
            HookStage.Before => Before(answer, packet),
            HookStage.Input => Input(answer, packet),
            HookStage.Forward => Forward(answer, packet),
            HookStage.Output => Output(answer, packet),
            HookStage.Postrouting => Postrouting(answer, packet),
            _ => throw new InvalidOperationException($"unknown stage {packet.Stage}"),
        };
    }

    /// <summary>What a class of a host endpoint has to do with a packet that comes to its chain: false to drop it.</summary>
    public bool IsAllowed(Endpoint host, PolicyStage stage, in HookPacket packet, Direction direction) => Decide(host.Index, stage, direction, packet) != EndVerdict.Deny;

    private void CollectWorkloads(string node)
    {
        Endpoint[] local = [.. _snapshot.Cluster.Endpoints.Where(e => e.IsWorkload && e.Kind != EndpointKind.Workload && e.Node == node)];
        Dictionary<Endpoint, BridgedWorkload> bridged = BridgedWorkload.Find(local, _options.Bridges);
        foreach (Endpoint endpoint in local)
        {
            if (bridged.TryGetValue(endpoint, out BridgedWorkload? behind))
            {
                foreach (IpAddress address in behind.Addresses)
                {
                    _bridged[(behind.Bridge.Name, address)] = endpoint;
                }

                continue;
            }

            // Of two on one interface the first has it.
            string name = InterfaceNames.Of(endpoint, _options.WorkloadInterfacePrefix);
            if (!InterfaceNames.IsSafe(name))
            {
                continue;
            }

            if (endpoint.Addresses.IsEmpty)
            {
                _closed.Add(name);
            }
            else
            {
                _routed.TryAdd(name, endpoint);
            }
        }

        _closed.ExceptWith(_routed.Keys);
        IpPrefix[] ranges = [.. _node?.PodRanges ?? default];
        if (ranges.Length > 0)
        {
            foreach (IpAddress address in _snapshot.Cluster.Endpoints.SelectMany(e => e.Addresses).Concat(_snapshot.Cluster.Nodes.SelectMany(n => n.Addresses)))
            {
                if (Array.Exists(ranges, r => r.Contains(address)))
                {
                    _owned.Add(address);
                }
            }
        }
    }

    private void CollectStages()
    {
        if (_interfaces is null)
        {
            return;
        }

        HashSet<int> own = [.. _listed.Where(n => !IsWorkloads(n)).Append("lo").Append("").Select(_interfaces.OwnOf).Where(o => o >= 0)];
        foreach (PolicyStage stage in Enum.GetValues<PolicyStage>())
        {
            foreach (Direction direction in (ReadOnlySpan<Direction>)[Direction.Ingress, Direction.Egress])
            {
                bool isStars = stage != PolicyStage.Untracked && _star >= 0 && (stage == PolicyStage.Normal || HasPolicies(_star, stage, direction));
                if (isStars || own.Any(o => stage == PolicyStage.Normal || HasPolicies(o, stage, direction)))
                {
                    _stages.Add((stage, direction));
                }
            }
        }
    }

    private bool HasPolicies(int endpoint, PolicyStage stage, Direction direction) => _snapshot.ProgramOf(endpoint, stage, direction).HasEnforcedPolicies;

    private bool IsKnown(string? name) => name is not null && (_routed.ContainsKey(name) || _bridges.Contains(name) || _closed.Contains(name));

    private bool HasPrefix(string? name) => name?.StartsWith(_options.WorkloadInterfacePrefix, StringComparison.Ordinal) == true;

    // §7.2: interfaces of workloads never are a host endpoint's own.
    private int OwnOf(string name) => _interfaces is null || IsWorkloads(name) ? -1 : _interfaces.OwnOf(name);

    private bool IsClosed => _options.UnknownPods == UnknownPods.Closed;

    private bool UsesMarks => _options.ConnectionMarkMask != 0;

    private bool PolicesLoopback => _interfaces is not null && (_star >= 0 || _interfaces.OwnOf("lo") >= 0);

    // What a workload sends. False if it is dropped. Open: nobody known, left alone.
    private bool Leaves(HookAnswer answer, in HookPacket packet, out bool isMet, out bool isOpen)
    {
        (isMet, isOpen) = (false, false);
        string name = packet.In!;
        if (WorkloadAt(name, packet.Source) is { } sender)
        {
            isMet = true;
            return Workload(answer, packet, sender, name, packet.Source, packet.Destination, Direction.Egress);
        }

        bool isBridge = _bridges.Contains(name);
        if (isBridge && !IsClosed)
        {
            isOpen = true;
            return true;
        }

        if (IsKnown(name) && !isBridge)
        {
            answer.IsAccepted = false;
            return false;
        }

        if (isBridge || (IsClosed && (HasPrefix(name) || IsUnknownPod(packet.Source))))
        {
            Deny(answer, packet);
            return false;
        }

        return true;
    }

    private bool Arrives(HookAnswer answer, in HookPacket packet, out bool isMet)
    {
        string name = packet.Out!;
        isMet = false;
        if (_routed.TryGetValue(name, out Endpoint? endpoint))
        {
            isMet = true;
            return Workload(answer, packet, endpoint, name, packet.Destination, packet.Source, Direction.Ingress);
        }

        if (_bridges.Contains(name))
        {
            if (_bridged.TryGetValue((name, packet.Destination), out Endpoint? behind))
            {
                isMet = true;
                return Workload(answer, packet, behind, name, packet.Destination, packet.Source, Direction.Ingress);
            }

            if (!IsClosed)
            {
                return true;
            }
        }

        if (_closed.Contains(name) || (IsClosed && (_bridges.Contains(name) || HasPrefix(name) || IsUnknownPod(packet.Destination))))
        {
            Deny(answer, packet);
            return false;
        }

        return true;
    }

    private bool Workload(HookAnswer answer, in HookPacket packet, Endpoint endpoint, string name, IpAddress own, IpAddress peer, Direction direction)
    {
        string chain = _dispatch.ChainOf(name, own, direction) ?? $"the chain of {endpoint.Name}";
        if (chain != Compilation.ChainNames.Ok)
        {
            answer.Chains.Add(chain);
        }

        answer.Judge = endpoint.Name;
        if (!_sides.TryGetValue((endpoint, own, direction), out PolicySide? side))
        {
            _sides[(endpoint, own, direction)] = side = new PolicySide(_snapshot, endpoint, own, direction);
        }

        if (!side.IsAllowed(peer, packet.ToPacket()))
        {
            Deny(answer, packet);
            return false;
        }

        return true;
    }

    private Endpoint? WorkloadAt(string name, IpAddress address) =>
        _routed.TryGetValue(name, out Endpoint? endpoint) && endpoint.Addresses.Contains(address) ? endpoint : _bridged.GetValueOrDefault((name, address));

    private void Meet(HookAnswer answer, int judge, PolicyStage stage, Direction direction)
    {
        answer.Judge = _snapshot.Cluster.SelectableAt(judge).Name;
        answer.Chains.Add(_hostChains.GetValueOrDefault((judge, stage, direction)) ?? $"the chain of {answer.Judge}");
    }

    private EndVerdict Decide(int judge, PolicyStage stage, Direction direction, in HookPacket packet) =>
        Decide(_snapshot.ProgramOf(judge, stage, direction), judge, direction, PolicyScope.All, packet);

    private EndVerdict Decide(EndpointProgram program, int judge, Direction direction, PolicyScope scope, in HookPacket packet)
    {
        PlainWalk walk = default;
        PeerFacts source = new(packet.Source, _snapshot.Members.Of(packet.Source)), destination = new(packet.Destination, _snapshot.Members.Of(packet.Destination));
        return _snapshot.Judge(program, judge, direction, scope, packet.ToPacket(), source, destination, ref walk).Verdict;
    }

    // Errors belong to their connection; other related packets are connections of their own, and judged.
    private bool IsRelated(HookAnswer answer, in HookPacket packet, out bool isJudged)
    {
        isJudged = packet.State == ConntrackState.Related;
        if (!isJudged || !packet.Traffic.Protocol.IsIcmp)
        {
            return false;
        }

        answer.IsAccepted = !IsCondemned(packet);
        return true;
    }

    // Of those that the stack gives and sockets ask for.
    private static uint KeptPriority(in HookPacket packet) => packet.Priority <= 7 ? packet.Priority : 0;

    // What has been accepted under the rules that hold is not judged again; answers are decided by what they answer to.
    private bool IsSettled(HookAnswer answer, in HookPacket packet)
    {
        if (!packet.IsTracked)
        {
            return false;
        }

        if (!UsesMarks)
        {
            return packet.State == ConntrackState.Established;
        }

        if (_epochs.Current > 0 && (packet.ConnectionMark & _options.ConnectionMarkMask) == MarkOf(_epochs.Current))
        {
            return true;
        }

        if (packet.Direction == ConntrackDirection.Reply)
        {
            answer.IsAccepted = !IsCondemned(packet);
            return true;
        }

        return false;
    }

    private bool IsCondemned(in HookPacket packet) => UsesMarks && (packet.ConnectionMark & _options.DenyBit) != 0;

    private uint MarkOf(int epoch) => (uint)epoch << BitOperations.TrailingZeroCount(_options.ConnectionMarkMask);

    // §7.1; and what the stage before translation let pass just before another epoch began.
    private bool IsAcceptedEarlier(in HookPacket packet, out bool isPrevious)
    {
        isPrevious = false;
        bool hasBefore = Has(PolicyStage.PreDnat, Direction.Ingress);
        if ((hasBefore || Has(PolicyStage.Untracked, Direction.Ingress)) && (packet.Mark & _options.AcceptedMark) != 0)
        {
            return true;
        }

        isPrevious = hasBefore && (packet.Mark & _options.SeenMark) == 0 && UsesMarks && _epochs.Previous > 0 && packet.IsTracked
            && (packet.ConnectionMark & _options.ConnectionMarkMask) == MarkOf(_epochs.Previous);
        return isPrevious;
    }

    private HookAnswer Accept(HookAnswer answer, in HookPacket packet, bool isMet)
    {
        if (isMet && UsesMarks && packet.IsTracked)
        {
            answer.ConnectionMark = (packet.ConnectionMark & ~_options.ConnectionMarkMask) | MarkOf(_epochs.Current);
        }

        return answer;
    }

    private HookAnswer Deny(HookAnswer answer, in HookPacket packet)
    {
        answer.IsAccepted = false;
        if (UsesMarks && packet.IsConfirmed && packet.Direction == ConntrackDirection.Original && packet.State is ConntrackState.New or ConntrackState.Established)
        {
            answer.ConnectionMark = (packet.ConnectionMark & ~_options.ConnectionMarkMask) | _options.DenyBit;
        }

        return answer;
    }

    private bool IsKept(in TranslationTraffic traffic, int port, bool isInbound, IpAddress remote)
    {
        if (_node is null || traffic.Port < 0)
        {
            return false;
        }

        foreach (Failsafe failsafe in isInbound ? _node.FailsafeInbound : _node.FailsafeOutbound)
        {
            if (failsafe.Covers(traffic.Protocol, (ushort)port, remote))
            {
                return true;
            }
        }

        return false;
    }

    // A host keeps its address: what DHCPv6 servers answer from their link, and what is asked of them.
    private static bool IsLease(in HookPacket packet, bool isArriving) =>
        packet.Source.Family == IpFamily.IPv6 && packet.Traffic.Protocol == Protocol.Udp && (isArriving
            ? packet.Traffic is { SourcePort: 547, Port: 546 } && s_linkLocal.Contains(packet.Source)
            : packet.Traffic is { SourcePort: 546, Port: 547 });

    private static bool IsNeighbours(in HookPacket packet, bool withAdverts) =>
        packet.Source.Family == IpFamily.IPv6 && packet.Traffic.Protocol == Protocol.IcmpV6
        && ((packet.Traffic.Type is >= 0 and <= byte.MaxValue && s_neighbours.AsSpan().Contains((byte)packet.Traffic.Type)) || (withAdverts && packet.Traffic.Type == RouterAdvert));

    private static bool IsAdvert(in HookPacket packet) =>
        packet.Source.Family == IpFamily.IPv6 && packet.Traffic.Protocol == Protocol.IcmpV6 && packet.Traffic.Type == RouterAdvert
        && packet.HopLimit == HopLimitOfNeighbours && s_linkLocal.Contains(packet.Source);
}
