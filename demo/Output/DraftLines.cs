using NetPolicy.Cli.Output;
using NetPolicy.Demo.Stages;
using NetPolicy.Engine;

namespace NetPolicy.Demo.Output;

/// <summary>What staged policies would have denied.</summary>
internal static class DraftLines
{
    private const int Most = 6;

    /// <summary>Writes it, if the state has staged policies.</summary>
    public static void Write(TextWriter output, StageReport report)
    {
        Stage stage = report.Stage;
        if (!stage.Snapshot.Policies.Any(policy => policy.IsStaged))
        {
            return;
        }

        Snapshot enforced = Snapshot.Of(stage.World.Manifests, new EngineOptions { Staged = StagedMode.AsEnforced });
        (FlowRequest Request, Evaluation Answer)[] denied =
        [
            .. report.Comparison.Rows.Where(row => row.Engine.IsAllowed)
                .Select(row => (row.Request, Answer: enforced.TryResolve(row.Request, out Flow flow, out _) ? enforced.Evaluate(flow) : default))
                .Where(one => one.Answer.Verdict == Verdict.Deny),
        ];
        output.WriteLine($"  draft: {denied.Length:N0} of the {report.Comparison.Rows.Count(row => row.Engine.IsAllowed):N0} connections that pass today would be denied, such as");
        Table table = new("from", "to", "port", "today", "enforced", "by");
        foreach ((FlowRequest request, Evaluation answer) in denied
            .DistinctBy(one => (Names.Of(one.Request.From), Names.Of(one.Request.To), ConnectionTable.PortOf(one.Request))).Take(Most))
        {
            table.Add(
                Names.Of(request.From), Names.Of(request.To), ConnectionTable.PortOf(request), Cell.Of(true), Cell.Of(false),
                $"{answer.Decider.By?.Id.Name} {Words.Of(answer.Decider.Direction)}");
        }

        table.Write(output);
    }
}
