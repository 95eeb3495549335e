using NetPolicy.Addresses;
using NetPolicy.Enforce.Reconcile;
using NetPolicy.Enforce.Rules;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Policies;
using NetPolicy.Ports;

namespace NetPolicy.Enforce;

/// <summary>
/// Proves a change of rules before it is sent: every cell of a class's table that the plan's own operations touch is compared with the engine's walk through the
/// policies. Addresses that only go to another identity touch no cell; some cells of their new identity are tried with them. Elements that lead packets of workloads
/// are compared with the inventory. Where anything else of the hooks or of host endpoints changes the whole text is executed as before a first load.
/// </summary>
internal sealed class ChangeCheck
{
    private const int CellsForMove = 8;

    // Beyond that, which takes some ten milliseconds, every so-and-so-manieth.
    private const int MaxCells = 4_000;

    // Rules in order are executed as text, which takes some hundred milliseconds for so many.
    private const int MaxCellsInText = 50_000;

    // In the ranges for documentation.
    private static readonly IpAddress s_own4 = IpAddress.Parse("192.0.2.97");
    private static readonly IpAddress s_own6 = IpAddress.Parse("2001:db8:ffff::97");

    // What no rule is likely to name: RFC 3692 keeps it for experiments.
    private static readonly Protocol s_other = new(253);

    private readonly CompiledRuleset _ruleset;
    private readonly TableWalk _walk;
    private readonly Dictionary<uint, IpAddress> _examples;
    private readonly List<(EndpointClass Class, List<RuleMap> Tables)> _classes = [];
    private readonly HashSet<string> _workloadTables = new(StringComparer.Ordinal);
    private readonly List<TranslationDifference> _differences = [];
    private Snapshot _snapshot = null!;
    private long _cells;
    private long _tried;

    /// <param name="ruleset">The rules after the plans that will be checked; of its maps of addresses nothing is asked.</param>
    /// <param name="rows">Rows that are known already.</param>
    /// <param name="index">Parts of their table by name, if they are known.</param>
    public ChangeCheck(CompiledRuleset ruleset, RowCache? rows = null, TableIndex? index = null)
    {
        _ruleset = ruleset;
        _walk = new TableWalk(ruleset.Table, rows ?? new RowCache(), index);
        _examples = ruleset.Identities.ToDictionary(i => i.Number, i => i.Example);
        foreach (EndpointClass @class in ruleset.Classes)
        {
            if (!@class.IsOrdered && _walk.TablesOf(@class.Chain) is { } tables)
            {
                _classes.Add((@class, tables));
                if (@class.Members[0].IsWorkload)
                {
                    _workloadTables.Add(@class.Chain);
                }
            }
        }
    }

    /// <summary>Compares what a plan touches.</summary>
    /// <param name="snapshot">What decides.</param>
    /// <param name="before">The rules before the plan.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="identityOf">The identity that an address has after the plan.</param>
    public TranslationReport Check(Snapshot snapshot, CompiledRuleset before, NftPlan plan, Func<IpAddress, uint> identityOf)
    {
        Touched touched = new(plan);
        DispatchCheck dispatch = new(snapshot, _ruleset);
        (_cells, _tried) = (0, 0);
        _differences.Clear();
        foreach ((string name, HashSet<RuleValue> keys) in touched.Elements.Where(e => dispatch.Knows(e.Key)))
        {
            foreach (RuleValue key in keys)
            {
                _cells++;
                _tried++;
                if (dispatch.DifferenceAt(name, key) is { } difference && _differences.Count < TranslationReport.MaxDifferences)
                {
                    _differences.Add(difference);
                }
            }
        }

        _snapshot = snapshot;
        TryTouched(touched);
        TryMoved(touched.Moved, identityOf);
        TryLed(touched.Led);
        bool isAllTried = !touched.HasSets && touched.Chains.All(IsOfTables) && touched.Elements.Keys.All(dispatch.Knows);
        if (_differences.Count > 0 || isAllTried)
        {
            return new TranslationReport(_cells, _tried, [.. _differences]);
        }

        TranslationReport text = TranslationCheck.Check(snapshot, _ruleset, before, MaxCellsInText);
        return text with { Cells = text.Cells + _cells, Tried = text.Tried + _tried };
    }

    // Chains that cells, decisions or the dispatch of workloads speak for; shared ones come with a table of their own only.
    private bool IsOfTables(string chain) =>
        _workloadTables.Contains(chain) || chain == "r" || chain.StartsWith("at_", StringComparison.Ordinal);

    private void TryTouched(Touched touched)
    {
        List<(EndpointClass Class, uint Identity, RuleValue Key)> cells = [];
        foreach ((EndpointClass @class, List<RuleMap> tables) in _classes)
        {
            if (touched.Chains.Contains(@class.Chain))
            {
                cells.AddRange(_examples.Keys.Select(n => (@class, n, (RuleValue)new RuleValue.Identity(n))));
            }

            foreach (RuleMap map in tables)
            {
                foreach (RuleValue key in touched.Keys.GetValueOrDefault(map.Name, []))
                {
                    cells.Add((@class, ClassRows.NumberOf(key), key));
                }
            }
        }

        _cells += cells.Count;
        int step = ((cells.Count - 1) / MaxCells) + 1;
        for (int i = 0; i < cells.Count; i += step)
        {
            (EndpointClass @class, uint identity, RuleValue key) = cells[i];
            if (_examples.TryGetValue(identity, out IpAddress example))
            {
                Try(@class, example, identity, key);
            }
        }
    }

    private void TryMoved(HashSet<IpAddress> moved, Func<IpAddress, uint> identityOf)
    {
        int tried = 0;
        foreach (IpAddress address in moved)
        {
            if (_classes.Count == 0 || tried > MaxCells)
            {
                return;
            }

            uint identity = identityOf(address);
            int at = (int)(uint)(address.Value % 1_000_003);
            for (int i = 0; i < Math.Min(CellsForMove, 2 * _classes.Count); i++, tried++)
            {
                (EndpointClass @class, List<RuleMap> tables) = _classes[(at + i) % _classes.Count];
                List<RuleElement> row = tables.Count == 0 ? [] : _walk.RowOf(tables[(at + i) % tables.Count], identity);
                _cells++;
                Try(@class, address, identity, row.Count == 0 ? new RuleValue.Identity(identity) : row[(at + (7 * i)) % row.Count].Key);
            }
        }
    }

    // A workload that is led to a class: that its rows are right for the others of the class does not say that they are for this one.
    private void TryLed(List<(IpAddress Address, string Chain)> led)
    {
        (uint Identity, IpAddress Example)[] examples = [.. _examples.Select(e => (e.Key, e.Value))];
        foreach ((IpAddress address, string chain) in led)
        {
            (EndpointClass @class, List<RuleMap> tables) = _classes.Find(c => c.Class.Chain == chain);
            if (@class?.Members.AsEnumerable().FirstOrDefault(e => e.Addresses.AsEnumerable().Contains(address)) is not { } endpoint)
            {
                continue;
            }

            int at = (int)(uint)(address.Value % 1_000_003);
            for (int i = 0; i < Math.Min(CellsForMove, examples.Length); i++)
            {
                (uint identity, IpAddress example) = examples[(at + i) % examples.Length];
                if (example.Family == address.Family && example != address)
                {
                    List<RuleElement> row = tables.Count == 0 ? [] : _walk.RowOf(tables[(at + i) % tables.Count], identity);
                    _cells++;
                    Try(@class, (endpoint, address), example, identity, row.Count == 0 ? new RuleValue.Identity(identity) : row[(at + (7 * i)) % row.Count].Key);
                }
            }
        }
    }

    private void Try(EndpointClass @class, IpAddress peer, uint identity, RuleValue key)
    {
        if (OwnOf(@class, peer) is { } own)
        {
            Try(@class, own, peer, identity, key);
        }
    }

    private void Try(EndpointClass @class, (Endpoint Endpoint, IpAddress Address) own, IpAddress peer, uint identity, RuleValue key)
    {
        PolicySide side = new(_snapshot, own.Endpoint, own.Address, @class.Direction, @class.Stage);
        foreach (TranslationTraffic traffic in TrafficOf(key, peer.Family))
        {
            TranslationCell cell = new(side, peer, traffic);
            RuleVerdict verdict = _walk.Decide(@class.Chain, identity, cell.ToPacket());
            EndVerdict expected = side.Decide(peer, cell.ToPacket());
            bool isAllowed = expected != EndVerdict.Deny;
            _tried++;
            if (!Says(verdict, expected, @class.Stage) && _differences.Count < TranslationReport.MaxDifferences)
            {
                string? rule = verdict.Chain is { } chain && _walk.Chains.TryGetValue(chain, out RuleChain? decision) ? decision.Rules.AsEnumerable().FirstOrDefault(r => r.Comment is not null)?.Comment : null;
                _differences.Add(new TranslationDifference(own.Endpoint.Name, @class.Direction, cell.ToRequest(), isAllowed, rule));
            }
        }
    }

    // Before translation it matters whether a rule allows or nobody says anything: what is allowed is not asked again.
    private bool Says(RuleVerdict verdict, EndVerdict expected, PolicyStage stage)
    {
        bool isAccepting = stage == PolicyStage.PreDnat && verdict is { Kind: RuleVerdictKind.Goto, Chain: { } chain } && _walk.Chains.TryGetValue(chain, out RuleChain? decision)
            && decision.Rules.AsEnumerable().LastOrDefault()?.Statements is [RuleStatement.Go { Verdict: { Kind: RuleVerdictKind.Goto, Chain: Compilation.ChainNames.Accepted } }];
        return stage == PolicyStage.PreDnat
            ? isAccepting == (expected == EndVerdict.Allow) && (isAccepting || RowJudge.Allows(_walk.Chains, verdict) == (expected == EndVerdict.None))
            : RowJudge.Allows(_walk.Chains, verdict) == (expected != EndVerdict.Deny);
    }

    // A member that has one address of the family, which is not the peer's: with several addresses the class may be that of another one.
    private static (Endpoint Endpoint, IpAddress Address)? OwnOf(EndpointClass @class, IpAddress peer)
    {
        // Tables of host endpoints do not ask for the own end.
        if (!@class.Members[0].IsWorkload)
        {
            return (@class.Members[0], peer.Family == IpFamily.IPv6 ? s_own6 : s_own4);
        }

        foreach (Endpoint endpoint in @class.Members)
        {
            IpAddress own = default;
            int count = 0;
            foreach (IpAddress address in endpoint.Addresses)
            {
                if (address.Family == peer.Family)
                {
                    own = address;
                    count++;
                }
            }

            if (count == 1 && own != peer)
            {
                return (endpoint, own);
            }
        }

        return null;
    }

    private static IEnumerable<TranslationTraffic> TrafficOf(RuleValue key, IpFamily family)
    {
        if (key is not RuleValue.Joined joined)
        {
            return [new(s_other, -1, -1, -1), new(Protocol.Tcp, ushort.MaxValue, -1, -1)];
        }

        Protocol icmp = family == IpFamily.IPv6 ? Protocol.IcmpV6 : Protocol.Icmp;
        return (joined.Parts[1], joined.Parts.Count > 2 ? joined.Parts[2] : null) switch
        {
            (RuleValue.Transport protocol, RuleValue.Ports ports) =>
                from port in Ends(Math.Max((ushort)1, ports.Range.First), ports.Range.Last) select new TranslationTraffic(protocol.Protocol, port, -1, -1),
            (RuleValue.Transport { Protocol: { HasPorts: true } protocol }, _) => from port in Ends(1, ushort.MaxValue) select new TranslationTraffic(protocol, port, -1, -1),
            (RuleValue.Transport { Protocol: var protocol }, _) => [protocol == icmp ? new(protocol, -1, 0, 0) : new(protocol, -1, -1, -1)],
            (RuleValue.Bytes types, RuleValue.Bytes codes) =>
                from type in Ends(types.First, types.Last) from code in Ends(codes.First, codes.Last) select new TranslationTraffic(icmp, -1, type, code),
            _ => throw new InvalidOperationException($"{key} is no key of a class"),
        };
    }

    private static int[] Ends(int first, int last) => first == last ? [first] : [first, last];

    /// <summary>What a plan's operations touch, by names without versions.</summary>
    private sealed class Touched
    {
        public Touched(NftPlan plan)
        {
            foreach (NftStep step in plan.Steps)
            {
                // Epochs decide nothing new, and what is cleaned away decides nothing any more.
                if (step.Kind is NftStepKind.Epoch or NftStepKind.Clean)
                {
                    continue;
                }

                foreach (RuleOperation operation in step.Transaction.Operations)
                {
                    Note(operation);
                }
            }
        }

        public HashSet<string> Chains { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, HashSet<RuleValue>> Keys { get; } = new(StringComparer.Ordinal);

        public HashSet<IpAddress> Moved { get; } = [];

        /// <summary>Workloads' addresses that are led to a chain.</summary>
        public List<(IpAddress Address, string Chain)> Led { get; } = [];

        /// <summary>Keys of maps and sets that lead packets to classes.</summary>
        public Dictionary<string, HashSet<RuleValue>> Elements { get; } = new(StringComparer.Ordinal);

        /// <summary>True if sets of addresses change, which only rules in order ask.</summary>
        public bool HasSets { get; private set; }

        private void Note(RuleOperation operation)
        {
            switch (operation)
            {
                case RuleOperation.AddRule rule:
                    Chains.Add(Plain(rule.Chain));
                    break;
                case RuleOperation.AddMapElements { Elements: var map } when HashSize.IsByIdentity(map):
                    Note(map);
                    break;
                case RuleOperation.DeleteMapElements { Elements: var map } when HashSize.IsByIdentity(map):
                    Note(map);
                    break;
                case RuleOperation.AddIdentities { Elements.Elements: var elements }:
                    Note(elements.AsSpan());
                    break;
                case RuleOperation.DeleteIdentities { Elements.Elements: var elements }:
                    Note(elements.AsSpan());
                    break;
                case RuleOperation.AddMapElements { Elements: { Name: var name, Elements: var elements } }:
                    Lead(name, elements.Select(e => e.Key));
                    if (name.StartsWith("from", StringComparison.Ordinal))
                    {
                        Led.AddRange(elements.Where(e => e.Key is RuleValue.Joined && e.Verdict.Chain is not null).Select(e => (Address(e.Key), Plain(e.Verdict.Chain!))));
                    }

                    break;
                case RuleOperation.DeleteMapElements { Elements: { Name: var name, Elements: var elements } }:
                    Lead(name, elements.Select(e => e.Key));
                    break;
                case RuleOperation.AddSetElements { Elements.Name: var name } when IsAddressList(name):
                case RuleOperation.DeleteSetElements { Elements.Name: var removed } when IsAddressList(removed):
                    HasSets = true;
                    break;
                case RuleOperation.AddSetElements { Elements: { Name: var name, Elements: var elements } }:
                    Lead(name, elements);
                    break;
                case RuleOperation.DeleteSetElements { Elements: { Name: var name, Elements: var elements } }:
                    Lead(name, elements);
                    break;
                default:
                    break;
            }
        }

        private void Lead(string name, IEnumerable<RuleValue> keys)
        {
            string plain = Plain(name);
            if (!Elements.TryGetValue(plain, out HashSet<RuleValue>? known))
            {
                Elements[plain] = known = [];
            }

            known.UnionWith(keys);
        }

        private static bool IsAddressList(string name) => name.StartsWith("a_", StringComparison.Ordinal);

        private static IpAddress Address(RuleValue key) => ((RuleValue.Joined)key).Parts.AsEnumerable().OfType<RuleValue.Addresses>().First().Range.First;

        private void Note(RuleMap map)
        {
            string name = Plain(map.Name);
            if (!Keys.TryGetValue(name, out HashSet<RuleValue>? keys))
            {
                Keys[name] = keys = [];
            }

            keys.UnionWith(map.Elements.Select(e => e.Key));
        }

        private void Note(ReadOnlySpan<(IpRange Addresses, uint Identity)> elements)
        {
            foreach ((IpRange addresses, _) in elements)
            {
                Moved.Add(addresses.First);
                Moved.Add(addresses.Last);
            }
        }

        private static string Plain(string name) => name.LastIndexOf('_') is > 0 and var at ? name[..at] : name;
    }
}
