using System.CommandLine;
using NetPolicy.Cli.Output;
using NetPolicy.Diagnostics;
using NetPolicy.Enforce.Safety;

namespace NetPolicy.Cli.Input;

/// <summary>The option that says which gaps of enforcement are known and accepted.</summary>
internal sealed class GapOptions
{
    private readonly Option<string[]> _accept = new("--accept-unenforced")
    {
        Description = $"Gaps of enforcement to go on with, separated by commas: {string.Join(", ", EnforcementGaps.Kinds)}, or one of them by its whole name.",
    };

    public void AddTo(Command command) => command.Options.Add(_accept);

    /// <summary>The names that are accepted.</summary>
    /// <exception cref="UnusableException">A name is of no kind of gap.</exception>
    public IReadOnlyList<string> Accepted(ParseResult parsed)
    {
        string[] accepted = [.. (parsed.GetValue(_accept) ?? []).SelectMany(t => t.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
        return accepted.FirstOrDefault(a => !EnforcementGaps.Kinds.Contains(a.Split(':')[0])) is { } unknown
            ? throw new UnusableException($"--accept-unenforced `{unknown}` is no gap, expected one of {string.Join(", ", EnforcementGaps.Kinds.Select(k => $"`{k}`"))}, or the whole name of one")
            : accepted;
    }

    /// <summary>Writes the gaps to standard error; false if one is neither accepted nor harmless.</summary>
    /// <exception cref="UnusableException">A name is of no kind of gap.</exception>
    public bool Pass(ParseResult parsed, IReadOnlyList<EnforcementGap> gaps)
    {
        IReadOnlyList<string> accepted = Accepted(parsed);
        Diagnostic[] findings = [.. gaps.Where(g => g.Finding.Descriptor != Findings.WorkloadAbsent).Select(g => g.Judged(accepted))];
        FindingsText.Write(Console.Error, findings);
        int absent = gaps.Count(g => g.Finding.Descriptor == Findings.WorkloadAbsent);
        if (absent > 0)
        {
            Console.Error.WriteLine(absent == 1
                ? "netpol: 1 workload of the node is not on this machine yet; its rules wait for it"
                : $"netpol: {absent} workloads of the node are not on this machine yet; their rules wait for them");
        }

        return findings.All(f => f.Severity != DiagnosticSeverity.Error);
    }
}
