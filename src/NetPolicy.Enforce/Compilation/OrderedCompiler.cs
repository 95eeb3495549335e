using System.Globalization;
using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Enforce.Rules;
using NetPolicy.Engine;
using NetPolicy.Manifests.Calico;
using NetPolicy.Policies;
using NetPolicy.Ports;

namespace NetPolicy.Enforce.Compilation;

/// <summary>
/// Writes a program as it is: tiers, policies and rules in order, both ends matched by address. Holds for every program; tables are faster where they do.
/// </summary>
internal sealed class OrderedCompiler(ProgramShape shape, AddressSets sets, OutcomeChains chains, bool isHost, ushort? logGroup)
{
    private readonly List<RuleChain> _chains = [];
    private readonly Dictionary<CompiledMatch, ShapedMatch> _matches = shape.Matches.DistinctBy(m => m.Match).ToDictionary(m => m.Match);

    /// <summary>Chains made so far; those of one program begin with the name it was given.</summary>
    public IReadOnlyList<RuleChain> Chains => _chains;

    /// <summary>Writes the policies of the program that have a part, and gives the chain to enter it by.</summary>
    /// <remarks>What staged policies would decide is counted first, by chains that lead back.</remarks>
    public string Compile(string name, PolicyScope scope)
    {
        EndpointProgram program = shape.Program;
        bool isolated = false;
        List<Func<string, List<RuleLine>>> steps = [];
        foreach (TierStep tier in program.Tiers)
        {
            PolicyStep[] policies = [.. tier.Steps.Where(s => s.IsEnforced && scope.Includes(s.Policy))];
            if (policies.Length == 0)
            {
                continue;
            }

            isolated = true;
            Outcome? end = !tier.Tier.PassesByDefault && (program.Stage is PolicyStage.Normal or PolicyStage.Forward)
                ? new Outcome(EndVerdict.Deny, DecisionReason.Isolated, null, policies[0].Policy.Source)
                : null;
            steps.Add(next => Tier(policies, next, end));
        }

        if (program.Stage == PolicyStage.Normal && scope != PolicyScope.Cluster)
        {
            steps.Add(_ => Profiles(0, isolated, name));
        }

        // Past the last step the program has no say.
        steps.Add(_ => []);
        RuleLine[] first = CompileStaged(name, scope) is { } staged ? [Say.Line(Say.Jump(staged))] : [];
        for (int i = 0; i < steps.Count; i++)
        {
            _chains.Add(new RuleChain(Step(name, i), [.. i == 0 ? first : [], .. steps[i](Step(name, i + 1))]));
        }

        return Step(name, 0);
    }

    /// <summary>
    /// Writes the program as if staged policies were enforced, to count and not to decide: where one of them would decide it counts, and every way leads back to who
    /// jumped. Ends with the last tier that has one. Null if there is nothing to count.
    /// </summary>
    private string? CompileStaged(string name, PolicyScope scope)
    {
        if (!shape.CountsStaged)
        {
            return null;
        }

        PolicyStep[][] tiers = [.. shape.Program.Tiers.Select(t => t.Steps.Where(s => scope.Includes(s.Policy)).ToArray())];
        int last = Array.FindLastIndex(tiers, t => t.Any(s => !s.IsEnforced));
        if (last < 0)
        {
            return null;
        }

        for (int i = 0; i <= last; i++)
        {
            bool endDenies = tiers[i].Length > 0 && shape.Program.EndDenies(shape.Program.TierSteps[i]);
            RuleVerdict next = i < last ? RuleVerdict.Goto(Counting(name, i + 1)) : RuleVerdict.Return;
            _chains.Add(new RuleChain(Counting(name, i), [.. StagedTier(tiers[i], next, endDenies)]));
        }

        return Counting(name, 0);
    }

    private List<RuleLine> StagedTier(PolicyStep[] steps, RuleVerdict next, bool endDenies)
    {
        RuleVerdict end = !endDenies ? next
            : steps[0].IsEnforced ? RuleVerdict.Return
            : Target(Outcome.NoSay with { StagedBy = steps[0].Policy.Source });

        // What comes after the last staged rule is the same to those that count, where all of it leads back.
        int count = end == RuleVerdict.Return && next == RuleVerdict.Return ? Array.FindLastIndex(steps, s => !s.IsEnforced) + 1 : steps.Length;
        List<RuleLine> lines = [];
        foreach (PolicyStep step in steps.AsSpan(0, count))
        {
            foreach (CompiledRule rule in step.Rules.Where(r => r.Action != RuleAction.Log))
            {
                AddRule(lines, rule, rule.Action == RuleAction.Pass ? next : step.IsEnforced ? RuleVerdict.Return : Target(Outcome.NoSay with { StagedRule = rule.Rule }));
            }
        }

        if (end != RuleVerdict.Return)
        {
            lines.Add(Say.Line(Say.Go(end)));
        }

        return lines;
    }

    private static string Counting(string name, int index) => string.Create(CultureInfo.InvariantCulture, $"{name}_s{index}");

    private static string Step(string name, int index) => string.Create(CultureInfo.InvariantCulture, $"{name}_t{index}");

    private List<RuleLine> Tier(PolicyStep[] policies, string next, Outcome? end)
    {
        List<RuleLine> lines = [];
        foreach (CompiledRule rule in policies.SelectMany(p => p.Rules))
        {
            AddRule(lines, rule, rule.Action switch
            {
                RuleAction.Allow => Target(new Outcome(EndVerdict.Allow, DecisionReason.Rule, rule.Rule, null)),
                RuleAction.Deny => Target(new Outcome(EndVerdict.Deny, DecisionReason.Rule, rule.Rule, null)),
                RuleAction.Pass => RuleVerdict.Goto(next),
                RuleAction.Log => null,
                _ => throw new InvalidOperationException($"unknown action {rule.Action}"),
            });
        }

        lines.Add(Say.Line(Say.Go(end is { } denied ? Target(denied) : RuleVerdict.Goto(next))));
        return lines;
    }

    // Profiles from `first` on. A rule that passes over the rest of its profile needs what follows to be a chain of its own.
    private List<RuleLine> Profiles(int first, bool isolated, string name)
    {
        List<RuleLine> lines = [];
        for (int i = first; i < shape.Program.Profiles.Count; i++)
        {
            ProfileStep profile = shape.Program.Profiles[i];
            if (profile.Profile is null)
            {
                lines.Add(Say.Line(Say.Go(Target(new Outcome(EndVerdict.Deny, DecisionReason.MissingProfile, null, null)))));
                return lines;
            }

            string next = NextProfile(name, i);
            foreach (CompiledRule rule in profile.Rules)
            {
                AddRule(lines, rule, rule.Action switch
                {
                    RuleAction.Allow when !isolated => RuleVerdict.Return,
                    RuleAction.Allow => Target(new Outcome(EndVerdict.Allow, DecisionReason.ProfileRule, rule.Rule, null)),
                    RuleAction.Deny => Target(new Outcome(EndVerdict.Deny, DecisionReason.ProfileRule, rule.Rule, null)),
                    RuleAction.Pass => RuleVerdict.Goto(next),
                    RuleAction.Log => null,
                    _ => throw new InvalidOperationException($"unknown action {rule.Action}"),
                });
            }

            if (profile.Rules.Any(r => r.Action == RuleAction.Pass))
            {
                _chains.Add(new RuleChain(next, [.. Profiles(i + 1, isolated, name)]));
                lines.Add(Say.Line(Say.Goto(next)));
                return lines;
            }
        }

        lines.Add(Say.Line(Say.Go(Target(new Outcome(EndVerdict.Deny, DecisionReason.NoProfileAllows, null, null)))));
        return lines;
    }

    private static string NextProfile(string name, int index) => string.Create(CultureInfo.InvariantCulture, $"{name}_f{index + 1}");

    private RuleVerdict Target(in Outcome outcome) => chains.VerdictOf(outcome, shape.Program, isHost);

    // A null verdict logs and goes on.
    private void AddRule(List<RuleLine> lines, CompiledRule rule, RuleVerdict? verdict)
    {
        foreach (CompiledMatch match in rule.Alternatives)
        {
            if (match.Match.IsNothing)
            {
                continue;
            }

            List<RuleStatement[]> v4 = [.. Conditions(_matches[match], IpFamily.IPv4)];
            List<RuleStatement[]> v6 = [.. Conditions(_matches[match], IpFamily.IPv6)];
            bool isSame = v4.Count == v6.Count && v4.Zip(v6).All(p => p.First.AsSpan().SequenceEqual(p.Second));
            foreach (RuleStatement[] conditions in isSame ? v4 : v4.Select(c => OfFamily(c, IpFamily.IPv4)).Concat(v6.Select(c => OfFamily(c, IpFamily.IPv6))))
            {
                lines.Add(verdict is { } target
                    ? Say.Line([.. conditions, Say.Go(target)])
                    : chains.LogLine(rule.Rule, shape.Program.Stage, logGroup, conditions));
            }
        }
    }

    private static RuleStatement[] OfFamily(RuleStatement[] conditions, IpFamily family) => [Say.Is(RuleField.Family, Say.Of(family)), .. conditions];

    private IEnumerable<RuleStatement[]> Conditions(ShapedMatch shaped, IpFamily family)
    {
        CompiledMatch match = shaped.Match;
        if (!ProgramShape.HasForm(match, family))
        {
            yield break;
        }

        foreach ((int view, EquatableArray<IpRange> ranges) source in sets.GroupsOf(shaped.Source, family))
        {
            foreach ((int view, EquatableArray<IpRange> ranges) destination in sets.GroupsOf(shaped.Destination, family))
            {
                RuleStatement[] ends =
                [
                    .. sets.Condition(Say.Source(family), source.ranges), .. sets.Condition(Say.Destination(family), destination.ranges),
                ];
                IEnumerable<RuleStatement[]> transports = match.NeedsPorts || match.Destination.Service is not null
                    ? PortForms(match, shaped.Source[source.view], shaped.Destination[destination.view])
                    : PortlessForms(match.Match, family);
                foreach (RuleStatement[] transport in transports)
                {
                    yield return [.. ends, .. transport];
                }
            }
        }
    }

    private static IEnumerable<RuleStatement[]> PortForms(CompiledMatch match, EndView source, EndView destination)
    {
        if (match.Match.Icmp is not null)
        {
            yield break;
        }

        foreach (Protocol protocol in (IEnumerable<Protocol>)[Protocol.Tcp, Protocol.Udp, Protocol.Sctp])
        {
            PortSet from = PortConditions.Of(match.Source, source, protocol), to = PortConditions.Of(match.Destination, destination, protocol);
            if ((match.Match.Protocol is not { } only || only == protocol) && match.Match.NotProtocol != protocol && !from.IsEmpty && !to.IsEmpty)
            {
                yield return [Say.Is(RuleField.Protocol, Say.Of(protocol)), .. Ports(RuleField.SourcePort, from), .. Ports(RuleField.DestinationPort, to)];
            }
        }
    }

    private static RuleStatement[] Ports(RuleField field, PortSet ports) =>
        ports == PortSet.All ? [] : [Say.Is(field, [.. ports.Ranges.Select(r => new RuleValue.Ports(r))])];

    private static IEnumerable<RuleStatement[]> PortlessForms(RuleMatch match, IpFamily family)
    {
        if (match.Icmp is null && match.NotIcmp is null)
        {
            if (match.Protocol is { } only)
            {
                if (match.NotProtocol != only)
                {
                    yield return [Say.Is(RuleField.Protocol, Say.Of(only))];
                }
            }
            else
            {
                yield return match.NotProtocol is { } not ? [Say.IsNot(RuleField.Protocol, Say.Of(not))] : [];
            }

            yield break;
        }

        Protocol icmp = family == IpFamily.IPv6 ? Protocol.IcmpV6 : Protocol.Icmp;
        if ((match.Protocol is not { } named || named == icmp) && match.NotProtocol != icmp)
        {
            foreach (RuleStatement[] box in Boxes(match, family))
            {
                yield return [Say.Is(RuleField.Protocol, Say.Of(icmp)), .. box];
            }
        }

        // Other protocols meet `not this ICMP` always.
        if (match.Icmp is null && match.Protocol != icmp)
        {
            if (match.Protocol is { } other)
            {
                if (match.NotProtocol != other)
                {
                    yield return [Say.Is(RuleField.Protocol, Say.Of(other))];
                }
            }
            else
            {
                yield return match.NotProtocol is { } not && not != icmp
                    ? [Say.IsNot(RuleField.Protocol, Say.Of(icmp), Say.Of(not))]
                    : [Say.IsNot(RuleField.Protocol, Say.Of(icmp))];
            }
        }
    }

    // Types and codes that meet `icmp` and not `notICMP`, as boxes.
    private static IEnumerable<RuleStatement[]> Boxes(RuleMatch match, IpFamily family)
    {
        (RuleField type, RuleField code) = family == IpFamily.IPv6 ? (RuleField.Icmp6Type, RuleField.Icmp6Code) : (RuleField.IcmpType, RuleField.IcmpCode);
        foreach ((int first, int last) in Stretches(match.Icmp?.Type, match.NotIcmp?.Type))
        {
            foreach ((int firstCode, int lastCode) in Stretches(match.Icmp?.Code, match.NotIcmp?.Code))
            {
                if ((match.Icmp is not { } wanted || Covers(wanted, first, firstCode)) && (match.NotIcmp is not { } excluded || !Covers(excluded, first, firstCode)))
                {
                    yield return [.. Range(type, first, last), .. Range(code, firstCode, lastCode)];
                }
            }
        }
    }

    private static bool Covers(IcmpMatch icmp, int type, int code) => (icmp.Type ?? type) == type && (icmp.Code ?? code) == code;

    private static IEnumerable<(int First, int Last)> Stretches(params int?[] values)
    {
        int[] cuts = [.. values.OfType<int>().SelectMany(v => (IEnumerable<int>)[v, v + 1]).Append(0).Where(v => v <= byte.MaxValue).Distinct().Order()];
        return cuts.Select((cut, i) => (cut, i + 1 < cuts.Length ? cuts[i + 1] - 1 : byte.MaxValue));
    }

    private static RuleStatement[] Range(RuleField field, int first, int last) =>
        first == 0 && last == byte.MaxValue ? [] : [Say.Is(field, new RuleValue.Bytes((byte)first, (byte)last))];
}
