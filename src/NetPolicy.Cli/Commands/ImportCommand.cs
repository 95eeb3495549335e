using System.CommandLine;
using NetPolicy.Cli.Input;
using NetPolicy.Cli.Output;
using NetPolicy.Diagnostics;
using NetPolicy.Dsl;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Expectations;
using NetPolicy.Manifests.Kubernetes;
using NetPolicy.Manifests.PolicyApi;
using NetPolicy.Validation;

namespace NetPolicy.Cli.Commands;

/// <summary><c>netpol import</c>: documents as code of the language.</summary>
internal static class ImportCommand
{
    private const string DefaultName = "policies";

    public static Command Create()
    {
        Option<string?> name = new("--name") { Description = "The set's name, which also names the class; by default the file's or folder's." };
        Option<string> @namespace = new("--namespace") { Description = "The C# namespace of the class.", DefaultValueFactory = _ => new CSharpOptions().Namespace };
        Option<bool> exact = new("--exact") { Description = "Field by field as written: a document that words would spell out or spell differently is embedded." };
        Option<bool> only = new("--policies-only") { Description = "Leave out inventory: only policies, tiers, network sets and host endpoints." };
        Argument<string[]> paths = CommonOptions.Paths();
        Command command = new("import", "Writes documents as C# of the policy language; what it has no word for is embedded YAML.")
        {
            name, @namespace, exact, only, paths,
        };
        command.SetAction(parsed =>
        {
            string[] given = parsed.GetValue(paths)!;
            IReadOnlyList<Manifest> documents = Read(given, parsed.GetValue(only));
            if (!parsed.GetValue(exact) && documents.Any(d => IsPolicy(d) && d.IsNamespaced && d.Metadata.Namespace is null))
            {
                Console.Error.WriteLine("netpol: documents that name no namespace are taken to be in `default`");
            }

            Console.Out.Write(Code(
                PolicySet.From(parsed.GetValue(name) ?? NameOf(given), documents),
                new CSharpOptions { Namespace = parsed.GetValue(@namespace)!, IsExact = parsed.GetValue(exact) }));
            return ExitCode.Fine;
        });
        return command;
    }

    private static string Code(PolicySet set, CSharpOptions options)
    {
        FindingsText.Write(Console.Error, FindingsText.InOrder(set.Diagnostics));
        int errors = set.Diagnostics.Count(d => d.Severity == DiagnosticSeverity.Error);
        if (errors > 0)
        {
            throw new UnusableException(errors == 1 ? "1 error, nothing was imported" : $"{errors} errors, nothing was imported");
        }

        try
        {
            return set.ToCSharp(options);
        }
        catch (ArgumentException bad)
        {
            throw new UnusableException(bad.Message.Split(" (Parameter", 2)[0]);
        }
    }

    private static List<Manifest> Read(string[] paths, bool onlyPolicies)
    {
        ManifestReadResult read = World.Read(paths);
        FindingsText.Write(Console.Error, FindingsText.InOrder([.. read.Diagnostics, .. Validator.Validate(read.Damaged)]));
        int errors = read.Diagnostics.Count(d => d.Severity == DiagnosticSeverity.Error);
        if (errors > 0)
        {
            throw new UnusableException(errors == 1 ? "1 error, nothing was imported" : $"{errors} errors, nothing was imported");
        }

        List<Manifest> documents = [.. read.Manifests.Where(m => m is not ExpectationManifest && (!onlyPolicies || IsPolicy(m)))];
        return documents.Count > 0 ? documents : throw new UnusableException("there is no document to import");
    }

    private static bool IsPolicy(Manifest document) => document
        is NetworkPolicyManifest or StagedKubernetesNetworkPolicyManifest or CalicoPolicyManifest or TierManifest or HostEndpointManifest or NetworkSetManifest
        or GlobalNetworkSetManifest or ProfileManifest or ClusterNetworkPolicyManifest or AdminNetworkPolicyManifest or BaselineAdminNetworkPolicyManifest;

    private static string NameOf(string[] paths)
    {
        string name = paths.Length == 1 ? Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(paths[0])) : "";
        return name.Length > 0 && char.IsAsciiLetter(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') ? name : DefaultName;
    }
}
