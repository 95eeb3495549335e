using System.CommandLine;
using System.Text.Json;
using NetPolicy.Analysis;
using NetPolicy.Cli.Input;
using NetPolicy.Cli.Output;
using NetPolicy.Diagnostics;
using NetPolicy.Engine;
using NetPolicy.Manifests;

namespace NetPolicy.Cli.Commands;

/// <summary><c>netpol lint</c>: what is valid but probably not meant.</summary>
internal static class LintCommand
{
    public static Command Create()
    {
        Option<string> output = CommonOptions.Output("text", "json", "sarif");
        Option<string> fields = CommonOptions.Fields();
        Argument<string[]> paths = CommonOptions.Paths();
        Command command = new("lint", "Finds what is valid but probably not meant, with a flow that shows it.") { output, fields, paths };
        command.SetAction(parsed =>
        {
            IReadOnlyList<Manifest> manifests = World.Load(parsed.GetValue(paths)!, CommonOptions.ToReadOptions(parsed.GetValue(fields)));
            IReadOnlyList<Diagnostic> findings = Lint.Run(Snapshot.Of(manifests));
            switch (parsed.GetValue(output))
            {
                case "json":
                    Json.WriteDocument(json => FindingsJson.Write(json, manifests.Count, findings, WriteWitness));
                    break;
                case "sarif":
                    Json.WriteDocument(json => SarifJson.Write(json, findings));
                    break;
                default:
                    FindingsText.Write(Console.Out, findings);
                    Console.Out.WriteLine(FindingsText.Summary(manifests.Count, findings));
                    break;
            }

            return findings.Count == 0 ? ExitCode.Fine : ExitCode.Findings;
        });
        return command;
    }

    private static void WriteWitness(Utf8JsonWriter json, Diagnostic finding)
    {
        if (finding.Witness is { } witness)
        {
            json.WritePropertyName("witness");
            FlowJson.WriteFlow(json, witness);
        }
    }
}
