using NetPolicy.Policies;

namespace NetPolicy.Engine;

/// <summary>The programs of the classes that the same policies and profiles apply to, each made when it is first asked for.</summary>
internal sealed class ProgramSet(CompiledPolicy[] policies, ProfileSteps[] profiles, IReadOnlyDictionary<string, Tier> tiers, StagedMode staged, ProgramPool pool)
{
    private static readonly int Slots = Enum.GetValues<PolicyStage>().Length * 2;

    private EndpointProgram?[]? _programs;
    private CompiledPolicy[]? _ordered;

    /// <summary>Policies that apply, in no order.</summary>
    public CompiledPolicy[] Policies => policies;

    /// <summary>Their profiles, in order.</summary>
    public ProfileSteps[] Profiles => profiles;

    /// <summary>The program of a stage and direction. Any number of threads may ask; one of the programs made at once stays.</summary>
    public EndpointProgram Of(PolicyStage stage, Direction direction)
    {
        EndpointProgram?[] programs = _programs ?? Interlocked.CompareExchange(ref _programs, new EndpointProgram?[Slots], null) ?? _programs;
        ref EndpointProgram? program = ref programs[((int)stage * 2) + (int)direction];
        return Volatile.Read(ref program) ?? Interlocked.CompareExchange(ref program, Make(stage, direction), null) ?? program!;
    }

    private EndpointProgram Make(PolicyStage stage, Direction direction)
    {
        CompiledPolicy[] asked = [.. (Volatile.Read(ref _ordered) ?? (_ordered = Ordered())).Where(p => p.Policy.IsIn(stage) && p.Policy.Takes(direction))];
        ProfileStep[] profileSteps = stage == PolicyStage.Normal ? [.. profiles.Select(p => direction == Direction.Ingress ? p.Ingress : p.Egress)] : [];
        return pool.Get(stage, direction, [.. asked.Select(p => p.Number)], profileSteps, () => new EndpointProgram(stage, direction, Steps(asked, direction), profileSteps));
    }

    private TierStep[] Steps(CompiledPolicy[] ordered, Direction direction)
    {
        List<TierStep> steps = [];
        List<PolicyStep> own = [];
        for (int i = 0; i < ordered.Length; i++)
        {
            CompiledPolicy policy = ordered[i];
            own.Add(new PolicyStep(policy.Policy, !policy.Policy.IsStaged || staged == StagedMode.AsEnforced, policy.Rules(direction)));
            if (i + 1 == ordered.Length || ordered[i + 1].Policy.Tier != policy.Policy.Tier)
            {
                steps.Add(new TierStep(tiers[policy.Policy.Tier], [.. own]));
                own.Clear();
            }
        }

        return [.. steps];
    }

    private CompiledPolicy[] Ordered()
    {
        CompiledPolicy[] ordered = [.. policies];
        Array.Sort(ordered, (left, right) =>
        {
            int order = tiers[left.Policy.Tier].CompareTo(tiers[right.Policy.Tier]);
            order = order != 0 ? order : Policy.CompareInTier(left.Policy, right.Policy);
            return order != 0 ? order : Policy.CompareById(left.Policy, right.Policy);
        });
        return ordered;
    }
}

/// <summary>A profile's steps in both directions.</summary>
internal sealed record ProfileSteps(ProfileStep Ingress, ProfileStep Egress, RuleNeeds Needs);
