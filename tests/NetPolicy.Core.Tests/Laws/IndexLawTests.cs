using FsCheck;
using NetPolicy.Engine;
using NetPolicy.Laws;
using NetPolicy.Laws.Worlds;
using NetPolicy.Manifests;
using Xunit;

namespace NetPolicy.Core.Tests.Laws;

/// <summary>Every index has a sibling that does without it, and both always say the same.</summary>
public sealed class IndexLawTests
{
    private static Arbitrary<Case> AnyCase => Any.Plain(WorldShape.All, flows: 20);

    [Fact]
    public void Tables_decide_what_going_through_the_rules_decides() => Law.ForAll(AnyCase, Law.Worlds, @case =>
    {
        Snapshot snapshot = Snapshot.Of(@case.World.Manifests, @case.Choices.ToEngine());
        Dice dice = new(@case.World.Spelling);
        foreach (FlowRequest request in @case.Flows)
        {
            if (!snapshot.TryResolve(request, out Flow flow, out _))
            {
                continue;
            }

            // The first times there is no table yet; then ports that share one are asked for.
            ushort?[] ports = [flow.Port, flow.Port, flow.Port, (ushort)((flow.Port ?? 80) + 1), (ushort)((flow.Port ?? 80) - 1), 0, ushort.MaxValue, null, (ushort)dice.Below(65536)];
            foreach (ushort? port in ports)
            {
                Flow asked = flow with { Port = port };
                PlainWalk walk = default;
                Evaluation plain = snapshot.Evaluate(asked, ref walk), indexed = snapshot.Evaluate(asked);
                if (plain != indexed)
                {
                    return $"{{{request.Describe()}}} at port {port}\n  rules: {plain}\n  table: {indexed}";
                }
            }
        }

        return null;
    });

    [Fact]
    public void Many_flows_at_once_are_answered_as_each_alone() => Law.ForAll(AnyCase, Law.Worlds, @case =>
    {
        Snapshot snapshot = Snapshot.Of(@case.World.Manifests, @case.Choices.ToEngine());
        List<Flow> flows = [];
        foreach (FlowRequest request in @case.Flows)
        {
            if (snapshot.TryResolve(request, out Flow flow, out _))
            {
                // Again on the same port, so that there are tables, and on ports that tables have not met.
                flows.AddRange([flow, flow, flow with { Port = 80 }, flow with { Port = null }, flow with { SourcePort = 1024 }, flow with { HttpMethod = "GET" }, flow]);
            }
        }

        Evaluation[] together = new Evaluation[flows.Count];
        for (int round = 0; round < 3; round++)
        {
            snapshot.Evaluate(flows.ToArray(), together);
            for (int i = 0; i < together.Length; i++)
            {
                PlainWalk walk = default;
                Evaluation alone = snapshot.Evaluate(flows[i], ref walk);
                if (together[i] != alone)
                {
                    return $"{flows[i]} in round {round}\n  alone: {alone}\n  together: {together[i]}";
                }
            }
        }

        return null;
    });

    [Fact]
    public void What_nobody_needs_any_more_is_let_go_and_its_numbers_are_taken_again() => Law.ForAll(AnyCase, Law.Worlds, @case =>
    {
        Dice dice = new(@case.World.Spelling);
        PolicyEngine engine = new(@case.Choices.ToEngine());
        CompilationSize empty = engine.Size, before = default;
        Manifest[] coming = [.. @case.World.Manifests.OrderBy(_ => dice.Next())], going = [.. coming.OrderBy(_ => dice.Next())];
        for (int round = 0; round < 3; round++)
        {
            foreach (Manifest manifest in coming)
            {
                engine.Apply(new Change.Upsert(manifest));
                if (engine.Size.Pending != 0)
                {
                    return $"{manifest.Id} is not done with: {engine.Size}";
                }
            }

            // Going takes numbers too, for moments, so their highest is known after the first round only.
            CompilationSize full = engine.Size;
            before = round == 0 ? full : round == 1 ? before with { SelectorNumbers = full.SelectorNumbers, ClassNumbers = full.ClassNumbers } : before;
            if (full != before)
            {
                return $"in round {round}: {full}, before: {before}";
            }

            foreach (Manifest manifest in going)
            {
                engine.Apply(new Change.Remove(manifest.Id));
            }

            CompilationSize left = engine.Size;
            if (left with { SelectorNumbers = 0, ClassNumbers = 0 } != empty with { SelectorNumbers = 0, ClassNumbers = 0 })
            {
                return $"in round {round} is left: {left}";
            }

            if (engine.Current.Policies.Count > 0 || engine.Current.World.Classes.Items().Any(one => one is not null) || engine.Current.World.Sets.Items().Any(set => set.Count > 0))
            {
                return $"in round {round} a snapshot without documents knows policies or classes";
            }
        }

        return null;
    });

    [Fact]
    public void Every_snapshot_on_the_way_answers_as_a_fresh_start_and_goes_on_doing_so() => Law.ForAll(AnyCase, Law.Worlds, @case =>
    {
        Dice dice = new(@case.World.Spelling);
        PolicyEngine engine = new(@case.Choices.ToEngine());
        Dictionary<ObjectId, Manifest> documents = [];
        Manifest[] pool = [.. @case.World.Manifests, .. Any.MakePlain(dice.Next(), WorldShape.All, flows: 0).World.Manifests];
        List<(Snapshot Snapshot, string[] Answers)> past = [];
        for (int step = 0; step < 6; step++)
        {
            List<Change> batch = [];
            foreach (Manifest manifest in pool.Where(_ => dice.Chance(step == 0 ? 70 : 15)))
            {
                if (dice.Chance(70))
                {
                    documents[manifest.Id] = manifest;
                    batch.Add(new Change.Upsert(manifest));
                }
                else
                {
                    documents.Remove(manifest.Id);
                    batch.Add(new Change.Remove(manifest.Id));
                }
            }

            Snapshot now = engine.Apply(batch).Snapshot;
            string[] answers = Answers.Of(@case, now);
            if (Answers.Difference(@case, Answers.Of(@case, Snapshot.Of(documents.Values, @case.Choices.ToEngine())), answers) is { } wrong)
            {
                return $"after batch {step}: {wrong}\nof\n{string.Join('\n', batch)}";
            }

            past.Add((now, answers));
        }

        foreach ((Snapshot snapshot, string[] answers) in past)
        {
            if (Answers.Difference(@case, answers, Answers.Of(@case, snapshot)) is { } changed)
            {
                return "an old snapshot answers otherwise now: " + changed;
            }
        }

        return null;
    });
}
