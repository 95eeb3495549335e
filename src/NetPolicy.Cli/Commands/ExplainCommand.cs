using System.CommandLine;
using NetPolicy.Analysis;
using NetPolicy.Cli.Input;
using NetPolicy.Cli.Output;
using NetPolicy.Engine;

namespace NetPolicy.Cli.Commands;

/// <summary><c>netpol explain</c>: every stage, tier, policy and rule that was asked, and what decided.</summary>
internal static class ExplainCommand
{
    public static Command Create()
    {
        FlowOptions flows = new();
        Option<string> output = CommonOptions.Output("text", "json");
        Option<string> staged = CommonOptions.Staged();
        Option<string> hostInput = CommonOptions.HostInput();
        Option<string> fields = CommonOptions.Fields();
        Option<string> invalid = CommonOptions.Invalid();
        Argument<string[]> paths = CommonOptions.Paths();
        Command command = new("explain", "Shows why a flow passes or fails: everything that was asked, and where it is written.")
        {
            output, staged, hostInput, fields, invalid, paths,
        };
        flows.AddTo(command);
        command.SetAction(parsed =>
        {
            Snapshot snapshot = Snapshot.Of(
                World.Admit(parsed.GetValue(paths)!, CommonOptions.ToReadOptions(parsed.GetValue(fields)), CommonOptions.ToInvalidPolicyMode(parsed.GetValue(invalid))),
                CommonOptions.ToEngineOptions(parsed.GetValue(staged), parsed.GetValue(hostInput)));
            FlowRequest request = flows.Read(parsed);
            Flow flow = FlowOptions.Resolve(snapshot, request);
            Explanation explanation = Explanation.Of(snapshot, flow);
            PendingWorld? pending = EvalCommand.PendingOf(snapshot);
            if (parsed.GetValue(output) == "json")
            {
                Json.WriteDocument(json => ExplanationJson.Write(json, snapshot, request, explanation, pending?.Evaluate(flow).Pending));
            }
            else
            {
                ExplanationText.Write(Console.Out, snapshot, request, explanation);
                SetAsideText.Write(Console.Out, snapshot.SetAside);
                if (pending is not null)
                {
                    PendingText.Write(Console.Out, pending.Evaluate(flow));
                }
            }

            return explanation.Evaluation.IsAllowed ? ExitCode.Fine : ExitCode.Findings;
        });
        return command;
    }
}
