using System.Collections;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace NetPolicy.Collections;

/// <summary>
/// An immutable list that compares by content, so that records holding it do too.
/// </summary>
/// <remarks><c>default</c> is the empty list and is safe to enumerate. Equality and hashing are O(length).</remarks>
/// <typeparam name="T">The element type; its own equality is used.</typeparam>
[CollectionBuilder(typeof(EquatableArray), nameof(EquatableArray.Create))]
public readonly struct EquatableArray<T> : IEquatable<EquatableArray<T>>, IReadOnlyList<T>
{
    private readonly T[]? _items;

    internal EquatableArray(T[] items) => _items = items;

    /// <summary>Number of elements.</summary>
    public int Count => _items?.Length ?? 0;

    /// <summary>True if there is no element.</summary>
    public bool IsEmpty => Count == 0;

    /// <summary>The element at <paramref name="index"/>, zero-based.</summary>
    /// <exception cref="IndexOutOfRangeException">The index is outside the list.</exception>
    public T this[int index] => (_items ?? [])[index];

    /// <summary>The elements as a span; no copy.</summary>
    public ReadOnlySpan<T> AsSpan() => _items;

    /// <summary>The list with <paramref name="item"/> appended. O(length).</summary>
    public EquatableArray<T> Add(T item) => new([.. AsSpan(), item]);

    /// <summary>The list with <paramref name="items"/> appended. O(length).</summary>
    public EquatableArray<T> AddRange(IEnumerable<T> items) => new([.. AsSpan(), .. items]);

    /// <inheritdoc/>
    public bool Equals(EquatableArray<T> other)
    {
        if (ReferenceEquals(_items, other._items))
        {
            return true;
        }

        if (Count != other.Count)
        {
            return false;
        }

        EqualityComparer<T> comparer = EqualityComparer<T>.Default;
        for (int i = 0; i < Count; i++)
        {
            if (!comparer.Equals(_items![i], other._items![i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is EquatableArray<T> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (T item in AsSpan())
        {
            hash.Add(item);
        }

        return hash.ToHashCode();
    }

    /// <summary>Enumerates the elements in order without allocating.</summary>
    public ReadOnlySpan<T>.Enumerator GetEnumerator() => AsSpan().GetEnumerator();

    IEnumerator<T> IEnumerable<T>.GetEnumerator() => ((IEnumerable<T>)(_items ?? [])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => (_items ?? []).GetEnumerator();

    /// <summary>Compares by content.</summary>
    public static bool operator ==(EquatableArray<T> left, EquatableArray<T> right) => left.Equals(right);

    /// <summary>Compares by content.</summary>
    public static bool operator !=(EquatableArray<T> left, EquatableArray<T> right) => !left.Equals(right);

    /// <inheritdoc/>
    public override string ToString() => "[" + string.Join(", ", this.AsEnumerable()) + "]";
}

/// <summary>Makes <see cref="EquatableArray{T}"/> values; the target of collection expressions.</summary>
public static class EquatableArray
{
    /// <summary>A list of copies of <paramref name="items"/>.</summary>
    public static EquatableArray<T> Create<T>(ReadOnlySpan<T> items) => new(items.ToArray());

    /// <summary>A list of the elements of <paramref name="items"/>, in order.</summary>
    public static EquatableArray<T> ToEquatableArray<T>(this IEnumerable<T> items) => new(items.ToArray());
}
