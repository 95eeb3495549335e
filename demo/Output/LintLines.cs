using NetPolicy.Analysis;
using NetPolicy.Cli.Output;
using NetPolicy.Demo.Stages;
using NetPolicy.Diagnostics;

namespace NetPolicy.Demo.Output;

/// <summary>What lint says of the last step and of variants.</summary>
internal static class LintLines
{
    /// <summary>Writes the findings; of a variant those that the last step does not have.</summary>
    public static void Write(TextWriter output, StageReport report, string folder)
    {
        foreach (Diagnostic finding in report.Lint)
        {
            string file = finding.Span.File is { } path ? Path.GetRelativePath(folder, path) : "-";
            string place = finding.Span.IsKnown ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{file}:{finding.Span.Line}: ") : "";
            Lines.Write(output, $"lint {finding.Id}: {place}{finding.Message}", 2);
        }

        foreach (string missing in report.MissingLint)
        {
            output.WriteLine(Paint.Bad($"  lint was to report {missing}"));
        }
    }
}
