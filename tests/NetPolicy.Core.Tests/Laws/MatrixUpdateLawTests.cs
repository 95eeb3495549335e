using System.Text;
using NetPolicy.Analysis;
using NetPolicy.Core.Tests.Analysis;
using NetPolicy.Engine;
using NetPolicy.Laws;
using NetPolicy.Laws.Worlds;
using NetPolicy.Manifests;
using Xunit;

namespace NetPolicy.Core.Tests.Laws;

/// <summary>Every short cut of the matrix yields what its long way yields.</summary>
public sealed class MatrixUpdateLawTests
{
    [Fact]
    public void Tables_of_two_ends_put_together_are_what_evaluating_every_pair_yields() => Law.ForAll(Any.Plain(WorldShape.All, 0), Law.Worlds, @case =>
    {
        Snapshot snapshot = Snapshot.Of(@case.World.Manifests, @case.Choices.ToEngine());
        return Difference(Connectivity.Of(snapshot, null, plain: true), Connectivity.Of(snapshot));
    });

    [Theory]
    [MemberData(nameof(ConnectivityTests.Seeds), MemberType = typeof(ConnectivityTests))]
    public void Colliding_clusters_have_the_matrix_that_evaluating_every_pair_yields(int seed, bool hosts)
    {
        RandomCluster random = new(seed, hosts);
        Assert.Null(Difference(Connectivity.Of(random.Snapshot, null, plain: true), Connectivity.Of(random.Snapshot)));
    }

    [Fact]
    public void A_matrix_that_follows_changes_is_the_matrix_of_the_new_snapshot() => Law.ForAll(Any.Plain(WorldShape.All, 0), Law.Worlds, @case =>
    {
        Dice dice = new(@case.World.Spelling);
        Case other = Any.MakePlain(dice.Next(), WorldShape.All, flows: 0);
        PolicyEngine engine = new(@case.Choices.ToEngine());
        engine.Apply(@case.World.Manifests.Select(manifest => new Change.Upsert(manifest)));
        Connectivity first = Connectivity.Of(engine.Current), matrix = first;
        string before = Text(first);
        Manifest[] all = [.. @case.World.Manifests, .. other.World.Manifests];
        List<(Snapshot Snapshot, Connectivity Matrix)> unread = [];
        for (int step = 0; step < 8; step++)
        {
            // Mostly policies come and go; now and then something of the inventory does.
            Manifest[] candidates = [.. all.Where(manifest => dice.Chance(15) || manifest.Kind.EndsWith("NetworkPolicy", StringComparison.Ordinal))];
            if (candidates.Length == 0)
            {
                continue;
            }

            Manifest picked = dice.PickFrom(candidates);
            Delta delta = engine.Apply(engine.Current.Manifests.Contains(picked) ? new Change.Remove(picked.Id) : new Change.Upsert(picked));
            if (dice.Chance(20))
            {
                continue;
            }

            matrix = matrix.Update(delta);
            if (dice.Chance(30))
            {
                unread.Add((delta.Snapshot, matrix));
            }
            else if (Difference(Connectivity.Of(delta.Snapshot), matrix) is { } why)
            {
                return $"after {picked.Id}: {why}";
            }
        }

        foreach ((Snapshot snapshot, Connectivity late) in unread)
        {
            if (Difference(Connectivity.Of(snapshot), late) is { } why)
            {
                return $"read after the next changes: {why}";
            }
        }

        return Text(first) == before ? null : "a matrix changed under its reader";
    });

    [Fact]
    public void Two_matrices_can_follow_from_one()
    {
        RandomCluster random = new(3, hosts: false);
        PolicyEngine engine = new();
        Manifest[] all = [.. ManifestReader.Read(random.Text, "cluster.yaml").Manifests];
        engine.Apply(all.Select(manifest => new Change.Upsert(manifest)));
        Connectivity matrix = Connectivity.Of(engine.Current);
        Manifest[] policies = [.. all.Where(manifest => manifest.Kind.EndsWith("NetworkPolicy", StringComparison.Ordinal))];
        Assert.NotEmpty(policies);
        foreach (Manifest policy in policies)
        {
            Delta without = engine.Apply(new Change.Remove(policy.Id));
            Assert.Null(Difference(Connectivity.Of(without.Snapshot), matrix.Update(without)));
            engine.Apply(new Change.Upsert(policy));
        }

        Assert.Null(Difference(Connectivity.Of(engine.Current), matrix));
    }

    [Fact]
    public void Connections_are_the_same_by_place_and_in_order()
    {
        Connectivity matrix = Connectivity.Of(new RandomCluster(5, hosts: true).Snapshot);
        Connection[] inOrder = [.. matrix.Connections];
        Assert.NotEmpty(inOrder);
        Assert.Equal(inOrder.Length, matrix.Connections.Count);
        for (int i = inOrder.Length - 1; i >= 0; i--)
        {
            Assert.Equal(inOrder[i], matrix.Connections[i]);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => matrix.Connections[inOrder.Length]);
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix.Connections[-1]);
    }

    private static string? Difference(Connectivity expected, Connectivity actual)
    {
        string left = Text(expected), right = Text(actual);
        return left == right ? null : $"expected\n{left}\nfound\n{right}";
    }

    private static string Text(Connectivity matrix)
    {
        StringBuilder text = new();
        foreach (ConnectivityGroup group in matrix.Groups)
        {
            text.Append(group.Id).Append(' ').AppendJoin(", ", group.Members).AppendJoin(", ", group.Addresses).Append('\n');
        }

        foreach (Connection connection in matrix.Connections)
        {
            text.Append(connection.From.Id).Append(' ').Append(connection.To.Id).Append(' ').Append(connection.Allow).Append(' ').Append(connection.Families).Append('\n');
        }

        return text.ToString();
    }
}
