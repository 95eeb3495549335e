using System.Globalization;

namespace NetPolicy.Enforce.Simulation;

/// <summary>
/// Strict text form of simulated addresses: four decimal octets without leading zeros, or RFC 4291 groups.
/// The simulator has its own, so that a mistake in the product's parser cannot hide here.
/// </summary>
public static class PacketAddress
{
    /// <summary>Reads one address; the colon decides the family.</summary>
    /// <exception cref="FormatException"><paramref name="text"/> is not an address.</exception>
    public static UInt128 Parse(string text)
    {
        if (TryParseIPv4(text, out UInt128 value) || TryParseIPv6(text, out value))
        {
            return value;
        }

        throw new FormatException($"`{text}` is not an address");
    }

    /// <summary>Reads four octets; false unless the whole text is one address.</summary>
    public static bool TryParseIPv4(ReadOnlySpan<char> text, out UInt128 value)
    {
        value = default;
        uint result = 0;
        int position = 0;
        for (int octet = 0; octet < 4; octet++)
        {
            if (octet > 0 && (position >= text.Length || text[position++] != '.'))
            {
                return false;
            }

            int start = position;
            uint number = 0;
            while (position < text.Length && char.IsAsciiDigit(text[position]) && position - start < 3)
            {
                number = (number * 10) + (uint)(text[position++] - '0');
            }

            int digits = position - start;
            if (digits == 0 || number > 255 || (digits > 1 && text[start] == '0'))
            {
                return false;
            }

            result = (result << 8) | number;
        }

        value = result;
        return position == text.Length;
    }

    /// <summary>Reads an IPv6 address with at most one <c>::</c> and an optional dotted tail; false unless the whole text is one address.</summary>
    public static bool TryParseIPv6(ReadOnlySpan<char> text, out UInt128 value)
    {
        value = default;
        Span<ushort> groups = stackalloc ushort[8];
        int count = 0;
        int gap = -1;
        int position = 0;
        if (text.StartsWith("::", StringComparison.Ordinal))
        {
            gap = 0;
            position = 2;
        }

        while (position < text.Length)
        {
            if (count == 8)
            {
                return false;
            }

            int end = position;
            while (end < text.Length && text[end] != ':')
            {
                end++;
            }

            ReadOnlySpan<char> group = text[position..end];
            if (group.Contains('.'))
            {
                if (end != text.Length || count > 6 || !TryParseIPv4(group, out UInt128 tail))
                {
                    return false;
                }

                groups[count++] = (ushort)(tail >> 16);
                groups[count++] = (ushort)tail;
                position = end;
                break;
            }

            if (group.Length is 0 or > 4
                || !ushort.TryParse(group, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out groups[count]))
            {
                return false;
            }

            count++;
            position = end;
            if (position == text.Length)
            {
                break;
            }

            position++;
            if (position < text.Length && text[position] == ':')
            {
                if (gap >= 0)
                {
                    return false;
                }

                gap = count;
                position++;
            }
            else if (position == text.Length)
            {
                return false;
            }
        }

        if (gap < 0 ? count != 8 : count > 7)
        {
            return false;
        }

        int missing = 8 - count;
        for (int index = 0; index < 8; index++)
        {
            ushort group = gap < 0 || index < gap ? groups[index] : index < gap + missing ? (ushort)0 : groups[index - missing];
            value = (value << 16) | group;
        }

        return true;
    }

    /// <summary>The address as text; IPv6 with its first longest run of zero groups shortened.</summary>
    public static string Format(PacketFamily family, UInt128 address)
    {
        if (family == PacketFamily.IPv4)
        {
            uint value = (uint)address;
            return string.Create(CultureInfo.InvariantCulture, $"{value >> 24}.{(value >> 16) & 255}.{(value >> 8) & 255}.{value & 255}");
        }

        string[] groups = new string[8];
        int bestStart = -1;
        int bestLength = 1;
        int run = 0;
        for (int index = 0; index < 8; index++)
        {
            ushort group = (ushort)(address >> (16 * (7 - index)));
            groups[index] = group.ToString("x", CultureInfo.InvariantCulture);
            run = group == 0 ? run + 1 : 0;
            if (run > bestLength)
            {
                bestLength = run;
                bestStart = index - run + 1;
            }
        }

        return bestStart < 0
            ? string.Join(':', groups)
            : string.Join(':', groups, 0, bestStart) + "::" + string.Join(':', groups, bestStart + bestLength, 8 - bestStart - bestLength);
    }
}
