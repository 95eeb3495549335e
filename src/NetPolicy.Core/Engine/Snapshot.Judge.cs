using NetPolicy.Inventory;
using NetPolicy.Policies;

namespace NetPolicy.Engine;

/// <summary>One endpoint, one stage, one direction (Calico specification §5.4, §7.3).</summary>
public sealed partial class Snapshot
{
    private EndDecision Judge<TRecorder>(
        int endpoint, PolicyStage stage, Direction direction, Direction end, PolicyScope scope,
        in Packet packet, in PeerFacts source, in PeerFacts destination, string? interfaceName, ref TRecorder recorder)
        where TRecorder : IEvaluationRecorder
    {
        EndpointProgram program = ProgramOf(endpoint, stage, direction);
        if (recorder.IsRecording)
        {
            recorder.BeginStage((Endpoint)Cluster.SelectableAt(endpoint), stage, direction, interfaceName);
        }

        EndDecision decision = typeof(TRecorder) == typeof(NoRecorder) && scope == PolicyScope.All
            ? Decide(program, endpoint, end, packet, source, destination)
            : Judge(program, endpoint, end, scope, packet, source, destination, ref recorder);
        if (recorder.IsRecording)
        {
            recorder.EndStage(decision);
        }

        return decision;
    }

    // What going through the rules would decide, by the program's index if it can tell.
    private EndDecision Decide(EndpointProgram program, int endpoint, Direction end, in Packet packet, in PeerFacts source, in PeerFacts destination)
    {
        int outcome = program.IndexFor(this) is { } index ? index.Decide(this, packet, source, destination) : -1;
        if (outcome >= 0)
        {
            return program.Decisions[outcome, end, Cluster.SelectableAt(endpoint)];
        }

        PlainWalk walk = default;
        return Judge(program, endpoint, end, PolicyScope.All, packet, source, destination, ref walk);
    }

    /// <summary>Runs a program for a packet between two ends; the part of the evaluation that tables are compiled from.</summary>
    internal EndDecision Judge<TRecorder>(
        EndpointProgram program, int endpoint, Direction end, PolicyScope scope,
        in Packet packet, in PeerFacts source, in PeerFacts destination, ref TRecorder recorder)
        where TRecorder : IEvaluationRecorder
    {
        PolicyStage stage = program.Stage;
        bool isolated = false;
        foreach (TierStep tier in program.TierSteps)
        {
            if (recorder.IsRecording)
            {
                recorder.Tier(tier.Tier);
            }

            Policy? first = null;
            bool passed = false;
            foreach (PolicyStep step in tier.Steps)
            {
                if (recorder.IsRecording)
                {
                    recorder.Policy(step.Policy, step.IsEnforced);
                }

                // §5.5: staged policies are skipped.
                if (!step.IsEnforced || !scope.Includes(step.Policy))
                {
                    continue;
                }

                first ??= step.Policy;
                Rule? deciding = FirstDeciding(step.Rules, packet, source, destination, ref recorder);
                if (deciding is null)
                {
                    continue;
                }

                if (deciding.Action == RuleAction.Pass)
                {
                    passed = true;
                    break;
                }

                return new EndDecision(
                    deciding.Action == RuleAction.Allow ? EndVerdict.Allow : EndVerdict.Deny,
                    DecisionReason.Rule, end, stage, deciding, deciding.Source, program.Direction);
            }

            if (first is null)
            {
                continue;
            }

            isolated = true;

            // §7.3: before translation and untracked, the default action is always to go on.
            if (!passed && !tier.Tier.PassesByDefault && (stage is PolicyStage.Normal or PolicyStage.Forward))
            {
                return new EndDecision(EndVerdict.Deny, DecisionReason.Isolated, end, stage, null, first.Source, program.Direction);
            }
        }

        if (scope == PolicyScope.Cluster)
        {
            return EndDecision.Nothing(end, DecisionReason.Self);
        }

        return stage == PolicyStage.Normal
            ? JudgeProfiles(program, endpoint, end, isolated, packet, source, destination, ref recorder)
            : EndDecision.Nothing(end) with { Stage = stage };
    }

    private EndDecision JudgeProfiles<TRecorder>(
        EndpointProgram program, int endpoint, Direction end, bool isolated,
        in Packet packet, in PeerFacts source, in PeerFacts destination, ref TRecorder recorder)
        where TRecorder : IEvaluationRecorder
    {
        foreach (ProfileStep step in program.ProfileSteps)
        {
            if (recorder.IsRecording)
            {
                recorder.Profile(step.Name, step.Profile);
            }

            // §1.9: a missing profile denies, and hides those after it.
            if (step.Profile is null)
            {
                return new EndDecision(EndVerdict.Deny, DecisionReason.MissingProfile, end, PolicyStage.Normal, null, Cluster.SelectableAt(endpoint).Source, program.Direction);
            }

            Rule? deciding = FirstDeciding(step.Rules, packet, source, destination, ref recorder);
            switch (deciding?.Action)
            {
                case RuleAction.Allow when !isolated:
                    return EndDecision.Nothing(end, DecisionReason.NotSelected);
                case RuleAction.Allow:
                    return new EndDecision(EndVerdict.Allow, DecisionReason.ProfileRule, end, PolicyStage.Normal, deciding, deciding.Source, program.Direction);
                case RuleAction.Deny:
                    return new EndDecision(EndVerdict.Deny, DecisionReason.ProfileRule, end, PolicyStage.Normal, deciding, deciding.Source, program.Direction);
                case RuleAction.Pass or RuleAction.Log or null:
                    break;
                default:
                    throw new InvalidOperationException($"unknown action {deciding!.Action}");
            }
        }

        return new EndDecision(EndVerdict.Deny, DecisionReason.NoProfileAllows, end, PolicyStage.Normal, null, Cluster.SelectableAt(endpoint).Source, program.Direction);
    }

    // The first rule that matches and is not a Log.
    private Rule? FirstDeciding<TRecorder>(
        CompiledRule[] rules, in Packet packet, in PeerFacts source, in PeerFacts destination, ref TRecorder recorder)
        where TRecorder : IEvaluationRecorder
    {
        foreach (CompiledRule rule in rules)
        {
            bool matched = _matcher.Matches(rule, packet, source, destination);
            if (recorder.IsRecording)
            {
                recorder.Rule(rule.Rule, matched);
            }

            if (matched && rule.Action != RuleAction.Log)
            {
                return rule.Rule;
            }
        }

        return null;
    }
}
