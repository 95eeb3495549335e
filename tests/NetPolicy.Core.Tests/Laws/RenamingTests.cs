using NetPolicy.Engine;
using NetPolicy.Laws;
using NetPolicy.Laws.Rewriting;
using NetPolicy.Laws.Worlds;
using Xunit;

namespace NetPolicy.Core.Tests.Laws;

/// <summary>Names tell things apart and break ties; nothing else depends on them.</summary>
public sealed class RenamingTests
{
    private static readonly WorldShape Everything = WorldShape.All;

    [Fact]
    public void Policies_may_have_any_names_that_sort_alike() => Hold(Everything, world => world, world => (Renames.OfPolicies(world), flow => flow), Place);

    [Fact]
    public void Policies_without_ties_may_have_any_names() =>
        Hold(Everything with { Kubernetes = false }, Renames.WithoutTies, world => (Renames.OfPoliciesReversed(world), flow => flow), Place);

    [Fact]
    public void Kubernetes_policies_may_have_any_names() =>
        Hold(WorldShape.KubernetesOnly, world => world, world => (Renames.OfPoliciesReversed(world), flow => flow), (@case, snapshot, _) => Answers.VerdictsOf(@case, snapshot));

    [Fact]
    public void Pods_may_have_any_names() => Hold(Everything, world => world, Renames.OfPods, (@case, snapshot, _) => Answers.PassesOf(@case, snapshot));

    [Fact]
    public void Nodes_may_have_any_names() => Hold(Everything, world => world, Renames.OfNodes, (@case, snapshot, _) => Answers.PassesOf(@case, snapshot));

    [Fact]
    public void Namespaces_may_have_any_names_where_they_are_renamed_everywhere() => Hold(Everything, world => world, Renames.OfNamespaces, Place);

    [Fact]
    public void Labels_may_have_any_keys_and_values_where_they_are_renamed_everywhere() => Hold(Everything, world => world, world => (Renames.OfLabels(world), flow => flow), Place);

    private static string[] Place(Case @case, Snapshot snapshot, World world) => Answers.PlacesOf(@case, snapshot, world);

    private static void Hold(
        WorldShape shape,
        Func<World, World> prepare,
        Func<World, (World World, Func<FlowRequest, FlowRequest> Flow)> rename,
        Func<Case, Snapshot, World, string[]> answers)
    {
        Coverage coverage = new(("renamed", 60), ("allowed", 60), ("denied", 60));
        Law.ForAll(Any.Plain(shape, 20), coverage, @case =>
        {
            World world = prepare(@case.World);
            (World renamed, Func<FlowRequest, FlowRequest> flow) = rename(world);
            if (renamed.Manifests != world.Manifests)
            {
                coverage.Saw("renamed");
            }

            Case other = @case with { World = renamed, Flows = [.. @case.Flows.Select(flow)] };
            string[] expected = answers(@case, Snapshot.Of(world.Manifests, @case.Choices.ToEngine()), world);
            Answers.Note(expected, coverage);
            return Answers.Difference(other, expected, answers(other, Snapshot.Of(renamed.Manifests, @case.Choices.ToEngine()), renamed)) is { } how
                ? $"{how}\nrenamed:\n{renamed}"
                : null;
        });
    }
}
