using System.Runtime.InteropServices;
using System.Security.Cryptography;
using NetPolicy.Addresses;

namespace NetPolicy.Analysis;

/// <summary>
/// Which blocks an address is inside, as the exclusive or of random numbers of the blocks: equal for equal sets of blocks, and different for others but for one
/// case in 2¹²⁸. O(blocks log blocks) to make, a binary search to ask.
/// </summary>
internal sealed class BlockSums
{
    private readonly UInt128[][] _starts = new UInt128[2][];
    private readonly UInt128[][] _sums = new UInt128[2][];

    public BlockSums(IReadOnlyList<(IpPrefix Net, UInt128 Key)> nets)
    {
        foreach (IpPrefix all in (ReadOnlySpan<IpPrefix>)[IpPrefix.AllIPv4, IpPrefix.AllIPv6])
        {
            List<(UInt128 At, UInt128 Key)> edges = [];
            foreach ((IpPrefix net, UInt128 key) in nets)
            {
                if (net.Family == all.Family)
                {
                    edges.Add((net.First.Value, key));
                    if (net.Last != all.Last)
                    {
                        edges.Add((net.Last.Value + 1, key));
                    }
                }
            }

            edges.Sort(static (a, b) => a.At.CompareTo(b.At));
            List<UInt128> starts = [0], sums = [0];
            UInt128 sum = 0;
            foreach ((UInt128 at, UInt128 key) in edges)
            {
                sum ^= key;
                if (starts[^1] == at)
                {
                    sums[^1] = sum;
                }
                else
                {
                    starts.Add(at);
                    sums.Add(sum);
                }
            }

            int family = all.Family == IpFamily.IPv6 ? 1 : 0;
            _starts[family] = [.. starts];
            _sums[family] = [.. sums];
        }
    }

    /// <summary>Random bits. They decide nothing but which content gets which number for the time of a process.</summary>
    public static UInt128 NewKey()
    {
        UInt128 key = default;
        RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(new Span<UInt128>(ref key)));
        return key;
    }

    /// <summary>The sum over the blocks around an address; 0 for none.</summary>
    public UInt128 Of(IpAddress address)
    {
        if (address == default)
        {
            return 0;
        }

        int family = address.Family == IpFamily.IPv6 ? 1 : 0;
        int found = Array.BinarySearch(_starts[family], address.Value);
        return _sums[family][found >= 0 ? found : ~found - 1];
    }
}
