using NetPolicy.Addresses;
using NetPolicy.Enforce.Rules;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Policies;
using NetPolicy.Ports;

namespace NetPolicy.Enforce;

/// <summary>
/// Compares elements that lead workloads' packets with the inventory: who has the interface and the address, and that the class they lead to is one of its own. Costs
/// nothing for what has not changed.
/// </summary>
internal sealed class DispatchCheck
{
    private readonly Snapshot _snapshot;
    private readonly CompiledRuleset _ruleset;
    private readonly Dictionary<string, Dictionary<RuleValue, RuleVerdict>> _maps = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<RuleValue>> _sets = new(StringComparer.Ordinal);
    private ILookup<string, IpAddress>? _addresses;

    /// <param name="snapshot">The inventory.</param>
    /// <param name="ruleset">The rules after the change.</param>
    public DispatchCheck(Snapshot snapshot, CompiledRuleset ruleset)
    {
        _snapshot = snapshot;
        _ruleset = ruleset;
    }

    /// <summary>True if it can tell what elements of a map or set have to say. Behind bridges, of host endpoints and of cluster policies' ways back it cannot.</summary>
    public bool Knows(string name) => _ruleset.Options.Bridges.IsEmpty && name is "from4" or "from6" or "to" or "self4" or "self6" or "pods4" or "pods6" or Compilation.ChainNames.WorkloadInterfaces;

    /// <summary>What is wrong about an element, there or not; null if nothing is.</summary>
    public TranslationDifference? DifferenceAt(string name, RuleValue key)
    {
        (string? problem, IpAddress about) = (name, key) switch
        {
            ("from4" or "from6", RuleValue.Joined { Parts: [RuleValue.Interface iface, RuleValue.Addresses address] }) => (From(name, key, iface.Name, address.Range.First), address.Range.First),
            ("to", RuleValue.Interface iface) => (To(key, iface.Name), AddressesAt(iface.Name).FirstOrDefault()),
            (Compilation.ChainNames.WorkloadInterfaces, RuleValue.Interface iface) => (Known(key, iface.Name), AddressesAt(iface.Name).FirstOrDefault()),
            ("self4" or "self6", RuleValue.Joined { Parts: [RuleValue.Interface iface, RuleValue.Addresses address, RuleValue.Interface back, RuleValue.Addresses to] }) =>
                (Self(name, key, iface, address, back, to), address.Range.First),
            ("pods4" or "pods6", RuleValue.Addresses range) => Unknown(name, range.Range),
            (_, RuleValue.Anything) => (name is "from4" or "from6" or "to" && Maps(name).ContainsKey(key) ? null : "unknown workloads are not closed", default),
            _ => ("nobody knows the element", default(IpAddress)),
        };
        return problem is null
            ? null
            : new TranslationDifference(_ruleset.Node, name == "to" ? Direction.Ingress : Direction.Egress, new FlowRequest { From = about.ToString(), To = about.ToString() }, false, null)
            {
                Place = $"element {key} of {name}",
                Detail = problem,
            };
    }

    private string? From(string name, RuleValue key, string iface, IpAddress address)
    {
        Endpoint? owner = OwnerAt(iface, address);
        if (!Maps(name).TryGetValue(key, out RuleVerdict verdict))
        {
            // Of two on one interface one stays out.
            return owner is not null && AddressesAt(iface).All(a => OwnerAt(iface, a) is not { } other || other == owner) ? $"nobody judges `{owner.Name}`" : null;
        }

        return owner is null ? "no workload has this interface and address" : Leads(verdict, owner, address, Direction.Egress);
    }

    private string? To(RuleValue key, string iface)
    {
        IpAddress[] addresses = [.. AddressesAt(iface)];
        if (!Maps("to").TryGetValue(key, out RuleVerdict verdict))
        {
            return addresses.Length > 0 ? "nobody judges what the workload receives"
                : _snapshot.Cluster.Endpoints.Any(e => e.Node == _ruleset.Node && e.IsWorkload && e.Kind != EndpointKind.Workload && e.Addresses.IsEmpty
                    && InterfaceNames.Of(e, _ruleset.Options.WorkloadInterfacePrefix) == iface) ? "a workload without addresses is not closed"
                : null;
        }

        if (addresses.Length == 0)
        {
            return verdict == RuleVerdict.Jump(Compilation.ChainNames.Closed) ? null : "a workload without addresses is not closed";
        }

        if (verdict.Chain?.StartsWith("at_", StringComparison.Ordinal) != true)
        {
            return addresses.Select(a => OwnerAt(iface, a) is { } one ? Leads(verdict, one, a, Direction.Ingress) : "no workload has this interface").FirstOrDefault(p => p is not null);
        }

        (RuleChain? arrival, Dictionary<IpAddress, RuleVerdict> ways) = WaysOf(verdict);
        bool isClosed = arrival?.Rules is [.., { Statements: [RuleStatement.Go { Verdict: { Kind: RuleVerdictKind.Goto, Chain: Compilation.ChainNames.Closed } }] }];
        return !isClosed || ways.Count != addresses.Distinct().Count()
            ? "not all of the workload's addresses, or others, lead to its classes"
            : addresses.Select(a => OwnerAt(iface, a) is { } one ? Leads(ways.GetValueOrDefault(a), one, a, Direction.Ingress) : "no workload has this interface").FirstOrDefault(p => p is not null);
    }

    // What a chain does that tells the addresses of a workload apart.
    private (RuleChain? Chain, Dictionary<IpAddress, RuleVerdict> Ways) WaysOf(RuleVerdict verdict)
    {
        RuleChain? arrival = _ruleset.Table.Chains.AsEnumerable().FirstOrDefault(c => c.Name == verdict.Chain);
        Dictionary<IpAddress, RuleVerdict> ways = [];
        foreach (RuleLine line in arrival?.Rules.AsEnumerable() ?? [])
        {
            if (line.Statements is [RuleStatement.Match { Values: [RuleValue.Addresses to], IsNegated: false }, RuleStatement.Go go])
            {
                ways[to.Range.First] = go.Verdict;
            }
        }

        return (arrival, ways);
    }

    private bool IsJudgedAt(RuleValue iface, IpAddress address)
    {
        if (!Maps("to").TryGetValue(iface, out RuleVerdict verdict))
        {
            return false;
        }

        bool isSplit = verdict.Chain?.StartsWith("at_", StringComparison.Ordinal) == true;
        return (isSplit ? WaysOf(verdict).Ways.GetValueOrDefault(address).Chain : verdict.Chain) is { } chain && chain != Compilation.ChainNames.Ok;
    }

    // A class that is said to be the workload's; or none, if its policies never have a say there.
    private string? Leads(RuleVerdict verdict, Endpoint endpoint, IpAddress address, Direction direction)
    {
        if (verdict.Kind is not (RuleVerdictKind.Jump or RuleVerdictKind.Goto))
        {
            return "it leads to no chain";
        }

        if (verdict.Chain == Compilation.ChainNames.Ok)
        {
            PolicySide side = new(_snapshot, endpoint, address, direction);
            Protocol other = new(253);
            return _ruleset.Identities.Where(i => i.Example.Family == address.Family && i.Example != address)
                .All(i => side.IsAllowed(i.Example, new Packet(address.Family, other, -1, -1, -1, -1, null, null)) && side.IsAllowed(i.Example, new Packet(address.Family, Protocol.Tcp, 1, TranslationTraffic.AnySourcePort, -1, -1, null, null)))
                ? null
                : $"nobody judges `{endpoint.Name}`, which has policies";
        }

        return _ruleset.Classes.Any(c => c.Chain == verdict.Chain && c.Stage == PolicyStage.Normal && c.Direction == direction && c.Members.Contains(endpoint))
            ? null
            : $"chain {verdict.Chain} is not that of `{endpoint.Name}`";
    }

    private string? Known(RuleValue key, string iface)
    {
        bool isKnown = AddressesAt(iface).Any() || Maps("to").ContainsKey(key);
        return Sets(Compilation.ChainNames.WorkloadInterfaces).Contains(key) == isKnown ? null : isKnown ? "a workload's interface is not known as one" : "an interface is known as that of a workload that is not there";
    }

    private string? Self(string name, RuleValue key, RuleValue.Interface iface, RuleValue.Addresses address, RuleValue.Interface back, RuleValue.Addresses to)
    {
        IpAddress own = address.Range.First;
        bool isOne = iface.Name == back.Name && own == to.Range.First && own == address.Range.Last && own == to.Range.Last;
        bool isFree = isOne && OwnerAt(iface.Name, own) is { } owner
            && !_snapshot.ProgramOf(owner, PolicyStage.Normal, Direction.Egress).HasClusterPolicies && !_snapshot.ProgramOf(owner, PolicyStage.Normal, Direction.Ingress).HasClusterPolicies;
        if (Sets(name).Contains(key))
        {
            return isFree ? null : "what is no workload's own is let pass unjudged";
        }

        RuleValue from = RuleValue.Join(iface, address);
        return isFree && (name == "self4" ? Maps("from4") : Maps("from6")).TryGetValue(from, out RuleVerdict verdict)
            && (verdict.Chain != Compilation.ChainNames.Ok || IsJudgedAt(iface, own) || _ruleset.Classes.Any(c => c.Stage == PolicyStage.Forward))
            ? "a workload that reaches itself is judged"
            : null;
    }

    private (string? Problem, IpAddress About) Unknown(string name, IpRange range)
    {
        foreach (IpAddress address in (ReadOnlySpan<IpAddress>)[range.First, range.Last])
        {
            bool isClosed = Ranges(name).Any(r => r.First <= address && address <= r.Last);
            bool isUnknown = _snapshot.Cluster.FindNode(_ruleset.Node) is { } node && node.PodRanges.Any(p => p.Contains(address)) && !IsOwned(address);
            if (isClosed != isUnknown)
            {
                return (isUnknown ? "nobody has the address, and it is not closed" : "the address is closed, though somebody has it or it is none of the node's pods'", address);
            }
        }

        return (null, default);
    }

    private bool IsOwned(IpAddress address) => _snapshot.Members.NodesOf(address).Length > 0
        || _snapshot.Members.Of(address).Any(m => _snapshot.Cluster.SelectableAt(m) is Endpoint endpoint && endpoint.Addresses.Contains(address));

    private Endpoint? OwnerAt(string iface, IpAddress address)
    {
        foreach (int index in _snapshot.Members.WorkloadsOf(address))
        {
            if (_snapshot.Cluster.SelectableAt(index) is Endpoint endpoint && endpoint.Kind != EndpointKind.Workload && endpoint.Node == _ruleset.Node
                && InterfaceNames.Of(endpoint, _ruleset.Options.WorkloadInterfacePrefix) == iface)
            {
                return endpoint;
            }
        }

        return null;
    }

    // The addresses from which packets of an interface are led to anybody.
    private IEnumerable<IpAddress> AddressesAt(string iface) => (_addresses ??= Maps("from4").Keys.Concat(Maps("from6").Keys).OfType<RuleValue.Joined>()
        .ToLookup(k => ((RuleValue.Interface)k.Parts[0]).Name, k => ((RuleValue.Addresses)k.Parts[1]).Range.First, StringComparer.Ordinal))[iface];

    private Dictionary<RuleValue, RuleVerdict> Maps(string name)
    {
        if (!_maps.TryGetValue(name, out Dictionary<RuleValue, RuleVerdict>? elements))
        {
            _maps[name] = elements = _ruleset.Table.Maps.AsEnumerable().FirstOrDefault(m => m.Name == name)?.Elements.AsEnumerable().ToDictionary(e => e.Key, e => e.Verdict) ?? [];
        }

        return elements;
    }

    private HashSet<RuleValue> Sets(string name)
    {
        if (!_sets.TryGetValue(name, out HashSet<RuleValue>? elements))
        {
            _sets[name] = elements = [.. _ruleset.Table.Sets.AsEnumerable().FirstOrDefault(s => s.Name == name)?.Elements ?? default];
        }

        return elements;
    }

    private IEnumerable<IpRange> Ranges(string name) => Sets(name).OfType<RuleValue.Addresses>().Select(a => a.Range);
}
