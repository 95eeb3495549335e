using System.Diagnostics;
using NetPolicy.Addresses;
using NetPolicy.Analysis;
using NetPolicy.Diagnostics;
using NetPolicy.Enforce;
using NetPolicy.Enforce.Lab;
using NetPolicy.Enforce.Nft;
using NetPolicy.Engine;

namespace NetPolicy.Demo.Stages;

/// <summary>Tries a state in all ways that the machine allows.</summary>
/// <param name="hasKernel">Whether packets can be sent.</param>
internal sealed class StageProbe(bool hasKernel)
{
    /// <summary>Addresses that stand for the Internet.</summary>
    public static IReadOnlyList<IpAddress> Internet { get; } = [IpAddress.Parse("203.0.113.9"), IpAddress.Parse("2001:db8:ffff::9")];

    /// <summary>Judges, interprets and sends.</summary>
    public StageReport Run(Stage stage)
    {
        long started = Stopwatch.GetTimestamp();
        FlowRequest[] flows = [.. stage.Listed, .. LabFlows.Everything(stage.Snapshot, Internet, stage.Listed)];
        LabMeans means = LabMeans.Interpreter | (hasKernel ? LabMeans.Packets : LabMeans.None);
        (LabWorld world, IReadOnlyDictionary<string, CompiledRuleset> rulesets) = Compile(stage);
        LabComparison comparison = LabComparison.Run(world, Texts(rulesets), flows, new LabComparisonOptions { Means = means });
        return new StageReport(stage, rulesets, comparison) { Lint = Findings(stage), Time = Stopwatch.GetElapsedTime(started) };
    }

    /// <summary>Makes connections with real sockets: of each kind of listed flow one that passes and one that does not. Empty if the machine cannot.</summary>
    public IReadOnlyList<LabComparisonRow> Connect(Stage stage)
    {
        if (!hasKernel)
        {
            return [];
        }

        FlowRequest[] chosen =
        [
            .. stage.Listed.Zip(stage.World.Flows.AsEnumerable())
                .Where(pair => (pair.First.Protocol ?? "TCP") is "TCP" or "UDP")
                .DistinctBy(pair => (FlowKind.Of(stage.Snapshot, pair.First), pair.Second.Expect))
                .Select(pair => pair.First),
        ];
        (LabWorld world, IReadOnlyDictionary<string, CompiledRuleset> rulesets) = Compile(stage);
        LabComparison comparison = LabComparison.Run(world, Texts(rulesets), chosen, new LabComparisonOptions { Means = LabMeans.Sockets });
        return [.. comparison.Rows.Where(row => row.Sockets is not null)];
    }

    private static Diagnostic[] Findings(Stage stage)
    {
        HashSet<string> known = stage is { IsVariant: true, Reference: { } reference } ? [.. Lint.Run(reference.Snapshot).Select(finding => finding.Message)] : [];
        return stage.IsVariant || stage.IsLast ? [.. Lint.Run(stage.Snapshot).Where(finding => !known.Contains(finding.Message))] : [];
    }

    private static (LabWorld World, IReadOnlyDictionary<string, CompiledRuleset> Rulesets) Compile(Stage stage)
    {
        LabWorld world = LabWorld.Of(stage.Snapshot, new LabWorldOptions { Flows = stage.Listed, OutsideAddresses = Internet });
        return (world, world.Compile());
    }

    private static SortedDictionary<string, string> Texts(IReadOnlyDictionary<string, CompiledRuleset> rulesets)
    {
        SortedDictionary<string, string> texts = new(StringComparer.Ordinal);
        foreach ((string node, CompiledRuleset ruleset) in rulesets)
        {
            texts.Add(node, NftWriter.Write(ruleset));
        }

        return texts;
    }
}
