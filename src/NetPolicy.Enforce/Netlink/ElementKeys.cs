using System.Buffers.Binary;
using NetPolicy.Addresses;
using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce.Netlink;

/// <summary>Lowest and highest keys of elements as bytes, in one array.</summary>
internal readonly struct ElementKeys
{
    private readonly byte[] _bytes;
    private readonly int[] _order;
    private readonly bool[] _isCatchAll;

    private ElementKeys(int length, byte[] bytes, int[] order, bool[] isCatchAll)
    {
        Length = length;
        _bytes = bytes;
        _order = order;
        _isCatchAll = isCatchAll;
    }

    /// <summary>Bytes of a key.</summary>
    public int Length { get; }

    public int Count => _order.Length;

    public static ElementKeys Of(ReadOnlySpan<RuleField> fields, ReadOnlySpan<RuleValue> values, bool isTurned, bool sort)
    {
        int length = FieldLayout.LengthOf(fields);
        byte[] bytes = new byte[length * 2 * values.Length];
        int[] order = new int[values.Length];
        bool[] isCatchAll = new bool[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            order[i] = i;
            if (values[i] is RuleValue.Anything)
            {
                isCatchAll[i] = true;
            }
            else
            {
                FieldValue.Write(fields, values[i], isTurned, bytes.AsSpan(i * 2 * length, length), bytes.AsSpan(((i * 2) + 1) * length, length));
            }
        }

        ElementKeys keys = new(length, bytes, order, isCatchAll);
        if (sort)
        {
            Array.Sort(order, (a, b) => isCatchAll[a] != isCatchAll[b]
                ? isCatchAll[a].CompareTo(isCatchAll[b])
                : keys.Raw(a * 2).SequenceCompareTo(keys.Raw(b * 2)));
        }

        return keys;
    }

    /// <summary>The keys, sorted, with those joined that touch or overlap.</summary>
    public ElementKeys Joined()
    {
        List<int> kept = [];
        Span<byte> next = stackalloc byte[16];
        next = next[..Length];
        foreach (int at in _order)
        {
            Span<byte> previous = kept.Count == 0 ? default : _bytes.AsSpan(((kept[^1] * 2) + 1) * Length, Length);
            if (kept.Count > 0 && (!TryNext(previous, next) || Raw(at * 2).SequenceCompareTo(next) <= 0))
            {
                if (Raw((at * 2) + 1).SequenceCompareTo(previous) > 0)
                {
                    Raw((at * 2) + 1).CopyTo(previous);
                }
            }
            else
            {
                kept.Add(at);
            }
        }

        return new ElementKeys(Length, _bytes, [.. kept], _isCatchAll);
    }

    public ReadOnlySpan<byte> First(int i) => Raw(_order[i] * 2);

    public ReadOnlySpan<byte> Last(int i) => Raw((_order[i] * 2) + 1);

    public bool IsCatchAll(int i) => _isCatchAll[_order[i]];

    /// <summary>Which of the values it was made of.</summary>
    public int Index(int i) => _order[i];

    public static void Write(IpAddress address, Span<byte> place)
    {
        if (place.Length == 4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(place, (uint)address.Value);
        }
        else
        {
            BinaryPrimitives.WriteUInt128BigEndian(place, address.Value);
        }
    }

    /// <summary>The key after <paramref name="key"/>; false if it is the last there is.</summary>
    public static bool TryNext(ReadOnlySpan<byte> key, Span<byte> next)
    {
        key.CopyTo(next);
        for (int i = next.Length - 1; i >= 0; i--)
        {
            if (++next[i] != 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The key before <paramref name="key"/>, in place; false if it was the first.</summary>
    public static bool TryPrevious(Span<byte> key)
    {
        for (int i = key.Length - 1; i >= 0; i--)
        {
            if (key[i]-- != 0)
            {
                return true;
            }
        }

        return false;
    }

    private ReadOnlySpan<byte> Raw(int slot) => _bytes.AsSpan(slot * Length, Length);
}
