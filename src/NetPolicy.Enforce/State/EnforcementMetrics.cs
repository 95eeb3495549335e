using System.Diagnostics.Metrics;

namespace NetPolicy.Enforce.State;

/// <summary>
/// Figures about enforcement for <see cref="System.Diagnostics.Metrics"/>, under the meter <see cref="MeterName"/>: <c>netpol.rule.packets</c> by rule,
/// <c>netpol.generation</c>, <c>netpol.drift</c> (objects that differ; -1 if nothing is kept to compare with). The machine is asked each time they are collected.
/// Independent of any instance, <c>netpol.apply.duration</c> counts the seconds that applying takes.
/// </summary>
public sealed class EnforcementMetrics : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "NetPolicy.Enforce";

    private static readonly Meter s_meter = new(MeterName);
    private static readonly Histogram<double> s_duration = s_meter.CreateHistogram<double>("netpol.apply.duration", "s", "Time that applying a ruleset took");
    private readonly Meter _meter = new(MeterName);

    /// <summary>Offers the figures of a machine.</summary>
    /// <param name="read">Reads its status, such as <see cref="ManagedHost.Status"/>; called by whoever collects, at most once for each collection of a kind of figure.</param>
    public EnforcementMetrics(Func<HostStatus> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        _meter.CreateObservableCounter("netpol.rule.packets", () => Packets(read()), "{packet}", "Packets that each rule decided or reported");
        _meter.CreateObservableGauge("netpol.generation", () => read().Loaded.Generation, null, "The generation that decides; 0 if none does");
        _meter.CreateObservableGauge("netpol.drift", () => read().Drift?.Count ?? -1, null, "Objects that differ from what was confirmed");
    }

    /// <summary>Stops offering them.</summary>
    public void Dispose() => _meter.Dispose();

    internal static void Applied(TimeSpan time, bool isTrial) => s_duration.Record(time.TotalSeconds, new KeyValuePair<string, object?>("trial", isTrial));

    private static IEnumerable<Measurement<long>> Packets(HostStatus status) => status.Loaded.Packets.Select(counter => new Measurement<long>(
        (long)counter.Value, new KeyValuePair<string, object?>("rule", counter.Key), new KeyValuePair<string, object?>("verdict", VerdictOf(status, counter.Key))));

    // Rules of the layout itself only count what they drop; of policy rules the confirmed ruleset knows the action.
    private static string VerdictOf(HostStatus status, string comment) =>
        comment.StartsWith("netpol ", StringComparison.Ordinal) ? "deny"
        : status.Confirmed?.Table.Chains.AsEnumerable().FirstOrDefault(c => c.Rules.Count > 0 && c.Rules[0].Comment == comment) is { } chain
            ? chain.Rules.AsEnumerable().Any(r => r.Statements.AsEnumerable().Any(s => s is Rules.RuleStatement.Go { Verdict.Chain: "deny" or "refuse" })) ? "deny" : "allow"
        : "unknown";
}
