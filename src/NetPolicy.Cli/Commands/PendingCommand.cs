using System.CommandLine;
using NetPolicy.Analysis;
using NetPolicy.Cli.Input;
using NetPolicy.Cli.Output;
using NetPolicy.Engine;

namespace NetPolicy.Cli.Commands;

/// <summary><c>netpol pending</c>: what enforcing the staged policies would open and close, each change with a witness.</summary>
internal static class PendingCommand
{
    public static Command Create()
    {
        Option<bool> ends = new("--ends") { Description = "List also pairs whose verdicts stay but where one end would decide otherwise." };
        Option<string> output = CommonOptions.Output("text", "json");
        Option<string> hostInput = CommonOptions.HostInput();
        Argument<string[]> paths = CommonOptions.Paths();
        Command command = new("pending", "Lists what enforcing the staged policies would open and close, and which of them would decide.")
        {
            ends, output, hostInput, paths,
        };
        command.SetAction(parsed =>
        {
            PendingWorld pending = PendingWorld.Of(Snapshot.Of(
                World.Load(parsed.GetValue(paths)!),
                CommonOptions.ToEngineOptions("ignored", parsed.GetValue(hostInput))));
            SemanticDiff diff = pending.Difference(new DiffOptions { Ends = parsed.GetValue(ends) });
            if (parsed.GetValue(output) == "json")
            {
                Json.WriteDocument(json => PendingJson.Write(json, pending, diff));
            }
            else
            {
                PendingText.Write(Console.Out, pending, diff);
            }

            return diff.Changes.Count == 0 ? ExitCode.Fine : ExitCode.Findings;
        });
        return command;
    }
}
