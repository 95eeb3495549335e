using System.Globalization;

namespace NetPolicy.Laws;

/// <summary>What a run met: a law says little about a branch that no flow reached.</summary>
public sealed class Distribution
{
    /// <summary>Percent of the flows that every branch in scope must take part in.</summary>
    private const double LeastShare = 0.5;

    private readonly SortedDictionary<string, int> _branches = new(StringComparer.Ordinal);

    /// <summary>Flows judged.</summary>
    public int Flows { get; private set; }

    /// <summary>Flows denied.</summary>
    public int Denied { get; private set; }

    /// <summary>Counts one flow.</summary>
    public void Add(bool allowed, IEnumerable<string> branches)
    {
        Flows++;
        Denied += allowed ? 0 : 1;
        foreach (string branch in branches.Distinct())
        {
            _branches[branch] = _branches.GetValueOrDefault(branch) + 1;
        }
    }

    /// <summary>The share of flows, in percent, in which a branch took part.</summary>
    public double ShareOf(string branch) => 100.0 * _branches.GetValueOrDefault(branch) / Math.Max(1, Flows);

    /// <summary>What is wrong with the run: too one-sided, or a branch that too few flows reached. Null if nothing is.</summary>
    /// <param name="branches">The branches in scope.</param>
    public string? Complain(IEnumerable<string> branches)
    {
        double denied = 100.0 * Denied / Math.Max(1, Flows);
        List<string> complaints = denied is < 25 or > 75 ? [Text($"{denied:F1} % of {Flows} flows are denied, expected 25 to 75 %")] : [];
        foreach (string branch in branches)
        {
            if (ShareOf(branch) < LeastShare)
            {
                complaints.Add(Text($"`{branch}` takes part in {ShareOf(branch):F2} % of {Flows} flows, expected at least {LeastShare} %"));
            }
        }

        return complaints.Count == 0 ? null : string.Join("\n", complaints);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join(
        "\n", _branches.Select(b => Text($"{ShareOf(b.Key),6:F2} % {b.Key}")).Prepend(Text($"{Flows} flows, {100.0 * Denied / Math.Max(1, Flows):F1} % denied")));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
