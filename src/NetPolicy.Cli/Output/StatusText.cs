using System.Globalization;
using NetPolicy.Diagnostics;
using NetPolicy.Enforce;
using NetPolicy.Enforce.Safety;
using NetPolicy.Enforce.State;

namespace NetPolicy.Cli.Output;

/// <summary>A machine's status for people.</summary>
internal static class StatusText
{
    private const int ListedDifferences = 10;

    public static void Write(
        TextWriter output, string where, HostStatus status, IReadOnlyList<EnforcementGap> gaps, IReadOnlyList<Diagnostic> drops, CanaryResult? canary)
    {
        output.WriteLine(status.Loaded.IsInstalled
            ? string.Create(CultureInfo.InvariantCulture, $"table {status.Loaded.Table} on {where}, generation {status.Loaded.Generation}")
            : $"nothing of ours is loaded on {where}");
        WriteState(output, status);
        foreach (EnforcementGap gap in gaps)
        {
            string text = $"{(gap.Finding.Severity == DiagnosticSeverity.Error ? "not enforced" : "not here")}: {gap.Name}: {gap.Finding.Message} ({gap.Finding.Id})";
            output.WriteLine(gap.Finding.Severity == DiagnosticSeverity.Error ? Paint.Bad(text) : Paint.Faint(text));
        }

        foreach (Diagnostic drop in drops)
        {
            output.WriteLine(Paint.Mild($"beside us: {drop.Message} ({drop.Id})"));
        }

        if (canary is not null)
        {
            output.WriteLine(canary.Bites ? $"canary: {canary.Message}" : Paint.Bad($"canary: {canary.Message}"));
        }

        foreach ((string comment, ulong packets) in status.Loaded.Packets)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{packets,12} packets  {comment}"));
        }
    }

    private static void WriteState(TextWriter output, HostStatus status)
    {
        switch (status.Armed)
        {
            case ArmedPhase.Armed:
                output.WriteLine(Paint.Mild(string.Create(
                    CultureInfo.InvariantCulture,
                    $"on trial: the rules of before come back in {Math.Ceiling(status.Remaining.TotalSeconds):0} s, unless `netpol confirm` keeps the new ones")));
                break;
            case ArmedPhase.RolledBack:
                output.WriteLine(Paint.Bad("rolled back: the last change was not confirmed in time, the rules of before decide again"));
                break;
            case ArmedPhase.None:
            default:
                break;
        }

        if (status.Pending is not null && status.Armed == ArmedPhase.None)
        {
            output.WriteLine(Paint.Mild("interrupted: a change was begun and not ended; apply again, or `netpol rollback`"));
        }

        if (status is { Confirmed: { } confirmed, ChangedAt: { } changed })
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"confirmed {changed:yyyy-MM-dd HH:mm:ss}Z for node {confirmed.Node}, {status.Workloads.Count} workloads"));
        }

        if (status.Drift is not { } drift)
        {
            return;
        }

        output.WriteLine(drift.IsEmpty
            ? "drift: none"
            : Paint.Bad(string.Create(CultureInfo.InvariantCulture, $"drift: {drift.Count} differences from what was confirmed; `netpol rollback` loads it again")));
        foreach (string difference in drift.AsEnumerable().Take(ListedDifferences))
        {
            output.WriteLine($"  {difference}");
        }

        if (drift.Count > ListedDifferences)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  and {drift.Count - ListedDifferences} more"));
        }
    }
}
