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

    private CompiledRule _address = null!;
    private RuleMatcher _matcher;
    private Snapshot _snapshot = null!;
    private readonly Dictionary<EndView, int> _ids = [];
    private readonly List<EndView> _views = [];

    public EndConditions(CompiledEnd end, Key content, Snapshot snapshot, Rule anyRule)
    {
        Content = content;
        Follow(end, snapshot, anyRule);
        IsAnyAddress = end.Nets is null && end.NotNets is null && end.Selected is null && end.NotSelected is null && end.Service is null
            && end.Ports is not { Names.IsEmpty: false } && end.NotPorts is not { Names.IsEmpty: false };
    }

    /// <summary>One of the ends it stands for: they differ in numeric ports at most, on which no view depends.</summary>
    public CompiledEnd End { get; private set; } = null!;

    /// <summary>What it asks for.</summary>
    public Key Content { get; }

    /// <summary>True if all addresses have the same view of it.</summary>
    public bool IsAnyAddress { get; }

    public EndView this[int view] => _views[view];

    /// <summary>The conditions that it was last among.</summary>
    public EndConditionsTable? Table { get; set; }

    /// <summary>Asks a snapshot from now on, by one of its own ends of equal content: numbers of selectors are the snapshot's.</summary>
    public void Follow(CompiledEnd end, Snapshot snapshot, Rule anyRule)
    {
        End = end;
        _matcher = new RuleMatcher(snapshot);
        _snapshot = snapshot;
        CompiledEnd address = new() { Nets = end.Nets, NotNets = end.NotNets, Selected = end.Selected, NotSelected = end.NotSelected };
        _address = new CompiledRule(anyRule, [new CompiledMatch(RuleMatch.Everything, address, new CompiledEnd())]);
    }

    /// <summary>Asks a snapshot from now on whose policies are the same.</summary>
    public void Follow(Snapshot snapshot)
    {
        _matcher = new RuleMatcher(snapshot);
        _snapshot = snapshot;
    }

    public static Key KeyOf(CompiledEnd end) => new(
        end.Nets is null ? null : (EquatableArray<Addresses.IpPrefix>)[.. end.Nets],
        end.NotNets is null ? null : (EquatableArray<Addresses.IpPrefix>)[.. end.NotNets],
        end.Selected?.Selector,
        end.NotSelected?.Selector,
        end.Service is null ? null : (EquatableArray<SliceBackend>)[.. end.Service],
        end.Service is not null && end.IsDestination,
        NamesOf(end.Ports),
        NamesOf(end.NotPorts));

    private static PortMatch? NamesOf(PortMatch? ports) => ports is { Names.IsEmpty: false } ? ports with { Numbers = PortSet.Empty } : null;

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

    /// <summary>The conditions by content, but for numeric ports.</summary>
    internal sealed record Key(
        EquatableArray<Addresses.IpPrefix>? Nets, EquatableArray<Addresses.IpPrefix>? NotNets, EndpointSelector? Selected, EndpointSelector? NotSelected,
        EquatableArray<SliceBackend>? Service, bool IsBackend, PortMatch? Ports, PortMatch? NotPorts);
}

/// <summary>All conditions on ends that the node's programs have, each once. Those that an earlier compilation had are taken on.</summary>
internal sealed class EndConditionsTable(Snapshot snapshot, CompilationMemory memory)
{
    private readonly Dictionary<EndConditions.Key, EndConditions> _conditions = [];
    private readonly List<EndConditions> _all = [];

    public IReadOnlyList<EndConditions> All => _all;

    public IReadOnlyDictionary<EndConditions.Key, EndConditions> ByContent => _conditions;

    public EndConditions Of(CompiledEnd end, Rule anyRule)
    {
        // Policies that nobody edits have the same ends from one compilation to the next.
        if (memory.Ends.TryGetValue(end, out EndConditions? known) && (ReferenceEquals(known.Table, this) || ReferenceEquals(known.Table, memory.Table)))
        {
            Adopt(known, end, anyRule);
            return known;
        }

        return memory.Ends[end] = Add(EndConditions.KeyOf(end), end, anyRule);
    }

    /// <summary>Takes on what a shape of an earlier compilation has.</summary>
    public void Adopt(EndConditions conditions, CompiledEnd end, Rule anyRule)
    {
        if (!ReferenceEquals(conditions.Table, this) && _conditions.TryAdd(conditions.Content, conditions))
        {
            conditions.Table = this;
            conditions.Follow(end, snapshot, anyRule);
            _all.Add(conditions);
        }
    }

    private EndConditions Add(EndConditions.Key key, CompiledEnd end, Rule anyRule)
    {
        if (_conditions.TryGetValue(key, out EndConditions? conditions))
        {
            return conditions;
        }

        if (memory.Conditions.TryGetValue(key, out conditions))
        {
            conditions.Follow(end, snapshot, anyRule);
        }
        else
        {
            conditions = new EndConditions(end, key, snapshot, anyRule);
        }

        conditions.Table = this;
        _conditions.Add(key, conditions);
        _all.Add(conditions);
        return conditions;
    }
}
