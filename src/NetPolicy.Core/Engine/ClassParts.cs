using System.Numerics;
using System.Runtime.CompilerServices;

namespace NetPolicy.Engine;

/// <summary>For each class that selectors of a side select, its part. Immutable; a look-up costs about one cache line.</summary>
internal readonly struct ClassParts
{
    private const int FilterBits = 256;

    // The class, plus one, above the part: an empty place is zero, and so is the part of classes that nobody selects.
    private readonly long[] _entries;
    private readonly Filter _filter;
    private readonly int _count;

    private ClassParts(long[] entries, int count)
    {
        _entries = entries;
        _count = count;
        foreach (long entry in entries)
        {
            if (entry != 0)
            {
                int bit = Start((int)(entry >> 32) - 1) & (FilterBits - 1);
                _filter[bit >> 6] |= 1UL << (bit & 63);
            }
        }
    }

    /// <summary>Number of classes, some of which may be gone.</summary>
    public int Count => _count;

    public static ClassParts Of(IReadOnlyCollection<(int Class, int Part)> parts)
    {
        long[] entries = new long[Length(parts.Count)];
        foreach ((int one, int part) in parts)
        {
            entries[PlaceIn(entries, one)] = Entry(one, part);
        }

        return new ClassParts(entries, parts.Count);
    }

    /// <summary>The part of a class; 0 if no selector selects it.</summary>
    public int this[int one]
    {
        get
        {
            if (IsNobody(one))
            {
                return 0;
            }

            long[] entries = _entries;
            int mask = entries.Length - 1, place = Start(one) & mask;
            while (true)
            {
                long entry = entries[place];
                if ((int)(entry >> 32) == one + 1)
                {
                    return (int)entry;
                }

                if (entry == 0)
                {
                    return 0;
                }

                place = (place + 1) & mask;
            }
        }
    }

    /// <summary>Fetches what <see cref="Prefetch"/> needs.</summary>
    public void Approach() => Fetch.Object(_entries);

    /// <summary>Fetches the place of a class.</summary>
    public void Prefetch(int one)
    {
        if (IsNobody(one))
        {
            return;
        }

        long[] entries = _entries;
        Fetch.Line(ref entries[Start(one) & (entries.Length - 1)]);
    }

    /// <summary>These parts with some changed. O(classes), a copy in memory.</summary>
    public ClassParts With(IReadOnlyCollection<(int Class, int Part)> changes)
    {
        if (_count + changes.Count > _entries.Length / 2)
        {
            Dictionary<int, int> all = [];
            foreach (long entry in _entries)
            {
                if ((int)entry != 0)
                {
                    all[(int)(entry >> 32) - 1] = (int)entry;
                }
            }

            foreach ((int one, int part) in changes)
            {
                all[one] = part;
            }

            return Of([.. all.Where(e => e.Value != 0).Select(e => (e.Key, e.Value))]);
        }

        long[] entries = [.. _entries];
        foreach ((int one, int part) in changes)
        {
            int place = PlaceIn(entries, one);
            if (part != 0 || entries[place] != 0)
            {
                entries[place] = Entry(one, part);
            }
        }

        return new ClassParts(entries, _count + changes.Count);
    }

    private static long Entry(int one, int part) => ((long)(one + 1) << 32) | (uint)part;

    private static int Length(int count) => (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(4, (count * 2) + 2));

    private static int Start(int one) => (int)(((uint)one * 0x9E3779B1u) >> 7);

    private static int PlaceIn(long[] entries, int one)
    {
        int mask = entries.Length - 1, place = Start(one) & mask;
        while (entries[place] != 0 && (int)(entries[place] >> 32) != one + 1)
        {
            place = (place + 1) & mask;
        }

        return place;
    }

    // Most classes are nobody to most programs, which one bit here says without a look into memory.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsNobody(int one)
    {
        int bit = Start(one) & (FilterBits - 1);
        return (_filter[bit >> 6] & (1UL << (bit & 63))) == 0;
    }

    [InlineArray(FilterBits / 64)]
    private struct Filter
    {
        private ulong _first;
    }
}
