using System.Runtime.InteropServices;
using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Enforce.Rules;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Policies;
using NetPolicy.Ports;

namespace NetPolicy.Enforce.Compilation;

/// <summary>The own end of a class: one address for each family.</summary>
internal readonly record struct OwnEnd(Endpoint Endpoint, PeerFacts V4, PeerFacts V6)
{
    public PeerFacts Of(IpFamily family) => family == IpFamily.IPv6 ? V6 : V4;
}

/// <summary>A class as tables: the lookups to make in order, and what they are made in.</summary>
internal sealed record CompiledTables(RuleMap[] Maps, RuleLine[] Lines, int ElementCount);

/// <summary>
/// Tabulates a program: for each identity and protocol, stretches of ports with the decision the engine gives for them. Only what differs from the
/// decision one step wider is an element: ports from their protocol, protocols from their identity, identities from the class.
/// A workload's own node may always reach it (Calico specification §7.5).
/// </summary>
internal sealed class TableCompiler(ProgramShape shape)
{
    private readonly List<Outcome> _outcomes = [];
    private readonly Dictionary<Outcome, int> _ids = [];
    private readonly Dictionary<uint, Cells> _cells = [];
    private Dictionary<(PolicyStep, CompiledRule?), PolicyStep?> _steps = [];
    private Snapshot _snapshot = null!;
    private int[] _peers = [];
    private Last? _last;

    /// <summary>
    /// The tables; null if they would have more than <paramref name="maxElements"/> elements. Rows of identities that an earlier compilation had are taken on:
    /// the number of an identity, the program and the own end say all that a row depends on.
    /// </summary>
    public CompiledTables? Compile(
        string name, OwnEnd own, bool isHost, OutcomeChains chains, int maxElements, Snapshot snapshot, IdentitySpace identities, Dictionary<EndConditions, int> indexes)
    {
        if (_last is { } same && same.Name == name && ReferenceEquals(same.Identities, identities) && chains.TryKeep(same.Targets))
        {
            return same.Tables;
        }

        _snapshot = snapshot;
        _peers = [.. shape.Matches.Select(m => indexes[shape.PeerOf(m)])];
        bool tellsOwnNode = !isHost && shape.Program.Direction == Direction.Egress
            && snapshot.Options.EgressToOwnNode == OwnNodeEgress.Allowed && shape.HasKubernetesPolicies;
        bool isOpenToOwnNode = !isHost && shape.Program.Direction == Direction.Ingress;
        bool[][] isMine = [OwnMatches(own.V4), OwnMatches(own.V6)];
        int[] peers = [.. shape.PeerConditions.Select(c => indexes[c])];
        Dictionary<(IpFamily, bool, EquatableArray<int>), Cells> known = [];
        List<(Identity Identity, Cells Cells)> rows = new(identities.All.Count);
        long count = 0;
        if (_cells.Count > (identities.All.Count * 2) + 64)
        {
            _cells.Clear();
        }

        foreach (Identity identity in identities.All)
        {
            if (!_cells.TryGetValue(identity.Number, out Cells? cells))
            {
                bool isOwnNode = (tellsOwnNode || isOpenToOwnNode) && identity.IsOwnNode;
                (IpFamily, bool, EquatableArray<int>) key = (identity.Family, isOwnNode, [.. peers.Select(p => identity.Views[p])]);
                if (!known.TryGetValue(key, out cells))
                {
                    known[key] = cells = isOwnNode && isOpenToOwnNode
                        ? new Cells { Base = IdOf(Outcome.NoSay) }
                        : Tabulate(identity, own, isMine[identity.Family == IpFamily.IPv6 ? 1 : 0], isOwnNode);
                }

                _cells[identity.Number] = cells;
            }

            rows.Add((identity, cells));
            count += cells.ElementCount;
            if (count > maxElements)
            {
                return null;
            }
        }

        _steps = [];

        if (_last is { } last && last.Name == name && SameRows(last.Rows, rows) && chains.TryKeep(last.Targets))
        {
            _last = last with { Identities = identities };
            return last.Tables;
        }

        List<OutcomeChain> targets = [];
        RuleVerdict Target(int outcome)
        {
            OutcomeChain? chain = chains.ChainOf(_outcomes[outcome], shape.Program, isHost);
            if (chain is not null)
            {
                targets.Add(chain);
            }

            return OutcomeChains.VerdictOf(chain);
        }

        CompiledTables tables = Write(name, rows, Target);
        _last = new Last(name, identities, rows, [.. targets], tables);
        return tables;
    }

    private static bool SameRows(List<(Identity Identity, Cells Cells)> left, List<(Identity Identity, Cells Cells)> right)
    {
        if (left.Count != right.Count)
        {
            return false;
        }

        for (int i = 0; i < left.Count; i++)
        {
            if (left[i].Identity.Number != right[i].Identity.Number || !ReferenceEquals(left[i].Cells, right[i].Cells))
            {
                return false;
            }
        }

        return true;
    }

    private Cells Tabulate(Identity identity, OwnEnd own, bool[] isMine, bool isOwnNode)
    {
        Cells cells = new();
        List<ShapedMatch> relevant = Relevant(identity, isMine);
        EndpointProgram program = Reduce(relevant, isPending: false);
        EndpointProgram? pending = shape.CountsStaged ? Reduce(relevant, isPending: true) : null;
        PeerFacts ownFacts = own.Of(identity.Family);
        bool ingress = shape.Program.Direction == Direction.Ingress;
        PeerFacts source = ingress ? identity.Facts : ownFacts, destination = ingress ? ownFacts : identity.Facts;
        int Ask(Protocol protocol, int port, int type, int code)
        {
            NoRecorder recorder = default;
            Packet packet = new(identity.Family, protocol, port, -1, type, code, null, null);
            PolicyScope scope = isOwnNode ? PolicyScope.NotKubernetes : PolicyScope.All;
            Outcome outcome = Outcome.Of(_snapshot.Judge(program, own.Endpoint.Index, program.Direction, scope, packet, source, destination, ref recorder));
            return IdOf(pending is null
                ? outcome
                : outcome.With(_snapshot.Judge(pending, own.Endpoint.Index, program.Direction, scope, packet, source, destination, ref recorder)));
        }

        cells.Base = Ask(shape.OtherProtocol, -1, -1, -1);
        foreach (Protocol protocol in shape.Protocols)
        {
            if (protocol.HasPorts)
            {
                TabulatePorts(cells, protocol, relevant, destination, Ask);
            }
            else if (protocol.IsIcmp && (protocol == Protocol.IcmpV6) == (identity.Family == IpFamily.IPv6))
            {
                TabulateIcmp(cells, protocol, relevant, Ask);
            }
            else
            {
                cells.Portless(protocol, Ask(protocol, -1, -1, -1));
            }
        }

        return cells;
    }

    private bool[] OwnMatches(PeerFacts own)
    {
        Dictionary<EndConditions, bool> matches = shape.OwnConditions.ToDictionary(c => c, c => c[c.ViewOf(own)].Matches);
        return [.. shape.Matches.Select(m => matches[shape.OwnOf(m)])];
    }

    // What can match some packet between the two ends.
    private List<ShapedMatch> Relevant(Identity identity, bool[] isMine)
    {
        List<ShapedMatch> relevant = [];
        for (int m = 0; m < isMine.Length; m++)
        {
            ShapedMatch match = shape.Matches[m];
            EndConditions peer = shape.PeerOf(match);
            if (isMine[m] && ProgramShape.HasForm(match.Match, identity.Family) && peer[identity.Views[_peers[m]]].Matches)
            {
                relevant.Add(match);
            }
        }

        return relevant;
    }

    // The program without rules that can match nothing here: the same decisions, sooner. Pending: as if staged policies were enforced.
    private EndpointProgram Reduce(List<ShapedMatch> relevant, bool isPending)
    {
        // What a program asks is in the order of its rules, but for those of staged policies.
        HashSet<CompiledRule>? kept = shape.CountsStaged ? new([.. relevant.Select(m => m.Rule)], ReferenceEqualityComparer.Instance) : null;
        int next = 0;
        EndpointProgram program = shape.Program;
        TierStep[] tiers = new TierStep[program.TierSteps.Length];
        for (int t = 0; t < tiers.Length; t++)
        {
            TierStep tier = program.TierSteps[t];
            PolicyStep[] steps = new PolicyStep[tier.Steps.Length];
            for (int s = 0; s < steps.Length; s++)
            {
                PolicyStep step = tier.Steps[s];
                steps[s] = kept is not null ? new PolicyStep(step.Policy, step.IsEnforced || isPending, [.. step.Rules.Where(kept.Contains)]) : Keep(step, relevant, ref next);
            }

            tiers[t] = new TierStep(tier.Tier, steps);
        }

        ProfileStep[] profiles = new ProfileStep[program.ProfileSteps.Length];
        for (int p = 0; p < profiles.Length; p++)
        {
            ProfileStep profile = program.ProfileSteps[p];
            profiles[p] = new ProfileStep(profile.Name, profile.Profile, kept is not null ? [.. profile.Rules.Where(kept.Contains)] : Keep(profile.Rules, relevant, ref next));
        }

        return new EndpointProgram(program.Stage, program.Direction, tiers, profiles);
    }

    private static CompiledRule[] Keep(CompiledRule[] rules, List<ShapedMatch> relevant, ref int next)
    {
        int first = next, count = 0;
        foreach (CompiledRule rule in rules)
        {
            if (next < relevant.Count && ReferenceEquals(relevant[next].Rule, rule))
            {
                count++;
                Pass(relevant, ref next);
            }
        }

        if (count == 0 || count == rules.Length)
        {
            return count == 0 ? [] : rules;
        }

        CompiledRule[] few = new CompiledRule[count];
        for (int i = 0; i < count; i++)
        {
            few[i] = relevant[first].Rule;
            Pass(relevant, ref first);
        }

        return few;
    }

    // Most identities are met by no rule of a policy, or by one.
    private PolicyStep Keep(PolicyStep step, List<ShapedMatch> relevant, ref int next)
    {
        if (!step.IsEnforced)
        {
            return new PolicyStep(step.Policy, step.IsEnforced, []);
        }

        int first = next;
        CompiledRule[] rules = Keep(step.Rules, relevant, ref next);
        if (rules.Length > 1)
        {
            return ReferenceEquals(rules, step.Rules) ? step : new PolicyStep(step.Policy, step.IsEnforced, rules);
        }

        ref PolicyStep? known = ref CollectionsMarshal.GetValueRefOrAddDefault(_steps, (step, rules.Length == 0 ? null : relevant[first].Rule), out _);
        return known ??= new PolicyStep(step.Policy, step.IsEnforced, rules);
    }

    // A rule has one or more alternatives.
    private static void Pass(List<ShapedMatch> relevant, ref int next)
    {
        CompiledRule rule = relevant[next].Rule;
        while (next < relevant.Count && ReferenceEquals(relevant[next].Rule, rule))
        {
            next++;
        }
    }

    private static void TabulatePorts(
        Cells cells, Protocol protocol, List<ShapedMatch> relevant, PeerFacts destination, Func<Protocol, int, int, int, int> ask)
    {
        List<int> cuts = [0];
        foreach (ShapedMatch match in relevant)
        {
            if (match.Match.Match.Protocol is { } only && only != protocol)
            {
                continue;
            }

            CompiledEnd end = match.Match.Destination;
            if (end.Ports is null && end.NotPorts is null && end.Service is null)
            {
                continue;
            }

            AddCuts(cuts, end.Ports);
            AddCuts(cuts, end.NotPorts);
            EndView view = match.Destination[match.Destination.ViewOf(destination)];
            AddCuts(cuts, view.Ports);
            AddCuts(cuts, view.NotPorts);
            AddCuts(cuts, view.Backends);
        }

        cuts.Sort();
        List<(PortRange Ports, int Outcome)> stretches = [];
        for (int i = 0; i < cuts.Count; i++)
        {
            int last = i + 1 < cuts.Count ? cuts[i + 1] - 1 : ushort.MaxValue;
            if (cuts[i] > last)
            {
                continue;
            }

            int outcome = ask(protocol, cuts[i], -1, -1);
            if (stretches.Count > 0 && stretches[^1].Outcome == outcome)
            {
                stretches[^1] = (new PortRange(stretches[^1].Ports.First, (ushort)last), outcome);
            }
            else
            {
                stretches.Add((new PortRange((ushort)cuts[i], (ushort)last), outcome));
            }
        }

        int common = stretches.Count == 1 ? stretches[0].Outcome : Common(stretches.Select(s => s.Outcome), cells.Base);
        cells.Portless(protocol, common);
        foreach ((PortRange ports, int outcome) in stretches)
        {
            if (outcome != common)
            {
                cells.Ports.Add((protocol, ports, outcome));
            }
        }
    }

    private static void AddCuts(List<int> cuts, PortMatch? ports)
    {
        foreach (PortRange range in (ports?.Numbers.Ranges ?? default).AsSpan())
        {
            cuts.Add(range.First);
            cuts.Add(range.Last + 1);
        }
    }

    private static void AddCuts(List<int> cuts, EquatableArray<NumberedPort> ports)
    {
        foreach (NumberedPort port in ports.AsSpan())
        {
            cuts.Add(port.Number);
            cuts.Add(port.Number + 1);
        }
    }

    private static void TabulateIcmp(Cells cells, Protocol protocol, List<ShapedMatch> relevant, Func<Protocol, int, int, int, int> ask)
    {
        SortedSet<int> types = [0], codes = [0];
        foreach (ShapedMatch match in relevant)
        {
            foreach (Manifests.Calico.IcmpMatch? icmp in (ReadOnlySpan<Manifests.Calico.IcmpMatch?>)[match.Match.Match.Icmp, match.Match.Match.NotIcmp])
            {
                Around(types, icmp?.Type);
                Around(codes, icmp?.Code);
            }
        }

        List<(byte First, byte Last, byte FirstCode, byte LastCode, int Outcome)> boxes = [];
        foreach ((int First, int Last) type in Stretches(types))
        {
            int start = boxes.Count;
            foreach ((int First, int Last) code in Stretches(codes))
            {
                int outcome = ask(protocol, -1, type.First, code.First);
                if (boxes.Count > start && boxes[^1].Outcome == outcome)
                {
                    boxes[^1] = boxes[^1] with { LastCode = (byte)code.Last };
                }
                else
                {
                    boxes.Add(((byte)type.First, (byte)type.Last, (byte)code.First, (byte)code.Last, outcome));
                }
            }
        }

        int common = Common(boxes.Select(b => b.Outcome), cells.Base);
        cells.Portless(protocol, common);
        cells.Icmp.AddRange(boxes.Where(b => b.Outcome != common));
    }

    private static void Around(SortedSet<int> starts, int? value)
    {
        if (value is { } number)
        {
            starts.Add(number);
            if (number < byte.MaxValue)
            {
                starts.Add(number + 1);
            }
        }
    }

    private static IEnumerable<(int First, int Last)> Stretches(SortedSet<int> starts)
    {
        int[] cuts = [.. starts];
        for (int i = 0; i < cuts.Length; i++)
        {
            yield return (cuts[i], i + 1 < cuts.Length ? cuts[i + 1] - 1 : byte.MaxValue);
        }
    }

    // What most stretches have, the wider decision where several tie: it then needs no element of its own.
    private static int Common(IEnumerable<int> outcomes, int wider)
    {
        List<(int Outcome, int Count)> counts = [];
        foreach (int outcome in outcomes)
        {
            int at = counts.FindIndex(c => c.Outcome == outcome);
            if (at < 0)
            {
                counts.Add((outcome, 1));
            }
            else
            {
                counts[at] = (outcome, counts[at].Count + 1);
            }
        }

        (int Outcome, int Count) best = counts[0];
        foreach ((int Outcome, int Count) other in counts)
        {
            bool isBetter = other.Count != best.Count ? other.Count > best.Count
                : (other.Outcome == wider) != (best.Outcome == wider) ? other.Outcome == wider
                : other.Outcome < best.Outcome;
            best = isBetter ? other : best;
        }

        return best.Outcome;
    }

    private int IdOf(in Outcome outcome)
    {
        if (!_ids.TryGetValue(outcome, out int id))
        {
            _ids[outcome] = id = _outcomes.Count;
            _outcomes.Add(outcome);
        }

        return id;
    }

    private CompiledTables Write(string name, List<(Identity Identity, Cells Cells)> rows, Func<int, RuleVerdict> target)
    {
        // A tie goes to the denial.
        int common = rows.GroupBy(r => r.Cells.Base)
            .OrderByDescending(g => g.Count()).ThenBy(g => _outcomes[g.Key].Verdict == EndVerdict.Deny ? 0 : 1).ThenBy(g => g.Key).First().Key;
        List<RuleElement> single = [], ranges = [], icmp4 = [], icmp6 = [], protocols = [], whole = [];
        Dictionary<int, RuleVerdict> targets = [];
        RuleVerdict Target(int outcome)
        {
            if (!targets.TryGetValue(outcome, out RuleVerdict verdict))
            {
                targets[outcome] = verdict = target(outcome);
            }

            return verdict;
        }

        foreach ((Identity identity, Cells cells) in rows)
        {
            RuleValue id = new RuleValue.Identity(identity.Number);
            if (cells.Base != common)
            {
                whole.Add(new RuleElement(id, Target(cells.Base)));
            }

            foreach ((Protocol protocol, int outcome) in cells.Protocols)
            {
                protocols.Add(new RuleElement(RuleValue.Join(id, Say.Of(protocol)), Target(outcome)));
            }

            foreach ((Protocol protocol, PortRange ports, int outcome) in cells.Ports)
            {
                (ports.First == ports.Last ? single : ranges)
                    .Add(new RuleElement(RuleValue.Join(id, Say.Of(protocol), new RuleValue.Ports(ports)), Target(outcome)));
            }

            foreach ((byte first, byte last, byte firstCode, byte lastCode, int outcome) in cells.Icmp)
            {
                (identity.Family == IpFamily.IPv6 ? icmp6 : icmp4).Add(new RuleElement(
                    RuleValue.Join(id, new RuleValue.Bytes(first, last), new RuleValue.Bytes(firstCode, lastCode)), Target(outcome)));
            }
        }

        List<RuleMap> maps = [];
        List<RuleLine> lines = [];
        void Table(string prefix, List<RuleElement> elements, bool isInterval, RuleStatement[] conditions, params RuleField[] fields)
        {
            if (elements.Count > 0)
            {
                maps.Add(new RuleMap(prefix + name, [.. fields], [.. elements], isInterval));
                lines.Add(Say.Line([.. conditions, Say.Look(prefix + name, fields)]));
            }
        }

        Table("m_", single, false, [], RuleField.Identity, RuleField.Protocol, RuleField.DestinationPort);
        Table("x_", ranges, true, [], RuleField.Identity, RuleField.Protocol, RuleField.DestinationPort);
        Table("i4_", icmp4, true, IsIcmp(IpFamily.IPv4), RuleField.Identity, RuleField.IcmpType, RuleField.IcmpCode);
        Table("i6_", icmp6, true, IsIcmp(IpFamily.IPv6), RuleField.Identity, RuleField.Icmp6Type, RuleField.Icmp6Code);
        Table("p_", protocols, false, [], RuleField.Identity, RuleField.Protocol);
        Table("w_", whole, false, [], RuleField.Identity);
        if (_outcomes[common] is not { Verdict: EndVerdict.None, Staged: null })
        {
            lines.Add(Say.Line(Say.Go(Target(common))));
        }

        return new CompiledTables([.. maps], [.. lines], maps.Sum(m => m.Elements.Count));
    }

    private static RuleStatement[] IsIcmp(IpFamily family) =>
    [
        Say.Is(RuleField.Family, Say.Of(family)),
        Say.Is(RuleField.Protocol, Say.Of(family == IpFamily.IPv6 ? Protocol.IcmpV6 : Protocol.Icmp)),
    ];

    /// <summary>What was written last, and of what.</summary>
    private sealed record Last(
        string Name, IdentitySpace Identities, List<(Identity Identity, Cells Cells)> Rows, OutcomeChain[] Targets, CompiledTables Tables);

    /// <summary>The row of an identity: the decision for protocols nobody names, and what differs from it.</summary>
    private sealed class Cells
    {
        public int Base { get; set; }

        public List<(Protocol Protocol, int Outcome)> Protocols { get; } = [];

        public List<(Protocol Protocol, PortRange Ports, int Outcome)> Ports { get; } = [];

        public List<(byte First, byte Last, byte FirstCode, byte LastCode, int Outcome)> Icmp { get; } = [];

        public int ElementCount => Protocols.Count + Ports.Count + Icmp.Count + 1;

        public void Portless(Protocol protocol, int outcome)
        {
            if (outcome != Base)
            {
                Protocols.Add((protocol, outcome));
            }
        }
    }
}
