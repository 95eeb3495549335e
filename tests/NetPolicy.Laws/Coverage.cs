using System.Globalization;

namespace NetPolicy.Laws;

/// <summary>What a law's cases had to show: a law that finds nothing to try holds on anything.</summary>
/// <param name="expected">In what percent of the cases something must at least be seen.</param>
public sealed class Coverage(params (string What, double LeastPercent)[] expected)
{
    private readonly SortedDictionary<string, int> _seen = new(StringComparer.Ordinal);
    private readonly HashSet<string> _now = [];
    private int _cases;

    /// <summary>Notes that the present case shows something; once for each case.</summary>
    public void Saw(string what) => _now.Add(what);

    internal void Begin()
    {
        _cases++;
        _now.Clear();
    }

    internal void End()
    {
        foreach (string what in _now)
        {
            _seen[what] = _seen.GetValueOrDefault(what) + 1;
        }
    }

    /// <summary>What was seen too seldom; null if nothing was.</summary>
    internal string? Complain()
    {
        string[] complaints =
        [
            .. expected.Where(e => ShareOf(e.What) < e.LeastPercent)
                .Select(e => string.Create(CultureInfo.InvariantCulture, $"`{e.What}` is seen in {ShareOf(e.What):F1} % of {_cases} cases, expected at least {e.LeastPercent} %")),
        ];
        return complaints.Length == 0 ? null : string.Join("\n", complaints);
    }

    private double ShareOf(string what) => 100.0 * _seen.GetValueOrDefault(what) / Math.Max(1, _cases);
}
