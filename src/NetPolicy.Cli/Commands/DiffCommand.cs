using System.CommandLine;
using NetPolicy.Analysis;
using NetPolicy.Cli.Input;
using NetPolicy.Cli.Output;
using NetPolicy.Engine;
using NetPolicy.Manifests;

namespace NetPolicy.Cli.Commands;

/// <summary><c>netpol diff</c>: connections added and removed between two worlds, each with a witness.</summary>
internal static class DiffCommand
{
    public static Command Create()
    {
        Option<string[]> with = new("--with")
        {
            Description = "Files and folders that belong to both worlds, such as the inventory. May be given several times.",
            DefaultValueFactory = _ => [],
        };
        Option<bool> ends = new("--ends") { Description = "List also pairs whose verdicts stay but where one end decides otherwise." };
        Option<string> output = CommonOptions.Output("text", "json");
        Option<string> staged = CommonOptions.Staged();
        Option<string> hostInput = CommonOptions.HostInput();
        Option<string> fields = CommonOptions.Fields();
        Argument<string> old = new("OLD") { Description = "File or folder of the world before." };
        Argument<string> @new = new("NEW") { Description = "File or folder of the world after." };
        Command command = new("diff", "Lists the connections that two worlds judge differently, whatever their documents look like.")
        {
            with, ends, output, staged, hostInput, fields, old, @new,
        };
        command.SetAction(parsed =>
        {
            EngineOptions options = CommonOptions.ToEngineOptions(parsed.GetValue(staged), parsed.GetValue(hostInput));
            ManifestReadOptions reading = CommonOptions.ToReadOptions(parsed.GetValue(fields));
            string[] shared = parsed.GetValue(with)!;
            Snapshot before = Snapshot.Of(World.Load([.. shared, parsed.GetValue(old)!], reading), options);
            Snapshot after = Snapshot.Of(World.Load([.. shared, parsed.GetValue(@new)!], reading), options);
            SemanticDiff diff = SemanticDiff.Between(before, after, new DiffOptions { Ends = parsed.GetValue(ends) });
            if (parsed.GetValue(output) == "json")
            {
                Json.WriteDocument(json => DiffJson.Write(json, diff));
            }
            else
            {
                DiffText.Write(Console.Out, diff);
            }

            return diff.Changes.Count == 0 ? ExitCode.Fine : ExitCode.Findings;
        });
        return command;
    }
}
