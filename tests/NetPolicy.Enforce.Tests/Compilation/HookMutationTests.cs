using System.Globalization;
using NetPolicy.Enforce.Nft;
using NetPolicy.Enforce.Reconcile;
using NetPolicy.Enforce.Rules;
using NetPolicy.Enforce.Simulation;
using NetPolicy.Engine;
using NetPolicy.Laws;
using NetPolicy.Laws.Worlds;
using NetPolicy.Policies;
using Xunit;

namespace NetPolicy.Enforce.Tests.Compilation;

/// <summary>Rules and elements between the hooks and the decisions are taken away or turned round, one at a time: the proof before loading notices each.</summary>
public sealed class HookMutationTests(ITestOutputHelper output)
{
    private static readonly WorldShape[] s_shapes = [WorldShape.HostEndpoints, WorldShape.EnforceableCluster, WorldShape.HostEndpoints with { Cluster = true }];

    [Fact]
    public void A_rule_or_element_that_is_taken_away_or_turned_round_is_noticed()
    {
        int worlds = int.TryParse(Environment.GetEnvironmentVariable("NETPOLICY_LAW_WORLDS"), NumberStyles.None, CultureInfo.InvariantCulture, out int given) ? given : 6;
        int take = given > 0 ? int.MaxValue : 16;
        SortedDictionary<string, (int Noticed, int Nothing)> kinds = new(StringComparer.Ordinal);
        List<string> missed = [];
        for (ulong seed = 1; seed <= (ulong)worlds; seed++)
        {
            Case @case = Any.Make(seed, s_shapes[seed % (ulong)s_shapes.Length], 0);
            Snapshot snapshot = Snapshot.Of(@case.World.Manifests, @case.Choices.ToEngine());
            foreach (string node in snapshot.Cluster.Nodes.Select(n => n.Name))
            {
                CompiledRuleset ruleset = RulesetCompiler.Compile(snapshot, node, new EnforcementOptions { MaxTableElements = seed % 2 == 0 ? 0 : 100_000 });
                if (ruleset.HasErrors)
                {
                    continue;
                }

                (string What, RuleTable Table)[] all = [.. Mutations(ruleset)];
                RandomPackets packets = new(snapshot, ruleset, seed);
                RandomPackets.Fate[] fates = packets.Run(NftRuleset.Parse(NftWriter.Write(ruleset.Table.Resolve(1, 2, 1))));
                int step = Math.Max(1, all.Length / take);
                for (int i = (int)(seed % (ulong)step); i < all.Length; i += step)
                {
                    (string what, RuleTable table) = all[i];
                    NftRuleset changed = NftRuleset.Parse(NftWriter.Write(table.Resolve(1, 2, 1)));
                    bool isNoticed = !TranslationCheck.Check(snapshot, ruleset, changed, null, int.MaxValue, new EpochPair(2, 1)).IsFaithful;
                    string kind = what.Split(' ')[0] + ' ' + what.Split(' ')[1].Split('_')[0];
                    (int noticed, int nothing) = kinds.GetValueOrDefault(kind);
                    kinds[kind] = isNoticed ? (noticed + 1, nothing) : (noticed, nothing + 1);

                    // Some rules mean nothing where they are: nobody comes to them, or the next says the same.
                    if (!isNoticed && packets.Difference(fates, packets.Run(changed)) is { } packet)
                    {
                        missed.Add(string.Create(CultureInfo.InvariantCulture, $"world {seed} {node}: {what}: {packet}"));
                    }
                }
            }
        }

        foreach ((string kind, (int noticed, int nothing)) in kinds)
        {
            output.WriteLine($"{kind}: {noticed} noticed, {nothing} change nothing");
        }

        Assert.True(missed.Count == 0, string.Join('\n', missed));
    }

    private static IEnumerable<(string What, RuleTable Table)> Mutations(CompiledRuleset ruleset)
    {
        RuleTable table = ruleset.Table;
        HashSet<string> hosts = [.. ruleset.Classes.Where(c => !c.Members[0].IsWorkload).Select(c => c.Chain)];
        HashSet<string> workloads = [.. ruleset.Classes.Where(c => c.Members[0].IsWorkload).Select(c => c.Chain)];
        foreach (RuleMap map in table.Maps.AsEnumerable())
        {
            string owner = map.Name[(map.Name.IndexOf('_', StringComparison.Ordinal) + 1)..];
            bool isTable = HashSize.IsByIdentity(map);
            if (isTable && workloads.Contains(owner))
            {
                continue;
            }

            foreach (RuleElement element in map.Elements.AsEnumerable())
            {
                RuleMap without = map with { Elements = [.. map.Elements.Where(e => !e.Equals(element))] };
                if (!isTable)
                {
                    yield return ($"element {map.Name} without {element}", table with { Maps = [.. table.Maps.Select(m => m == map ? without : m)] });
                }

                RuleVerdict other = element.Verdict.Chain is "deny" or "refuse" || (element.Verdict.Chain is { } target && Denies(table, target)) ? RuleVerdict.Goto("skip") : RuleVerdict.Drop;
                yield return ($"turned {map.Name} {element}", table with { Maps = [.. table.Maps.Select(m => m == map ? map with { Elements = [.. map.Elements.Select(e => e.Equals(element) ? e with { Verdict = other } : e)] } : m)] });
            }
        }

        foreach (RuleSet set in table.Sets.Where(s => !s.Name.StartsWith("a_", StringComparison.Ordinal)))
        {
            foreach (RuleValue value in set.Elements.AsEnumerable())
            {
                yield return ($"member {set.Name} without {value}", table with { Sets = [.. table.Sets.Select(s => s == set ? s with { Elements = [.. s.Elements.Where(v => !v.Equals(value))] } : s)] });
            }
        }

        foreach (RuleChain chain in table.Chains.Where(c => !c.Name.StartsWith("r_", StringComparison.Ordinal) && !workloads.Any(w => c.Name == w || c.Name.StartsWith(w + "_", StringComparison.Ordinal))))
        {
            for (int i = 0; i < chain.Rules.Count; i++)
            {
                RuleLine line = chain.Rules[i];
                RuleLine[] rest = [.. chain.Rules.Where((_, j) => j != i)];
                yield return ($"rule {chain.Name} without {i} of {chain.Rules.Count}: {string.Join(' ', line.Statements)}", table with { Chains = [.. table.Chains.Select(c => c == chain ? c with { Rules = [.. rest] } : c)] });
            }
        }
    }

    private static bool Denies(RuleTable table, string chain) =>
        table.Chains.First(c => c.Name == chain).Rules.SelectMany(r => r.Statements).Any(s => s is RuleStatement.Go { Verdict: { Kind: RuleVerdictKind.Drop } or { Chain: "deny" or "refuse" } });
}
