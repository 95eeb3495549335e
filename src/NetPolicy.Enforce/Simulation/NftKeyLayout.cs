namespace NetPolicy.Enforce.Simulation;

/// <summary>Where each field of a concatenation lies within an <see cref="NftKey"/>.</summary>
internal sealed class NftKeyLayout
{
    private readonly int[] shifts;
    private readonly int[] words;

    /// <summary>Lays the fields out first-fit; more fields than registers are refused by the parser before.</summary>
    internal NftKeyLayout(IReadOnlyList<NftType> types)
    {
        shifts = new int[types.Count];
        words = new int[types.Count];
        Span<int> used = stackalloc int[4];
        for (int field = 0; field < types.Count; field++)
        {
            int word = 0;
            while (used[word] + types[field].Bits > 128)
            {
                word++;
            }

            words[field] = word;
            shifts[field] = used[word];
            used[word] += types[field].Bits;
        }
    }

    internal NftKey Pack(ReadOnlySpan<UInt128> values) => NftKey.Pack(values, shifts, words);

    /// <summary>Whether the fields fit the four words first-fit.</summary>
    internal static bool Fits(IReadOnlyList<NftType> types)
    {
        Span<int> used = stackalloc int[4];
        foreach (NftType type in types)
        {
            int word = 0;
            while (word < 4 && used[word] + type.Bits > 128)
            {
                word++;
            }

            if (word == 4)
            {
                return false;
            }

            used[word] += type.Bits;
        }

        return true;
    }
}
