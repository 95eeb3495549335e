using System.Numerics;

namespace NetPolicy.Engine;

/// <summary>
/// An immutable set of endpoint classes: a sorted list while it is short, chunks of bits afterwards, so that a change copies a chunk and a test costs some loads.
/// </summary>
internal sealed class ClassSet
{
    /// <summary>Sets of at most so many classes are lists.</summary>
    public const int MaxList = 256;

    private const int ChunkWords = 64;
    private const int ChunkBits = ChunkWords * 64;

    private readonly int[]? _list;
    private readonly ulong[]?[]? _chunks;

    private ClassSet(int[] list)
    {
        _list = list;
        Count = list.Length;
    }

    private ClassSet(ulong[]?[] chunks, int count)
    {
        _chunks = chunks;
        Count = count;
    }

    public static ClassSet Empty { get; } = new([]);

    public int Count { get; }

    /// <summary>True if the classes are few enough to be gone through.</summary>
    public bool IsList => _list is not null;

    /// <summary>The classes in ascending order, if there are few.</summary>
    public ReadOnlySpan<int> List => _list;

    public bool Contains(int endpointClass)
    {
        if (_list is { } list)
        {
            int low = 0, high = list.Length - 1;
            while (low <= high)
            {
                int middle = (low + high) >>> 1, found = list[middle];
                if (found == endpointClass)
                {
                    return true;
                }

                (low, high) = found < endpointClass ? (middle + 1, high) : (low, middle - 1);
            }

            return false;
        }

        int chunk = endpointClass / ChunkBits, bit = endpointClass % ChunkBits;
        ulong[]?[] chunks = _chunks!;
        return (uint)chunk < (uint)chunks.Length && chunks[chunk] is { } words && (words[bit >> 6] & (1UL << (bit & 63))) != 0;
    }

    /// <summary>Adds the classes that only one of two sets has. O(both), for chunks that they share O(1).</summary>
    public static void AddDifferences(ClassSet one, ClassSet other, HashSet<int> classes)
    {
        if (ReferenceEquals(one, other))
        {
            return;
        }

        if (one._chunks is { } left && other._chunks is { } right)
        {
            for (int c = 0; c < Math.Max(left.Length, right.Length); c++)
            {
                ulong[]? x = c < left.Length ? left[c] : null, y = c < right.Length ? right[c] : null;
                for (int w = 0; !ReferenceEquals(x, y) && w < ChunkWords; w++)
                {
                    for (ulong bits = (x?[w] ?? 0) ^ (y?[w] ?? 0); bits != 0; bits &= bits - 1)
                    {
                        classes.Add((c * ChunkBits) + (w << 6) + BitOperations.TrailingZeroCount(bits));
                    }
                }
            }

            return;
        }

        HashSet<int> differing = [.. one.Enumerate()];
        differing.SymmetricExceptWith(other.Enumerate());
        classes.UnionWith(differing);
    }

    /// <summary>This set without <paramref name="removed"/> and with <paramref name="added"/>; a class in both is in it. O(changes + chunks).</summary>
    public ClassSet With(List<int>? added, List<int>? removed)
    {
        if (_list is not null && Count + (added?.Count ?? 0) <= MaxList)
        {
            List<int> all = [.. _list];
            if (removed is not null)
            {
                all.RemoveAll(removed.Contains);
            }

            if (added is not null)
            {
                all.AddRange(added);
                all.Sort();
                int kept = 0;
                for (int i = 0; i < all.Count; i++)
                {
                    if (i == 0 || all[i] != all[kept - 1])
                    {
                        all[kept++] = all[i];
                    }
                }

                all.RemoveRange(kept, all.Count - kept);
            }

            return all.Count == 0 ? Empty : new ClassSet([.. all]);
        }

        List<ulong[]?> chunks = [.. _chunks ?? []];
        HashSet<int> owned = [];
        int count = _list is null ? Count : 0;
        foreach (int one in _list ?? [])
        {
            Set(one, true);
        }

        foreach (int one in removed ?? [])
        {
            Set(one, false);
        }

        foreach (int one in added ?? [])
        {
            Set(one, true);
        }

        // A quarter of the bound, so that a set at the bound does not change form with each class.
        if (count <= MaxList / 4)
        {
            ClassSet bits = new([.. chunks], count);
            int[] list = [.. bits.Enumerate()];
            return list.Length == 0 ? Empty : new ClassSet(list);
        }

        return new ClassSet([.. chunks], count);

        void Set(int one, bool value)
        {
            int chunk = one / ChunkBits, bit = one % ChunkBits;
            while (chunk >= chunks.Count)
            {
                chunks.Add(null);
            }

            if (owned.Add(chunk))
            {
                chunks[chunk] = chunks[chunk] is { } old ? [.. old] : new ulong[ChunkWords];
            }

            ref ulong word = ref chunks[chunk]![bit >> 6];
            ulong mask = 1UL << (bit & 63);
            if (((word & mask) != 0) != value)
            {
                word ^= mask;
                count += value ? 1 : -1;
            }
        }
    }

    /// <summary>The classes in ascending order.</summary>
    public IEnumerable<int> Enumerate()
    {
        if (_list is not null)
        {
            foreach (int one in _list)
            {
                yield return one;
            }

            yield break;
        }

        for (int c = 0; c < _chunks!.Length; c++)
        {
            if (_chunks[c] is not { } words)
            {
                continue;
            }

            for (int w = 0; w < words.Length; w++)
            {
                for (ulong bits = words[w]; bits != 0; bits &= bits - 1)
                {
                    yield return (c * ChunkBits) + (w << 6) + BitOperations.TrailingZeroCount(bits);
                }
            }
        }
    }
}
