using NetPolicy.Analysis.Expectations;
using NetPolicy.Diagnostics;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Expectations;

namespace NetPolicy.Cli.Input;

/// <summary>A file with at least one Expectation, and its other documents.</summary>
internal sealed record ExpectationFile(string Path, IReadOnlyList<ExpectationManifest> Expectations, IReadOnlyList<Manifest> Documents)
{
    /// <summary>Every file with an Expectation below <paramref name="paths"/>.</summary>
    /// <exception cref="UnusableException">A file with an Expectation has errors, or there is no Expectation at all.</exception>
    public static IReadOnlyList<ExpectationFile> Find(IReadOnlyList<string> paths)
    {
        ManifestReadResult read = World.Read(paths);
        ILookup<string, Manifest> byFile = read.Manifests.Concat(read.Damaged).ToLookup(m => m.Source.File ?? "-", StringComparer.Ordinal);
        HashSet<string> files =
        [
            .. read.Manifests.Concat(read.Damaged).Where(m => m is ExpectationManifest).Select(m => m.Source.File ?? "-"),
        ];
        Diagnostic[] errors =
        [
            .. read.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error && (d.Span.File is null || files.Contains(d.Span.File) || !byFile.Contains(d.Span.File))),
        ];
        foreach (Diagnostic error in errors)
        {
            Console.Error.WriteLine(error);
        }

        if (errors.Length > 0)
        {
            throw new UnusableException($"{(errors.Length == 1 ? "1 error" : $"{errors.Length} errors")} in what was given, nothing was run");
        }

        return files.Count == 0
            ? throw new UnusableException("no Expectation document was found")
            :
            [
                .. files.Order(StringComparer.Ordinal).Select(file => new ExpectationFile(
                    file, [.. byFile[file].OfType<ExpectationManifest>()], [.. byFile[file].Where(m => m is not ExpectationManifest)])),
            ];
    }

    /// <summary>The worlds of all expectations of the file.</summary>
    public IReadOnlyList<ExpectedWorld> Worlds()
    {
        string folder = System.IO.Path.GetDirectoryName(Path) ?? "";
        return
        [
            .. Expectations.SelectMany(e => ExpectedWorld.Of(e, Documents, name => World.Read([System.IO.Path.Combine(folder, name)]))),
        ];
    }
}
