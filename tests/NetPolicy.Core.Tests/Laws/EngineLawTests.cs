using FsCheck;
using NetPolicy.Analysis;
using NetPolicy.Collections;
using NetPolicy.Engine;
using NetPolicy.Laws;
using NetPolicy.Laws.Worlds;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Policies;
using NetPolicy.Ports;
using Xunit;

namespace NetPolicy.Core.Tests.Laws;

/// <summary>What holds for every world, whatever its policies say.</summary>
public sealed class EngineLawTests
{
    private static readonly WorldShape Everything = WorldShape.All;

    private static Arbitrary<Case> AnyCase => Any.Plain(Everything, flows: 20);

    [Fact]
    public void An_explanation_is_the_evaluation_and_names_what_decided() => Law.ForAll(AnyCase, Law.Worlds, @case =>
    {
        Snapshot snapshot = Snapshot.Of(@case.World.Manifests, @case.Choices.ToEngine());
        foreach (FlowRequest flow in @case.Flows)
        {
            if (snapshot.TryResolve(flow, out Flow resolved, out _) && Unexplained(snapshot, resolved) is { } why)
            {
                return $"{{{flow.Describe()}}}: {why}";
            }
        }

        return null;
    });

    [Fact]
    public void Changes_in_any_order_and_batches_end_where_a_fresh_start_ends() => Law.ForAll(AnyCase, Law.Worlds, @case =>
    {
        Dice dice = new(@case.World.Spelling);
        PolicyEngine engine = new(@case.Choices.ToEngine());

        // Documents come, others come for the same objects, some go and come back; in the end those of the world are there.
        Case other = Any.MakePlain(dice.Next(), Everything, flows: 0);
        List<Change> changes =
        [
            .. other.World.Manifests.Where(_ => dice.Chance(50)).Select(manifest => new Change.Upsert(manifest)),
            .. @case.World.Manifests.Where(_ => dice.Chance(50)).Select(manifest => new Change.Upsert(manifest)),
            .. @case.World.Manifests.Where(_ => dice.Chance(30)).Select(manifest => new Change.Remove(manifest.Id)),
        ];
        changes = [.. changes.OrderBy(_ => dice.Next())];
        changes.AddRange(@case.World.Manifests.OrderBy(_ => dice.Next()).Select(manifest => new Change.Upsert(manifest)));
        changes.AddRange(other.World.Manifests.Select(manifest => manifest.Id)
            .Except(@case.World.Manifests.Select(manifest => manifest.Id))
            .OrderBy(_ => dice.Next())
            .Select(id => new Change.Remove(id)));
        foreach (Change[] batch in Batches(changes, dice))
        {
            Delta delta = engine.Apply(batch);
            if (!ReferenceEquals(delta.Snapshot, engine.Current))
            {
                return "a batch yields another snapshot than the engine then shows";
            }
        }

        return Answers.Difference(@case, Answers.Of(@case), Answers.Of(@case, engine.Current));
    });

    [Fact]
    public void A_batch_that_changes_nothing_changes_nothing() => Law.ForAll(Any.Plain(Everything, flows: 0), Law.Worlds, @case =>
    {
        PolicyEngine engine = new(@case.Choices.ToEngine());
        Delta first = engine.Apply(@case.World.Manifests.Select(manifest => new Change.Upsert(manifest)));
        Delta again = engine.Apply(@case.World.Manifests.Select(manifest => new Change.Upsert(manifest)));
        return first.Changed.Count != @case.World.Manifests.Count ? $"{first.Changed.Count} of {@case.World.Manifests.Count} documents are said to have come"
            : !again.Changed.IsEmpty ? $"the same documents again are said to change {again.Changed}"
            : again.Snapshot.Revision != first.Snapshot.Revision ? "the same documents again make a new revision"
            : null;
    });

    [Fact]
    public void The_order_of_documents_never_matters() => Law.ForAll(AnyCase, Law.Worlds, @case =>
    {
        Dice dice = new(@case.World.Spelling);
        Snapshot shuffled = Snapshot.Of(@case.World.Manifests.OrderBy(_ => dice.Next()), @case.Choices.ToEngine());
        return Answers.Difference(@case, Answers.Of(@case), Answers.Of(@case, shuffled));
    });

    [Fact]
    public void How_documents_are_spread_over_files_and_lists_never_matters() => Law.ForAll(AnyCase, Law.Worlds, @case =>
    {
        Dice dice = new(@case.World.Spelling);
        IReadOnlyList<string> texts = (@case.World with { Spelling = @case.World.Spelling | 1 }).ToTexts();
        List<string>[] files = [.. Enumerable.Range(0, dice.Between(1, 4)).Select(_ => new List<string>())];
        foreach (string text in texts.OrderBy(_ => dice.Next()))
        {
            files[dice.Below(files.Length)].Add(text);
        }

        List<Manifest> manifests = [];
        for (int i = 0; i < files.Length; i++)
        {
            string file = dice.Chance(50) ? string.Join("\n---\n", files[i]) : $"{{apiVersion: v1, kind: List, items: [{string.Join(",", files[i])}]}}";
            ManifestReadResult read = ManifestReader.Read(file, $"{i}.yaml");
            if (read.HasErrors)
            {
                return $"{read.Diagnostics}\n{file}";
            }

            manifests.AddRange(read.Manifests);
        }

        return Answers.Difference(@case, Answers.Of(@case), Answers.Of(@case, Snapshot.Of(manifests, @case.Choices.ToEngine())));
    });

    [Fact]
    public void Staged_policies_change_nothing_until_they_are_enforced() => Law.ForAll(AnyCase, Law.Worlds, @case =>
    {
        Case ignoring = @case with { Choices = @case.Choices with { StagedAsEnforced = false } };
        Case without = ignoring with
        {
            World = @case.World with { Manifests = @case.World.Manifests.Where(manifest => !IsStaged(manifest)).ToEquatableArray() },
        };
        return Answers.Difference(ignoring, Answers.Of(without), Answers.Of(ignoring));
    });

    [Fact]
    public void Values_that_nobody_set_never_allow() => Law.ForAll(AnyCase, Law.Worlds, @case =>
    {
        Snapshot snapshot = Snapshot.Of(@case.World.Manifests, @case.Choices.ToEngine());
        List<Flow> flows = [default];
        foreach (FlowRequest flow in @case.Flows)
        {
            if (snapshot.TryResolve(flow, out Flow resolved, out _))
            {
                flows.Add(resolved with { Source = default });
                flows.Add(resolved with { Destination = default });
                flows.Add(resolved with { Source = default, Destination = default });
                flows.Add(new Flow { Source = FlowEnd.OfAddress(default), Destination = resolved.Destination, Protocol = Protocol.Tcp });
                flows.Add(new Flow { Source = resolved.Source, Destination = FlowEnd.OfAddress(default), Protocol = Protocol.Tcp });
            }
        }

        foreach (Flow flow in flows)
        {
            if (snapshot.Evaluate(flow).IsAllowed)
            {
                return $"{flow} is allowed";
            }
        }

        return null;
    });

    [Fact]
    public void Nothing_that_was_never_assigned_allows()
    {
        Assert.False(default(Evaluation).IsAllowed);
        Assert.NotEqual(EndVerdict.Allow, default(EndDecision).Verdict);
        Assert.False(new PolicyEngine().Current.Evaluate(default).IsAllowed);
        Assert.Equal(Verdict.Undecided, default);
        Assert.NotEqual(RuleAction.Allow, default);
    }

    [Fact]
    public void The_reader_finds_the_documents_that_another_writer_wrote() => Law.ForAll(Any.Plain(Everything, flows: 0), Law.Worlds, @case =>
    {
        IReadOnlyList<string> texts = @case.World.ToTexts();
        for (int i = 0; i < texts.Count; i++)
        {
            ManifestReadResult read = ManifestReader.Read(texts[i]);
            Manifest written = @case.World.Manifests[i];
            if (read.Diagnostics.Count > 0 || read.Manifests.Count != 1 || !read.Manifests[0].Equals(written))
            {
                return $"{texts[i]}\n  written: {written}\n  read: {read.Manifests}\n  {read.Diagnostics}";
            }
        }

        return null;
    });

    private static string? Unexplained(Snapshot snapshot, in Flow flow)
    {
        Evaluation evaluation = snapshot.Evaluate(flow);
        Explanation explanation = Explanation.Of(snapshot, flow);
        if (explanation.Evaluation != evaluation)
        {
            return $"evaluated {evaluation}, explained {explanation.Evaluation}";
        }

        EndDecision decider = evaluation.Decider;
        if (decider.Verdict == EndVerdict.None)
        {
            return null;
        }

        ExplainedStage[] deciding = [.. explanation.Attempts.SelectMany(attempt => attempt.Stages).Where(stage => stage.Decision == decider)];
        return deciding.Length == 0 ? $"no stage tells of {decider}"
            : decider.Rule is { } rule && !deciding.Any(stage => LastRule(stage) == new ExplainedRule(rule, Matched: true)) ? $"{rule} is not the last rule asked"
            : null;
    }

    private static ExplainedRule? LastRule(ExplainedStage stage) =>
        stage.Tiers.SelectMany(tier => tier.Policies).SelectMany(policy => policy.Rules)
            .Concat(stage.Profiles.SelectMany(profile => profile.Rules))
            .LastOrDefault();

    private static IEnumerable<Change[]> Batches(List<Change> changes, Dice dice)
    {
        for (int at = 0; at < changes.Count;)
        {
            int size = Math.Min(dice.Pick(1, 1, 2, 5, 20), changes.Count - at);
            yield return [.. changes.Skip(at).Take(size)];
            at += size;
        }
    }

    private static bool IsStaged(Manifest manifest) =>
        manifest is StagedKubernetesNetworkPolicyManifest or CalicoPolicyManifest { IsStaged: true };
}
