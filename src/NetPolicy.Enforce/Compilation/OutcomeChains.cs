using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NetPolicy.Diagnostics;
using NetPolicy.Enforce.Rules;
using NetPolicy.Engine;
using NetPolicy.Manifests;
using NetPolicy.Policies;

namespace NetPolicy.Enforce.Compilation;

/// <summary>One small chain for each decision: it counts under a comment that names the decision, then allows by ending or denies.</summary>
internal sealed class OutcomeChains(EnforcementOptions options, Dictionary<(string Comment, string End), string> known)
{
    private const int MaxComment = 120;

    private readonly Dictionary<(Outcome, PolicyStage, Direction, string?, bool), string> _names = [];
    private readonly SortedDictionary<string, RuleChain> _chains = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (Outcome Outcome, string? Profile)> _comments = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, RuleOrigin> _origins = new(StringComparer.Ordinal);

    /// <summary>Names of all chains by what they are made of.</summary>
    public Dictionary<(string Comment, string End), string> ContentNames { get; } = [];

    /// <summary>The chains in order of their comments.</summary>
    public IEnumerable<RuleChain> Chains => _chains.Values;

    public IReadOnlyDictionary<string, RuleOrigin> Origins => _origins;

    /// <summary>Where a packet goes when a program decides so.</summary>
    public RuleVerdict VerdictOf(in Outcome outcome, EndpointProgram program, bool isHost)
    {
        if (outcome.Verdict == EndVerdict.None)
        {
            return RuleVerdict.Return;
        }

        string? profile = outcome.Reason switch
        {
            DecisionReason.MissingProfile => program.Profiles.First(p => p.Profile is null).Name,
            DecisionReason.NoProfileAllows => program.Profiles.Count == 0 ? "none" : program.Profiles[^1].Name,
            _ => null,
        };
        (Outcome, PolicyStage, Direction, string?, bool) key = (outcome, program.Stage, program.Direction, profile, isHost);
        if (!_names.TryGetValue(key, out string? name))
        {
            _names[key] = name = Make(outcome, program, profile, isHost);
        }

        return RuleVerdict.Goto(name);
    }

    /// <summary>The rule that counts a Log rule's packets and logs them.</summary>
    public RuleLine LogLine(Rule rule, PolicyStage stage, ushort? group, ReadOnlySpan<RuleStatement> conditions)
    {
        string comment = CommentOf(new Outcome(EndVerdict.None, DecisionReason.Rule, rule, null), stage, rule.Direction, null);
        return Say.Named(comment, [.. conditions, Say.Counter, new RuleStatement.Log(comment + " ", group)]);
    }

    /// <summary>The rule by which a chain reports to the flow log, if it does: never more often than the options allow.</summary>
    public IEnumerable<RuleLine> Report(string chain, bool isDenied)
    {
        if (options.FlowLog == FlowLogMode.All || (isDenied && options.FlowLog == FlowLogMode.Denied))
        {
            yield return Say.Line(
                new RuleStatement.Limit(options.FlowLogRate, 2 * options.FlowLogRate),
                new RuleStatement.Log($"netpol {(isDenied ? 'D' : 'A')} {chain} ", options.FlowLogGroup));
        }
    }

    private string Make(in Outcome outcome, EndpointProgram program, string? profile, bool isHost)
    {
        string comment = CommentOf(outcome, program.Stage, program.Direction, profile);
        string logging = options.FlowLog == FlowLogMode.None ? "" : string.Create(CultureInfo.InvariantCulture, $"\n{options.FlowLog} {options.FlowLogGroup} {options.FlowLogRate}");

        // The name stands for the content, so that a chain of a name never differs from another of that name.
        string allowing = program.Stage is PolicyStage.PreDnat or PolicyStage.Untracked ? program.Stage.ToString() : "";
        string end = (outcome.Verdict == EndVerdict.Deny ? DenyChain(program, isHost) : "allow " + allowing) + logging;
        string name = known.TryGetValue((comment, end), out string? kept) ? kept : "r_" + Hash($"{comment}\n{end}", 12);
        ContentNames[(comment, end)] = name;

        List<RuleLine> lines = [Say.Named(comment, Say.Counter), .. Report(name, outcome.Verdict == EndVerdict.Deny)];
        if (outcome.Verdict == EndVerdict.Deny)
        {
            lines.Add(Say.Line(Say.Goto(DenyChain(program, isHost))));
        }
        else if (program.Stage == PolicyStage.PreDnat)
        {
            lines.Add(Say.Line(Say.Goto(ChainNames.Accepted)));
        }
        else if (program.Stage == PolicyStage.Untracked)
        {
            lines.Add(Say.Line(Say.Jump(ChainNames.Accepted)));
            lines.Add(Say.Line(RuleStatement.NoTrack.Instance));
        }

        _chains[$"{comment}\n{name}"] = new RuleChain(name, [.. lines], IsShared: true);
        return name;
    }

    // Host egress is judged in postrouting too, where the kernel cannot reject; untracked packets have no connection to answer in.
    private static string DenyChain(EndpointProgram program, bool isHost) =>
        program.Stage == PolicyStage.Untracked || (isHost && program.Direction == Direction.Egress) ? ChainNames.Deny : ChainNames.Refuse;

    private string CommentOf(in Outcome outcome, PolicyStage stage, Direction direction, string? profile)
    {
        string way = direction == Direction.Ingress ? "ingress" : "egress";
        string text = outcome switch
        {
            { Rule: { } rule } => string.Create(CultureInfo.InvariantCulture, $"{Describe(rule.Source)} {way} {rule.Index}"),
            { By: { } policy } => $"{Describe(policy)} {way} default",
            { Reason: DecisionReason.MissingProfile } => $"profile {profile} {way} missing",
            _ => $"profile {profile} {way} default",
        };
        string comment = Clean(text);
        if (_comments.TryGetValue(comment, out (Outcome, string?) other) && other != (outcome with { Verdict = default }, profile))
        {
            comment = string.Concat(comment.AsSpan(0, Math.Min(comment.Length, MaxComment - 10)), " #", Hash(text + stage, 8));
        }

        _comments[comment] = (outcome with { Verdict = default }, profile);
        Manifest? by = outcome.Rule?.Source ?? outcome.By;
        SourceSpan span = outcome.Rule?.Span ?? by?.SpanOf("metadata.name") ?? default;
        _origins[comment] = new RuleOrigin(outcome.Reason, outcome.Rule, by, span);
        return comment;
    }

    private static string Describe(Manifest manifest)
    {
        ObjectId id = manifest.Id;
        string kind = (id.Group, id.Kind) switch
        {
            ("networking.k8s.io", "NetworkPolicy") => "np",
            (_, "NetworkPolicy") => "cnp",
            (_, "GlobalNetworkPolicy") => "gnp",
            (_, "StagedNetworkPolicy") => "scnp",
            (_, "StagedGlobalNetworkPolicy") => "sgnp",
            (_, "StagedKubernetesNetworkPolicy") => "snp",
            (_, "ClusterNetworkPolicy") => "clnp",
            (_, "AdminNetworkPolicy") => "anp",
            (_, "BaselineAdminNetworkPolicy") => "banp",
            _ => id.Kind.ToLowerInvariant(),
        };
        return id.Namespace is null ? $"{kind} {id.Name}" : $"{kind} {id.Namespace}/{id.Name}";
    }

    private static string Clean(string text)
    {
        string safe = string.Concat(text.Select(c => char.IsAsciiLetterOrDigit(c) || c is ' ' or '/' or '.' or '-' or '_' or ':' ? c : '_'));
        return safe == text && safe.Length <= MaxComment
            ? safe
            : string.Concat(safe.AsSpan(0, Math.Min(safe.Length, MaxComment - 10)), " #", Hash(text, 8));
    }

    private static string Hash(string text, int digits) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..digits];
}
