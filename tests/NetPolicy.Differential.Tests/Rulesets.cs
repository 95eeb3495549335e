using System.Net;
using NetPolicy.Diagnostics;
using NetPolicy.Enforce;
using NetPolicy.Enforce.Lab;
using NetPolicy.Enforce.Nft;
using NetPolicy.Engine;
using NetPolicy.Laws;
using NetPolicy.Manifests.Calico;
using NetPolicy.Ports;
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
        SpecWorld spec = SpecWorld.Load(@case.World.ToTexts(), @case.Choices.ToSpec());
        HashSet<string> seen = new(StringComparer.Ordinal);
        bool hasUntracked = @case.World.Manifests.OfType<CalicoPolicyManifest>().Any(policy => policy.Spec?.DoNotTrack == true);
        FlowRequest[] flows =
        [
            .. @case.Flows
                .Where(flow => world.TryMap(flow, out LabMapping? mapping, out _) && !IsOutside(mapping, spec.Evaluate(flow.ToSpec()), hasUntracked) && IsNew(mapping, seen))
                .Take(most),
        ];
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

    /// <summary>The kernel translates only what it tracks. Policy says nothing of that (row 52 of the oracle's choices), so such flows are left out.</summary>
    public static bool IsUntrackedTranslation(SpecAnswer answer) =>
        answer.Branches.Contains("stage:untracked") && IsTranslated(answer);

    // What the kernel or the rules decide for reasons of their own (docs/enforcement.md, its limits).
    private static bool IsOutside(LabMapping mapping, SpecAnswer answer, bool hasUntracked) =>
        IsUntrackedTranslation(answer)
        || IsNeighbourAtHostEndpoint(mapping, answer)
        || (hasUntracked && answer.Branches.Contains("ownNode") && IsTranslated(answer));

    private static bool IsTranslated(SpecAnswer answer) =>
        answer.Branches.Any(branch => branch is "service:cluster" or "service:external" or "service:nodePort");

    // Neighbour discovery passes host endpoints, or under one that denies everything there would be no IPv6.
    private static bool IsNeighbourAtHostEndpoint(LabMapping mapping, SpecAnswer answer) =>
        mapping.Flow.Protocol == Protocol.IcmpV6 && mapping.Flow.IcmpType is >= 130 and <= 136
        && answer.Branches.Any(branch => branch is "stage:untracked" or "stage:preDNAT" or "stage:normal");

    // Two packets of one connection, there or back, would share a verdict; a port that nobody chose is another one each time.
    // A translated connection is also the one of its backend, which the lab does not see where the backend is a node.
    private static bool IsNew(LabMapping mapping, HashSet<string> seen)
    {
        bool isNew = true;
        HashSet<string> dialled = new(StringComparer.Ordinal), reached = new(StringComparer.Ordinal);
        foreach (LabPath path in mapping.Paths)
        {
            foreach (LabLeg leg in path.Legs)
            {
                LabProbe probe = leg.Probe;
                if (probe.SourcePort is null && (mapping.Flow.Protocol.HasPorts || mapping.Flow.Protocol.IsIcmp))
                {
                    continue;
                }

                string source = $"{probe.SourceAddress} {probe.SourcePort}";
                isNew &= dialled.Add(Connection(probe.Protocol, source, $"{probe.Destination} {probe.DestinationPort}"));
                if (leg.Target.Address is { } address)
                {
                    reached.Add(Connection(probe.Protocol, source, $"{address} {leg.Target.Port ?? 0}"));
                }

                if (path.Backend is { } backend)
                {
                    reached.Add(Connection(probe.Protocol, source, $"{IPAddress.Parse(backend.Address.ToString())} {backend.Port}"));
                }
            }
        }

        foreach (string connection in dialled.Union(reached))
        {
            isNew &= seen.Add(connection);
        }

        return isNew;
    }

    private static string Connection(byte protocol, string source, string destination) =>
        string.CompareOrdinal(source, destination) < 0 ? $"{protocol} {source} {destination}" : $"{protocol} {destination} {source}";
}
