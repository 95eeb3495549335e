using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Enforce.Bridges;
using NetPolicy.Enforce.Compilation;
using NetPolicy.Enforce.Reconcile;
using NetPolicy.Enforce.Rules;
using NetPolicy.Enforce.Safety;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Manifests.Inventory;

namespace NetPolicy.Enforce;

/// <summary>
/// The rules of one node, which follow a policy engine: a change of the cluster becomes the transactions that the node needs for it. A workload elsewhere that
/// comes, goes or is relabelled costs one element for each of its addresses, if there are others like it; everything else is compiled with what earlier
/// compilations found out, and compared.
/// </summary>
/// <remarks>Not safe for use by several threads at once. Names and numbers depend on the changes it has seen; what the rules decide does not.</remarks>
public sealed class NodeRules
{
    private readonly string _node;
    private EnforcementOptions _options;
    private CompilationMemory _memory = new();
    private readonly Dictionary<IpAddress, uint> _exact = [];
    private readonly Dictionary<(int[] Matched, int Ports, bool IsPod, int Stretch, IpFamily Family), uint> _known = [];
    private readonly HashSet<uint> _live = [];
    private readonly RowCache _rows = new();

    // Addresses that have moved since the rules were put together, with the identities they have now; 0 for none.
    private readonly Dictionary<IpAddress, uint> _moved = [];
    private readonly IdentityMap[] _ranges = new IdentityMap[2];
    private readonly IdentityMap[] _singles = new IdentityMap[2];
    private readonly int[] _counts = new int[2];
    private NodeCompiler _compiler;
    private CompiledRuleset _ruleset;
    private CompiledRuleset? _before;
    private ChangeCheck? _check;
    private TableIndex? _index;
    private Snapshot _snapshot;
    private RowJudge? _judge;
    private bool _hasOtherBridges;

    /// <summary>Compiles the rules of a node.</summary>
    /// <param name="snapshot">The cluster.</param>
    /// <param name="node">The node.</param>
    /// <param name="options">Choices of rendering; the documented defaults if null.</param>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    public NodeRules(Snapshot snapshot, string node, EnforcementOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentException.ThrowIfNullOrEmpty(node);
        _node = node;
        _options = options ?? EnforcementOptions.Default;
        _options.Check();
        _snapshot = snapshot;
        _compiler = new NodeCompiler(snapshot, node, _options, _memory);
        _ruleset = _compiler.Compile();
        Take();
    }

    /// <summary>The rules. After changes that cost only elements it is put together when it is asked for.</summary>
    public CompiledRuleset Ruleset
    {
        get
        {
            PutTogether();
            return _ruleset;
        }
    }

    /// <summary>
    /// Bridges with workloads of the node as their ports (<see cref="EnforcementOptions.Bridges"/>). Other ones count from the next change that is followed, be it an
    /// empty one: whoever brings up a workload behind a bridge says its port before the change that brings the workload, or with it.
    /// </summary>
    /// <exception cref="ArgumentException">They contradict each other.</exception>
    public EquatableArray<PodBridge> Bridges
    {
        get => _options.Bridges;
        set
        {
            EnforcementOptions options = _options with { Bridges = value };
            options.Check();
            _hasOtherBridges |= value != _options.Bridges;
            _options = options;
        }
    }

    /// <summary>True if the rules enforce less than policy says.</summary>
    internal bool HasErrors => _ruleset.HasErrors;

    /// <summary>True if the rules are those of a snapshot.</summary>
    internal bool AreOf(Snapshot snapshot) => ReferenceEquals(_snapshot, snapshot);

    /// <summary>The workloads of the node in a snapshot; null for the one that the rules are of.</summary>
    internal IReadOnlyList<LocalWorkload> WorkloadsOf(Snapshot? snapshot) => LocalWorkload.Of(snapshot ?? _snapshot, _node, _options);

    /// <summary>How many changes of workloads of the node were compiled with what was known of addresses.</summary>
    internal int Followed { get; private set; }

    /// <summary>What is loaded, if it is these rules.</summary>
    internal InstalledRules? Installed { get; set; }

    /// <summary>Follows a change.</summary>
    /// <param name="delta">What the engine says of it.</param>
    /// <returns>What a machine that decides by the rules before has to do.</returns>
    /// <exception cref="InvalidOperationException">The rules have not been loaded.</exception>
    public NftPlan Update(Delta delta)
    {
        ArgumentNullException.ThrowIfNull(delta);
        if (Installed is not { } installed)
        {
            throw new InvalidOperationException("the rules have not been loaded");
        }

        bool withNew = Ownership.IncludesNew(_options);
        EquatableArray<IpAddress> resets = ReferenceEquals(delta.Snapshot.Cluster.SelectableList, _snapshot.Cluster.SelectableList)
            && ReferenceEquals(delta.Snapshot.Cluster.NodeList, _snapshot.Cluster.NodeList)
            ? default
            : [.. ReferenceEquals(delta.Previous, _snapshot) ? Ownership.Changed(delta, withNew) : Ownership.Of(_snapshot).ChangedTo(Ownership.Of(delta.Snapshot), withNew)];
        if (!_hasOtherBridges && TryMove(delta, installed) is { } moved)
        {
            _snapshot = delta.Snapshot;
            _before = _ruleset;
            return moved with { Resets = resets };
        }

        CompiledRuleset before = _before = Ruleset;
        InstalledRules known = ReferenceEquals(before.Table, installed.Table) ? installed : installed with { Table = before.Table };
        FollowWorkloads(delta);
        Compile(delta.Snapshot);
        (NftPlan plan, InstalledRules after) = NftPlanner.Plan(_ruleset, known, _rows);
        (Installed, _index) = (after, after.Index);
        _rows.Keep(_ruleset.Table.Maps);
        return plan with { Resets = resets };
    }

    /// <summary>Compares what the plan of the last change touches with policy. Costs some microseconds for a cell.</summary>
    internal TranslationReport Prove(NftPlan plan) => (_check ??= new ChangeCheck(_ruleset, _rows, _index)).Check(_snapshot, _before ?? _ruleset, plan, IdentityOf);

    /// <summary>Compares all cells with policy.</summary>
    internal TranslationReport ProveAll(int most) => TranslationCheck.Check(_snapshot, Ruleset, most: most);

    /// <summary>What an empty machine has to do.</summary>
    internal NftPlan Install()
    {
        (NftPlan plan, Installed) = NftPlanner.Plan(Ruleset, loaded: null);
        return plan;
    }

    /// <summary>Takes another snapshot without a plan.</summary>
    internal void Compile(Snapshot snapshot)
    {
        if (_hasOtherBridges)
        {
            (_memory.Local, _memory.Dispatch, _hasOtherBridges) = (null, null, false);
        }

        PutTogether();
        _snapshot = snapshot;
        try
        {
            _compiler = new NodeCompiler(snapshot, _node, _options, _memory);
            _ruleset = _compiler.Compile();
        }
        catch (StaleAtomsException)
        {
            _memory = new CompilationMemory();
            _compiler = new NodeCompiler(snapshot, _node, _options, _memory);
            _ruleset = _compiler.Compile();
        }

        _check = null;
        Take();
    }

    private uint IdentityOf(IpAddress address) =>
        _exact.TryGetValue(address, out uint identity) ? identity : IdentityMoves.Find(_ranges[At(address.Family)].Elements, address);

    private static int At(IpFamily family) => family == IpFamily.IPv6 ? 1 : 0;

    private void Take()
    {
        _judge = null;
        _known.Clear();
        _live.Clear();
        _live.UnionWith(_compiler.Identities.All.Select(i => i.Number));
        bool isSame = _ruleset.Table.Identities.AsEnumerable().All(m => ReferenceEquals(m, (m.IsInterval ? _ranges : _singles)[At(m.Family)]));
        if (isSame)
        {
            return;
        }

        _exact.Clear();
        foreach (IdentityMap map in _ruleset.Table.Identities)
        {
            (map.IsInterval ? _ranges : _singles)[At(map.Family)] = map;
            if (!map.IsInterval)
            {
                _counts[At(map.Family)] = map.Elements.Count;
                foreach ((IpRange addresses, uint identity) in map.Elements)
                {
                    _exact[addresses.First] = identity;
                }
            }
        }
    }

    private void PutTogether()
    {
        if (_moved.Count == 0)
        {
            return;
        }

        foreach (IpFamily family in (ReadOnlySpan<IpFamily>)[IpFamily.IPv4, IpFamily.IPv6])
        {
            (IpAddress Address, uint Identity)[] moved = [.. _moved.Where(m => m.Key.Family == family).Select(m => (m.Key, m.Value)).OrderBy(m => m.Key)];
            if (moved.Length > 0)
            {
                IdentityMap map = _singles[At(family)] with { Elements = Merge(_singles[At(family)].Elements, moved, _counts[At(family)]) };
                _singles[At(family)] = map;
                _compiler.Identities.Follow(map);
            }
        }

        _moved.Clear();
        _ruleset = _ruleset.With(_ruleset.Table with { Identities = [.. _ruleset.Table.Identities.Select(m => m.IsInterval ? m : _singles[At(m.Family)])] });
    }

    // Both are in ascending order, and few have moved: what lies between them is copied as it is.
    private static EquatableArray<(IpRange Addresses, uint Identity)> Merge(
        EquatableArray<(IpRange Addresses, uint Identity)> elements, ReadOnlySpan<(IpAddress Address, uint Identity)> moved, int count)
    {
        ReadOnlySpan<(IpRange Addresses, uint Identity)> rest = elements.AsSpan();
        (IpRange Addresses, uint Identity)[] merged = new (IpRange, uint)[count];
        Span<(IpRange Addresses, uint Identity)> room = merged;
        foreach ((IpAddress address, uint identity) in moved)
        {
            int low = 0, high = rest.Length;
            while (low < high)
            {
                int middle = (low + high) / 2;
                (low, high) = rest[middle].Addresses.First < address ? (middle + 1, high) : (low, middle);
            }

            rest[..low].CopyTo(room);
            room = room[low..];
            rest = low < rest.Length && rest[low].Addresses.First == address ? rest[(low + 1)..] : rest[low..];
            if (identity != 0)
            {
                room[0] = (new IpRange(address, address), identity);
                room = room[1..];
            }
        }

        rest.CopyTo(room);
        return new EquatableArray<(IpRange Addresses, uint Identity)>(merged);
    }

    // Another address of an identity, or the same if it still has it.
    private IpAddress? Another(uint identity, IpAddress example)
    {
        if (_exact.GetValueOrDefault(example) == identity)
        {
            return example;
        }

        foreach ((IpAddress address, uint other) in _exact)
        {
            if (other == identity)
            {
                return address;
            }
        }

        return null;
    }

    // What the last compilation found out holds for the next one too, but for the addresses.
    private void Follow(Delta delta, List<IpAddress> touched)
    {
        if (ReferenceEquals(_memory.Space, _compiler.Identities) && !_memory.Space.TryFollow(delta.Snapshot, touched, Another))
        {
            _memory.Space = null;
        }

        if (_memory.Local is { } local && local.IsOf(delta.Previous.Cluster) && !local.TryFollow(delta.Snapshot.Cluster, delta.Endpoints))
        {
            _memory.Local = null;
        }
    }

    // Workloads of the node itself take a compilation, but where their addresses get identities that there are, what is known of addresses need not be found out again.
    private void FollowWorkloads(Delta delta)
    {
        if (_hasOtherBridges || !ReferenceEquals(delta.Previous, _snapshot) || !_compiler.SeesOthersAsIdentities || _compiler.Node is not { } node
            || !ReferenceEquals(_memory.Space, _compiler.Identities) || delta.Documents.Count == 0 || !IsOfPods(delta))
        {
            return;
        }

        List<IpAddress> addresses = [];
        foreach (EndpointChange change in delta.Endpoints)
        {
            if (change.Old is { IsWorkload: false } || change.New is { IsWorkload: false })
            {
                return;
            }

            addresses.AddRange(change.Old?.Addresses ?? default);
            addresses.AddRange(change.New?.Addresses ?? default);
        }

        Dictionary<IpAddress, uint> found = [];
        foreach (IpAddress address in addresses)
        {
            if (_compiler.Identities.Universe.IsSpecial(address) || node.Addresses.Contains(address) || !TryFind(delta.Snapshot, address, withOwn: true, out uint identity))
            {
                return;
            }

            found[address] = identity;
        }

        foreach ((IpAddress address, uint identity) in found)
        {
            uint old = _exact.GetValueOrDefault(address);
            if (old != identity)
            {
                Move(address, old, identity);
            }
        }

        Follow(delta, addresses);
        Followed += _memory.Space is null ? 0 : 1;
    }

    // Pods in the network of their node may be all that is known of its addresses.
    private static bool IsOfPods(Delta delta)
    {
        if (!ReferenceEquals(delta.Previous.Cluster.NodeList, delta.Snapshot.Cluster.NodeList))
        {
            return false;
        }

        foreach (DocumentChange change in delta.Documents)
        {
            if ((change.Old ?? change.New) is not PodManifest || (change.New ?? change.Old) is not PodManifest)
            {
                return false;
            }
        }

        return true;
    }

    private void Move(IpAddress address, uint old, uint @new)
    {
        _counts[At(address.Family)] += (@new != 0 ? 1 : 0) - (old != 0 ? 1 : 0);
        if (@new == 0)
        {
            _exact.Remove(address);
        }
        else
        {
            _exact[address] = @new;
        }

        _moved[address] = @new;
    }

    /// <summary>The plan for a change that only gives addresses of workloads elsewhere other identities that rules know already; null if there is more to it.</summary>
    private NftPlan? TryMove(Delta delta, InstalledRules installed)
    {
        if (!ReferenceEquals(delta.Previous, _snapshot) || !_compiler.SeesOthersAsIdentities || _compiler.Node is not { } node || !IsOfPods(delta))
        {
            return null;
        }

        List<IpAddress> addresses = [];
        foreach (EndpointChange change in delta.Endpoints)
        {
            if (!CollectElsewhere(change.Old, addresses) || !CollectElsewhere(change.New, addresses))
            {
                return null;
            }
        }

        List<(IpAddress Address, uint Old, uint New)> moves = [];
        bool restricts = false;
        foreach (IpAddress address in addresses)
        {
            if (_compiler.Identities.Universe.IsSpecial(address) || node.Addresses.Contains(address) || node.PodRanges.Any(r => r.Contains(address)))
            {
                return null;
            }

            if (!TryFind(delta.Snapshot, address, withOwn: false, out uint identity))
            {
                return null;
            }

            uint old = _exact.GetValueOrDefault(address);
            if (old != identity && !moves.Any(m => m.Address == address))
            {
                moves.Add((address, old, identity));
                uint others = IdentityMoves.Find(_ranges[At(address.Family)].Elements, address);
                (uint from, uint to) = (old == 0 ? others : old, identity == 0 ? others : identity);
                _judge ??= new RowJudge(_ruleset.Table, _ruleset.Table, _rows, _index);
                restricts |= from != to && _judge.Restricts(from, to);
            }
        }

        NftPlan? plan = Move(moves, restricts, installed);
        if (plan is not null)
        {
            Follow(delta, addresses);
        }

        return plan;
    }

    private NftPlan? Move(List<(IpAddress Address, uint Old, uint New)> moves, bool restricts, InstalledRules installed)
    {
        Operations operations = new();
        foreach (IpFamily family in (ReadOnlySpan<IpFamily>)[IpFamily.IPv4, IpFamily.IPv6])
        {
            List<(IpRange, uint)> removed = [], added = [];
            foreach ((IpAddress address, uint old, uint @new) in moves)
            {
                if (address.Family == family)
                {
                    if (old != 0)
                    {
                        removed.Add((new IpRange(address, address), old));
                    }

                    if (@new != 0)
                    {
                        added.Add((new IpRange(address, address), @new));
                    }
                }
            }

            string name = installed.Names[_singles[At(family)].Name];
            int size = installed.Sizes.GetValueOrDefault(name);
            if (size > 0 && _counts[At(family)] + added.Count > size)
            {
                return null;
            }

            IdentityMap map = new(name, family, default, IsInterval: false, size);
            if (removed.Count > 0)
            {
                operations.Add(new RuleOperation.DeleteIdentities(map with { Elements = [.. removed] }));
            }

            if (added.Count > 0)
            {
                operations.Add(new RuleOperation.AddIdentities(map with { Elements = [.. added] }));
            }
        }

        foreach ((IpAddress address, uint old, uint @new) in moves)
        {
            Move(address, old, @new);
        }

        List<NftStep> steps = operations.Count == 0 ? [] : [new NftStep(NftStepKind.Change, NftWait.None, operations.Transaction(_ruleset.Table.Name))];
        (NftPlan plan, Installed) = NftPlanner.Minimal(_options, steps, restricts, installed);
        return plan;
    }

    private bool CollectElsewhere(Endpoint? endpoint, List<IpAddress> addresses)
    {
        if (endpoint is null)
        {
            return true;
        }

        if (!endpoint.IsWorkload || endpoint.Node == _node)
        {
            return false;
        }

        foreach (IpAddress address in endpoint.Addresses)
        {
            addresses.Add(address);
        }

        return true;
    }

    // 0 if the address is found by its range. False if it has an identity that there are no rows for.
    private bool TryFind(Snapshot snapshot, IpAddress address, bool withOwn, out uint identity)
    {
        int[] members = snapshot.Members.Of(address);
        int owners = 0, owner = -1;
        foreach (int member in members)
        {
            if (snapshot.ClassOf(member).Shape.Kind is not null)
            {
                owners++;
                owner = member;

                // A workload of the node itself that has the address too is judged by who else has it.
                if (!withOwn && ((Endpoint)snapshot.Cluster.SelectableAt(member)).Node == _node)
                {
                    identity = 0;
                    return false;
                }
            }
        }

        if (owners == 0)
        {
            identity = 0;
            return Identify(snapshot, new PeerFacts(address, snapshot.Members.SetsOf(address)))
                == IdentityMoves.Find(_ranges[At(address.Family)].Elements, address);
        }

        if (owners > 1)
        {
            identity = Identify(snapshot, new PeerFacts(address, members));
            return _live.Contains(identity);
        }

        Engine.EndpointClass @class = snapshot.ClassOf(owner);
        var key = (@class.Matched, @class.PortsId, @class.Shape.IsPod, _compiler.Identities.Universe.StretchOf(address), address.Family);
        if (!_known.TryGetValue(key, out identity))
        {
            _known[key] = identity = Identify(snapshot, new PeerFacts(address, members));
        }

        return _live.Contains(identity);
    }

    private uint Identify(Snapshot snapshot, PeerFacts facts)
    {
        foreach (Compilation.EndConditions condition in _compiler.Conditions)
        {
            condition.Follow(snapshot);
        }

        return IdentitySpace.Find(facts, _compiler.Conditions, _memory);
    }
}
