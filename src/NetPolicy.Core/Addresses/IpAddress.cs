using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace NetPolicy.Addresses;

/// <summary>
/// An IPv4 or IPv6 address. IPv4-mapped IPv6 addresses (<c>::ffff:a.b.c.d</c>) are the IPv4 address, decided once at parsing.
/// </summary>
/// <remarks>
/// <c>default</c> has family <see cref="IpFamily.None"/>, equals only itself and is inside no prefix. Ordered by family, then numerically.
/// Parsing is strict: four decimal octets without leading zeros, or RFC 4291 text without zone.
/// </remarks>
public readonly struct IpAddress : IEquatable<IpAddress>, IComparable<IpAddress>
{
    private readonly UInt128 _value;
    private readonly IpFamily _family;

    private IpAddress(IpFamily family, UInt128 value)
    {
        _family = family;
        _value = value;
    }

    /// <summary>The family, or <see cref="IpFamily.None"/> for <c>default</c>.</summary>
    public IpFamily Family => _family;

    /// <summary>The address as a number; IPv4 in the low 32 bits.</summary>
    public UInt128 Value => _value;

    /// <summary>Number of bits of an address of this family: 32, 128, or 0 for none.</summary>
    public int Bits => BitsOf(_family);

    /// <summary>True for 127.0.0.0/8 and ::1, which are always the sender itself.</summary>
    internal bool IsLoopback => _family == IpFamily.IPv4 ? _value >> 24 == 127 : _family == IpFamily.IPv6 && _value == 1;

    /// <summary>An IPv4 address from its number, most significant octet first.</summary>
    public static IpAddress FromIPv4(uint value) => new(IpFamily.IPv4, value);

    /// <summary>An IPv6 address from its number; mapped IPv4 addresses become IPv4.</summary>
    public static IpAddress FromIPv6(UInt128 value) =>
        value >> 32 == 0xFFFF ? FromIPv4((uint)(value & 0xFFFF_FFFF)) : new IpAddress(IpFamily.IPv6, value);

    /// <summary>Parses address text strictly.</summary>
    /// <exception cref="FormatException">The text is not an address.</exception>
    public static IpAddress Parse(string text) =>
        TryParse(text, out IpAddress address) ? address : throw new FormatException($"`{text}` is not an IP address");

    /// <summary>Parses address text strictly; false leaves <c>default</c>.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out IpAddress address)
    {
        address = default;
        return text is not null && TryParse(text.AsSpan(), IpLeniency.Strict, out address, out _);
    }

    internal static bool TryParse(ReadOnlySpan<char> text, IpLeniency leniency, out IpAddress address, out bool mapped)
    {
        mapped = false;
        if (text.Contains(':'))
        {
            if (TryParseIPv6(text, leniency, out UInt128 v6))
            {
                mapped = v6 >> 32 == 0xFFFF;
                address = FromIPv6(v6);
                return true;
            }
        }
        else if (TryParseIPv4(text, leniency, out uint v4))
        {
            address = FromIPv4(v4);
            return true;
        }

        address = default;
        return false;
    }

    internal static int BitsOf(IpFamily family) => family switch
    {
        IpFamily.IPv4 => 32,
        IpFamily.IPv6 => 128,
        IpFamily.None => 0,
        _ => throw new ArgumentOutOfRangeException(nameof(family)),
    };

    internal static IpAddress From(IpFamily family, UInt128 value) => new(family, value);

    /// <inheritdoc/>
    public bool Equals(IpAddress other) => _value == other._value && _family == other._family;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is IpAddress other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_family, _value);

    /// <inheritdoc/>
    public int CompareTo(IpAddress other)
    {
        // An enumeration's own comparison would allocate.
        int order = (int)_family - (int)other._family;
        return order != 0 ? order : _value.CompareTo(other._value);
    }

    /// <summary>Canonical text: dotted quad, or RFC 5952 for IPv6; <c>none</c> for <c>default</c>.</summary>
    public override string ToString() => _family switch
    {
        IpFamily.IPv4 => string.Create(CultureInfo.InvariantCulture, $"{Octet(24)}.{Octet(16)}.{Octet(8)}.{Octet(0)}"),
        IpFamily.IPv6 => FormatIPv6(),
        _ => "none",
    };

    /// <summary>Same address and family.</summary>
    public static bool operator ==(IpAddress left, IpAddress right) => left.Equals(right);

    /// <summary>Different address or family.</summary>
    public static bool operator !=(IpAddress left, IpAddress right) => !left.Equals(right);

    /// <summary>Ordered by family, then number.</summary>
    public static bool operator <(IpAddress left, IpAddress right) => left.CompareTo(right) < 0;

    /// <summary>Ordered by family, then number.</summary>
    public static bool operator >(IpAddress left, IpAddress right) => left.CompareTo(right) > 0;

    /// <summary>Ordered by family, then number.</summary>
    public static bool operator <=(IpAddress left, IpAddress right) => left.CompareTo(right) <= 0;

    /// <summary>Ordered by family, then number.</summary>
    public static bool operator >=(IpAddress left, IpAddress right) => left.CompareTo(right) >= 0;

    private static bool TryParseIPv4(ReadOnlySpan<char> text, IpLeniency leniency, out uint value)
    {
        value = 0;
        int octets = 0;
        while (true)
        {
            int dot = text.IndexOf('.');
            ReadOnlySpan<char> part = dot < 0 ? text : text[..dot];
            if (!TryParseOctet(part, leniency, out uint octet))
            {
                return false;
            }

            value = (value << 8) | octet;
            octets++;
            if (dot < 0)
            {
                return octets == 4;
            }

            if (octets == 4)
            {
                return false;
            }

            text = text[(dot + 1)..];
        }
    }

    private static bool TryParseOctet(ReadOnlySpan<char> text, IpLeniency leniency, out uint octet)
    {
        octet = 0;
        if (text.IsEmpty || (leniency == IpLeniency.Strict && text.Length > 1 && text[0] == '0') || text.Length > 16)
        {
            return false;
        }

        foreach (char c in text)
        {
            if (!char.IsAsciiDigit(c))
            {
                return false;
            }

            octet = (octet * 10) + (uint)(c - '0');
            if (octet > 255)
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryParseIPv6(ReadOnlySpan<char> text, IpLeniency leniency, out UInt128 value)
    {
        value = 0;
        int gap = text.IndexOf("::");
        if (gap < 0)
        {
            return TryParseGroups(text, leniency, allowIPv4: true, out value, out int all) && all == 8;
        }

        if (text[(gap + 2)..].Contains("::", StringComparison.Ordinal) || (gap + 2 < text.Length && text[gap + 2] == ':'))
        {
            return false;
        }

        if (!TryParseGroups(text[..gap], leniency, allowIPv4: false, out UInt128 head, out int headGroups)
            || !TryParseGroups(text[(gap + 2)..], leniency, allowIPv4: true, out UInt128 tail, out int tailGroups)
            || headGroups + tailGroups > 7)
        {
            return false;
        }

        value = (headGroups == 0 ? 0 : head << (16 * (8 - headGroups))) | tail;
        return true;
    }

    private static bool TryParseGroups(ReadOnlySpan<char> text, IpLeniency leniency, bool allowIPv4, out UInt128 value, out int groups)
    {
        value = 0;
        groups = 0;
        while (!text.IsEmpty)
        {
            int colon = text.IndexOf(':');
            ReadOnlySpan<char> part = colon < 0 ? text : text[..colon];
            if (colon < 0 && allowIPv4 && part.Contains('.'))
            {
                if (!TryParseIPv4(part, leniency, out uint v4))
                {
                    return false;
                }

                value = (value << 32) | v4;
                groups += 2;
                return groups <= 8;
            }

            if (part.Length is 0 or > 4)
            {
                return false;
            }

            uint group = 0;
            foreach (char c in part)
            {
                if (!char.IsAsciiHexDigit(c))
                {
                    return false;
                }

                group = (group << 4) | (uint)Convert.ToInt32(c.ToString(), 16);
            }

            value = (value << 16) | group;
            groups++;
            if (groups > 8 || (colon >= 0 && colon == text.Length - 1))
            {
                return false;
            }

            text = colon < 0 ? default : text[(colon + 1)..];
        }

        return true;
    }

    private uint Octet(int shift) => (uint)(_value >> shift) & 0xFF;

    private string FormatIPv6()
    {
        int bestStart = -1, bestLength = 1;
        for (int i = 0; i < 8; i++)
        {
            int length = 0;
            while (i + length < 8 && Group(i + length) == 0)
            {
                length++;
            }

            if (length > bestLength)
            {
                (bestStart, bestLength) = (i, length);
            }
        }

        StringBuilder text = new();
        for (int i = 0; i < 8; i++)
        {
            if (i == bestStart)
            {
                text.Append("::");
                i += bestLength - 1;
                continue;
            }

            if (text.Length > 0 && text[^1] != ':')
            {
                text.Append(':');
            }

            text.Append(Group(i).ToString("x", CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }

    private ushort Group(int index) => (ushort)(_value >> (16 * (7 - index)));
}
