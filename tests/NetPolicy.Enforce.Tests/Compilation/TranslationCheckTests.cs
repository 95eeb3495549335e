using System.Globalization;
using System.Text.RegularExpressions;
using NetPolicy.Addresses;
using NetPolicy.Enforce.Nft;
using NetPolicy.Enforce.Rules;
using NetPolicy.Enforce.Simulation;
using NetPolicy.Engine;
using NetPolicy.Laws;
using NetPolicy.Laws.Worlds;
using NetPolicy.Policies;
using Xunit;

namespace NetPolicy.Enforce.Tests.Compilation;

/// <summary>What is compiled is proven before it is loaded, and what is wrong does not pass the proof.</summary>
public sealed partial class TranslationCheckTests(ITestOutputHelper output)
{
    private static readonly WorldShape[] s_shapes = [WorldShape.KubernetesOnly, WorldShape.CalicoOnly with { Http = false }, WorldShape.EnforceableWorkloads, WorldShape.EnforceableCluster, WorldShape.HostEndpoints];

    [Fact]
    public void Compiled_rules_pass()
    {
        long cells = 0;
        foreach ((CompiledRuleset ruleset, Snapshot snapshot, ulong seed) in Compiled(Count(24)))
        {
            TranslationReport report = TranslationCheck.Check(snapshot, ruleset, most: int.MaxValue);
            Assert.True(report.IsFaithful, string.Create(CultureInfo.InvariantCulture, $"world {seed}, node {ruleset.Node}:\n") + string.Join('\n', report.Differences));
            Assert.Equal(report.Cells, report.Tried);
            cells += report.Cells;
        }

        output.WriteLine($"{cells} cells");
        Assert.True(cells > 10_000);
    }

    [Fact]
    public void An_element_that_decides_the_opposite_is_noticed()
    {
        int tried = 0;
        foreach ((CompiledRuleset ruleset, Snapshot snapshot, ulong seed) in Compiled(10))
        {
            string text = NftWriter.Write(ruleset);
            foreach (Match element in TableElement().Matches(text).Where(e => IsReached(ruleset, text, e)).Take(6))
            {
                bool denies = Regex.IsMatch(text, $@"chain {element.Groups[3].Value} \{{[^}}]*goto (deny|refuse)\n");
                string changed = string.Concat(text.AsSpan(0, element.Groups[2].Index), denies ? "goto ok" : "drop", text.AsSpan(element.Groups[2].Index + element.Groups[2].Length));
                TranslationReport report = TranslationCheck.Check(snapshot, ruleset, NftRuleset.Parse(changed), null, int.MaxValue, new EpochPair(1, 0));
                Assert.False(report.IsFaithful, string.Create(CultureInfo.InvariantCulture, $"world {seed}, node {ruleset.Node}: {MapName().Matches(text[..element.Index])[^1].Value} {element.Value}\n{text}"));
                tried++;
            }
        }

        output.WriteLine($"{tried} elements");
        Assert.True(tried > 50, $"{tried} elements");
    }

    [Fact]
    public void After_a_change_only_what_it_touched_is_tried_again()
    {
        string policies = PolicyCases.All["kubernetes"];
        Snapshot before = Worlds.Of(policies), after = Worlds.Of(policies + "\n---\n" + """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: more, namespace: shop}
            spec: {podSelector: {matchLabels: {app: db}}, ingress: [{ports: [{port: 7777}]}]}
            """);
        CompiledRuleset old = RulesetCompiler.Compile(before, "node1"), now = RulesetCompiler.Compile(after, "node1");
        TranslationReport whole = TranslationCheck.Check(after, now), part = TranslationCheck.Check(after, now, old), none = TranslationCheck.Check(before, old, old);

        Assert.True(whole.IsFaithful && part.IsFaithful && none.IsFaithful);
        Assert.InRange(part.Cells, 1, whole.Cells - 1);
        Assert.Equal(0, none.Cells);
    }

    // A class keeps elements for peers of a family that its members lack, and for themselves, all the same.
    private static bool IsReached(CompiledRuleset ruleset, string text, Match element)
    {
        string map = MapName().Matches(text[..element.Index])[^1].Groups[1].Value;
        uint identity = uint.Parse(element.Groups[1].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        IpAddress example = ruleset.Identities.Single(i => i.Number == identity).Example;
        EndpointClass? judged = ruleset.Classes.FirstOrDefault(c => c.Chain == map);
        return judged is { Stage: PolicyStage.Normal } && judged.Members.Any(m => m.IsWorkload && m.AddressOf(example.Family) != default && !m.Addresses.Contains(example));
    }

    private static int Count(int most) =>
        int.TryParse(Environment.GetEnvironmentVariable("NETPOLICY_LAW_WORLDS"), NumberStyles.None, CultureInfo.InvariantCulture, out int given) ? given : most;

    // The defaults most often.
    private static readonly EnforcementOptions[] s_options =
    [
        EnforcementOptions.Default,
        new() { UnknownPods = UnknownPods.Open },
        EnforcementOptions.Default,
        new() { ConnectionMarkMask = 0, FlowLog = FlowLogMode.All },
        new() { DenyAction = DenyAction.Reject, ConnectionMarkMask = 0x0000_0ff0, AcceptedMark = 1, SeenMark = 0x8000_0000 },
    ];

    private static IEnumerable<(CompiledRuleset Ruleset, Snapshot Snapshot, ulong Seed)> Compiled(int worlds)
    {
        for (ulong seed = 1; seed <= (ulong)(worlds * s_shapes.Length); seed++)
        {
            Case @case = Any.Make(seed, s_shapes[seed % (ulong)s_shapes.Length], 0);
            Snapshot snapshot = Snapshot.Of(@case.World.Manifests, @case.Choices.ToEngine());
            foreach (string node in snapshot.Cluster.Nodes.Select(n => n.Name))
            {
                foreach (int most in (int[])[EnforcementOptions.Default.MaxTableElements, 0])
                {
                    CompiledRuleset ruleset = RulesetCompiler.Compile(snapshot, node, s_options[seed / (ulong)s_shapes.Length % (ulong)s_options.Length] with { MaxTableElements = most });
                    if (!ruleset.HasErrors)
                    {
                        yield return (ruleset, snapshot, seed);
                    }
                }
            }
        }
    }

    // An element of a class's table: identity first.
    [GeneratedRegex(@"^      [0-9a-f]+:([0-9a-f]+)[^:\n]* : (goto (r_[0-9a-f]+))", RegexOptions.Multiline)]
    private static partial Regex TableElement();

    [GeneratedRegex(@"^  map [a-z0-9]+_([a-z0-9_]+)_1 \{", RegexOptions.Multiline)]
    private static partial Regex MapName();
}
