using System.Collections.Concurrent;
using NetPolicy.Collections;
using NetPolicy.Labels;
using NetPolicy.Policies.Normalization;
using Label = System.Collections.Generic.KeyValuePair<string, string>;

namespace NetPolicy.Inventory;

/// <summary>Composes label sets, all of which are in ordinal key order already. O(labels).</summary>
internal static class LabelMerge
{
    /// <summary>Both; where a key is in both, the value of <paramref name="strong"/>.</summary>
    public static LabelSet Over(LabelSet strong, LabelSet weak)
    {
        if (strong.Count == 0 || weak.Count == 0)
        {
            return strong.Count == 0 ? weak : strong;
        }

        ReadOnlySpan<Label> one = strong.Entries.AsSpan(), other = weak.Entries.AsSpan();
        Label[] merged = new Label[one.Length + other.Length];
        int i = 0, j = 0, count = 0;
        while (i < one.Length && j < other.Length)
        {
            int order = string.CompareOrdinal(one[i].Key, other[j].Key);
            merged[count++] = order <= 0 ? one[i] : other[j];
            i += order <= 0 ? 1 : 0;
            j += order >= 0 ? 1 : 0;
        }

        for (; i < one.Length; i++)
        {
            merged[count++] = one[i];
        }

        for (; j < other.Length; j++)
        {
            merged[count++] = other[j];
        }

        return Sorted(merged, count);
    }

    /// <summary>The labels with one more, which wins.</summary>
    public static LabelSet With(LabelSet labels, string key, string value) => Over(Sorted([new Label(key, value)], 1), labels);

    /// <summary>The labels under other keys: each with <paramref name="prefix"/> before it.</summary>
    public static LabelSet WithPrefix(LabelSet labels, string prefix)
    {
        Label[] prefixed = new Label[labels.Count];
        int count = 0;
        foreach ((string key, string value) in labels.Entries)
        {
            prefixed[count++] = new Label(PrefixedKeys.Of(prefix, key), value);
        }

        return Sorted(prefixed, count);
    }

    /// <summary>What a workload's own labels count as (Calico specification §3.1): without what only profiles may set, with what it is and where.</summary>
    public static LabelSet OfWorkload(LabelSet labels, string @namespace, string orchestrator, string? account)
    {
        Label[] own = new Label[labels.Count];
        int count = 0;
        foreach (Label label in labels.Entries)
        {
            if (!label.Key.StartsWith(CalicoNormalizer.NamespacePrefix, StringComparison.Ordinal)
                && !label.Key.StartsWith(CalicoNormalizer.ServiceAccountPrefix, StringComparison.Ordinal)
                && label.Key != CalicoNormalizer.ServiceAccountLabel)
            {
                own[count++] = label;
            }
        }

        // Ordinal order: namespace, orchestrator, serviceaccount.
        Label[] added = new Label[string.IsNullOrEmpty(account) ? 2 : 3];
        added[0] = new Label(CalicoNormalizer.NamespaceLabel, @namespace);
        added[1] = new Label(CalicoNormalizer.OrchestratorLabel, orchestrator);
        if (added.Length == 3)
        {
            added[2] = new Label(CalicoNormalizer.ServiceAccountLabel, account!);
        }

        return Over(Sorted(added, added.Length), Sorted(own, count));
    }

    private static LabelSet Sorted(Label[] labels, int count)
    {
        if (count < labels.Length)
        {
            Array.Resize(ref labels, count);
        }

        return new LabelSet(EquatableMap<string>.FromSorted(labels));
    }
}

/// <summary>Keys with a prefix; those met first are made once only.</summary>
internal static class PrefixedKeys
{
    private const int Most = 4096;

    private static readonly ConcurrentDictionary<(string, string), string> s_keys = [];
    private static int s_count;

    /// <summary><paramref name="prefix"/> and <paramref name="key"/> as one text.</summary>
    public static string Of(string prefix, string key)
    {
        if (!s_keys.TryGetValue((prefix, key), out string? text))
        {
            text = prefix + key;
            if (s_count < Most && s_keys.TryAdd((prefix, key), text))
            {
                Interlocked.Increment(ref s_count);
            }
        }

        return text;
    }
}
