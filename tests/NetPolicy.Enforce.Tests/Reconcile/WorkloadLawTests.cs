using System.Globalization;
using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Enforce.Rules;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Laws;
using NetPolicy.Laws.Worlds;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Inventory;
using Xunit;

namespace NetPolicy.Enforce.Tests.Reconcile;

/// <summary>
/// Workloads of the node and of others that come, go, are relabelled, get another address or lose theirs, in generated worlds: rules that follow say the same as rules that
/// are compiled without memory, of every address and every interface.
/// </summary>
public sealed class WorkloadLawTests
{
    private static readonly SortedDictionary<string, WorldShape> s_shapes = new(StringComparer.Ordinal)
    {
        ["kubernetes"] = WorldShape.KubernetesOnly,
        ["calico"] = WorldShape.CalicoOnly with { Http = false },
        ["mixed"] = WorldShape.Mixed,
    };

    public static TheoryData<string> Shapes => [.. s_shapes.Keys];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Workloads_that_come_go_and_change_are_followed_as_if_everything_were_compiled_anew(string shape)
    {
        ulong first = 40_000_000 + ((ulong)s_shapes.Keys.ToList().IndexOf(shape) * 1_000_000);
        int followed = 0, changes = 0;
        long cells = 0;
        for (ulong seed = first; seed < first + 6; seed++)
        {
            Case @case = Any.Make(seed, s_shapes[shape], 1);
            PolicyEngine engine = new((@case.Choices with { HostInputDrops = false }).ToEngine());
            engine.Apply(@case.World.Manifests.Select(m => new Change.Upsert(m)));
            PodManifest[] pods = [.. @case.World.Manifests.OfType<PodManifest>()];
            if (engine.Current.Cluster.Nodes.Select(n => n.Name).FirstOrDefault() is not { } node || pods.Length == 0)
            {
                continue;
            }

            Dice dice = new(seed + 5);
            EnforcementOptions options = new() { UnknownPods = dice.Pick(UnknownPods.Closed, UnknownPods.Open) };
            NodeRules rules = new(engine.Current, node, options);
            rules.Install();
            for (int i = 0; i < 12; i++)
            {
                string what = string.Create(CultureInfo.InvariantCulture, $"{shape} seed {seed} change {i}");
                Delta delta = engine.Apply([.. dice.Many(1, 3, () => Next(dice, engine.Current, pods, node))]);
                NftPlan plan = rules.Update(delta);
                changes++;
                if (!rules.HasErrors)
                {
                    TranslationReport proof = rules.Prove(plan);
                    Assert.True(proof.IsFaithful, what + ": " + string.Join('\n', proof.Differences));
                }

                CompiledRuleset anew = RulesetCompiler.Compile(delta.Snapshot, node, options), now = rules.Ruleset;
                Assert.Equal(anew.Diagnostics.Select(d => d.Message), now.Diagnostics.Select(d => d.Message));
                Same(what, anew.Table, now.Table);
                TranslationReport all = rules.ProveAll(4_000);
                Assert.True(all.IsFaithful, what + ": " + string.Join('\n', all.Differences));
                cells += all.Tried;
            }

            followed += rules.Followed;
        }

        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{shape}: {followed} of {changes} changes followed, {cells} cells"));
        Assert.True(followed > 10 && cells > 10_000);
    }

    // A pod that is there, or was, or is like one: here or elsewhere, with other labels, another address, both of another, or none.
    private static Change Next(Dice dice, Snapshot snapshot, PodManifest[] pods, string node)
    {
        PodManifest pod = dice.PickFrom(pods), other = dice.PickFrom(pods);
        if (dice.Chance(20))
        {
            return new Change.Remove(pod.Id);
        }

        if (dice.Chance(40))
        {
            int number = dice.Below(6);
            pod = pod with
            {
                Metadata = pod.Metadata with { Name = string.Create(CultureInfo.InvariantCulture, $"more{number}") },
                Addresses = [.. pod.Addresses.Select(a => Near(a, number))],
            };
        }

        if (dice.Chance(50))
        {
            pod = pod with { Spec = pod.Spec with { NodeName = node } };
        }

        if (dice.Chance(30))
        {
            pod = pod with { Metadata = pod.Metadata with { Labels = other.Metadata.Labels } };
        }

        return new Change.Upsert(dice.Below(10) switch
        {
            0 => pod with { Addresses = [] },
            1 => pod with { Addresses = other.Addresses },
            2 => pod with { Addresses = [.. pod.Addresses.Select(a => Near(a, dice.Between(6, 9)))] },
            _ => pod,
        });
    }

    private static string Near(string address, int number) =>
        IpAddress.TryParse(address, out IpAddress parsed) ? (parsed.Family == IpFamily.IPv6 ? IpAddress.FromIPv6(parsed.Value ^ (UInt128)(uint)(64 + number)) : IpAddress.FromIPv4((uint)parsed.Value ^ (uint)(64 + number))).ToString() : address;

    // Names are of the order in which things came. Keys are not, nor is which addresses are one identity, but where two have the same rows.
    private static void Same(string what, RuleTable anew, RuleTable now)
    {
        foreach (RuleMap map in anew.Maps.AsEnumerable().Where(m => !HashSize.IsByIdentity(m)))
        {
            RuleMap own = now.Maps.AsEnumerable().Single(m => m.Name == map.Name);
            Assert.True(map.Elements.Select(e => e.Key).SequenceEqual(own.Elements.Select(e => e.Key)), $"{what}: {map.Name}");
            Assert.True(map.Elements.Select(e => Plain(e.Verdict)).SequenceEqual(own.Elements.Select(e => Plain(e.Verdict))), $"{what}: {map.Name}");
        }

        foreach (RuleSet set in anew.Sets.AsEnumerable().Where(s => !s.Name.StartsWith("a_", StringComparison.Ordinal)))
        {
            Assert.True(set.Elements == now.Sets.AsEnumerable().Single(s => s.Name == set.Name).Elements, $"{what}: {set.Name}");
        }

        foreach (IdentityMap map in anew.Identities.AsEnumerable().Where(m => !m.IsInterval))
        {
            IdentityMap own = now.Identities.AsEnumerable().Single(m => m.Name == map.Name);
            Assert.True(map.Elements.Select(e => e.Addresses).SequenceEqual(own.Elements.Select(e => e.Addresses)), $"{what}: {map.Name}");
            HashSet<(uint, uint)> pairs = [.. map.Elements.Zip(own.Elements).Select(p => (p.First.Identity, p.Second.Identity))];
            Assert.True(pairs.Count == pairs.Select(p => p.Item1).Distinct().Count(), $"{what}: an identity of {map.Name} has become two");
        }

        // Rows of an identity that lost its last address stay until something is compiled.
        Assert.Empty(anew.Chains.AsEnumerable().Where(c => c.IsShared).Select(c => c.Name).Except(now.Chains.AsEnumerable().Where(c => c.IsShared).Select(c => c.Name)));
    }

    // Classes have numbers of the order in which they came.
    private static string Plain(RuleVerdict verdict) => $"{verdict.Kind} {verdict.Chain?.Split('_')[0]}";
}
