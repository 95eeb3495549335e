using System.Net;
using System.Net.Sockets;

namespace NetPolicy.Laws.Worlds;

/// <summary>Blocks and addresses that overlap often.</summary>
public static class Prefixes
{
    /// <summary>Of IPv4.</summary>
    public static string[] V4 { get; } =
    [
        "0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "10.0.0.0/8", "10.0.0.0/24", "10.0.0.0/28", "10.0.0.0/29", "10.0.0.8/29", "10.0.0.4/30", "10.0.0.2/31", "10.0.0.1/32", "10.0.0.3/32", "10.0.0.5/32",
        "192.168.0.0/24", "192.168.0.1/32", "203.0.113.0/24", "203.0.113.0/25", "203.0.113.1/32", "10.96.0.0/16",
    ];

    /// <summary>Of IPv6.</summary>
    public static string[] V6 { get; } =
    [
        "::/0", "8000::/1", "fd00::/64", "fd00::/124", "fd00::/125", "fd00::4/126", "fd00::2/127", "fd00::1/128", "fd00::3/128", "fd01::/64", "fd01::1/128", "2001:db8::/32", "2001:db8::/127", "2001:db8::1/128", "fd96::/64",
    ];

    /// <summary>Addresses that nobody in a generated world has.</summary>
    public static string[] Outside { get; } = ["203.0.113.1", "203.0.113.2", "203.0.113.200", "8.8.8.8", "10.0.0.200", "2001:db8::1", "2001:db8::2", "fd00::ff"];

    /// <summary>Blocks of a family, wide ones as often as narrow ones.</summary>
    public static string[] Of(int family) => family == 4 ? V4 : V6;

    /// <summary>True if <paramref name="inner"/> lies inside <paramref name="outer"/> and is smaller.</summary>
    public static bool IsStrictlyInside(string inner, string outer)
    {
        IPNetwork small = IPNetwork.Parse(inner);
        IPNetwork large = IPNetwork.Parse(outer);
        return small.BaseAddress.AddressFamily == large.BaseAddress.AddressFamily && small.PrefixLength > large.PrefixLength && large.Contains(small.BaseAddress);
    }

    /// <summary>The first and last address of a block, and those right before and after it.</summary>
    public static string[] Edges(string block)
    {
        if (!block.Contains('/', StringComparison.Ordinal))
        {
            return [block];
        }

        string[] parts = block.Split('/');
        IPAddress address = IPAddress.Parse(parts[0]);
        bool isFour = address.AddressFamily == AddressFamily.InterNetwork;
        int bits = isFour ? 32 : 128;
        int free = bits - int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture);
        UInt128 all = isFour ? uint.MaxValue : UInt128.MaxValue;
        UInt128 host = free == 0 ? 0 : free == 128 ? UInt128.MaxValue : (UInt128.One << free) - 1;
        UInt128 first = Number(address) & all & ~host;
        UInt128 last = first | host;
        List<string> edges = [Text(first, isFour), Text(last, isFour)];
        if (first > 0)
        {
            edges.Add(Text(first - 1, isFour));
        }

        if (last < all)
        {
            edges.Add(Text(last + 1, isFour));
        }

        return [.. edges];
    }

    private static UInt128 Number(IPAddress address)
    {
        UInt128 number = 0;
        foreach (byte part in address.GetAddressBytes())
        {
            number = (number << 8) | part;
        }

        return number;
    }

    private static string Text(UInt128 number, bool isFour)
    {
        byte[] bytes = new byte[isFour ? 4 : 16];
        for (int i = bytes.Length - 1; i >= 0; i--, number >>= 8)
        {
            bytes[i] = (byte)(number & 0xFF);
        }

        return new IPAddress(bytes).ToString();
    }
}
