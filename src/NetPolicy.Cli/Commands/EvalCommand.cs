using System.CommandLine;
using NetPolicy.Analysis;
using NetPolicy.Cli.Input;
using NetPolicy.Cli.Output;
using NetPolicy.Engine;

namespace NetPolicy.Cli.Commands;

/// <summary><c>netpol eval</c>: the verdict for one flow, or for each line of a file.</summary>
internal static class EvalCommand
{
    public static Command Create()
    {
        FlowOptions flows = new();
        Option<string?> file = new("--flows") { Description = "JSON Lines of flows; answered as JSON Lines. - is standard input." };
        Option<string> output = CommonOptions.Output("text", "json");
        Option<string> staged = CommonOptions.Staged();
        Option<string> hostInput = CommonOptions.HostInput();
        Option<string> fields = CommonOptions.Fields();
        Option<string> invalid = CommonOptions.Invalid();
        Argument<string[]> paths = CommonOptions.Paths();
        Command command = new("eval", "Says whether a flow passes, and which rule decides.") { file, output, staged, hostInput, fields, invalid, paths };
        flows.AddTo(command);
        command.SetAction(parsed =>
        {
            Snapshot snapshot = Snapshot.Of(
                World.Admit(parsed.GetValue(paths)!, CommonOptions.ToReadOptions(parsed.GetValue(fields)), CommonOptions.ToInvalidPolicyMode(parsed.GetValue(invalid))),
                CommonOptions.ToEngineOptions(parsed.GetValue(staged), parsed.GetValue(hostInput)));
            PendingWorld? pending = PendingOf(snapshot);
            return parsed.GetValue(file) is { } name
                ? EvaluateAll(snapshot, pending, name)
                : EvaluateOne(snapshot, pending, flows.Read(parsed), parsed.GetValue(output)!);
        });
        return command;
    }

    /// <summary>What staged policies would do, where they are ignored and there are some.</summary>
    public static PendingWorld? PendingOf(Snapshot snapshot) =>
        snapshot.Options.Staged == StagedMode.Ignored && PendingWorld.Of(snapshot) is { Staged.Count: > 0 } pending ? pending : null;

    private static int EvaluateOne(Snapshot snapshot, PendingWorld? pending, FlowRequest request, string output)
    {
        Flow flow = FlowOptions.Resolve(snapshot, request);
        Evaluation evaluation = snapshot.Evaluate(flow);
        if (output == "json")
        {
            Json.WriteLine(json => FlowJson.WriteAnswer(json, null, snapshot, evaluation, pending?.Evaluate(flow).Pending));
        }
        else
        {
            string translated = evaluation.Backend is { } backend ? $" (arrives at {snapshot.Describe(backend)})" : "";
            Console.Out.WriteLine($"{Paint.Verdict(evaluation.IsAllowed)}  {FlowText.Of(request)}{translated}");
            ExplanationText.WriteEnds(Console.Out, evaluation);
            SetAsideText.Write(Console.Out, snapshot.SetAside);
            if (pending is not null)
            {
                PendingText.Write(Console.Out, pending.Evaluate(flow));
            }
        }

        return evaluation.IsAllowed ? ExitCode.Fine : ExitCode.Findings;
    }

    private static int EvaluateAll(Snapshot snapshot, PendingWorld? pending, string name)
    {
        using StreamReader? opened = name == "-" ? null : InputFile.Open(name);
        BoundedLines lines = new(opened ?? Console.In);
        bool answeredAll = true;
        while (lines.Next(out bool isTooLong) is { } line)
        {
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            string? id = null;
            try
            {
                FlowRequest request = FlowJson.Read(line, isTooLong, out id);
                Flow flow = FlowOptions.Resolve(snapshot, request);
                Evaluation evaluation = snapshot.Evaluate(flow);
                Json.WriteLine(json => FlowJson.WriteAnswer(json, id, snapshot, evaluation, pending?.Evaluate(flow).Pending));
            }
            catch (UnusableException error)
            {
                answeredAll = false;
                Json.WriteLine(json => FlowJson.WriteError(json, id, error.Message));
            }
        }

        return answeredAll ? ExitCode.Fine : ExitCode.Unusable;
    }
}
