using NetPolicy.Addresses;
using NetPolicy.Diagnostics;
using NetPolicy.Enforce.Compilation;
using NetPolicy.Enforce.Nft;
using NetPolicy.Enforce.Observation;
using NetPolicy.Enforce.Rules;
using NetPolicy.Enforce.Simulation;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using System.Globalization;
using Packet = NetPolicy.Enforce.Simulation.Packet;

namespace NetPolicy.Enforce.Safety;

/// <summary>
/// Shows before a ruleset is loaded that the connections by which the machine is managed survive it. The text that is going to be loaded is interpreted packet
/// by packet, for the machine's real interfaces, addresses and routes: new connections and the one that is open now, both directions, tracked or not yet; and
/// the engine is asked for its verdict. What would be cut is named with the rule that does it.
/// </summary>
/// <remarks>Judges our rules only: tables of others on the machine may deny what ours allow.</remarks>
public sealed class LockoutCheck
{
    private readonly CompiledRuleset _ruleset;
    private readonly Snapshot? _snapshot;
    private readonly HostFacts _facts;
    private readonly NftMachine _machine;
    private readonly List<Diagnostic> _diagnostics = [];

    private LockoutCheck(CompiledRuleset ruleset, Snapshot? snapshot, HostFacts facts, int generation)
    {
        _ruleset = ruleset;
        _snapshot = snapshot;
        _facts = facts;
        _machine = new NftMachine(NftRuleset.Parse(NftWriter.Write(ruleset, Math.Max(1, generation))));
    }

    /// <summary>Judges flows.</summary>
    /// <param name="ruleset">The ruleset.</param>
    /// <param name="snapshot">What it was compiled from; null if only the rules are known any more: then the engine is not asked.</param>
    /// <param name="facts">The machine.</param>
    /// <param name="flows">The connections to keep.</param>
    /// <param name="generation">The generation that the ruleset will be.</param>
    public static LockoutReport Run(CompiledRuleset ruleset, Snapshot? snapshot, HostFacts facts, IEnumerable<ManagementFlow> flows, int generation = 1)
    {
        ArgumentNullException.ThrowIfNull(ruleset);
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(flows);
        LockoutCheck check = new(ruleset, snapshot, facts, generation);
        List<ManagementFlow> kept = [.. flows.Distinct().Where(check.Survives)];
        return new LockoutReport([.. kept], [.. check._diagnostics]);
    }

    private bool Survives(ManagementFlow flow)
    {
        if (flow.Local is { } local && _facts.OwnerOf(local) is null)
        {
            Unjudged(flow, $"the machine does not have its address {local}");
            return false;
        }

        Trial? cut = null;
        bool isTried = false;
        bool isReached = false;
        foreach (IpAddress peer in Candidates(flow))
        {
            foreach (Trial trial in Trials(flow, peer))
            {
                isTried = true;
                if (!Passes(trial))
                {
                    cut ??= trial;
                }
                else
                {
                    isReached = true;
                }
            }

            if (flow.NeedsEveryPeer ? cut is not null : isReached)
            {
                break;
            }
        }

        if (!isTried)
        {
            Unjudged(flow, "no interface of the machine leads there");
            return false;
        }

        if (flow.NeedsEveryPeer ? cut is null : isReached)
        {
            return true;
        }

        Cut(flow, cut!);
        return false;
    }

    /// <summary>
    /// Peers that stand for all: one of each identity that the flow's peers have, which all rules of the ruleset treat alike, and the first address of each block
    /// that rules name themselves.
    /// </summary>
    private IEnumerable<IpAddress> Candidates(ManagementFlow flow)
    {
        IReadOnlyList<IpRange> wanted = flow.Peers.IsEmpty ? [IpRange.Of(IpPrefix.AllIPv4), IpRange.Of(IpPrefix.AllIPv6)] : flow.Peers;
        if (wanted.All(r => r.First == r.Last))
        {
            return wanted.Select(r => r.First);
        }

        HashSet<(IpFamily, uint)> identities = [];
        HashSet<IpAddress> seen = [];
        List<IpAddress> candidates = [];
        foreach ((IpRange range, uint identity) in _ruleset.Table.Identities.AsEnumerable().SelectMany(m => m.Elements.AsEnumerable()))
        {
            foreach (IpRange want in wanted)
            {
                if (!identities.Contains((range.First.Family, identity)) && Within(range, want) is { } found)
                {
                    identities.Add((range.First.Family, identity));
                    seen.Add(found);
                    candidates.Add(found);
                }
            }
        }

        IEnumerable<RuleValue> named = _ruleset.Table.Sets.AsEnumerable().SelectMany(s => s.Elements.AsEnumerable())
            .Concat(_ruleset.Table.Chains.AsEnumerable().SelectMany(c => c.Rules.AsEnumerable()).SelectMany(r => r.Statements.AsEnumerable())
                .OfType<RuleStatement.Match>().SelectMany(m => m.Values.AsEnumerable()));
        foreach (RuleValue.Addresses block in named.OfType<RuleValue.Addresses>())
        {
            foreach (IpRange want in wanted)
            {
                if (Within(block.Range, want) is { } found && seen.Add(found))
                {
                    candidates.Add(found);
                }
            }
        }

        return candidates;
    }

    // The first address of a range is often a network's own, which nobody has, and the next one this machine's: others of the range stand for it as well.
    private IpAddress? Within(IpRange range, IpRange want)
    {
        if (range.First.Family != want.First.Family)
        {
            return null;
        }

        UInt128 first = UInt128.Max(range.First.Value, want.First.Value);
        UInt128 last = UInt128.Min(range.Last.Value, want.Last.Value);
        if (first > last)
        {
            return null;
        }

        UInt128 room = last - first;
        foreach (UInt128 step in (ReadOnlySpan<UInt128>)[1, 2, 3, room / 2, room, 0])
        {
            IpAddress candidate = IpAddress.From(range.First.Family, first + UInt128.Min(room, step));
            if (IsOutside(candidate))
            {
                return candidate;
            }
        }

        return null;
    }

    // Addresses of the node's own pods are at home here, whoever uses them outside.
    private bool IsOutside(IpAddress address) =>
        !(_snapshot?.Cluster.FindNode(_ruleset.Node)?.PodRanges.AsEnumerable().Any(r => r.Contains(address)) ?? false)
        && !_facts.IsOwn(address) && _facts.RouteTo(address)?.Interface is { } name && name != "lo" && !IsWorkload(name);

    private bool IsWorkload(string name) =>
        name.StartsWith(_ruleset.Options.WorkloadInterfacePrefix, StringComparison.Ordinal)
        || _ruleset.Table.Sets.AsEnumerable().Any(s => s.Name == "wl_if" && s.Elements.AsEnumerable().Any(e => e is RuleValue.Interface own && own.Name == name));

    /// <summary>By which interface and from or to which of the machine's addresses a peer's packets go.</summary>
    private IEnumerable<Trial> Trials(ManagementFlow flow, IpAddress peer)
    {
        if (_facts.IsOwn(peer))
        {
            yield return new Trial(flow, peer, flow.Local ?? peer, "lo");
            yield break;
        }

        if (_facts.RouteTo(peer)?.Interface is not { } way)
        {
            yield break;
        }

        IpAddress? local = flow.Local
            ?? (_facts.Find(way)?.Addresses.AsEnumerable() ?? []).Concat(_facts.Interfaces.AsEnumerable().Where(i => i.Name != "lo").SelectMany(i => i.Addresses.AsEnumerable()))
                .Where(a => a.Family == peer.Family)
                .Select(a => (IpAddress?)a).FirstOrDefault();
        if (local is not { } own || own.Family != peer.Family)
        {
            yield break;
        }

        yield return new Trial(flow, peer, own, way);
        if (flow.Local is not null && _facts.OwnerOf(own) is { } owner && owner.Name != way && owner.Name != "lo")
        {
            yield return new Trial(flow, peer, own, owner.Name);
        }
    }

    private bool Passes(Trial trial)
    {
        HostModel host = new() { Route = state => Route(trial, state), Dnat = Translate };
        bool passes = Opens(trial, host) && (!trial.Flow.IsOpen || (Continues(trial, host, isTracked: true) && Continues(trial, host, isTracked: false)));
        return passes && EngineAllows(trial);
    }

    /// <summary>A new connection: the opening, the answer, and data both ways.</summary>
    private bool Opens(Trial trial, HostModel host)
    {
        PacketWalk walk = new(_machine, host);
        (Packet there, Packet back) = trial.Packets(0);
        return Goes(trial, walk, there with { TcpFlags = Trial.Syn }, "new connections")
            && Answered(trial, walk, there, back, Trial.SynAck, "answers to new connections")
            && Goes(trial, walk, there with { TcpFlags = Trial.Ack }, "packets of new connections")
            && Answered(trial, walk, there, back, Trial.Ack, "answers in new connections");
    }

    /// <summary>
    /// The connection that is open now, which the kernel tracked already or, before any rule asked for it, did not: then it is first seen in the middle.
    /// </summary>
    private bool Continues(Trial trial, HostModel host, bool isTracked)
    {
        ConntrackTable conntrack = new();
        (Packet there, Packet back) = trial.Packets(trial.Flow.SourcePort ?? 0);
        if (isTracked)
        {
            PacketWalk before = new(new NftMachine(NftRuleset.Parse("")), host, conntrack);
            _ = trial.Walk(before, there with { TcpFlags = Trial.Syn });
            _ = trial.Walk(before, back with { TcpFlags = Trial.SynAck });
        }

        PacketWalk walk = new(_machine, host, conntrack);
        string what = isTracked ? "packets of the open connection" : "packets of the open connection, seen for the first time,";
        return (!isTracked || Answered(trial, walk, there, back, Trial.Ack, "answers in the open connection"))
            && Goes(trial, walk, there with { TcpFlags = Trial.Ack }, what)
            && Answered(trial, walk, there, back, Trial.Ack, "answers in the open connection");
    }

    // The answer comes from where the packet went: of a translated connection from its backend.
    private static bool Answered(Trial trial, PacketWalk walk, Packet there, Packet back, byte flags, string what)
    {
        ConnectionTuple opened = ConnectionTuple.Of(there);
        Packet answer = walk.Conntrack.Find(opened) is { } connection && connection.Status.HasFlag(ConntrackStatus.DestinationNat)
            ? back with { Source = connection.Reply.Source, SourcePort = connection.Reply.SourcePort }
            : back;
        return Goes(trial, walk, answer with { TcpFlags = flags }, what);
    }

    private static bool Goes(Trial trial, PacketWalk walk, Packet packet, string what)
    {
        WalkOutcome outcome = trial.Walk(walk, packet.Protocol == 6 ? packet : packet with { TcpFlags = null });
        if (outcome.Verdict == NftVerdict.Accept)
        {
            return true;
        }

        trial.What = what;
        trial.Outcome = outcome;
        return false;
    }

    private bool EngineAllows(Trial trial)
    {
        string host = "host:" + _ruleset.Node;
        bool isInbound = trial.Flow.Direction == ManagementDirection.Inbound;
        string peer = trial.Peer.ToString();
        FlowRequest request = new()
        {
            From = isInbound ? peer : host,
            To = isInbound ? host : peer,
            Protocol = trial.Flow.Protocol.ToString(),
            Port = trial.Flow.Port,
            SourcePort = trial.Flow.SourcePort,
            IpFamily = trial.Peer.Family == IpFamily.IPv6 ? "IPv6" : "IPv4",
            InInterface = isInbound ? trial.Interface : null,
            OutInterface = isInbound ? null : trial.Interface,
        };
        if (_snapshot is null || trial.Interface == "lo" || !_snapshot.TryResolve(request, out Flow flow, out _))
        {
            return true;
        }

        // Whether a node has an address of a family is the inventory's knowledge, and may be less than the machine's: only policy's own denials count.
        Evaluation evaluation = _snapshot.Evaluate(flow);
        EndDecision own = isInbound ? evaluation.Ingress : evaluation.Egress;
        if (own.Verdict != EndVerdict.Deny || own.Reason is DecisionReason.Unreachable or DecisionReason.HostInput)
        {
            return true;
        }

        trial.What = "new connections";
        trial.Decision = own;
        return false;
    }

    private RouteDecision Route(Trial trial, PacketState state)
    {
        IpAddress destination = IpAddress.From(state.Packet.Family == PacketFamily.IPv6 ? IpFamily.IPv6 : IpFamily.IPv4, state.Destination);
        return destination == trial.Local || _facts.IsOwn(destination) ? RouteDecision.Local
            : destination == trial.Peer ? RouteDecision.Through(trial.Interface)
            : _facts.RouteTo(destination)?.Interface is { } name ? RouteDecision.Through(name)
            : RouteDecision.Unreachable;
    }

    private NatBinding? Translate(PacketState state)
    {
        if (state.Packet.InputInterface is not null || _snapshot is null)
        {
            return null;
        }

        IpAddress front = IpAddress.From(state.Packet.Family == PacketFamily.IPv6 ? IpFamily.IPv6 : IpFamily.IPv4, state.Destination);
        Backend? backend = _snapshot.Cluster.Services.Where(s => s.Addresses.AsEnumerable().Contains(front)).SelectMany(s => s.Ports.AsEnumerable())
            .Where(p => p.Protocol.Number == state.Packet.Protocol && p.Port == state.DestinationPort)
            .SelectMany(p => p.Backends.AsEnumerable()).Where(b => b.IsReady && b.Address.Family == front.Family)
            .Select(b => (Backend?)b).FirstOrDefault();
        return backend is { } found ? new NatBinding(NatKind.Destination, found.Address.Value, found.Port) : null;
    }

    private void Cut(ManagementFlow flow, Trial trial)
    {
        (string by, SourceSpan span) = trial.Decision is { } decision ? Decider(decision) : Rule(trial.Outcome!);
        string peers = flow.Peers.Count == 1 && flow.Peers[0].First == flow.Peers[0].Last ? "" : flow.NeedsEveryPeer ? $" from {trial.Peer}" : " from everybody";
        _diagnostics.Add(new Diagnostic(
            Findings.LockedOut,
            string.Create(
                CultureInfo.InvariantCulture,
                $"this would cut `{flow.Name}`: {trial.What}{peers} by interface `{trial.Interface}` are dropped by {by}, expected a rule or a failsafe port that lets {Expected(flow)} pass"),
            span));
    }

    private static string Expected(ManagementFlow flow)
    {
        string port = string.Create(CultureInfo.InvariantCulture, $"{flow.Port}/{flow.Protocol.ToString().ToLowerInvariant()}");
        return flow.Direction == ManagementDirection.Outbound ? $"{port} to {flow.Peers[0].First}" : port;
    }

    private (string By, SourceSpan Span) Rule(WalkOutcome outcome)
    {
        string at = outcome.DroppedAt is { } hook ? $" at {hook.ToString().ToLowerInvariant()}" : "";
        if (DeciderOf(outcome)?.Comment is { } comment)
        {
            return ($"`{comment}`{at}", _ruleset.RuleComments.TryGetValue(comment, out RuleOrigin? origin) ? origin.Span : default);
        }

        return outcome.IsUnroutable
            ? ("the want of a route", default)
            : ($"`{outcome.Hooks[^1].DecidingRule?.Text ?? "the chain's policy"}`{at}", default);
    }

    // What staged policy would do is counted on the same way, and decides nothing.
    private NftRule? DeciderOf(WalkOutcome outcome) => outcome.NamedRule is { } last && IsPending(last)
        ? outcome.Hooks[^1].Chains[^1].NamedRules.LastOrDefault(rule => !IsPending(rule))
        : outcome.NamedRule;

    private bool IsPending(NftRule rule) =>
        rule.Comment is { } comment && _ruleset.RuleComments.TryGetValue(comment, out RuleOrigin? origin) && Outcome.IsStaged(origin.Rule?.Source ?? origin.By);

    private static (string By, SourceSpan Span) Decider(in EndDecision decision) => decision.Rule is { } rule
        ? ($"`{rule}`, as the engine judges", rule.Span)
        : ($"`{decision.By?.Id.ToString() ?? decision.Reason.ToString()}`, as the engine judges", decision.By?.SpanOf("metadata.name") ?? default);

    private void Unjudged(ManagementFlow flow, string reason) => _diagnostics.Add(
        new Diagnostic(Findings.ManagementNotJudged, $"nothing can be said about `{flow.Name}`: {reason}", new SourceSpan("machine", 0, 0)));
}
