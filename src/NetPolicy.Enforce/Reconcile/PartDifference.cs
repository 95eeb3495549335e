using NetPolicy.Collections;

namespace NetPolicy.Enforce.Reconcile;

/// <summary>Which parts of a kind two tables do not have in common. Most of them are the same objects in the same order, and cost no more than to see that.</summary>
/// <typeparam name="T">The kind of part.</typeparam>
internal sealed class PartDifference<T>
    where T : class
{
    private PartDifference()
    {
    }

    /// <summary>Parts that only the new table has, in its order.</summary>
    public List<T> Added { get; } = [];

    /// <summary>Parts that only the old table has, in its order.</summary>
    public List<T> Removed { get; } = [];

    /// <summary>Parts of one name that are not the same object, in the order of the new table. They may say the same.</summary>
    public List<(T Old, T New)> Changed { get; } = [];

    public static PartDifference<T> Of(EquatableArray<T> old, EquatableArray<T> @new, Func<T, string> nameOf)
    {
        PartDifference<T> difference = new();
        ReadOnlySpan<T> before = old.AsSpan(), after = @new.AsSpan();
        if (before == after)
        {
            return difference;
        }

        // What comes or goes moves what follows it: wherever the lists part, they are brought together again if that takes one step.
        List<T> left = [], come = [];
        int i = 0, j = 0;
        while (i < before.Length && j < after.Length)
        {
            if (ReferenceEquals(before[i], after[j]))
            {
                i++;
                j++;
            }
            else if (j + 1 < after.Length && ReferenceEquals(before[i], after[j + 1]))
            {
                come.Add(after[j++]);
            }
            else if (i + 1 < before.Length && ReferenceEquals(before[i + 1], after[j]))
            {
                left.Add(before[i++]);
            }
            else
            {
                left.Add(before[i++]);
                come.Add(after[j++]);
            }
        }

        left.AddRange(before[i..]);
        come.AddRange(after[j..]);
        if (left.Count == 0)
        {
            difference.Added.AddRange(come);
            return difference;
        }

        Dictionary<string, T> rest = new(left.Count, StringComparer.Ordinal);
        foreach (T part in left)
        {
            rest.Add(nameOf(part), part);
        }

        foreach (T part in come)
        {
            if (!rest.Remove(nameOf(part), out T? other))
            {
                difference.Added.Add(part);
            }
            else if (!ReferenceEquals(part, other))
            {
                difference.Changed.Add((other, part));
            }
        }

        if (rest.Count > 0)
        {
            difference.Removed.AddRange(left.Where(p => rest.ContainsKey(nameOf(p))));
        }

        return difference;
    }
}
