using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace NetPolicy.Collections;

/// <summary>
/// An immutable map from text to <typeparamref name="TValue"/>, kept in ordinal key order and compared by content.
/// </summary>
/// <remarks><c>default</c> is the empty map. Look-up is O(log n).</remarks>
public readonly struct EquatableMap<TValue> : IEquatable<EquatableMap<TValue>>, IReadOnlyCollection<KeyValuePair<string, TValue>>
{
    private readonly KeyValuePair<string, TValue>[]? _entries;

    /// <summary>A map of the entries given; of entries with one key the last is kept.</summary>
    public EquatableMap(IEnumerable<KeyValuePair<string, TValue>> entries)
    {
        KeyValuePair<string, TValue>[] given = [.. entries];
        _entries = IsAscending(given) ? given : InOrder(given);
    }

    // The second parameter keeps collection expressions away from this constructor.
    private EquatableMap(KeyValuePair<string, TValue>[] sorted, bool isSorted) => _entries = isSorted ? sorted : throw new ArgumentException("not sorted", nameof(sorted));

    /// <summary>Number of entries.</summary>
    public int Count => _entries?.Length ?? 0;

    /// <summary>True if there is no entry.</summary>
    public bool IsEmpty => Count == 0;

    /// <summary>The entries themselves, not to be written.</summary>
    internal KeyValuePair<string, TValue>[] Sorted => _entries ?? [];

    /// <summary>A map of entries that are in strict ordinal key order already; takes the array over.</summary>
    internal static EquatableMap<TValue> FromSorted(KeyValuePair<string, TValue>[] entries) => new(entries, isSorted: true);

    /// <summary>Entries in ordinal key order; no copy.</summary>
    public ReadOnlySpan<KeyValuePair<string, TValue>> AsSpan() => _entries;

    /// <summary>The value under <paramref name="key"/>, if there is one.</summary>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out TValue value)
    {
        int low = 0, high = Count - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            int order = string.CompareOrdinal(_entries![middle].Key, key);
            if (order == 0)
            {
                value = _entries[middle].Value;
                return true;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        value = default;
        return false;
    }

    /// <summary>True if there is an entry under <paramref name="key"/>.</summary>
    public bool ContainsKey(string key) => TryGetValue(key, out _);

    /// <summary>The map with <paramref name="key"/> set to <paramref name="value"/>.</summary>
    public EquatableMap<TValue> With(string key, TValue value) => new([.. AsSpan(), new(key, value)]);

    private static bool IsAscending(KeyValuePair<string, TValue>[] entries)
    {
        for (int i = 1; i < entries.Length; i++)
        {
            if (string.CompareOrdinal(entries[i - 1].Key, entries[i].Key) >= 0)
            {
                return false;
            }
        }

        return true;
    }

    // Sorted by key; of entries with one key the last is kept.
    private static KeyValuePair<string, TValue>[] InOrder(KeyValuePair<string, TValue>[] entries)
    {
        string[] keys = new string[entries.Length];
        int[] order = new int[entries.Length];
        for (int i = 0; i < entries.Length; i++)
        {
            (keys[i], order[i]) = (entries[i].Key, i);
        }

        Array.Sort(order, (left, right) => string.CompareOrdinal(keys[left], keys[right]) is var byKey && byKey != 0 ? byKey : left.CompareTo(right));
        KeyValuePair<string, TValue>[] sorted = new KeyValuePair<string, TValue>[entries.Length];
        int count = 0;
        for (int i = 0; i < order.Length; i++)
        {
            if (i + 1 == order.Length || keys[order[i]] != keys[order[i + 1]])
            {
                sorted[count++] = entries[order[i]];
            }
        }

        return count == sorted.Length ? sorted : sorted[..count];
    }

    /// <inheritdoc/>
    public bool Equals(EquatableMap<TValue> other)
    {
        if (ReferenceEquals(_entries, other._entries))
        {
            return true;
        }

        if (Count != other.Count)
        {
            return false;
        }

        for (int i = 0; i < Count; i++)
        {
            if (_entries![i].Key != other._entries![i].Key
                || !EqualityComparer<TValue>.Default.Equals(_entries[i].Value, other._entries[i].Value))
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is EquatableMap<TValue> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach ((string key, TValue value) in AsSpan())
        {
            hash.Add(key, StringComparer.Ordinal);
            hash.Add(value);
        }

        return hash.ToHashCode();
    }

    /// <summary>Enumerates entries in ordinal key order without allocating.</summary>
    public ReadOnlySpan<KeyValuePair<string, TValue>>.Enumerator GetEnumerator() => AsSpan().GetEnumerator();

    IEnumerator<KeyValuePair<string, TValue>> IEnumerable<KeyValuePair<string, TValue>>.GetEnumerator() =>
        ((IEnumerable<KeyValuePair<string, TValue>>)(_entries ?? [])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => (_entries ?? []).GetEnumerator();

    /// <summary>Compares by content.</summary>
    public static bool operator ==(EquatableMap<TValue> left, EquatableMap<TValue> right) => left.Equals(right);

    /// <summary>Compares by content.</summary>
    public static bool operator !=(EquatableMap<TValue> left, EquatableMap<TValue> right) => !left.Equals(right);

    /// <inheritdoc/>
    public override string ToString() => "{" + string.Join(", ", this.Select(e => $"{e.Key}: {e.Value}")) + "}";
}
