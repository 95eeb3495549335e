using NetPolicy.Inventory;
using NetPolicy.Manifests;
using NetPolicy.Policies;

namespace NetPolicy.Engine;

/// <summary>What is asked for one endpoint, stage and direction, in order. Endpoints with the same answer share one instance.</summary>
public sealed class EndpointProgram
{
    private DecisionProgram? _decisions;
    private volatile DecisionIndex? _newer;
    private volatile DecisionIndex? _older;

    internal EndpointProgram(PolicyStage stage, Direction direction, TierStep[] tiers, ProfileStep[] profiles)
    {
        Stage = stage;
        Direction = direction;
        TierSteps = tiers;
        ProfileSteps = profiles;
        HasEnforcedPolicies = tiers.Any(t => t.Policies.Any(p => p.IsEnforced));
        HasClusterPolicies = tiers.Any(t => t.Policies.Any(p => p.IsEnforced && p.Policy.IsCluster));
    }

    /// <summary>The stage.</summary>
    public PolicyStage Stage { get; }

    /// <summary>The direction.</summary>
    public Direction Direction { get; }

    /// <summary>Tiers with at least one policy here, in order.</summary>
    public IReadOnlyList<TierStep> Tiers => TierSteps;

    /// <summary>Profiles asked after the last tier; empty in all stages but the normal one.</summary>
    public IReadOnlyList<ProfileStep> Profiles => ProfileSteps;

    /// <summary>True if some policy that counts applies: in the normal stage the endpoint is isolated in this direction.</summary>
    public bool HasEnforcedPolicies { get; }

    /// <summary>True if a cluster policy applies.</summary>
    internal bool HasClusterPolicies { get; }

    /// <summary>The program as one list of alternatives.</summary>
    internal DecisionProgram Decisions => _decisions ?? Interlocked.CompareExchange(ref _decisions, new DecisionProgram(this), null) ?? _decisions;

    internal TierStep[] TierSteps { get; }

    internal ProfileStep[] ProfileSteps { get; }

    /// <summary>True if the end of a tier denies what none of its rules decided. §7.3: before translation and untracked it is always to go on.</summary>
    internal bool EndDenies(TierStep tier) => !tier.Tier.PassesByDefault && (Stage is PolicyStage.Normal or PolicyStage.Forward);

    /// <summary>What the end of a tier decides if it denies, by the first of its policies that counts.</summary>
    internal EndDecision AtEnd(Policy first, Direction end) => new(EndVerdict.Deny, DecisionReason.Isolated, end, Stage, null, first.Source, Direction);

    /// <summary>What a policy's rule decides that allows or denies.</summary>
    internal EndDecision Of(Rule rule, Direction end, DecisionReason reason = DecisionReason.Rule) =>
        new(rule.Action == RuleAction.Allow ? EndVerdict.Allow : EndVerdict.Deny, reason, end, Stage, rule, rule.Source, Direction);

    /// <summary>What a profile's rule decides that allows or denies. Where no policy counts, what profiles allow is said by nobody.</summary>
    internal EndDecision OfProfile(Rule rule, Direction end, bool isolated) => rule.Action == RuleAction.Allow && !isolated
        ? EndDecision.Nothing(end, DecisionReason.NotSelected)
        : Of(rule, end, DecisionReason.ProfileRule);

    /// <summary>What a missing profile decides; it hides those after it (§1.9).</summary>
    internal EndDecision WithoutProfile(Direction end, Manifest? endpoint) =>
        new(EndVerdict.Deny, DecisionReason.MissingProfile, end, Stage, null, endpoint, Direction);

    /// <summary>What is decided where nothing else decides.</summary>
    internal EndDecision AtLast(Direction end, Manifest? endpoint) => Stage == PolicyStage.Normal
        ? new(EndVerdict.Deny, DecisionReason.NoProfileAllows, end, Stage, null, endpoint, Direction)
        : EndDecision.Nothing(end) with { Stage = Stage };

    /// <summary>The index that was made last, of whatever snapshot.</summary>
    internal DecisionIndex? NewestIndex => _newer;

    /// <summary>The index that answers for a snapshot; null if only going through the rules can. Indexes of two generations are kept.</summary>
    internal DecisionIndex? IndexFor(Snapshot snapshot)
    {
        DecisionIndex? newer = _newer;
        if (newer is not null && newer.IsOf(snapshot))
        {
            return newer;
        }

        return OtherIndexFor(snapshot, newer);
    }

    private DecisionIndex? OtherIndexFor(Snapshot snapshot, DecisionIndex? newer)
    {
        if (_older is { } older && older.IsOf(snapshot))
        {
            return older;
        }

        if (Decisions.HasEndpointBackends)
        {
            return null;
        }

        DecisionIndex made = newer?.For(snapshot) ?? new DecisionIndex(Decisions, snapshot);
        _older = newer;
        _newer = made;
        return made;
    }
}

/// <summary>One tier of a program.</summary>
/// <param name="Tier">The tier.</param>
/// <param name="Policies">Its policies that apply, in order.</param>
public sealed record TierStep(Tier Tier, IReadOnlyList<PolicyStep> Policies)
{
    internal PolicyStep[] Steps { get; } = [.. Policies];
}

/// <summary>One policy of a program.</summary>
public sealed class PolicyStep
{
    internal PolicyStep(Policy policy, bool isEnforced, CompiledRule[] rules)
    {
        Policy = policy;
        IsEnforced = isEnforced;
        Rules = rules;
    }

    /// <summary>The policy.</summary>
    public Policy Policy { get; }

    /// <summary>False for staged policies that are ignored.</summary>
    public bool IsEnforced { get; }

    internal CompiledRule[] Rules { get; }
}

/// <summary>One profile of a program.</summary>
public sealed class ProfileStep
{
    internal ProfileStep(string name, Profile? profile, CompiledRule[] rules)
    {
        Name = name;
        Profile = profile;
        Rules = rules;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>The profile; null if it does not exist, which denies.</summary>
    public Profile? Profile { get; }

    internal CompiledRule[] Rules { get; }
}
