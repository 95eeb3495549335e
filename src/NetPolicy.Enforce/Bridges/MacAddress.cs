using System.Globalization;
using NetPolicy.Addresses;

namespace NetPolicy.Enforce.Bridges;

/// <summary>A link-layer address of Ethernet: six bytes. The zero value is no address.</summary>
public readonly record struct MacAddress : IComparable<MacAddress>
{
    private const int Digits = 17;

    private MacAddress(ulong value)
    {
        Value = value;
    }

    /// <summary>The six bytes as a number, the first byte highest.</summary>
    public ulong Value { get; }

    /// <summary>True for an address that one interface can have: not zero, and not of a group.</summary>
    public bool IsUnicast => Value != 0 && (Value & 0x0100_0000_0000) == 0;

    /// <summary>The link-local address that an interface with this address makes for itself (RFC 4291, appendix A).</summary>
    public IpAddress LinkLocal
    {
        get
        {
            ulong high = (Value >> 24) ^ 0x02_0000, low = Value & 0xff_ffff;
            return IpAddress.FromIPv6(new UInt128(0xfe80_0000_0000_0000, (high << 40) | 0xff_fe00_0000 | low));
        }
    }

    /// <summary>The address with these bytes.</summary>
    /// <exception cref="ArgumentException">There are not six.</exception>
    public static MacAddress FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != 6)
        {
            throw new ArgumentException("a link-layer address has six bytes", nameof(bytes));
        }

        ulong value = 0;
        foreach (byte part in bytes)
        {
            value = (value << 8) | part;
        }

        return new MacAddress(value);
    }

    /// <summary>Reads six pairs of hexadecimal digits with colons between them.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out MacAddress address)
    {
        address = default;
        if (text.Length != Digits)
        {
            return false;
        }

        ulong value = 0;
        for (int at = 0; at < Digits; at += 3)
        {
            if ((at > 0 && text[at - 1] != ':')
                || !byte.TryParse(text.Slice(at, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte part))
            {
                return false;
            }

            value = (value << 8) | part;
        }

        address = new MacAddress(value);
        return true;
    }

    /// <summary>Reads six pairs of hexadecimal digits with colons between them.</summary>
    /// <exception cref="FormatException">The text is something else.</exception>
    public static MacAddress Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out MacAddress address) ? address : throw new FormatException($"`{text}` is no link-layer address, expected six bytes such as `02:00:00:00:00:01`");
    }

    /// <inheritdoc/>
    public int CompareTo(MacAddress other) => Value.CompareTo(other.Value);

    /// <summary>True if <paramref name="left"/> is lower.</summary>
    public static bool operator <(MacAddress left, MacAddress right) => left.Value < right.Value;

    /// <summary>True if <paramref name="left"/> is higher.</summary>
    public static bool operator >(MacAddress left, MacAddress right) => left.Value > right.Value;

    /// <summary>True if <paramref name="left"/> is not higher.</summary>
    public static bool operator <=(MacAddress left, MacAddress right) => left.Value <= right.Value;

    /// <summary>True if <paramref name="left"/> is not lower.</summary>
    public static bool operator >=(MacAddress left, MacAddress right) => left.Value >= right.Value;

    /// <summary>Six pairs of lower-case hexadecimal digits with colons between them.</summary>
    public override string ToString() => string.Create(Digits, Value, static (text, value) =>
    {
        for (int i = 0; i < 6; i++)
        {
            byte part = (byte)(value >> (40 - (i * 8)));
            part.TryFormat(text[(i * 3)..], out _, "x2", CultureInfo.InvariantCulture);
            if (i < 5)
            {
                text[(i * 3) + 2] = ':';
            }
        }
    });
}
