using NetPolicy.Diagnostics;
using NetPolicy.Enforce;
using NetPolicy.Enforce.Lab;
using NetPolicy.Enforce.Nft;
using NetPolicy.Engine;
using NetPolicy.Laws;
using NetPolicy.Spec;

namespace NetPolicy.Differential.Tests;

/// <summary>Oracle = engine = interpreted rules = kernel, for the flows of a case that packets can show.</summary>
internal static class Rulesets
{
    /// <summary>The first flow about which somebody disagrees, in words; null if there is none.</summary>
    /// <param name="case">The world and its flows.</param>
    /// <param name="means">What tries the rules.</param>
    /// <param name="most">How many flows that can be tried are tried at most.</param>
    /// <param name="tally">Counts what was tried.</param>
    public static string? Difference(Case @case, LabMeans means, int most = int.MaxValue, Tally? tally = null)
    {
        Snapshot snapshot = Snapshot.Of(@case.World.Manifests, @case.Choices.ToEngine());
        LabWorld world = LabWorld.Of(snapshot, new LabWorldOptions { Flows = [.. @case.Flows] });
        HashSet<(string, string, byte, int, int?)> seen = [];
        FlowRequest[] flows = [.. @case.Flows.Where(flow => world.TryMap(flow, out LabMapping? mapping, out _) && IsNew(mapping, seen)).Take(most)];
        if (flows.Length == 0)
        {
            return null;
        }

        // What cannot be said in rules is refused by an error, and then nothing is promised.
        IReadOnlyDictionary<string, CompiledRuleset> rulesets = world.Compile();
        if (rulesets.Values.Any(ruleset => ruleset.Diagnostics.Any(d => d.Severity == DiagnosticSeverity.Error)))
        {
            tally?.AddRefused();
            return null;
        }

        Dictionary<string, string> texts = rulesets.ToDictionary(pair => pair.Key, pair => NftWriter.Write(pair.Value), StringComparer.Ordinal);
        LabComparison comparison = LabComparison.Run(world, texts, flows, new LabComparisonOptions { Means = means });
        SpecWorld spec = SpecWorld.Load(@case.World.ToTexts(), @case.Choices.ToSpec());
        foreach (LabComparisonRow row in comparison.Rows)
        {
            SpecAnswer answer = spec.Evaluate(row.Request.ToSpec());
            if (answer.Allowed != row.Engine.IsAllowed || !row.Agrees)
            {
                return $"{{{row.Request.Describe()}}}\n  oracle {(answer.Allowed ? "allow" : "deny")} ({string.Join(", ", answer.Branches)})\n  {row}\n\n{string.Join("\n", comparison.Rulesets.Select(text => $"# {text.Key}\n{text.Value}"))}";
            }

            if (world.TryMap(row.Request, out LabMapping? mapping, out _))
            {
                tally?.Add(row, mapping, answer);
            }
        }

        tally?.AddWorld();

        return null;
    }

    // Two packets of one connection would share a verdict; a port that nobody chose is another one each time.
    private static bool IsNew(LabMapping mapping, HashSet<(string, string, byte, int, int?)> seen)
    {
        bool isNew = true;
        foreach (LabLeg leg in mapping.Paths.SelectMany(path => path.Legs))
        {
            LabProbe probe = leg.Probe;
            if (probe.SourcePort is not null || (!mapping.Flow.Protocol.HasPorts && !mapping.Flow.Protocol.IsIcmp))
            {
                string source = probe.SourceAddress?.ToString() ?? "";
                isNew &= seen.Add((source, probe.Destination.ToString(), probe.Protocol, probe.DestinationPort, probe.SourcePort));
                (string, string, byte, int, int?) translated = (source, leg.Target.Address?.ToString() ?? "", probe.Protocol, leg.Target.Port ?? 0, probe.SourcePort);
                isNew &= translated.Item2 == probe.Destination.ToString() || leg.Target.Address is null || seen.Add(translated);
            }
        }

        return isNew;
    }
}
