using System.Globalization;
using NetPolicy.Enforce.Lab;
using NetPolicy.Enforce.Nft;
using NetPolicy.Enforce.Reconcile;
using NetPolicy.Enforce.Rules;
using NetPolicy.Engine;
using NetPolicy.Laws;
using NetPolicy.Laws.Worlds;
using NetPolicy.Policies;
using Xunit;

namespace NetPolicy.Enforce.Tests.Reconcile;

/// <summary>Changes of generated worlds: each ends with what is wanted, and between any two of its transactions each packet is judged by the old or the new rules.</summary>
public sealed class ChangeLawTests
{
    private static readonly SortedDictionary<string, WorldShape> s_shapes = new(StringComparer.Ordinal)
    {
        ["kubernetes"] = WorldShape.KubernetesOnly,
        ["calico"] = WorldShape.CalicoOnly with { Http = false },
        ["mixed"] = WorldShape.Mixed,
        ["hosts"] = WorldShape.HostEndpoints,
        ["tiers of all"] = WorldShape.HostEndpoints with { Cluster = true },
    };

    public static TheoryData<string> Shapes => [.. s_shapes.Keys];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_change_ends_with_what_is_wanted_and_every_moment_of_it_is_the_old_or_the_new(string shape)
    {
        ulong first = (ulong)s_shapes.Keys.ToList().IndexOf(shape) * 1_000_000;
        int minimal = 0, beside = 0, nothing = 0, moved = 0, moments = 0, flipped = 0, led = 0;
        long proven = 0;
        for (ulong seed = first; seed < first + (ulong)Count(12); seed++)
        {
            Case @case = Any.Make(seed, s_shapes[shape], 40);
            PolicyEngine engine = new((@case.Choices with { HostInputDrops = false }).ToEngine());
            engine.Apply(@case.World.Manifests.Select(m => new Change.Upsert(m)));
            string? node = engine.Current.Cluster.Nodes.Select(n => n.Name).FirstOrDefault();
            if (node is null)
            {
                continue;
            }

            ChangeMaker changes = new(seed, s_shapes[shape]);
            EnforcementOptions options = new() { MaxTableElements = seed % 4 == 0 ? 0 : EnforcementOptions.Default.MaxTableElements };
            ModelTable model = new();
            Snapshot before = engine.Current;
            NodeRules rules = new(before, node, options);
            foreach (NftStep step in rules.Install().Steps)
            {
                model.Apply(step.Transaction);
            }

            for (int i = 0; i < 8; i++)
            {
                Delta delta = engine.Apply(changes.Next(before));
                Snapshot now = delta.Snapshot;
                string was = NftWriter.Write(model.ToTable());
                InstalledRules installed = rules.Installed!;
                NftPlan plan = rules.Update(delta);
                InstalledRules after = rules.Installed!;
                proven += Prove(rules, plan, now, ref flipped, ref led);
                string what = string.Create(CultureInfo.InvariantCulture, $"{shape} seed {seed} change {i}");
                bool isBeside = after.Version > installed.Version && plan.Steps.Any(s => s.Transaction.Operations.AsEnumerable().OfType<RuleOperation.AddTable>().Any());
                minimal += plan.Steps.Count > 0 && !isBeside ? 1 : 0;
                beside += isBeside ? 1 : 0;
                nothing += plan.Steps.Count == 0 ? 1 : 0;
                List<string> texts = [was];
                foreach (NftStep step in plan.Steps)
                {
                    model.Apply(step.Transaction);
                    texts.Add(NftWriter.Write(model.ToTable()));
                }

                moved += plan.Steps.Count > 0 && ReferenceEquals(after.Table, installed.Table) ? 1 : 0;
                RuleTable final = new TableResolver(rules.Ruleset.Table, n => after.Names[n], after.Epochs).Resolve();
                Assert.True(model.Difference(final) is null, $"{what}: {model.Difference(final)}");
                moments += texts.Count - 1;

                // What a compilation without memory makes of it decides the same.
                texts.Add(NftWriter.Write(RulesetCompiler.Compile(now, node, options)));
                Judge(what, before, @case.Flows, node, texts);
                Judge(what, now, @case.Flows, node, texts);
                before = now;
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{shape}: {minimal} changed in place, {moved} of them by elements alone, {beside} loaded beside, {nothing} changed nothing, {moments} moments, {proven} cells proven, {flipped} wrong ones and {led} wrong ways noticed"));
        Assert.True((minimal > 0 && proven > 100 && flipped > 3) || Count(12) < 12);
    }

    // What a change touches is right, and would be noticed if it were not.
    private static long Prove(NodeRules rules, NftPlan plan, Snapshot now, ref int flipped, ref int led)
    {
        if (rules.HasErrors)
        {
            return 0;
        }

        TranslationReport proof = rules.Prove(plan);
        Assert.True(proof.IsFaithful, string.Join('\n', proof.Differences));
        CompiledRuleset ruleset = rules.Ruleset;
        foreach (RuleMap added in plan.Steps.Where(s => s.Kind is NftStepKind.Change or NftStepKind.Prepare).SelectMany(s => s.Transaction.Operations).OfType<RuleOperation.AddMapElements>()
            .Select(o => o.Elements).Where(HashSize.IsByIdentity).Take(3))
        {
            string name = added.Name[..added.Name.LastIndexOf('_')];
            RuleElement element = added.Elements[^1];
            if (ruleset.Table.Maps.AsEnumerable().FirstOrDefault(m => m.Name == name) is { } map
                && map.Elements.Any(e => e.Key.Equals(element.Key)) && IsTried(ruleset, map, element))
            {
                CompiledRuleset wrong = ruleset.With(ruleset.Table with
                {
                    Maps = [.. ruleset.Table.Maps.Select(m => m != map ? m : m with { Elements = [.. m.Elements.Select(e => e.Key.Equals(element.Key) ? Flip(ruleset, e) : e)] })],
                });
                Assert.False(new ChangeCheck(wrong).Check(now, ruleset, plan, _ => 0).IsFaithful, $"{map.Name} {element.Key}");
                flipped++;
            }
        }

        // The same for what leads workloads' packets to their classes.
        foreach (RuleOperation operation in plan.Steps.Where(s => s.Kind is NftStepKind.Change or NftStepKind.Prepare).SelectMany(s => s.Transaction.Operations).Take(400))
        {
            (string? named, RuleValue? key) = operation switch
            {
                RuleOperation.AddMapElements { Elements: { Elements.IsEmpty: false } map } when !HashSize.IsByIdentity(map) => (map.Name, map.Elements[^1].Key),
                RuleOperation.AddSetElements { Elements: { Elements.IsEmpty: false } set } => (set.Name, set.Elements[^1]),
                _ => (null, null),
            };
            string name = named is null ? "" : named[..named.LastIndexOf('_')];
            if (key is null or RuleValue.Anything || !new DispatchCheck(now, ruleset).Knows(name))
            {
                continue;
            }

            RuleTable table = ruleset.Table with
            {
                Maps = [.. ruleset.Table.Maps.Select(m => m.Name != name ? m : m with { Elements = [.. m.Elements.Where(e => !e.Key.Equals(key))] })],
                Sets = [.. ruleset.Table.Sets.Select(s => s.Name != name ? s : s with { Elements = [.. s.Elements.Where(v => !v.Equals(key))] })],
            };
            Assert.False(new ChangeCheck(ruleset.With(table)).Check(now, ruleset, plan, _ => 0).IsFaithful, $"{name} without {key}");
            led++;
        }

        return proof.Tried;
    }

    private static RuleElement Flip(CompiledRuleset ruleset, RuleElement element)
    {
        Dictionary<string, RuleChain> chains = ruleset.Table.Chains.AsEnumerable().ToDictionary(c => c.Name, StringComparer.Ordinal);
        bool isAccepting = element.Verdict.Chain is { } target && chains.TryGetValue(target, out RuleChain? decision)
            && decision.Rules.AsEnumerable().SelectMany(r => r.Statements).Any(s => s is RuleStatement.Go { Verdict.Chain: "accepted" });
        return element with { Verdict = isAccepting || RowJudge.Allows(chains, element.Verdict) ? RuleVerdict.Goto("deny") : RuleVerdict.Return };
    }

    private static bool IsTried(CompiledRuleset ruleset, RuleMap map, RuleElement element)
    {
        string chain = map.Name[(map.Name.IndexOf('_', StringComparison.Ordinal) + 1)..];
        PeerIdentity? peer = ruleset.Identities.FirstOrDefault(i => i.Number == ClassRows.NumberOf(element.Key));
        return peer is not null && ruleset.Classes.FirstOrDefault(c => c.Chain == chain) is { Stage: PolicyStage.Normal } @class
            && @class.Members.Any(m => !m.IsWorkload || (m.Addresses.Count(a => a.Family == peer.Example.Family) == 1 && !m.Addresses.Contains(peer.Example)));
    }

    private static int Count(int worlds) =>
        int.TryParse(Environment.GetEnvironmentVariable("NETPOLICY_LAW_WORLDS"), NumberStyles.None, CultureInfo.InvariantCulture, out int given) ? given : worlds;

    private static void Judge(string what, Snapshot snapshot, IEnumerable<FlowRequest> flows, string node, List<string> texts)
    {
        FlowRequest[] requests = [.. flows.Select((f, i) => f.Port is null || f.SourcePort is not null ? f : f with { SourcePort = 40000 + i })];
        LabWorld world = LabWorld.Of(snapshot, new LabWorldOptions { Flows = requests });
        LabComparisonRow[][] moments =
        [
            .. texts.Select(t => LabComparison.Run(
                world, new Dictionary<string, string> { [node] = t }, requests, new LabComparisonOptions { Means = LabMeans.Interpreter }).Rows.ToArray()),
        ];
        for (int m = 1; m < moments.Length; m++)
        {
            for (int r = 0; r < moments[m].Length; r++)
            {
                Verdict? verdict = moments[m][r].Interpreter?.Verdict, old = moments[0][r].Interpreter?.Verdict, now = moments[^1][r].Interpreter?.Verdict;
                Assert.True(
                    verdict == now || (verdict == old && m < moments.Length - 2),
                    string.Create(CultureInfo.InvariantCulture, $"{what}, after {m} of {moments.Length - 2} transactions: {moments[m][r]}, before {old}, afterwards {now}"));
            }
        }
    }
}
