using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace NetPolicy.Laws.Rewriting;

/// <summary>Blocks of addresses taken apart, without the product's arithmetic.</summary>
internal static class Blocks
{
    /// <summary>The two halves of a block; null for a single address.</summary>
    public static (string Lower, string Upper)? Halves(string block)
    {
        (UInt128 first, int length, bool isFour) = Parse(block);
        int bits = isFour ? 32 : 128;
        return length == bits ? null : (Text(first, length + 1, isFour), Text(first | (UInt128.One << (bits - length - 1)), length + 1, isFour));
    }

    /// <summary>True if the first block lies in the second one or is it.</summary>
    public static bool IsInside(string inner, string outer)
    {
        (UInt128 first, int length, bool isFour) = Parse(inner);
        (UInt128 start, int least, bool isAlsoFour) = Parse(outer);
        int bits = isFour ? 32 : 128;
        return isFour == isAlsoFour && length >= least && (least == 0 || (first >> (bits - least)) == (start >> (bits - least)));
    }

    /// <summary>Blocks that together are a block without others.</summary>
    public static IEnumerable<string> Without(string block, IReadOnlyCollection<string> others)
    {
        if (others.Any(other => IsInside(block, other)))
        {
            return [];
        }

        return Halves(block) is { } halves && others.Any(other => IsInside(other, block))
            ? Without(halves.Lower, others).Concat(Without(halves.Upper, others))
            : [block];
    }

    private static (UInt128 First, int Length, bool IsFour) Parse(string block)
    {
        string[] parts = block.Split('/');
        IPAddress address = IPAddress.Parse(parts[0]);
        bool isFour = address.AddressFamily == AddressFamily.InterNetwork;
        int bits = isFour ? 32 : 128;
        int length = parts.Length == 1 ? bits : int.Parse(parts[1], CultureInfo.InvariantCulture);
        UInt128 number = 0;
        foreach (byte part in address.GetAddressBytes())
        {
            number = (number << 8) | part;
        }

        UInt128 mask = length == 0 ? 0 : UInt128.MaxValue << (bits - length);
        return (number & mask, length, isFour);
    }

    private static string Text(UInt128 first, int length, bool isFour)
    {
        byte[] bytes = new byte[isFour ? 4 : 16];
        for (int i = bytes.Length - 1; i >= 0; i--, first >>= 8)
        {
            bytes[i] = (byte)(first & 0xFF);
        }

        return string.Create(CultureInfo.InvariantCulture, $"{new IPAddress(bytes)}/{length}");
    }
}
