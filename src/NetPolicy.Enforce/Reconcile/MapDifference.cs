using NetPolicy.Collections;
using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce.Reconcile;

/// <summary>What differs between two maps of the same keys.</summary>
internal sealed class MapDifference
{
    private MapDifference()
    {
    }

    /// <summary>Keys that are new.</summary>
    public List<RuleElement> Added { get; } = [];

    /// <summary>Keys that are gone.</summary>
    public List<RuleElement> Removed { get; } = [];

    /// <summary>Keys that lead elsewhere.</summary>
    public List<(RuleElement Old, RuleElement New)> Changed { get; } = [];

    public bool IsEmpty => Added.Count + Removed.Count + Changed.Count == 0;

    public static MapDifference Of(EquatableArray<RuleElement> old, EquatableArray<RuleElement> @new)
    {
        MapDifference difference = new();
        ReadOnlySpan<RuleElement> before = old.AsSpan(), after = @new.AsSpan();
        if (before == after)
        {
            return difference;
        }

        // Most of two long lists is alike at both ends.
        int first = 0;
        while (first < before.Length && first < after.Length && before[first].Equals(after[first]))
        {
            first++;
        }

        int last = 0;
        while (last < before.Length - first && last < after.Length - first && before[^(last + 1)].Equals(after[^(last + 1)]))
        {
            last++;
        }

        Dictionary<RuleValue, RuleElement> known = [];
        foreach (RuleElement element in before[first..^last])
        {
            known[element.Key] = element;
        }

        foreach (RuleElement element in after[first..^last])
        {
            if (!known.Remove(element.Key, out RuleElement other))
            {
                difference.Added.Add(element);
            }
            else if (other.Verdict != element.Verdict)
            {
                difference.Changed.Add((other, element));
            }
        }

        foreach (RuleElement element in before[first..^last])
        {
            if (known.ContainsKey(element.Key))
            {
                difference.Removed.Add(element);
            }
        }

        return difference;
    }
}
