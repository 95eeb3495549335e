using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NetPolicy.Diagnostics;
using NetPolicy.Enforce.Rules;
using NetPolicy.Engine;
using NetPolicy.Manifests;
using NetPolicy.Policies;

namespace NetPolicy.Enforce.Compilation;

/// <summary>What decisions are told apart by.</summary>
internal readonly record struct OutcomeKey(Outcome Outcome, PolicyStage Stage, Direction Direction, string? Profile, bool IsHost);

/// <summary>A comment, what it stands for, and when it was last used.</summary>
internal sealed class OutcomeComment(string text, Outcome outcome, string? profile, RuleOrigin origin)
{
    public string Text => text;

    /// <summary>True if it has a number at its end, because another had the one without.</summary>
    public bool IsNumbered { get; } = text.Contains('#', StringComparison.Ordinal);

    public RuleOrigin Origin => origin;

    /// <summary>The compilation that used it last.</summary>
    public int Compilation { get; set; }

    /// <summary>False if the text has come to stand for something else.</summary>
    public bool IsCurrent { get; set; } = true;

    public bool IsOf(in Outcome other, string? otherProfile) => outcome == other && profile == otherProfile;
}

/// <summary>The chain of a decision, and when it was last used.</summary>
/// <param name="comment">What it counts under.</param>
/// <param name="staged">What it also counts under, because staged policy would decide so; null if none would.</param>
/// <param name="chain">The chain.</param>
internal sealed class OutcomeChain(OutcomeComment comment, OutcomeComment? staged, RuleChain chain) : IComparable<OutcomeChain>
{
    public OutcomeComment Comment => comment;

    public OutcomeComment? Staged => staged;

    public RuleChain Chain => chain;

    /// <summary>The compilation that used it last; -1 if none has.</summary>
    public int Compilation { get; set; } = -1;

    public int CompareTo(OutcomeChain? other)
    {
        int order = string.CompareOrdinal(comment.Text, other?.Comment.Text);
        return order != 0 ? order : string.CompareOrdinal(chain.Name, other?.Chain.Name);
    }
}

/// <summary>
/// One small chain for each decision: it counts under a comment that names the decision, then allows by ending or denies. Kept from one compilation to the
/// next: what did not change costs next to nothing.
/// </summary>
internal sealed class OutcomeChains(EnforcementOptions options)
{
    private const int MaxComment = 120;

    private readonly Dictionary<OutcomeKey, OutcomeChain> _made = [];
    private readonly Dictionary<string, OutcomeComment> _comments = new(StringComparer.Ordinal);
    private readonly List<OutcomeComment> _logged = [];
    private readonly List<OutcomeChain> _fresh = [];
    private OutcomeChain[] _sorted = [];
    private int _compilation;

    /// <summary>Begins another compilation.</summary>
    public void Begin()
    {
        _compilation++;
        _fresh.Clear();
        _logged.Clear();
    }

    /// <summary>Ends a compilation: the chains it used in order of their comments, and what the comments stand for.</summary>
    public (IReadOnlyList<RuleChain> Chains, Lazy<IReadOnlyDictionary<string, RuleOrigin>> Origins) Finish()
    {
        _fresh.Sort();
        List<OutcomeChain> all = new(_sorted.Length + _fresh.Count);
        int next = 0;
        foreach (OutcomeChain kept in _sorted)
        {
            if (kept.Compilation == _compilation)
            {
                for (; next < _fresh.Count && _fresh[next].CompareTo(kept) < 0; next++)
                {
                    all.Add(_fresh[next]);
                }

                all.Add(kept);
            }
        }

        all.AddRange(_fresh[next..]);
        OutcomeChain[] sorted = _sorted = [.. all];
        Forget();
        RuleChain[] chains = new RuleChain[_sorted.Length];
        int count = 0;
        foreach (OutcomeChain made in _sorted)
        {
            // Decisions that differ in what plays no part have the same chain.
            if (count == 0 || chains[count - 1].Name != made.Chain.Name)
            {
                chains[count++] = made.Chain;
            }
        }

        OutcomeComment[] logged = [.. _logged];
        return (chains[..count], new Lazy<IReadOnlyDictionary<string, RuleOrigin>>(() => logged.Concat(sorted.Select(c => c.Comment)).Concat(sorted.Select(c => c.Staged).OfType<OutcomeComment>())
            .DistinctBy(c => c.Text).ToDictionary(c => c.Text, c => c.Origin, StringComparer.Ordinal)));
    }

    /// <summary>Uses chains of the compilation before again. False if one of them has come to stand for something else: it is asked for by its decision then.</summary>
    public bool TryKeep(OutcomeChain[] chains)
    {
        foreach (OutcomeChain chain in chains)
        {
            if (!TryKeep(chain))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The chain that counts a program's decision; null where the program has no say.</summary>
    public OutcomeChain? ChainOf(in Outcome outcome, EndpointProgram program, bool isHost)
    {
        if (outcome is { Verdict: EndVerdict.None, Staged: null })
        {
            return null;
        }

        string? profile = outcome.Reason switch
        {
            DecisionReason.MissingProfile => program.Profiles.First(p => p.Profile is null).Name,
            DecisionReason.NoProfileAllows => program.Profiles.Count == 0 ? "none" : program.Profiles[^1].Name,
            _ => null,
        };
        OutcomeKey key = new(outcome, program.Stage, program.Direction, profile, isHost);
        if (!_made.TryGetValue(key, out OutcomeChain? made) || !TryKeep(made))
        {
            _made[key] = made = Make(outcome, program, profile, isHost);
        }

        return made;
    }

    private bool TryKeep(OutcomeChain chain)
    {
        if (chain.Compilation == _compilation)
        {
            return true;
        }

        // A comment with a number at its end was given because another had the one without.
        if (!CanKeep(chain.Comment) || (chain.Staged is { } staged && !CanKeep(staged)))
        {
            return false;
        }

        chain.Comment.Compilation = _compilation;
        chain.Staged?.Compilation = _compilation;
        Use(chain);
        return true;
    }

    private static bool CanKeep(OutcomeComment comment) => comment.IsCurrent && !comment.IsNumbered;

    private void Use(OutcomeChain chain)
    {
        if (chain.Compilation != _compilation - 1)
        {
            _fresh.Add(chain);
        }

        chain.Compilation = _compilation;
    }

    // What no compilation asked for in a while.
    private void Forget()
    {
        if (_made.Count > (2 * _sorted.Length) + 64)
        {
            foreach ((OutcomeKey key, OutcomeChain made) in _made)
            {
                if (made.Compilation != _compilation)
                {
                    _made.Remove(key);
                }
            }

            foreach ((string text, OutcomeComment comment) in _comments)
            {
                if (comment.Compilation != _compilation)
                {
                    _comments.Remove(text);
                }
            }
        }
    }

    /// <summary>Where a packet goes when a program decides so.</summary>
    public RuleVerdict VerdictOf(in Outcome outcome, EndpointProgram program, bool isHost) => VerdictOf(ChainOf(outcome, program, isHost));

    /// <summary>The verdict that leads to a chain, or back where there is none.</summary>
    public static RuleVerdict VerdictOf(OutcomeChain? chain) => chain is null ? RuleVerdict.Return : RuleVerdict.Goto(chain.Chain.Name);

    /// <summary>The rule that counts a Log rule's packets and logs them.</summary>
    public RuleLine LogLine(Rule rule, PolicyStage stage, ushort? group, ReadOnlySpan<RuleStatement> conditions)
    {
        OutcomeComment used = CommentOf(new Outcome(EndVerdict.None, DecisionReason.Rule, rule, null), stage, rule.Direction, null);
        _logged.Add(used);
        string comment = used.Text;
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

    private OutcomeChain Make(in Outcome outcome, EndpointProgram program, string? profile, bool isHost)
    {
        OutcomeComment? staged = outcome.Staged is { } pending ? CommentOf(pending, program.Stage, program.Direction, null) : null;
        OutcomeComment used = outcome.Verdict == EndVerdict.None ? staged! : CommentOf(outcome.Named, program.Stage, program.Direction, profile);
        string comment = used.Text;
        string logging = options.FlowLog == FlowLogMode.None ? "" : string.Create(CultureInfo.InvariantCulture, $"\n{options.FlowLog} {options.FlowLogGroup} {options.FlowLogRate}");

        // The name stands for the content, so that a chain of a name never differs from another of that name.
        string allowing = program.Stage is PolicyStage.PreDnat or PolicyStage.Untracked ? program.Stage.ToString() : "";
        string end = outcome.Verdict switch
        {
            EndVerdict.Deny => DenyChain(program, isHost),
            EndVerdict.None => "nothing",
            _ => "allow " + allowing,
        };
        string name = "r_" + Hash($"{comment}\n{end}{logging}{(staged is null ? "" : "\nstaged " + staged.Text)}", 12);

        // The decision first: it is what traces and reports name.
        List<RuleLine> lines = [Say.Named(comment, Say.Counter)];
        if (staged is not null && !ReferenceEquals(staged, used))
        {
            lines.Add(Say.Named(staged.Text, Say.Counter));
        }

        if (outcome.Verdict != EndVerdict.None)
        {
            lines.AddRange(Report(name, outcome.Verdict == EndVerdict.Deny));
        }

        if (outcome.Verdict == EndVerdict.Deny)
        {
            lines.Add(Say.Line(Say.Goto(DenyChain(program, isHost))));
        }
        else if (outcome.Verdict == EndVerdict.Allow && program.Stage == PolicyStage.PreDnat)
        {
            lines.Add(Say.Line(Say.Goto(ChainNames.Accepted)));
        }
        else if (outcome.Verdict == EndVerdict.Allow && program.Stage == PolicyStage.Untracked)
        {
            lines.Add(Say.Line(Say.Jump(ChainNames.Accepted)));
            lines.Add(Say.Line(RuleStatement.NoTrack.Instance));
        }

        OutcomeChain made = new(used, staged, new RuleChain(name, [.. lines], IsShared: true));
        Use(made);
        return made;
    }

    // Host egress is judged in postrouting too, where the kernel cannot reject; untracked packets have no connection to answer in.
    private static string DenyChain(EndpointProgram program, bool isHost) =>
        program.Stage == PolicyStage.Untracked || (isHost && program.Direction == Direction.Egress) ? ChainNames.Deny : ChainNames.Refuse;

    private OutcomeComment CommentOf(in Outcome outcome, PolicyStage stage, Direction direction, string? profile)
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
        Outcome meaning = outcome.Named;
        if (_comments.TryGetValue(comment, out OutcomeComment? other))
        {
            if (!other.IsOf(meaning, profile) && other.Compilation == _compilation)
            {
                comment = string.Concat(comment.AsSpan(0, Math.Min(comment.Length, MaxComment - 10)), " #", Hash(text + stage, 8));
                other = _comments.GetValueOrDefault(comment);
            }

            if (other is not null && other.IsOf(meaning, profile))
            {
                other.Compilation = _compilation;
                return other;
            }

            if (other is not null)
            {
                other.IsCurrent = false;
            }
        }

        Manifest? by = outcome.Rule?.Source ?? outcome.By;
        SourceSpan span = outcome.Rule?.Span ?? by?.SpanOf("metadata.name") ?? default;
        return _comments[comment] = new OutcomeComment(comment, meaning, profile, new RuleOrigin(outcome.Reason, outcome.Rule, by, span)) { Compilation = _compilation };
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
