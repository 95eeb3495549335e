using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Diagnostics;
using NetPolicy.Enforce.Rules;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Manifests;
using NetPolicy.Policies;

namespace NetPolicy.Enforce.Compilation;

/// <summary>Compiles the ruleset of one node. Single use.</summary>
internal sealed partial class NodeCompiler
{
    private readonly Snapshot _snapshot;
    private readonly EnforcementOptions _options;
    private readonly string _nodeName;
    private readonly Node? _node;
    private readonly List<Diagnostic> _diagnostics = [];
    private readonly Dictionary<EndpointProgram, ProgramShape> _shapes = [];
    private readonly EndConditionsTable _conditions;
    private readonly CompilationMemory _memory;
    private readonly OutcomeChains _outcomes;
    private readonly Dictionary<(EndpointProgram, string, bool), TableCompiler> _tables = [];
    private readonly List<RuleMap> _maps = [];
    private readonly List<RuleSet> _sets = [];
    private readonly List<RuleChain> _chains = [];
    private readonly List<RuleChain> _hooks = [];
    private readonly List<(string Chain, PolicyStage Stage, Direction Direction, List<Endpoint> Members, bool IsOrdered, int Elements)> _classes = [];
    private readonly Dictionary<EndConditions, int> _indexes = [];
    private readonly LocalInventory _local;
    private IdentitySpace _identities = null!;
    private AddressSets _addresses = null!;

    public NodeCompiler(Snapshot snapshot, string node, EnforcementOptions options, CompilationMemory memory)
    {
        _memory = memory;
        _snapshot = snapshot;
        _options = options;
        _nodeName = node;
        _node = snapshot.Cluster.FindNode(node);
        _conditions = new EndConditionsTable(snapshot, memory);
        _outcomes = memory.Outcomes ??= new OutcomeChains(options);
        _outcomes.Begin();
        _local = memory.Local is { } local && local.IsOf(snapshot.Cluster) ? local : new LocalInventory(snapshot.Cluster, node, options);
        memory.Local = _local;
    }

    /// <summary>The conditions that identities are told apart by.</summary>
    public IReadOnlyList<EndConditions> Conditions => _conditions.All;

    /// <summary>The identities compiled for.</summary>
    public IdentitySpace Identities => _identities;

    /// <summary>The node; null if nobody knows it.</summary>
    public Node? Node => _node;

    /// <summary>True if a workload elsewhere shows in nothing but the identities of its addresses.</summary>
    public bool SeesOthersAsIdentities => !_addresses.DependsOnMembers && _conditions.All.All(c => c.End.Service is null);

    private string Prefix => _options.WorkloadInterfacePrefix;

    public CompiledRuleset Compile()
    {
        if (_node is null)
        {
            Report(Findings.UnknownNode, $"no node is called `{_nodeName}`, expected one of the inventory's nodes", default);
        }

        _diagnostics.AddRange(_local.Diagnostics);
        CollectHostEndpoints();
        foreach (EndpointProgram program in LocalPrograms())
        {
            ShapeOf(program);
        }

        CheckHttp();
        Identify();
        for (int i = 0; i < _identities.Conditions.Count; i++)
        {
            _indexes[_identities.Conditions[i]] = i;
        }

        _addresses = new AddressSets(_identities, _indexes, _memory);
        AddShared();
        AddWorkloads();
        AddHostEndpoints();
        AddHooks();
        _sets.AddRange(_addresses.Sets);
        (IReadOnlyList<RuleChain> outcomes, Lazy<IReadOnlyDictionary<string, RuleOrigin>> origins) = _outcomes.Finish();
        CompiledRuleset ruleset = new(
            _nodeName,
            _options,
            new RuleTable(
                _options.TableName,
                TableComment(_options),
                [
                    _identities.Exact("id4", IpFamily.IPv4), _identities.Exact("id6", IpFamily.IPv6),
                    _identities.Ranges("net4", IpFamily.IPv4), _identities.Ranges("net6", IpFamily.IPv6),
                ],
                [.. _sets],
                [.. _maps],
                [.. outcomes, .. _memory.Chains.Keep(_chains), .. _memory.Chains.Keep(_hooks)]),
            _local.Pins,
            [.. _diagnostics.OrderBy(d => d.Id, StringComparer.Ordinal).ThenBy(d => d.Message, StringComparer.Ordinal).DistinctBy(d => (d.Id, d.Message))],
            origins,
            [.. _identities.All.Select(i => new PeerIdentity(i.Number, i.Facts.Address, i.IsOwnNode))],
            [.. _classes.Select(c => new EndpointClass(c.Chain, c.Stage, c.Direction, [.. c.Members], c.IsOrdered, c.Elements))])
        {
            Owners = Reconcile.Ownership.Of(_snapshot),
        };
        _memory.Chains.Forget(_chains.Count + _hooks.Count, _chains.Concat(_hooks));
        _memory.Finish(_conditions, _shapes, _tables);
        return ruleset;
    }

    // What the last compilation found out holds for the same inventory: of the addresses, and with the same conditions of identities too.
    private void Identify()
    {
        IpAddress[] own = _node?.Addresses.ToArray() ?? [];
        PeerUniverse? known = _memory.Space?.Universe;
        bool isSame = known is not null && known.IsOf(_snapshot, own, _conditions.All);
        if (isSame && _memory.Space!.IsOf(_conditions.All))
        {
            _memory.Identities.Keep();
            _identities = _memory.Space;
            return;
        }

        PeerUniverse universe = isSame && !known!.IsStale ? known : new PeerUniverse(_snapshot, own, _conditions.All);
        _memory.Space = _identities = new IdentitySpace(universe, _conditions.All, new MemberClasses(_snapshot, _conditions.All), _memory);
    }

    /// <summary>What marks a table as ours. Shared chains of tables with the same comment are alike.</summary>
    internal static string TableComment(EnforcementOptions options)
    {
        string choices = string.Create(
            CultureInfo.InvariantCulture,
            $"{options.ConnectionMarkMask:x} {options.AcceptedMark:x} {options.SeenMark:x} {options.WorkloadInterfacePrefix} {options.DenyAction}");
        if (options.FlowLog != FlowLogMode.None)
        {
            choices += string.Create(CultureInfo.InvariantCulture, $" {options.FlowLog} {options.FlowLogGroup} {options.FlowLogRate}");
        }

        return "netpol managed table, options " + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(choices)))[..8];
    }

    private ProgramShape ShapeOf(EndpointProgram program)
    {
        if (!_shapes.TryGetValue(program, out ProgramShape? shape))
        {
            if (_memory.Shapes.TryGetValue(program, out shape))
            {
                shape.Adopt(_conditions);
            }
            else
            {
                shape = new ProgramShape(program, _conditions);
            }

            _shapes[program] = shape;
        }

        return shape;
    }

    private IEnumerable<EndpointProgram> LocalPrograms()
    {
        HashSet<ProgramSet> met = new(ReferenceEqualityComparer.Instance);
        foreach ((Endpoint endpoint, _) in _local.Workloads)
        {
            if (met.Add(_snapshot.ClassOf(endpoint.Index).Programs!))
            {
                yield return _snapshot.ProgramOf(endpoint, PolicyStage.Normal, Direction.Egress);
                yield return _snapshot.ProgramOf(endpoint, PolicyStage.Normal, Direction.Ingress);
            }
        }

        foreach (Endpoint endpoint in _hostEndpoints)
        {
            foreach (PolicyStage stage in Enum.GetValues<PolicyStage>())
            {
                yield return _snapshot.ProgramOf(endpoint, stage, Direction.Egress);
                yield return _snapshot.ProgramOf(endpoint, stage, Direction.Ingress);
            }
        }
    }

    private void CheckHttp()
    {
        foreach (Rule rule in _shapes.Values.Where(s => s.HasHttp).SelectMany(s => ProgramShape.Rules(s.Program)).Where(r => r.Alternatives.Any(a => a.Match.Http is not null))
            .Select(r => r.Rule).DistinctBy(r => (r.Source.Id, r.Direction, r.Index)))
        {
            Report(Findings.HttpNotEnforced, $"`{rule}` has an `http` clause, which a packet filter cannot see; expected a rule without it", rule.Span);
        }
    }

    private void Report(DiagnosticDescriptor descriptor, string message, SourceSpan span) => _diagnostics.Add(new Diagnostic(descriptor, message, span));

    private static SourceSpan SpanOf(Endpoint endpoint) => endpoint.Source.SpanOf("metadata.name");

    // Classes of workloads: program and own end decide. A class without a chain never has a say.
    private readonly Dictionary<(EndpointProgram, string, string), (string? Chain, List<Endpoint> Members)> _workloadChains = [];

    /// <summary>The chain that judges a workload at an address; null if it has no say whatever the packet is.</summary>
    private (string? Chain, List<Endpoint> Members) WorkloadChain(Endpoint endpoint, Direction direction, IpAddress address)
    {
        EndpointProgram program = _snapshot.ProgramOf(endpoint, PolicyStage.Normal, direction);
        ProgramShape shape = ShapeOf(program);
        OwnEnd own = default;
        (EndpointProgram, string, string) key = (program, "", "");
        if (!shape.IsOwnEndFree)
        {
            own = OwnEndAt(endpoint, address);
            key = (program, string.Join(',', shape.OwnViews(own.V4)), string.Join(',', shape.OwnViews(own.V6)));
        }

        if (!_workloadChains.TryGetValue(key, out (string? Chain, List<Endpoint> Members) @class))
        {
            own = shape.IsOwnEndFree ? OwnEndAt(endpoint, address) : own;
            int number = NumberOf(_memory.Workloads, shape.Meaning + OwnMeaning(shape, own));
            string name = string.Create(CultureInfo.InvariantCulture, $"{(direction == Direction.Ingress ? "in" : "eg")}_{number}");
            (RuleLine[] lines, bool isOrdered, int elements) = Body(name, shape, own, isHost: false, OwnNodeSkips(shape));
            @class.Members = [];
            if (lines.Length > 0)
            {
                @class.Chain = name;
                _chains.Add(Say.Chain(name, lines));
                _classes.Add((name, PolicyStage.Normal, direction, @class.Members, isOrdered, elements));
            }

            _workloadChains[key] = @class;
        }

        AddMember(@class.Members, endpoint);
        return @class;
    }

    // Workloads come one after the other, with all their addresses.
    private static void AddMember(List<Endpoint> members, Endpoint endpoint)
    {
        if (members.Count == 0 || !ReferenceEquals(members[^1], endpoint))
        {
            members.Add(endpoint);
        }
    }

    // Other programs of the same policies, which differ in what their rules became, get numbers of their own.
    private static int NumberOf(Numbering<string> numbering, string meaning)
    {
        string key = meaning;
        for (int i = 2; numbering.IsTaken(key); i++)
        {
            key = string.Create(CultureInfo.InvariantCulture, $"{meaning}#{i}");
        }

        return numbering.Of(key);
    }

    private string OwnMeaning(ProgramShape shape, OwnEnd own)
    {
        if (shape.IsOwnEndFree)
        {
            return "";
        }

        StringBuilder text = new();
        foreach (PeerFacts facts in (ReadOnlySpan<PeerFacts>)[own.V4, own.V6])
        {
            foreach (EndConditions condition in shape.OwnConditions)
            {
                EndView view = condition[condition.ViewOf(facts)];
                if (!condition.IsAnyAddress && view.Matches)
                {
                    text.Append(CultureInfo.InvariantCulture, $"{_memory.NumberOf(condition, view)} ");
                }
            }

            text.Append('/');
        }

        return text.ToString();
    }

    private bool OwnNodeSkips(ProgramShape shape) =>
        shape.Program.Direction == Direction.Egress && shape.HasKubernetesPolicies && _snapshot.Options.EgressToOwnNode == OwnNodeEgress.Allowed;

    /// <summary>The rules that judge, tables where they can, with what they need. Empty if the program never has a say.</summary>
    private (RuleLine[] Lines, bool IsOrdered, int Elements) Body(string name, ProgramShape shape, OwnEnd own, bool isHost, bool skipsForOwnNode)
    {
        bool inOrder = shape.HasSourcePorts || shape.HasLog || shape.Program.Stage == PolicyStage.Untracked || (isHost && !shape.IsOwnEndFree);
        if (!inOrder)
        {
            (EndpointProgram, string, bool) key = (shape.Program, OwnMeaning(shape, own), isHost);
            TableCompiler compiler = _tables[key] = _memory.Tables.GetValueOrDefault(key) ?? new TableCompiler(shape);
            if (compiler.Compile(name, own, isHost, _outcomes, _options.MaxTableElements, _snapshot, _identities, _indexes) is { } tables)
            {
                _maps.AddRange(tables.Maps);
                string find = shape.Program.Direction == Direction.Ingress ? ChainNames.FindSource : ChainNames.FindDestination;
                return (tables.Lines.Length == 0 ? [] : [Say.Line(Say.Jump(find)), .. tables.Lines], false, tables.ElementCount);
            }
        }

        ReportOrder(shape, own.Endpoint, isHost);
        OrderedCompiler ordered = new(shape, _addresses, _outcomes, isHost, _options.LogGroup);
        List<RuleLine> lines = shape.Program.Stage == PolicyStage.Untracked ? [] : [Say.Line(Say.Jump(ChainNames.Ok))];
        if (!isHost && shape.Program.Direction == Direction.Ingress)
        {
            lines.AddRange(WithOwnNode(Say.Source, Say.Return));
        }

        if (skipsForOwnNode)
        {
            lines.AddRange(WithOwnNode(Say.Destination, Say.Goto(ordered.Compile(name + "_own", PolicyScope.NotKubernetes))));
        }

        lines.Add(Say.Line(Say.Goto(ordered.Compile(name, PolicyScope.All))));
        _chains.AddRange(ordered.Chains);
        return ([.. lines], true, 0);
    }

    // Untracked policy is always in order: tables need the register, which the stack has not filled there.
    private void ReportOrder(ProgramShape shape, Endpoint endpoint, bool isHost)
    {
        if (shape.Program.Stage == PolicyStage.Untracked)
        {
            return;
        }

        (Rule? rule, string reason) = OrderReason(shape, isHost);
        string way = shape.Program.Direction == Direction.Ingress ? "ingress" : "egress";
        Report(
            Findings.RenderedInOrder,
            string.Create(CultureInfo.InvariantCulture, $"{way} rules of `{endpoint.Name}` are evaluated one by one, since {(rule is null ? reason : $"`{rule}` {reason}")}"),
            rule?.Span ?? SpanOf(endpoint));
    }

    private (Rule? Rule, string Reason) OrderReason(ProgramShape shape, bool isHost)
    {
        HashSet<CompiledRule> enforced = [.. ProgramShape.Rules(shape.Program)];
        foreach (ShapedMatch match in shape.Matches)
        {
            string? reason = match.Rule.Action == RuleAction.Log && enforced.Contains(match.Rule) ? "logs"
                : (match.Match.Source.Ports ?? match.Match.Source.NotPorts) is not null ? "looks at source ports"
                : isHost && !shape.OwnOf(match).IsAnyAddress ? "looks at both ends of a host's traffic"
                : null;
            if (reason is not null)
            {
                return (match.Rule.Rule, reason);
            }
        }

        return (null, string.Create(CultureInfo.InvariantCulture, $"its tables would have more than {_options.MaxTableElements} elements"));
    }

    // Rules for packets that have an address of the node at one end.
    private IEnumerable<RuleLine> WithOwnNode(Func<IpFamily, RuleField> end, RuleStatement verdict)
    {
        foreach (IpFamily family in (IpFamily[])[IpFamily.IPv4, IpFamily.IPv6])
        {
            RuleValue[] own =
            [
                .. _identities.Universe.Atoms.Where(a => a.IsOwnNode && a.Range.First.Family == family).Select(a => new RuleValue.Addresses(a.Range)),
            ];
            if (own.Length > 0)
            {
                yield return Say.Line(Say.Is(end(family), own), verdict);
            }
        }
    }
}
