using NetPolicy.Collections;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Policies;
using NetPolicy.Ports;

namespace NetPolicy.Enforce.Compilation;

/// <summary>What one end's conditions say of one address: whether it matches, and which ports names and Services stand for there.</summary>
/// <param name="Matches">False if the address does not match, whatever the port.</param>
/// <param name="Ports">Ports that the names stand for.</param>
/// <param name="NotPorts">Ports that the excluded names stand for.</param>
/// <param name="Backends">Ports on which it is a backend of the Service.</param>
internal sealed record EndView(
    bool Matches, EquatableArray<NumberedPort> Ports, EquatableArray<NumberedPort> NotPorts, EquatableArray<NumberedPort> Backends);

/// <summary>A port of a protocol.</summary>
internal readonly record struct NumberedPort(Protocol Protocol, ushort Number);

/// <summary>An end's conditions, told apart by content, with the views addresses have of it.</summary>
internal sealed class EndConditions
{
    private static readonly EndView Outside = new(false, default, default, default);

    private readonly CompiledRule _address;
    private readonly RuleMatcher _matcher;
    private readonly Snapshot _snapshot;
    private readonly Dictionary<EndView, int> _ids = [];
    private readonly List<EndView> _views = [];

    public EndConditions(CompiledEnd end, Snapshot snapshot, Rule anyRule)
    {
        End = end;
        _matcher = new RuleMatcher(snapshot);
        _snapshot = snapshot;
        CompiledEnd address = new() { Nets = end.Nets, NotNets = end.NotNets, Selected = end.Selected, NotSelected = end.NotSelected };
        _address = new CompiledRule(anyRule, [new CompiledMatch(RuleMatch.Everything, address, new CompiledEnd())]);
        IsAnyAddress = end.Nets is null && end.NotNets is null && end.Selected is null && end.NotSelected is null && end.Service is null
            && end.Ports is not { Names.IsEmpty: false } && end.NotPorts is not { Names.IsEmpty: false };
    }

    public CompiledEnd End { get; }

    /// <summary>True if all addresses have the same view of it.</summary>
    public bool IsAnyAddress { get; }

    public EndView this[int view] => _views[view];

    /// <summary>The number of the view that an address has.</summary>
    public int ViewOf(in PeerFacts facts)
    {
        EndView view = See(facts);
        if (!_ids.TryGetValue(view, out int id))
        {
            _ids[view] = id = _views.Count;
            _views.Add(view);
        }

        return id;
    }

    private EndView See(in PeerFacts facts)
    {
        Packet packet = new(facts.Address.Family, Protocol.Tcp, -1, -1, -1, -1, null, null);
        if (!_matcher.Matches(_address, packet, facts, default))
        {
            return Outside;
        }

        EquatableArray<NumberedPort> backends = default;
        if (End.Service is { } service)
        {
            backends = Backends(service, End.IsDestination, facts);
            if (backends.IsEmpty)
            {
                return Outside;
            }
        }

        return new EndView(true, Resolve(End.Ports, facts), Resolve(End.NotPorts, facts), backends);
    }

    // Members without a port count as sources only.
    private static EquatableArray<NumberedPort> Backends(SliceBackend[] service, bool isDestination, in PeerFacts facts)
    {
        SortedSet<(byte, ushort)> ports = [];
        foreach (SliceBackend backend in service)
        {
            bool isMember = backend.Endpoint >= 0 ? facts.Members.Contains(backend.Endpoint) : backend.Address != default && backend.Address == facts.Address;
            if (isMember && (backend.Port != 0 || !isDestination))
            {
                ports.Add((backend.Protocol.Number, backend.Port));
            }
        }

        return [.. ports.Select(p => new NumberedPort(new Protocol(p.Item1), p.Item2))];
    }

    private EquatableArray<NumberedPort> Resolve(PortMatch? match, in PeerFacts facts)
    {
        if (match is not { Names.IsEmpty: false })
        {
            return default;
        }

        SortedSet<(byte, ushort)> ports = [];
        foreach (int member in facts.Members)
        {
            if (End.Selected is not { } selected || _snapshot.Selects(selected, member))
            {
                LabelShape endpoint = _snapshot.ClassOf(member).Shape;
                foreach (NamedPort port in endpoint.Ports)
                {
                    if ((match.CountsInitContainers || (endpoint.IsPod && !port.OfInitContainer)) && match.Names.Contains(port.Name))
                    {
                        ports.Add((port.Protocol.Number, port.Number));
                    }
                }
            }
        }

        return [.. ports.Select(p => new NumberedPort(new Protocol(p.Item1), p.Item2))];
    }
}

/// <summary>All conditions on ends that the node's programs have, each once.</summary>
internal sealed class EndConditionsTable(Snapshot snapshot)
{
    private readonly Dictionary<CompiledEnd, EndConditions> _conditions = new(ByContent.Instance);
    private readonly List<EndConditions> _all = [];

    public IReadOnlyList<EndConditions> All => _all;

    public EndConditions Of(CompiledEnd end, Rule anyRule)
    {
        if (!_conditions.TryGetValue(end, out EndConditions? conditions))
        {
            _conditions[end] = conditions = new EndConditions(end, snapshot, anyRule);
            _all.Add(conditions);
        }

        return conditions;
    }

    // Numeric ports are part of the key although views do not depend on them: End is used for them.
    private sealed class ByContent : IEqualityComparer<CompiledEnd>
    {
        public static readonly ByContent Instance = new();

        public bool Equals(CompiledEnd? x, CompiledEnd? y) =>
            x is not null && y is not null && x.IsDestination == y.IsDestination && Same(x.Nets, y.Nets) && Same(x.NotNets, y.NotNets)
            && ReferenceEquals(x.Selected, y.Selected) && ReferenceEquals(x.NotSelected, y.NotSelected) && Same(x.Service, y.Service)
            && x.Ports == y.Ports && x.NotPorts == y.NotPorts;

        public int GetHashCode(CompiledEnd end)
        {
            HashCode hash = default;
            foreach (Addresses.IpPrefix net in end.Nets ?? [])
            {
                hash.Add(net);
            }

            hash.Add(end.Selected?.Id);
            hash.Add(end.Ports);
            return hash.ToHashCode();
        }

        private static bool Same<T>(T[]? left, T[]? right) =>
            left is null ? right is null : right is not null && left.AsSpan().SequenceEqual(right);
    }
}
