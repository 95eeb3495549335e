using NetPolicy.Cli.Output;
using NetPolicy.Diagnostics;
using NetPolicy.Engine;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Expectations;
using NetPolicy.Validation;

namespace NetPolicy.Cli.Input;

/// <summary>The documents that a command works on, read and validated.</summary>
internal static class World
{
    /// <summary>
    /// Reads and validates; warnings and errors go to standard error. CIDR spellings that older API servers accepted are warnings.
    /// </summary>
    /// <exception cref="UnusableException">Some document has an error: nothing is judged then.</exception>
    public static IReadOnlyList<Manifest> Load(IReadOnlyList<string> paths, ManifestReadOptions? options = null)
    {
        ManifestReadResult read = Read(paths, options);
        Manifest[] manifests = [.. read.Manifests.Where(m => m is not ExpectationManifest)];
        Diagnostic[] findings =
        [
            .. read.Diagnostics,
            .. ManifestChecks.Duplicates(manifests),
            .. ManifestChecks.MissingTiers(manifests),
            .. ManifestChecks.UnknownDomainNames(manifests),
            .. Validator.Validate(manifests.Concat(read.Damaged), new ValidationOptions { CidrMode = CidrMode.Lenient }),
        ];
        FindingsText.Write(Console.Error, FindingsText.InOrder(findings));
        int errors = findings.Count(f => f.Severity == DiagnosticSeverity.Error);
        return errors == 0
            ? manifests
            : throw new UnusableException(errors == 1 ? "1 error, nothing was judged" : $"{errors} errors, nothing was judged");
    }

    /// <summary>
    /// As <see cref="Load"/>, but policies with errors are dealt with as a mode says; what was set aside goes to standard error.
    /// </summary>
    /// <exception cref="UnusableException">The mode rejects what was read: nothing is judged then.</exception>
    public static Admission Admit(IReadOnlyList<string> paths, ManifestReadOptions? options, InvalidPolicyMode mode)
    {
        Admission admission = Admission.Of(Read(paths, options), mode, new ValidationOptions { CidrMode = CidrMode.Lenient });
        FindingsText.Write(Console.Error, FindingsText.InOrder(admission.Diagnostics));
        if (admission.IsRejected)
        {
            int errors = admission.Diagnostics.Count(f => f.Severity == DiagnosticSeverity.Error);
            throw new UnusableException(errors == 1 ? "1 error, nothing was judged" : $"{errors} errors, nothing was judged");
        }

        foreach (SetAside document in admission.SetAside)
        {
            Console.Error.WriteLine($"netpol: {document} ({document.Span})");
        }

        return admission;
    }

    /// <summary>Reads without validating.</summary>
    public static ManifestReadResult Read(IReadOnlyList<string> paths, ManifestReadOptions? options = null)
    {
        using ReadingProgress? progress = ReadingProgress.OnTerminal();
        return ManifestReader.ReadPaths(paths, Console.In, (options ?? ManifestReadOptions.Default) with { Progress = progress });
    }
}
