using NetPolicy.Addresses;

namespace NetPolicy.Inventory;

/// <summary>
/// How many things lie in each stretch of 256 addresses, so that those inside a wide block are found without an order of all of them: a few bytes per
/// stretch that holds something, and one probe per stretch, or per stretch of the block if those are fewer.
/// </summary>
internal sealed class AddressBuckets
{
    /// <summary>Bits of an address within its stretch.</summary>
    public const int Bits = 8;

    private readonly Dictionary<uint, int> _counts4 = [];
    private readonly Dictionary<UInt128, int> _counts6 = [];

    public void EnsureCapacity(int count) => _counts4.EnsureCapacity(count >> Bits);

    public void Count(IpAddress address, int by)
    {
        if (address.Family == IpFamily.IPv4)
        {
            Count(_counts4, (uint)address.Value >> Bits, by);
        }
        else
        {
            Count(_counts6, address.Value >> Bits, by);
        }
    }

    /// <summary>First addresses of the stretches inside a block of at least one stretch that hold something.</summary>
    public List<IpAddress> Inside(IpPrefix block)
    {
        List<IpAddress> found = [];
        UInt128 first = block.First.Value >> Bits, last = block.Last.Value >> Bits;
        if (block.Family == IpFamily.IPv4)
        {
            Collect(_counts4, (uint)first, (uint)last, part => found.Add(IpAddress.FromIPv4(part << Bits)), static part => part + 1);
        }
        else
        {
            Collect(_counts6, first, last, part => found.Add(IpAddress.From(IpFamily.IPv6, part << Bits)), static part => part + 1);
        }

        return found;
    }

    private static void Collect<TKey>(Dictionary<TKey, int> counts, TKey first, TKey last, Action<TKey> found, Func<TKey, TKey> next)
        where TKey : struct, System.Numerics.INumber<TKey>
    {
        if (last - first < TKey.CreateSaturating(counts.Count))
        {
            for (TKey part = first; part <= last; part = next(part))
            {
                if (counts.ContainsKey(part))
                {
                    found(part);
                }
            }

            return;
        }

        foreach (TKey part in counts.Keys)
        {
            if (part >= first && part <= last)
            {
                found(part);
            }
        }
    }

    private static void Count<TKey>(Dictionary<TKey, int> counts, TKey key, int by)
        where TKey : notnull
    {
        ref int count = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(counts, key, out _);
        count += by;
        if (count == 0)
        {
            counts.Remove(key);
        }
    }
}
