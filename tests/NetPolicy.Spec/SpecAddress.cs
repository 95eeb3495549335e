using System.Globalization;
using System.Text;

namespace NetPolicy.Spec;

/// <summary>An IPv4 or IPv6 address; compared as a number, IPv4-mapped IPv6 being IPv4 (Kubernetes 5.9).</summary>
internal readonly record struct SpecAddress(int Family, UInt128 Value)
{
    public bool IsLoopback => Family == 4 ? Value >> 24 == 127 : Value == 1;

    public int Bits => Family == 4 ? 32 : 128;

    public static SpecAddress Parse(string text) =>
        TryParse(text) ?? throw new FormatException($"`{text}` is not an address");

    public static SpecAddress? TryParse(string text)
    {
        if (!text.Contains(':'))
        {
            return ParseIPv4(text) is { } value ? new SpecAddress(4, value) : null;
        }

        return ParseIPv6(text) is { } six ? Unmapped(six) : null;
    }

    private static SpecAddress Unmapped(UInt128 value) =>
        value >> 32 == 0xffff ? new SpecAddress(4, value & 0xffff_ffff) : new SpecAddress(6, value);

    private static UInt128? ParseIPv4(string text)
    {
        string[] octets = text.Split('.');
        if (octets.Length != 4)
        {
            return null;
        }

        uint value = 0;
        foreach (string octet in octets)
        {
            // Leading zeros are dropped as decimal (Kubernetes 2.2, lenient).
            if (octet.Length == 0 || !octet.All(char.IsAsciiDigit)
                || !uint.TryParse(octet, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) || number > 255)
            {
                return null;
            }

            value = (value << 8) | number;
        }

        return value;
    }

    private static UInt128? ParseIPv6(string text)
    {
        int gap = text.IndexOf("::", StringComparison.Ordinal);
        if (gap < 0)
        {
            return Groups(text) is { Count: 8 } all ? Join(all) : null;
        }

        if (text.IndexOf("::", gap + 1, StringComparison.Ordinal) >= 0)
        {
            return null;
        }

        List<uint>? head = Groups(text[..gap]);
        List<uint>? tail = Groups(text[(gap + 2)..]);
        if (head is null || tail is null || head.Count + tail.Count > 7)
        {
            return null;
        }

        return Join([.. head, .. Enumerable.Repeat(0u, 8 - head.Count - tail.Count), .. tail]);
    }

    private static List<uint>? Groups(string text)
    {
        List<uint> groups = [];
        if (text.Length == 0)
        {
            return groups;
        }

        string[] parts = text.Split(':');
        for (int i = 0; i < parts.Length; i++)
        {
            if (i == parts.Length - 1 && parts[i].Contains('.'))
            {
                if (ParseIPv4(parts[i]) is not { } four)
                {
                    return null;
                }

                groups.Add((uint)(four >> 16));
                groups.Add((uint)(four & 0xffff));
            }
            else if (parts[i].Length is >= 1 and <= 4
                && uint.TryParse(parts[i], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint group))
            {
                groups.Add(group);
            }
            else
            {
                return null;
            }
        }

        return groups;
    }

    private static UInt128 Join(List<uint> groups)
    {
        UInt128 value = 0;
        foreach (uint group in groups)
        {
            value = (value << 16) | group;
        }

        return value;
    }

    /// <summary>Dotted decimal, or IPv6 with the longest run of zero groups (two at least, the first of equals) as <c>::</c>.</summary>
    public override string ToString()
    {
        if (Family == 4)
        {
            uint four = (uint)Value;
            return string.Create(CultureInfo.InvariantCulture, $"{four >> 24}.{(four >> 16) & 255}.{(four >> 8) & 255}.{four & 255}");
        }

        uint[] groups = new uint[8];
        for (int i = 0; i < 8; i++)
        {
            groups[i] = (uint)(Value >> (112 - (16 * i))) & 0xffff;
        }

        (int start, int length) = (-1, 1);
        for (int i = 0; i < 8; i++)
        {
            int run = 0;
            while (i + run < 8 && groups[i + run] == 0)
            {
                run++;
            }

            if (run > length)
            {
                (start, length) = (i, run);
            }
        }

        StringBuilder text = new();
        for (int i = 0; i < 8; i++)
        {
            if (i == start)
            {
                text.Append("::");
                i += length - 1;
                continue;
            }

            if (text.Length > 0 && text[^1] != ':')
            {
                text.Append(':');
            }

            text.Append(groups[i].ToString("x", CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }
}

/// <summary>A CIDR, host bits masked (Kubernetes 2.2).</summary>
internal readonly record struct SpecCidr(SpecAddress Address, int Length)
{
    public int Family => Address.Family;

    public bool IsEverything => Length == 0;

    /// <summary>Kubernetes 5.3: families do not mix.</summary>
    public bool Contains(SpecAddress address) =>
        address.Family == Family && (Length == 0 || (address.Value ^ Address.Value) >> (Address.Bits - Length) == 0);

    public static SpecCidr Parse(string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int length))
        {
            throw new FormatException($"`{text}` is not a CIDR");
        }

        string address = text[..slash];
        SpecAddress parsed = SpecAddress.Parse(address);
        if (parsed.Family == 4 && address.Contains(':'))
        {
            // IPv4-mapped: the last 32 of 128 bits are the IPv4 address.
            if (length is < 96 or > 128)
            {
                return length is >= 0 and < 96
                    ? Masked(new SpecAddress(6, ((UInt128)0xffff << 32) | parsed.Value), length)
                    : throw new FormatException($"`{text}` is not a CIDR");
            }

            length -= 96;
        }

        return length <= parsed.Bits ? Masked(parsed, length) : throw new FormatException($"`{text}` is not a CIDR");
    }

    /// <summary>A CIDR or a bare address, as NetworkSets hold them (Calico 1.7).</summary>
    public static SpecCidr ParseNet(string text)
    {
        if (text.Contains('/'))
        {
            return Parse(text);
        }

        SpecAddress address = SpecAddress.Parse(text);
        return new SpecCidr(address, address.Bits);
    }

    private static SpecCidr Masked(SpecAddress address, int length)
    {
        int host = address.Bits - length;
        UInt128 value = length == 0 ? 0 : address.Value >> host << host;
        return new SpecCidr(address with { Value = value }, length);
    }
}
