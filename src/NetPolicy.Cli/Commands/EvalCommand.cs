using System.CommandLine;
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
        Argument<string[]> paths = CommonOptions.Paths();
        Command command = new("eval", "Says whether a flow passes, and which rule decides.") { file, output, staged, hostInput, paths };
        flows.AddTo(command);
        command.SetAction(parsed =>
        {
            Snapshot snapshot = Snapshot.Of(
                World.Load(parsed.GetValue(paths)!),
                CommonOptions.ToEngineOptions(parsed.GetValue(staged), parsed.GetValue(hostInput)));
            return parsed.GetValue(file) is { } name
                ? EvaluateAll(snapshot, name)
                : EvaluateOne(snapshot, flows.Read(parsed), parsed.GetValue(output)!);
        });
        return command;
    }

    private static int EvaluateOne(Snapshot snapshot, FlowRequest request, string output)
    {
        Evaluation evaluation = snapshot.Evaluate(FlowOptions.Resolve(snapshot, request));
        if (output == "json")
        {
            Json.WriteLine(json => FlowJson.WriteAnswer(json, null, snapshot, evaluation));
        }
        else
        {
            string translated = evaluation.Backend is { } backend ? $" (arrives at {snapshot.Describe(backend)})" : "";
            Console.Out.WriteLine($"{Paint.Verdict(evaluation.IsAllowed)}  {FlowText.Of(request)}{translated}");
            ExplanationText.WriteEnds(Console.Out, evaluation);
        }

        return evaluation.IsAllowed ? ExitCode.Fine : ExitCode.Findings;
    }

    private static int EvaluateAll(Snapshot snapshot, string name)
    {
        using StreamReader? opened = name == "-" ? null : InputFile.Open(name);
        TextReader reader = opened ?? Console.In;
        bool answeredAll = true;
        while (reader.ReadLine() is { } line)
        {
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            string? id = null;
            try
            {
                FlowRequest request = FlowJson.Read(line, out id);
                Evaluation evaluation = snapshot.Evaluate(FlowOptions.Resolve(snapshot, request));
                Json.WriteLine(json => FlowJson.WriteAnswer(json, id, snapshot, evaluation));
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
