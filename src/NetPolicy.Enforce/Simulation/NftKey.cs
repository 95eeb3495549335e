namespace NetPolicy.Enforce.Simulation;

/// <summary>A whole lookup key packed into 512 bits, the widest the kernel has registers for.</summary>
internal readonly struct NftKey : IEquatable<NftKey>
{
    internal const int MaxBits = 512;

    private readonly UInt128 word0;
    private readonly UInt128 word1;
    private readonly UInt128 word2;
    private readonly UInt128 word3;

    private NftKey(UInt128 word0, UInt128 word1, UInt128 word2, UInt128 word3)
    {
        this.word0 = word0;
        this.word1 = word1;
        this.word2 = word2;
        this.word3 = word3;
    }

    /// <summary>Packs the fields in their order, no field across two words unless it does not fit otherwise.</summary>
    internal static NftKey Pack(ReadOnlySpan<UInt128> values, int[] shifts, int[] words)
    {
        UInt128 a = default, b = default, c = default, d = default;
        for (int field = 0; field < values.Length; field++)
        {
            UInt128 shifted = values[field] << shifts[field];
            switch (words[field])
            {
                case 0:
                    a |= shifted;
                    break;
                case 1:
                    b |= shifted;
                    break;
                case 2:
                    c |= shifted;
                    break;
                default:
                    d |= shifted;
                    break;
            }
        }

        return new NftKey(a, b, c, d);
    }

    public bool Equals(NftKey other) => word0 == other.word0 && word1 == other.word1 && word2 == other.word2 && word3 == other.word3;

    public override bool Equals(object? obj) => obj is NftKey other && Equals(other);

    public override int GetHashCode()
    {
        ulong hash = Mix((ulong)word0) ^ (ulong)(word0 >> 64);
        hash = Mix(hash + (ulong)word1) ^ (ulong)(word1 >> 64);
        hash = Mix(hash + (ulong)word2) ^ (ulong)(word2 >> 64);
        hash = Mix(hash + (ulong)word3) ^ (ulong)(word3 >> 64);
        hash = Mix(hash);
        return (int)(hash ^ (hash >> 32));
    }

    private static ulong Mix(ulong value) => (value ^ (value >> 29)) * 0x9E3779B97F4A7C15UL;
}
