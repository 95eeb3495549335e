namespace NetPolicy.Enforce.Simulation;

/// <summary>Interface names as the kernel compares them: 16 bytes, zero padded, here as one big-endian number.</summary>
internal static class InterfaceKey
{
    /// <summary>Longest name in bytes (IFNAMSIZ without the terminator).</summary>
    internal const int MaxLength = 15;

    internal static UInt128 Of(ReadOnlySpan<char> name)
    {
        if (!TryOf(name, out UInt128 key))
        {
            throw new ArgumentException($"`{name}` is not an interface name of 1 to {MaxLength} ASCII characters");
        }

        return key;
    }

    internal static bool TryOf(ReadOnlySpan<char> name, out UInt128 key)
    {
        key = default;
        if (name.Length is 0 or > MaxLength)
        {
            return false;
        }

        foreach (char c in name)
        {
            if (c is <= ' ' or > '~' or '/')
            {
                return false;
            }

            key = (key << 8) | c;
        }

        key <<= 8 * (16 - name.Length);
        return true;
    }

    internal static string Text(UInt128 key)
    {
        Span<char> name = stackalloc char[16];
        int length = 0;
        for (int shift = 120; shift >= 0; shift -= 8)
        {
            char c = (char)(byte)(key >> shift);
            if (c == 0)
            {
                break;
            }

            name[length++] = c;
        }

        return new string(name[..length]);
    }
}
