using NetPolicy.Addresses;

namespace NetPolicy.Analysis;

/// <summary>The outside in pieces that no world cuts further, IPv4 before IPv6, in ascending order.</summary>
internal sealed class Tiles
{
    private readonly IpAddress[] _firsts;

    public Tiles(IReadOnlyList<IpRange> ranges, IReadOnlyCollection<World> worlds)
    {
        Ranges = [.. ranges];
        _firsts = [.. ranges.Select(r => r.First)];
        Representatives = [.. ranges.Select(r => AddressSpace.Representative(r, worlds))];
        Split = Array.FindIndex(Ranges, r => r.First.Family == IpFamily.IPv6) is >= 0 and int first ? first : Ranges.Length;
        Special = [.. Enumerable.Range(0, Count).Where(t => worlds.Any(w => w.IsSpecial(Representatives[t])))];
        Keys = new TileKey[Count];
        System.Security.Cryptography.RandomNumberGenerator.Fill(System.Runtime.InteropServices.MemoryMarshal.AsBytes(Keys.AsSpan()));
    }

    public IpRange[] Ranges { get; }

    /// <summary>An address of each that stands for all.</summary>
    public IpAddress[] Representatives { get; }

    /// <summary>Random numbers of each.</summary>
    public TileKey[] Keys { get; }

    /// <summary>The first of IPv6.</summary>
    public int Split { get; }

    /// <summary>Those of which the evaluation must be asked, in ascending order.</summary>
    public int[] Special { get; }

    public int Count => Ranges.Length;

    public bool IsSpecial(int tile) => Special.Length > 0 && Array.BinarySearch(Special, tile) >= 0;

    /// <summary>Those inside a block whose edges are cut: from the first, up to but not including the end.</summary>
    public (int First, int End) Within(IpPrefix net)
    {
        return (IndexOf(net.First), net.Last == LastOf(net.Family) ? (net.Family == IpFamily.IPv4 ? Split : Count) : IndexOf(IpAddress.From(net.Family, net.Last.Value + 1)));
    }

    private static IpAddress LastOf(IpFamily family) => (family == IpFamily.IPv4 ? IpPrefix.AllIPv4 : IpPrefix.AllIPv6).Last;

    // The first tile that does not begin before the address, of its family or the next.
    private int IndexOf(IpAddress address)
    {
        int low = address.Family == IpFamily.IPv4 ? 0 : Split, high = address.Family == IpFamily.IPv4 ? Split : Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            (low, high) = _firsts[middle] < address ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}

/// <summary>Random numbers that stand for a tile in sums.</summary>
internal readonly record struct TileKey(ulong First, ulong Second);
