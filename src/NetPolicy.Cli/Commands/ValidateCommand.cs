using System.CommandLine;
using NetPolicy.Cli.Input;
using NetPolicy.Cli.Output;
using NetPolicy.Diagnostics;
using NetPolicy.Manifests.Expectations;
using NetPolicy.Manifests;
using NetPolicy.Validation;

namespace NetPolicy.Cli.Commands;

/// <summary><c>netpol validate</c>: every diagnostic, with its place.</summary>
internal static class ValidateCommand
{
    public static Command Create()
    {
        Option<string> output = CommonOptions.Output("text", "json");
        Option<bool> standalone = new("--standalone") { Description = "Each file alone: nothing is compared with or looked up in others." };
        Option<string> cidr = new("--cidr")
        {
            Description = "CIDR spellings in networking.k8s.io: strict, or lenient as older API servers.",
            DefaultValueFactory = _ => "strict",
        };
        cidr.AcceptOnlyFromAmong("strict", "lenient");
        Option<string> fields = CommonOptions.Fields();
        Argument<string[]> paths = CommonOptions.Paths();
        Command command = new("validate", "Checks documents as the API servers do, and says everything that is wrong.")
        {
            output, standalone, cidr, fields, paths,
        };
        command.SetAction(parsed =>
        {
            ManifestReadResult read = World.Read(parsed.GetValue(paths)!, CommonOptions.ToReadOptions(parsed.GetValue(fields)));
            Diagnostic[] findings = [.. Findings(read, parsed.GetValue(standalone), parsed.GetValue(cidr) == "lenient" ? CidrMode.Lenient : CidrMode.Strict)];
            if (parsed.GetValue(output) == "json")
            {
                Json.WriteDocument(json => FindingsJson.Write(json, read.DocumentCount, findings));
            }
            else
            {
                FindingsText.Write(Console.Out, findings);
                Console.Out.WriteLine(FindingsText.Summary(read.DocumentCount, findings));
            }

            return findings.Any(f => f.Severity == DiagnosticSeverity.Error) ? ExitCode.Findings : ExitCode.Fine;
        });
        return command;
    }

    private static IEnumerable<Diagnostic> Findings(ManifestReadResult read, bool standalone, CidrMode mode)
    {
        Manifest[] manifests = [.. read.Manifests.Where(m => m is not ExpectationManifest)];
        IEnumerable<Diagnostic> compared = standalone
            ? manifests.GroupBy(m => m.Source.File).SelectMany(file => ManifestChecks.Duplicates(file).AsEnumerable())
            : ManifestChecks.Duplicates(manifests).Concat(ManifestChecks.MissingTiers(manifests)).Concat(ManifestChecks.UnknownDomainNames(manifests));
        return FindingsText.InOrder(read.Diagnostics
            .Concat(compared)
            .Concat(Validator.Validate(manifests.Concat(read.Damaged), new ValidationOptions { CidrMode = mode })));
    }
}
