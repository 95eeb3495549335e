using System.Numerics;
using System.Runtime.InteropServices;
using NetPolicy.Addresses;

namespace NetPolicy.Inventory;

/// <summary>
/// Addresses or blocks by the stretch of 256 addresses in which they begin, so that those inside a block are found without an order of all of them.
/// Two bytes for each and some more for a stretch; finding costs a probe per stretch of the block, or per stretch there is if those are fewer.
/// </summary>
internal sealed class AddressBuckets
{
    private const int Bits = 8;

    private readonly Dictionary<uint, Stretch> _stretches4 = [];
    private readonly Dictionary<UInt128, Stretch> _stretches6 = [];

    public void Add(IpPrefix item)
    {
        if (item.Family == IpFamily.IPv4)
        {
            Add(_stretches4, (uint)item.First.Value >> Bits, CodeOf(item));
        }
        else
        {
            Add(_stretches6, item.First.Value >> Bits, CodeOf(item));
        }
    }

    /// <summary>Takes away what was added before.</summary>
    public void Remove(IpPrefix item)
    {
        if (item.Family == IpFamily.IPv4)
        {
            Remove(_stretches4, (uint)item.First.Value >> Bits, CodeOf(item));
        }
        else
        {
            Remove(_stretches6, item.First.Value >> Bits, CodeOf(item));
        }
    }

    /// <summary>Those that lie within <paramref name="block"/>, itself included if it was added. In no order.</summary>
    public List<IpPrefix> Inside(IpPrefix block)
    {
        List<IpPrefix> found = [];
        UInt128 first = block.First.Value >> Bits, last = block.Last.Value >> Bits;
        if (block.Family == IpFamily.IPv4)
        {
            Collect(_stretches4, (uint)first, (uint)last, block, found);
        }
        else
        {
            Collect(_stretches6, first, last, block, found);
        }

        return found;
    }

    private static ushort CodeOf(IpPrefix item) => (ushort)(((int)((uint)item.First.Value & 0xFF) << 8) | item.Length);

    private static void Collect<TKey>(Dictionary<TKey, Stretch> stretches, TKey first, TKey last, IpPrefix block, List<IpPrefix> found)
        where TKey : struct, INumber<TKey>
    {
        if (last - first < TKey.CreateSaturating(stretches.Count))
        {
            for (TKey key = first; key <= last; key++)
            {
                if (stretches.TryGetValue(key, out Stretch stretch))
                {
                    Collect(UInt128.CreateTruncating(key), stretch, block, found);
                }
            }

            return;
        }

        foreach ((TKey key, Stretch stretch) in stretches)
        {
            if (key >= first && key <= last)
            {
                Collect(UInt128.CreateTruncating(key), stretch, block, found);
            }
        }
    }

    // What begins inside a block may yet be wider than it.
    private static void Collect(UInt128 key, in Stretch stretch, IpPrefix block, List<IpPrefix> found)
    {
        for (int i = 0; i < stretch.Count; i++)
        {
            int code = i == 0 ? stretch.First : stretch.More![i - 1], length = code & 0xFF;
            IpAddress address = IpAddress.From(block.Family, (key << Bits) | (uint)(code >> 8));
            if (length >= block.Length && block.Contains(address))
            {
                found.Add(new IpPrefix(address, length));
            }
        }
    }

    private static void Add<TKey>(Dictionary<TKey, Stretch> stretches, TKey key, ushort code)
        where TKey : notnull
    {
        ref Stretch stretch = ref CollectionsMarshal.GetValueRefOrAddDefault(stretches, key, out _);
        if (stretch.Count == 0)
        {
            stretch.First = code;
        }
        else
        {
            if (stretch.More is null || stretch.More.Length == stretch.Count - 1)
            {
                Array.Resize(ref stretch.More, Math.Max(3, (stretch.Count - 1) * 2));
            }

            stretch.More[stretch.Count - 1] = code;
        }

        stretch.Count++;
    }

    // The last takes the place of the one that goes.
    private static void Remove<TKey>(Dictionary<TKey, Stretch> stretches, TKey key, ushort code)
        where TKey : notnull
    {
        ref Stretch stretch = ref CollectionsMarshal.GetValueRefOrNullRef(stretches, key);
        if (stretch.Count == 1)
        {
            stretches.Remove(key);
            return;
        }

        ushort last = stretch.More![stretch.Count - 2];
        if (stretch.First == code)
        {
            stretch.First = last;
        }
        else
        {
            stretch.More[Array.IndexOf(stretch.More, code, 0, stretch.Count - 1)] = last;
        }

        stretch.Count--;
    }

    // Offset within the stretch and length of the block, for each that begins here.
    private struct Stretch
    {
        public ushort[]? More;
        public ushort First;
        public int Count;
    }
}
