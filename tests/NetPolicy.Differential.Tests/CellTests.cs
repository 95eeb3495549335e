using NetPolicy.Diagnostics;
using NetPolicy.Enforce;
using NetPolicy.Enforce.Lab;
using NetPolicy.Enforce.Nft;
using NetPolicy.Enforce.Simulation;
using NetPolicy.Enforce.Tests.Simulation;
using NetPolicy.Engine;
using NetPolicy.Laws;
using NetPolicy.Laws.Worlds;
using NetPolicy.Spec;
using Xunit;

namespace NetPolicy.Differential.Tests;

/// <summary>Comparing rules with the engine over the cells notices mistakes in rules: a comparison that could not fail would be worth nothing.</summary>
public sealed class CellTests(ITestOutputHelper output)
{
    private const int Mutations = 300;
    private const int PerWorld = 12;
    private const int Sampled = 250;

    [Fact]
    public void A_changed_rule_that_changes_a_verdict_is_noticed()
    {
        int tried = 0, noticed = 0;
        List<string> missed = [];
        for (ulong seed = 1; tried < Mutations; seed++)
        {
            Case @case = Any.Make(seed, seed % 2 == 0 ? WorldShape.Enforceable : WorldShape.EnforceableWorkloads, Sampled * 2);
            if (Prepared.TryOf(@case, Sampled) is not { } prepared)
            {
                continue;
            }

            if (prepared.FirstDisagreement(prepared.Texts) is { } unchanged)
            {
                Case one = @case with { Flows = unchanged.Flow is { } flow ? [flow] : [] };
                Assert.Fail($"world {seed}: {unchanged.Message}\n{Law.Smallest(one, smaller => Rulesets.Difference(smaller, LabMeans.Interpreter))}");
            }

            string node = prepared.Texts.MaxBy(text => text.Value.Length).Key;
            foreach (RulesetMutation mutation in RulesetMutator.Mutations(prepared.Texts[node], (int)seed).Take(Math.Min(PerWorld, Mutations - tried)))
            {
                tried++;
                Dictionary<string, string> changed = new(prepared.Texts, StringComparer.Ordinal) { [node] = mutation.Text };
                if (prepared.FirstDisagreement(changed) is not null)
                {
                    noticed++;
                }
                else if (prepared.FirstChange(changed) is { } sample)
                {
                    missed.Add($"world {seed}, node {node}, {mutation}: {sample}");
                }
            }
        }

        output.WriteLine($"{tried} mutations, {noticed} noticed");
        Assert.True(missed.Count == 0, string.Join("\n", missed));
        Assert.True(noticed > Mutations / 8, $"{noticed} of {tried} mutations change anything: too few to say much");
    }

    /// <summary>A world with its rules, cells and sampled flows.</summary>
    private sealed class Prepared
    {
        private readonly LabWorld _world;
        private readonly SpecWorld _spec;
        private readonly (FlowRequest Flow, LabMapping Mapping, Verdict Engine)[] _cells;
        private readonly (FlowRequest Flow, LabMapping Mapping, LabFinding Before)[] _sampled;

        private Prepared(LabWorld world, Dictionary<string, string> texts, Case @case, int sampled)
        {
            _world = world;
            _spec = SpecWorld.Load(@case.World.ToTexts(), @case.Choices.ToSpec());
            Texts = texts;
            _cells = [.. Mapped(Cells.Of(world.Snapshot)).Select(one => (one.Flow, one.Mapping, world.Snapshot.Evaluate(one.Mapping.Flow).Verdict))];
            InterpretedWorld rules = new(world.Topology, texts);
            _sampled = [.. Mapped(@case.Flows.Select(flow => flow with { SourcePort = flow.SourcePort ?? (flow.Port is null ? null : Cells.SourcePort(world.Snapshot)) })).Take(sampled).Select(one => (one.Flow, one.Mapping, rules.Try(one.Mapping)))];
        }

        public Dictionary<string, string> Texts { get; }

        public static Prepared? TryOf(Case @case, int sampled)
        {
            Snapshot snapshot = Snapshot.Of(@case.World.Manifests, @case.Choices.ToEngine());
            LabWorld world = LabWorld.Of(snapshot, new LabWorldOptions { Flows = [.. @case.Flows, .. Cells.Of(snapshot)] });
            IReadOnlyDictionary<string, CompiledRuleset> rulesets = world.Compile();
            return rulesets.Count == 0 || rulesets.Values.Any(ruleset => ruleset.Diagnostics.Any(d => d.Severity == DiagnosticSeverity.Error))
                ? null
                : new Prepared(world, rulesets.ToDictionary(pair => pair.Key, pair => NftWriter.Write(pair.Value), StringComparer.Ordinal), @case, sampled);
        }

        /// <summary>The first cell that rules decide otherwise than the engine; null if there is none.</summary>
        public (FlowRequest? Flow, string Message)? FirstDisagreement(Dictionary<string, string> texts)
        {
            try
            {
                InterpretedWorld rules = new(_world.Topology, texts);
                foreach ((FlowRequest flow, LabMapping mapping, Verdict engine) in _cells)
                {
                    if (rules.Try(mapping) is var found && found.Verdict != engine)
                    {
                        return (flow, $"{{{flow.Describe()}}}: engine {engine}, rules {found}");
                    }
                }

                return null;
            }
            catch (NftExecutionException e)
            {
                return (null, e.Message);
            }
        }

        /// <summary>The first sampled flow that rules decide otherwise than the unchanged ones; null if there is none.</summary>
        public string? FirstChange(Dictionary<string, string> texts)
        {
            InterpretedWorld rules = new(_world.Topology, texts);
            foreach ((FlowRequest flow, LabMapping mapping, LabFinding before) in _sampled)
            {
                if (rules.Try(mapping).Verdict != before.Verdict)
                {
                    return flow.Describe();
                }
            }

            return null;
        }

        private IEnumerable<(FlowRequest Flow, LabMapping Mapping)> Mapped(IEnumerable<FlowRequest> flows)
        {
            foreach (FlowRequest flow in flows.Where(flow => !Rulesets.IsUntrackedTranslation(_spec.Evaluate(flow.ToSpec()))))
            {
                if (_world.TryMap(flow, out LabMapping? mapping, out _))
                {
                    yield return (flow, mapping);
                }
            }
        }
    }
}
