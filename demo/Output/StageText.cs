using NetPolicy.Cli.Output;
using NetPolicy.Demo.Stages;
using NetPolicy.Diagnostics;
using NetPolicy.Enforce;
using NetPolicy.Enforce.Lab;
using NetPolicy.Enforce.Nft;

namespace NetPolicy.Demo.Output;

/// <summary>One state, told.</summary>
internal static class StageText
{
    /// <summary>Writes everything about a state but its connections one by one.</summary>
    public static void Write(TextWriter output, StageReport report, DemoOptions options)
    {
        Stage stage = report.Stage;
        output.WriteLine();
        Lines.Write(output, $"{(stage.IsVariant ? "variant" : "step")} {stage.Title}: {stage.Description}", 0, Paint.Strong);
        PolicyLines.Write(output, stage);
        if (options.ShowYaml && stage.Policies is { } policies)
        {
            output.WriteLine();
            output.Write(policies.ToYaml());
        }

        if (options.ShowNft)
        {
            foreach (CompiledRuleset ruleset in report.Rulesets.Values)
            {
                output.WriteLine();
                output.WriteLine(Paint.Faint($"# node {ruleset.Node}"));
                output.Write(NftWriter.Write(ruleset));
            }
        }

        if (stage.Reference is not null)
        {
            FlowTable.Write(output, report);
        }

        WriteCounts(output, report);
        WriteProblems(output, report);
    }

    private static void WriteCounts(TextWriter output, StageReport report)
    {
        int listed = report.Stage.Listed.Count;
        LabComparisonRow[] pairs = [.. report.Pairs];
        int allowed = pairs.Count(row => row.Engine.IsAllowed);
        string packets = pairs.Any(row => row.Packets is not null) ? " = packets" : "";
        int differ = report.Comparison.Mismatches.Count();
        string agree = differ == 0 ? Paint.Good($"engine = nftables{packets}") : Paint.Bad($"{differ} flows differ");
        string asExpected = report.Unexpected == 0 ? Paint.Good("as expected") : Paint.Bad($"but {report.Unexpected} as expected");
        output.WriteLine(
            $"  {listed} listed flows {asExpected}; {pairs.Length:N0} of every pair, {allowed:N0} pass: {agree} {Paint.Faint($"({report.Time.TotalMilliseconds:N0} ms)")}");
    }

    private static void WriteProblems(TextWriter output, StageReport report)
    {
        if (!report.Stage.IsSameInYaml)
        {
            output.WriteLine(Paint.Bad("  the YAML is not what the C# says"));
        }

        if (!report.IsTried)
        {
            output.WriteLine(Paint.Bad("  flows that should have been tried were not"));
        }

        if (!report.CountersAgree)
        {
            output.WriteLine(Paint.Bad("  interpreted and real rules have counted different packets"));
        }

        foreach (Diagnostic finding in report.Rulesets.Values.SelectMany(ruleset => ruleset.Diagnostics))
        {
            output.WriteLine($"  {finding}");
        }

        foreach (IGrouping<string, LabComparisonRow> reason in report.Comparison.Rows.Where(row => !row.IsTried).GroupBy(row => row.WhyNot!))
        {
            output.WriteLine(Paint.Faint($"  {reason.Count()} of them judged only: {reason.Key}"));
        }

        foreach (LabComparisonRow row in report.Comparison.Mismatches.Take(10))
        {
            output.WriteLine(Paint.Bad($"  {row}"));
        }
    }
}
