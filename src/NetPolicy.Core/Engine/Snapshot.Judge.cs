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

    /// <summary>What going through the rules would decide, by the program's index if it can tell.</summary>
    internal EndDecision Decide(EndpointProgram program, int endpoint, Direction end, in Packet packet, in PeerFacts source, in PeerFacts destination)
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

                return program.Of(deciding, end);
            }

            if (first is null)
            {
                continue;
            }

            isolated = true;
            if (!passed && program.EndDenies(tier))
            {
                return program.AtEnd(first, end);
            }
        }

        if (scope == PolicyScope.Cluster)
        {
            return EndDecision.Nothing(end, DecisionReason.Self);
        }

        foreach (ProfileStep step in program.ProfileSteps)
        {
            if (recorder.IsRecording)
            {
                recorder.Profile(step.Name, step.Profile);
            }

            if (step.Profile is null)
            {
                return program.WithoutProfile(end, Cluster.SelectableAt(endpoint).Source);
            }

            if (FirstDeciding(step.Rules, packet, source, destination, ref recorder) is { Action: not RuleAction.Pass } deciding)
            {
                return program.OfProfile(deciding, end, isolated);
            }
        }

        return program.AtLast(end, Cluster.SelectableAt(endpoint).Source);
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
