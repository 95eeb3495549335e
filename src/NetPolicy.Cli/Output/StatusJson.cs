using System.Globalization;
using System.Text.Json;
using NetPolicy.Diagnostics;
using NetPolicy.Enforce;
using NetPolicy.Enforce.Safety;
using NetPolicy.Enforce.State;

namespace NetPolicy.Cli.Output;

/// <summary>A machine's status for scripts.</summary>
internal static class StatusJson
{
    public static void Write(Utf8JsonWriter json, HostStatus status, IReadOnlyList<EnforcementGap> gaps, IReadOnlyList<Diagnostic> drops, CanaryResult? canary)
    {
        json.WriteStartObject();
        json.WriteString("table", status.Loaded.Table);
        json.WriteBoolean("installed", status.Loaded.IsInstalled);
        json.WriteNumber("generation", status.Loaded.Generation);
        json.WriteString("trial", status.Armed switch
        {
            ArmedPhase.Armed => "armed",
            ArmedPhase.RolledBack => "rolled-back",
            _ => "none",
        });
        if (status.Armed == ArmedPhase.Armed)
        {
            json.WriteNumber("secondsLeft", (long)Math.Ceiling(status.Remaining.TotalSeconds));
        }

        if (status is { Confirmed: { } confirmed, ChangedAt: { } changed })
        {
            json.WriteString("node", confirmed.Node);
            json.WriteString("confirmedAt", changed.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
        }

        json.WriteBoolean("interrupted", status.Pending is not null && status.Armed == ArmedPhase.None);
        if (status.Drift is { } drift)
        {
            json.WriteStartArray("drift");
            foreach (string difference in drift)
            {
                json.WriteStringValue(difference);
            }

            json.WriteEndArray();
        }

        json.WriteStartArray("unenforced");
        foreach (EnforcementGap gap in gaps)
        {
            json.WriteStartObject();
            json.WriteString("name", gap.Name);
            json.WriteString("id", gap.Finding.Id);
            json.WriteString("message", gap.Finding.Message);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("foreignDrops");
        foreach (Diagnostic drop in drops)
        {
            json.WriteStringValue(drop.Message);
        }

        json.WriteEndArray();
        if (canary is not null)
        {
            json.WriteStartObject("canary");
            json.WriteBoolean("bites", canary.Bites);
            json.WriteString("message", canary.Message);
            json.WriteEndObject();
        }

        json.WriteStartArray("counters");
        foreach ((string comment, ulong packets) in status.Loaded.Packets)
        {
            json.WriteStartObject();
            json.WriteString("rule", comment);
            json.WriteNumber("packets", packets);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
