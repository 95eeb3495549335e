using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace NetPolicy.Addresses;

/// <summary>A CIDR block: an address and the number of leading bits that count. Bits beyond the length are always zero.</summary>
/// <remarks><c>default</c> has family none and contains nothing, so a forgotten prefix in an allow rule allows nobody.</remarks>
public readonly struct IpPrefix : IEquatable<IpPrefix>, IComparable<IpPrefix>
{
    private readonly IpAddress _address;
    private readonly byte _length;

    /// <summary>The block of <paramref name="length"/> leading bits of <paramref name="address"/>; further bits are cleared.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative or more than the family has bits.</exception>
    public IpPrefix(IpAddress address, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, address.Bits);
        _length = (byte)length;
        _address = IpAddress.From(address.Family, address.Value & Mask(address.Bits, length));
    }

    /// <summary>Every IPv4 address.</summary>
    public static IpPrefix AllIPv4 => new(IpAddress.FromIPv4(0), 0);

    /// <summary>Every IPv6 address.</summary>
    public static IpPrefix AllIPv6 => new(IpAddress.FromIPv6(0), 0);

    /// <summary>The lowest address of the block.</summary>
    public IpAddress First => _address;

    /// <summary>The highest address of the block.</summary>
    public IpAddress Last => IpAddress.From(Family, _address.Value | (Mask(_address.Bits, _address.Bits) & ~Mask(_address.Bits, _length)));

    /// <summary>Number of leading bits that count, 0 to 32 or 128.</summary>
    public int Length => _length;

    /// <summary>The family, or none for <c>default</c>.</summary>
    public IpFamily Family => _address.Family;

    /// <summary>The block that holds just <paramref name="address"/>.</summary>
    public static IpPrefix Single(IpAddress address) => new(address, address.Bits);

    /// <summary>Parses strict CIDR text; host bits must be clear.</summary>
    /// <exception cref="FormatException">The text is not a strict CIDR.</exception>
    public static IpPrefix Parse(string text) =>
        TryParse(text, out IpPrefix prefix) ? prefix : throw new FormatException($"`{text}` is not a CIDR block");

    /// <summary>Parses strict CIDR text; false leaves <c>default</c>.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out IpPrefix prefix)
    {
        prefix = default;
        return text is not null && Read(text, IpLeniency.Strict, out prefix) == CidrFault.None;
    }

    /// <summary>Parses CIDR text and says what is wrong with it. In lenient mode host bits are masked and old spellings accepted.</summary>
    public static CidrFault Read(string text, IpLeniency leniency, out IpPrefix prefix)
    {
        prefix = default;
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
        {
            return CidrFault.NoLength;
        }

        ReadOnlySpan<char> bits = text.AsSpan(slash + 1);
        if (!IpAddress.TryParse(text.AsSpan(0, slash), IpLeniency.Lenient, out IpAddress address, out bool mapped)
            || bits.Length is 0 or > 3
            || !int.TryParse(bits, NumberStyles.None, CultureInfo.InvariantCulture, out int length)
            || length > (mapped ? 128 : address.Bits)
            || (mapped && length < 96))
        {
            return CidrFault.NotCidr;
        }

        bool leadingZero = (bits.Length > 1 && bits[0] == '0')
            || !IpAddress.TryParse(text.AsSpan(0, slash), IpLeniency.Strict, out _, out _);
        prefix = new IpPrefix(address, mapped ? length - 96 : length);
        CidrFault fault = leadingZero ? CidrFault.LeadingZeros
            : mapped ? CidrFault.MappedAddress
            : prefix.First != address ? CidrFault.HostBits
            : CidrFault.None;
        if (leniency == IpLeniency.Strict && fault != CidrFault.None)
        {
            prefix = default;
        }

        return fault;
    }

    /// <summary>True if the block holds <paramref name="address"/>; families never mix.</summary>
    public bool Contains(IpAddress address) =>
        address.Family == Family && Family != IpFamily.None && (address.Value & Mask(address.Bits, _length)) == _address.Value;

    /// <summary>True if every address of <paramref name="other"/> is in this block.</summary>
    public bool Contains(IpPrefix other) => other._length >= _length && Contains(other._address);

    /// <inheritdoc/>
    public bool Equals(IpPrefix other) => _address == other._address && _length == other._length;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is IpPrefix other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_address, _length);

    /// <summary>Ordered by family, lowest address, then length: a block comes before those inside it.</summary>
    public int CompareTo(IpPrefix other)
    {
        int order = _address.CompareTo(other._address);
        return order != 0 ? order : _length.CompareTo(other._length);
    }

    /// <summary>Canonical CIDR text.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{_address}/{_length}");

    /// <summary>Same block.</summary>
    public static bool operator ==(IpPrefix left, IpPrefix right) => left.Equals(right);

    /// <summary>Another block.</summary>
    public static bool operator !=(IpPrefix left, IpPrefix right) => !left.Equals(right);

    /// <summary>See <see cref="CompareTo"/>.</summary>
    public static bool operator <(IpPrefix left, IpPrefix right) => left.CompareTo(right) < 0;

    /// <summary>See <see cref="CompareTo"/>.</summary>
    public static bool operator >(IpPrefix left, IpPrefix right) => left.CompareTo(right) > 0;

    /// <summary>See <see cref="CompareTo"/>.</summary>
    public static bool operator <=(IpPrefix left, IpPrefix right) => left.CompareTo(right) <= 0;

    /// <summary>See <see cref="CompareTo"/>.</summary>
    public static bool operator >=(IpPrefix left, IpPrefix right) => left.CompareTo(right) >= 0;

    private static UInt128 Mask(int bits, int length)
    {
        UInt128 all = bits == 0 ? 0 : UInt128.MaxValue >> (128 - bits);
        return length == 0 ? 0 : all & ~(length == bits ? 0 : all >> length);
    }
}
