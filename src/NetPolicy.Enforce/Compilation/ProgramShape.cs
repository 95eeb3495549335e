using System.Text;
using NetPolicy.Addresses;
using NetPolicy.Engine;
using NetPolicy.Policies;
using NetPolicy.Ports;

namespace NetPolicy.Enforce.Compilation;

/// <summary>One alternative of a rule with its conditions on both ends looked up.</summary>
internal readonly record struct ShapedMatch(CompiledRule Rule, CompiledMatch Match, EndConditions Source, EndConditions Destination);

/// <summary>What a program can ask of a packet, gathered once.</summary>
internal sealed class ProgramShape
{
    private readonly (EndConditions Condition, CompiledEnd End, Rule AnyRule)[] _conditions;
    private string? _meaning;

    public ProgramShape(EndpointProgram program, EndConditionsTable conditions)
    {
        Program = program;
        List<ShapedMatch> matches = [];
        CompiledRule[] staged = [.. StagedRules(program)];
        CountsStaged = program.TierSteps.Any(t => t.Steps.Any(s => !s.IsEnforced)) && !staged.Any(r => r.Alternatives.Any(a => a.Match.Http is not null));
        foreach (CompiledRule rule in CountsStaged ? [.. Rules(program), .. staged] : Rules(program))
        {
            foreach (CompiledMatch match in rule.Alternatives)
            {
                matches.Add(new ShapedMatch(rule, match, conditions.Of(match.Source, rule.Rule), conditions.Of(match.Destination, rule.Rule)));
            }
        }

        Matches = [.. matches];
        bool looksAtSource = program.Direction == Direction.Ingress;
        HashSet<EndConditions> peers = [], own = [];
        List<(EndConditions, CompiledEnd, Rule)> all = [];
        List<EndConditions> peerList = [], ownList = [];
        foreach (ShapedMatch match in Matches)
        {
            (EndConditions peer, CompiledEnd peerEnd) = looksAtSource ? (match.Source, match.Match.Source) : (match.Destination, match.Match.Destination);
            (EndConditions self, CompiledEnd selfEnd) = looksAtSource ? (match.Destination, match.Match.Destination) : (match.Source, match.Match.Source);
            if (peers.Add(peer))
            {
                peerList.Add(peer);
                all.Add((peer, peerEnd, match.Rule.Rule));
            }

            if (own.Add(self))
            {
                ownList.Add(self);
                all.Add((self, selfEnd, match.Rule.Rule));
            }

            HasHttp |= match.Match.Match.Http is not null;
            HasSourcePorts |= match.Match.Source.Ports is not null || match.Match.Source.NotPorts is not null;
            HasIcmp |= match.Match.Match.Icmp is not null || match.Match.Match.NotIcmp is not null;
        }

        (PeerConditions, OwnConditions, _conditions) = ([.. peerList], [.. ownList], [.. all]);
        HasLog = Rules(program).Any(r => r.Action == RuleAction.Log);
        IsOwnEndFree = OwnConditions.All(c => c.IsAnyAddress);
        HasKubernetesPolicies = program.Tiers.Any(t => t.Policies.Any(p => (p.IsEnforced || CountsStaged) && p.Policy.IsKubernetes));
        SortedSet<byte> protocols = [Protocol.Tcp.Number, Protocol.Udp.Number, Protocol.Sctp.Number];
        foreach (ShapedMatch match in Matches)
        {
            if (match.Match.Match.Protocol is { Number: > 0 } named)
            {
                protocols.Add(named.Number);
            }

            if (match.Match.Match.NotProtocol is { Number: > 0 } excluded)
            {
                protocols.Add(excluded.Number);
            }
        }

        if (HasIcmp)
        {
            protocols.Add(Protocol.Icmp.Number);
            protocols.Add(Protocol.IcmpV6.Number);
        }

        Protocols = [.. protocols.Select(n => new Protocol(n))];
        byte other = byte.MaxValue;
        while (protocols.Contains(other))
        {
            other--;
        }

        OtherProtocol = new Protocol(other);
    }

    /// <summary>Takes its conditions into another compilation.</summary>
    public void Adopt(EndConditionsTable conditions)
    {
        foreach ((EndConditions condition, CompiledEnd end, Rule anyRule) in _conditions)
        {
            conditions.Adopt(condition, end, anyRule);
        }
    }

    public EndpointProgram Program { get; }

    /// <summary>What the program is called, whatever its policies say at the moment.</summary>
    public string Meaning => _meaning ??= MeaningOf(Program);

    public ShapedMatch[] Matches { get; }

    /// <summary>Conditions on the end that is not the endpoint.</summary>
    public EndConditions[] PeerConditions { get; }

    /// <summary>Conditions on the endpoint's own end.</summary>
    public EndConditions[] OwnConditions { get; }

    /// <summary>Protocols that rules tell apart, in ascending order.</summary>
    public Protocol[] Protocols { get; }

    /// <summary>A protocol that no rule names: it stands for all such.</summary>
    public Protocol OtherProtocol { get; }

    public bool HasSourcePorts { get; }

    public bool HasLog { get; }

    public bool HasHttp { get; }

    public bool HasIcmp { get; }

    /// <summary>True if Kubernetes policies have a part in it, staged ones that are counted included.</summary>
    public bool HasKubernetesPolicies { get; }

    /// <summary>True if the endpoint's own address plays no part.</summary>
    public bool IsOwnEndFree { get; }

    public EndConditions PeerOf(in ShapedMatch match) => Program.Direction == Direction.Ingress ? match.Source : match.Destination;

    public EndConditions OwnOf(in ShapedMatch match) => Program.Direction == Direction.Ingress ? match.Destination : match.Source;

    /// <summary>True if what staged policies would decide is counted: there are some, and none asks what a packet filter cannot see.</summary>
    public bool CountsStaged { get; }

    /// <summary>The rules of policies that are enforced, and of profiles.</summary>
    public static IEnumerable<CompiledRule> Rules(EndpointProgram program) =>
        program.Tiers.SelectMany(t => t.Steps).Where(s => s.IsEnforced).SelectMany(s => s.Rules)
            .Concat(program.Profiles.SelectMany(p => p.Rules));

    private static IEnumerable<CompiledRule> StagedRules(EndpointProgram program) =>
        program.TierSteps.SelectMany(t => t.Steps).Where(s => !s.IsEnforced).SelectMany(s => s.Rules);

    /// <summary>The numbers of the views that an own address has, which decide what class the endpoint is in.</summary>
    public int[] OwnViews(in PeerFacts own)
    {
        int[] views = new int[OwnConditions.Length];
        for (int i = 0; i < views.Length; i++)
        {
            views[i] = OwnConditions[i].ViewOf(own);
        }

        return views;
    }

    internal static bool HasForm(CompiledMatch match, IpFamily family) => (match.Families & (family == IpFamily.IPv6 ? 2 : 1)) != 0;

    private static string MeaningOf(EndpointProgram program)
    {
        StringBuilder text = new();
        text.Append(program.Stage).Append(' ').Append(program.Direction);
        foreach (TierStep tier in program.TierSteps)
        {
            text.Append("\ntier ").Append(tier.Tier.Name);
            foreach (PolicyStep step in tier.Steps)
            {
                text.Append('\n').Append(step.Policy.Source.Id);
            }
        }

        foreach (ProfileStep profile in program.ProfileSteps)
        {
            text.Append("\nprofile ").Append(profile.Name);
        }

        return text.Append('\n').ToString();
    }
}
