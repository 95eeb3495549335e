using System.Numerics;

namespace NetPolicy.Engine;

/// <summary>For each class that selectors of a side select, which of them do, as bits. Made once, read without allocation.</summary>
internal sealed class ClassBits
{
    private readonly int _words;
    private readonly int _mask;
    private readonly int[] _keys;
    private readonly ulong[] _bits;

    /// <param name="words">Words of 64 bits for each class.</param>
    /// <param name="pairs">A class and a bit that is set for it.</param>
    /// <param name="count">Number of pairs at most.</param>
    public ClassBits(int words, IEnumerable<(int Class, int Bit)> pairs, int count)
    {
        _words = words;
        int length = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(4, count * 2));
        _mask = length - 1;
        _keys = new int[length];
        Array.Fill(_keys, -1);
        _bits = new ulong[length * words];
        foreach ((int one, int bit) in pairs)
        {
            int at = Find(one);
            _keys[at] = one;
            _bits[(at * words) + (bit >> 6)] |= 1UL << (bit & 63);
        }
    }

    /// <summary>The bits of a class if there is one word for each; 0 if none is set.</summary>
    public ulong WordOf(int one)
    {
        int at = Find(one);
        return _bits[at];
    }

    /// <summary>Adds the bits of a class to <paramref name="bits"/>.</summary>
    public void AddTo(int one, Span<ulong> bits)
    {
        ReadOnlySpan<ulong> own = _bits.AsSpan(Find(one) * _words, _words);
        for (int i = 0; i < own.Length; i++)
        {
            bits[i] |= own[i];
        }
    }

    // Free places have no bits.
    private int Find(int one)
    {
        int at = (int)((uint)one * 0x9E3779B1u >> 7) & _mask;
        while (_keys[at] != one && _keys[at] >= 0)
        {
            at = (at + 1) & _mask;
        }

        return at;
    }
}
