using System.Buffers.Binary;
using System.Runtime.InteropServices;
using NetPolicy.Addresses;
using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce.Netlink;

/// <content>Comparisons: what was loaded before becomes a condition.</content>
internal sealed partial class RuleDecoder
{
    private bool Compare(NetlinkReader data)
    {
        uint source = 0, operation = uint.MaxValue;
        byte[] value = [];
        while (data.MoveNext())
        {
            switch (data.Type)
            {
                case NftAttribute.CompareSource:
                    source = data.UInt32;
                    break;
                case NftAttribute.CompareOperation:
                    operation = data.UInt32;
                    break;
                case NftAttribute.CompareData:
                    value = Value(data.Nested);
                    break;
                default:
                    return false;
            }
        }

        if (Single() is not { } load || (source != Nf.Register1 && source != Nf.Register32))
        {
            return false;
        }

        if (operation == NftAttribute.CompareAtLeast && _low is null && value.Length == load.Length)
        {
            _low = value;
            return true;
        }

        if (operation == NftAttribute.CompareAtMost && _low is { } low)
        {
            return Between(load, low, value, isNegated: false);
        }

        return _low is null && operation <= NftAttribute.CompareNotEqual
            && (load.Mask is { } mask ? CompareBits(load, mask, value, operation == NftAttribute.CompareNotEqual)
                : CompareWhole(load, value, operation == NftAttribute.CompareNotEqual));
    }

    private bool CompareBits(Load load, byte[] mask, byte[] value, bool isNegated)
    {
        FieldLayout layout = load.Layout!;
        if (value.Length != mask.Length || load.Xor != 0)
        {
            return false;
        }

        if (layout.Type == 0x13)
        {
            return Add(new RuleStatement.MatchBits(layout.Field, MemoryMarshal.Read<uint>(mask), MemoryMarshal.Read<uint>(value), isNegated));
        }

        if (layout.IsBits)
        {
            return isNegated && !value.AsSpan().ContainsAnyExcept((byte)0) && FieldValue.Read([layout.Field], false, mask, mask) is { } word
                && Add(new RuleStatement.Match(layout.Field, [word]));
        }

        int length = 0;
        while (length < mask.Length * 8 && (mask[length / 8] & (0x80 >> (length % 8))) != 0)
        {
            length++;
        }

        for (int i = length; i < mask.Length * 8; i++)
        {
            if (((mask[i / 8] | value[i / 8]) & (0x80 >> (i % 8))) != 0)
            {
                return false;
            }
        }

        return length < mask.Length * 8 && layout.Type is 7 or 8 && Prefix(layout, value, length, isNegated);
    }

    private bool Prefix(FieldLayout layout, ReadOnlySpan<byte> bytes, int length, bool isNegated)
    {
        Span<byte> whole = stackalloc byte[16];
        whole.Clear();
        bytes.CopyTo(whole);
        IpAddress address = layout.Length == 4
            ? IpAddress.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(whole))
            : IpAddress.FromIPv6(BinaryPrimitives.ReadUInt128BigEndian(whole));
        return Add(new RuleStatement.Match(layout.Field, [new RuleValue.Addresses(IpRange.Of(new IpPrefix(address, length)))], isNegated));
    }

    private bool CompareWhole(Load load, byte[] value, bool isNegated)
    {
        if (load.Layout is not { } layout)
        {
            return value.Length == load.Length && (ComparePart(load, value, isNegated) || (!isNegated && CompareJoined(load, value)));
        }

        if (layout.IsName && value.Length < layout.Length)
        {
            byte[] first = new byte[layout.Length], last = new byte[layout.Length];
            last.AsSpan().Fill(0xff);
            value.CopyTo(first, 0);
            value.CopyTo(last, 0);
            return FieldValue.Read([layout.Field], false, first, last) is RuleValue.Interface { IsPrefix: true } name && name.Name.Length == value.Length
                && Add(new RuleStatement.Match(layout.Field, [name], isNegated));
        }

        return value.Length == layout.Length && !(layout.IsBits && !isNegated) && !load.IsTurned
            && FieldValue.Read([layout.Field], false, value, value) is { } one && Add(new RuleStatement.Match(layout.Field, [one], isNegated));
    }

    private bool ComparePart(Load load, byte[] value, bool isNegated)
    {
        RuleField? field = (load.Header, load.Offset, _family) switch
        {
            (FieldLayout.NetworkHeader, 12, Nf.ProtocolIPv4) when load.Length < 4 => RuleField.Source4,
            (FieldLayout.NetworkHeader, 16, Nf.ProtocolIPv4) when load.Length < 4 => RuleField.Destination4,
            (FieldLayout.NetworkHeader, 8, Nf.ProtocolIPv6) when load.Length < 16 => RuleField.Source6,
            (FieldLayout.NetworkHeader, 24, Nf.ProtocolIPv6) when load.Length < 16 => RuleField.Destination6,
            _ => null,
        };
        return field is { } known && load.Length > 0 && Prefix(FieldLayout.Of(known), value, load.Length * 8, isNegated);
    }

    private bool CompareJoined(Load load, byte[] value)
    {
        (RuleField, RuleField)? fields = (load.Header, load.Offset, load.Length, _protocol) switch
        {
            (FieldLayout.TransportHeader, 0, 4, not (1 or 58)) => (RuleField.SourcePort, RuleField.DestinationPort),
            (FieldLayout.TransportHeader, 0, 2, 1) => (RuleField.IcmpType, RuleField.IcmpCode),
            (FieldLayout.TransportHeader, 0, 2, 58) => (RuleField.Icmp6Type, RuleField.Icmp6Code),
            _ => null,
        };
        if (fields is not var (first, second))
        {
            return false;
        }

        int half = load.Length / 2;
        return FieldValue.Read([first], false, value.AsSpan(0, half), value.AsSpan(0, half)) is { } one
            && FieldValue.Read([second], false, value.AsSpan(half), value.AsSpan(half)) is { } two
            && Add(new RuleStatement.Match(first, [one])) && Add(new RuleStatement.Match(second, [two]));
    }

    private bool Range(NetlinkReader data)
    {
        uint source = 0, operation = 0;
        byte[] from = [], to = [];
        while (data.MoveNext())
        {
            switch (data.Type)
            {
                case NftAttribute.RangeSource:
                    source = data.UInt32;
                    break;
                case NftAttribute.RangeOperation:
                    operation = data.UInt32;
                    break;
                case NftAttribute.RangeFrom:
                    from = Value(data.Nested);
                    break;
                case NftAttribute.RangeTo:
                    to = Value(data.Nested);
                    break;
                default:
                    return false;
            }
        }

        return _low is null && Single() is { } load && (source == Nf.Register1 || source == Nf.Register32)
            && Between(load, from, to, isNegated: operation == NftAttribute.CompareNotEqual);
    }

    private bool Between(Load load, byte[] from, byte[] to, bool isNegated) =>
        load is { Layout: { } layout, Mask: null } && from.Length == layout.Length && to.Length == layout.Length
        && layout.IsTurnedForOrder == load.IsTurned && from.AsSpan().SequenceCompareTo(to) <= 0
        && FieldValue.Read([layout.Field], load.IsTurned, from, to) is { } range && Add(new RuleStatement.Match(layout.Field, [range], isNegated));
}
