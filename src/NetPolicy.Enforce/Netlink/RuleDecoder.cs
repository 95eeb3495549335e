using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce.Netlink;

/// <summary>
/// Reads a rule's expressions back into statements. What a comparison depends on becomes a condition of its own, so that equal expressions give equal statements
/// however the rule was written. Anything the product would not write makes the rule foreign.
/// </summary>
internal sealed class RuleDecoder
{
    private readonly Func<string, uint, LoadedSet?> _setOf;
    private readonly List<RuleStatement> _statements = [];
    private readonly List<Load> _loads = [];
    private byte[]? _low;
    private uint? _immediate;
    private (RuleField Field, string Map)? _found;
    private byte _family;
    private int _protocol;

    /// <param name="setOf">The set of a name, or of a number within the transaction if that is not 0.</param>
    public RuleDecoder(Func<string, uint, LoadedSet?> setOf)
    {
        _setOf = setOf;
    }

    public ulong Packets { get; private set; }

    public ulong Bytes { get; private set; }

    public int Counters { get; private set; }

    /// <summary>Reads expressions. Returns null, and why in <paramref name="whyForeign"/>, if they are not the product's.</summary>
    public RuleLine? Read(NetlinkReader expressions, string? comment, out string whyForeign)
    {
        _statements.Clear();
        _loads.Clear();
        (_low, _immediate, _found, _family, _protocol) = (null, null, null, 0, -1);
        (Packets, Bytes, Counters) = (0, 0, 0);
        whyForeign = "";
        while (expressions.MoveNext())
        {
            string name = "";
            NetlinkReader data = default;
            NetlinkReader parts = expressions.Nested;
            while (parts.MoveNext())
            {
                if (parts.Type == NftAttribute.ExpressionName)
                {
                    name = parts.Text;
                }
                else if (parts.Type == NftAttribute.ExpressionData)
                {
                    data = parts.Nested;
                }
            }

            // Counters are read even of rules that are not the product's.
            if (!TryRead(name, data) && whyForeign.Length == 0)
            {
                whyForeign = $"expression `{name}`";
            }
        }

        if (whyForeign.Length == 0 && !IsIdle)
        {
            whyForeign = "an expression without use";
        }

        return whyForeign.Length == 0 ? new RuleLine([.. _statements], comment) : null;
    }

    private bool IsIdle => _loads.Count == 0 && _low is null && _immediate is null && _found is null;

    private bool TryRead(string name, NetlinkReader data) => name switch
    {
        "meta" => Meta(data),
        "ct" => Connection(data),
        "payload" => Payload(data),
        "byteorder" => ByteOrder(data),
        "bitwise" => Bitwise(data),
        "cmp" => Compare(data),
        "range" => Range(data),
        "lookup" => Lookup(data),
        "immediate" => Immediate(data),
        "counter" => Counter(data),
        "limit" => Limit(data),
        "log" => Log(data),
        "notrack" => IsIdle && Add(RuleStatement.NoTrack.Instance),
        "reject" => Reject(data),
        _ => false,
    };

    private bool Add(RuleStatement statement)
    {
        _statements.Add(statement);
        _loads.Clear();
        (_low, _immediate, _found) = (null, null, null);
        if (statement is RuleStatement.Match { IsNegated: false, Values: { Count: 1 } values } match)
        {
            if (match.Field == RuleField.Family)
            {
                _family = values[0] is RuleValue.Keyword { Word: "ipv4" } ? Nf.ProtocolIPv4 : Nf.ProtocolIPv6;
            }
            else if (match.Field == RuleField.LinkProtocol)
            {
                _family = FieldLayout.FamilyOf(((RuleValue.Octets)values[0]).Value);
            }
            else if (values[0] is RuleValue.Transport transport)
            {
                _protocol = transport.Protocol.Number;
            }
        }

        return true;
    }

    private bool Meta(NetlinkReader data)
    {
        uint? target = null, source = null, key = null;
        while (data.MoveNext())
        {
            switch (data.Type)
            {
                case NftAttribute.MetaTarget:
                    target = data.UInt32;
                    break;
                case NftAttribute.MetaSource:
                    source = data.UInt32;
                    break;
                case NftAttribute.MetaKey:
                    key = data.UInt32;
                    break;
                default:
                    return false;
            }
        }

        return key is { } number && FieldLayout.OfMeta(number) is { } layout && LoadOrSet(layout, target, source);
    }

    private bool Connection(NetlinkReader data)
    {
        uint? target = null, source = null, key = null;
        while (data.MoveNext())
        {
            switch (data.Type)
            {
                case NftAttribute.ConnectionTarget:
                    target = data.UInt32;
                    break;
                case NftAttribute.ConnectionSource:
                    source = data.UInt32;
                    break;
                case NftAttribute.ConnectionKey:
                    key = data.UInt32;
                    break;
                default:
                    return false;
            }
        }

        return key is { } number && FieldLayout.OfConnection(number) is { } layout && LoadOrSet(layout, target, source);
    }

    private bool LoadOrSet(FieldLayout layout, uint? target, uint? source)
    {
        if (target is { } register && source is null)
        {
            return AddLoad(new Load { Layout = layout, Length = layout.Length, Register = register });
        }

        if (source != Nf.Register1 || target is not null)
        {
            return false;
        }

        if (layout.Field == RuleField.Identity)
        {
            return _immediate is { } number && _loads.Count == 0 && _found is null ? Add(new RuleStatement.SetIdentity(number))
                : _found is { } found && _immediate is null ? Add(new RuleStatement.FindIdentity(found.Field, found.Map))
                : false;
        }

        return layout.Type == 0x13 && _immediate is null && _found is null && Single() is { IsTurned: false } load
            && load.Layout == layout && load.Mask is { } mask && (load.Xor & MemoryMarshal.Read<uint>(mask)) == 0
            && Add(SetBits(layout.Field, MemoryMarshal.Read<uint>(mask), load.Xor));
    }

    private static RuleStatement.SetBits SetBits(RuleField field, uint mask, uint added) =>
        new(field, mask == ~added ? uint.MaxValue : mask, added);

    private bool Payload(NetlinkReader data)
    {
        Load load = new();
        while (data.MoveNext())
        {
            switch (data.Type)
            {
                case NftAttribute.PayloadTarget:
                    load.Register = data.UInt32;
                    break;
                case NftAttribute.PayloadBase:
                    load.Header = data.UInt32;
                    break;
                case NftAttribute.PayloadOffset:
                    load.Offset = (int)Math.Min(data.UInt32, 1000);
                    break;
                case NftAttribute.PayloadLength:
                    load.Length = (int)Math.Min(data.UInt32, 1000);
                    break;
                default:
                    return false;
            }
        }

        load.Layout = FieldOf(load);
        return AddLoad(load);
    }

    private bool AddLoad(Load load)
    {
        if (_low is not null || _immediate is not null || _found is not null)
        {
            return false;
        }

        int at = 0;
        foreach (Load before in _loads)
        {
            at += (before.Length + 3) & ~3;
        }

        uint expected = at % 16 == 0 ? Nf.Register1 + (uint)(at / 16) : Nf.Register32 + (uint)(at / 4);
        if (load.Register != expected && load.Register != Nf.Register32 + (uint)(at / 4))
        {
            return false;
        }

        _loads.Add(load);
        return true;
    }

    // The field a load reads, by what the rule has asked of the packet before; null if it reads a part of one, or several.
    private FieldLayout? FieldOf(Load load)
    {
        RuleField? field = (load.Header, load.Offset, load.Length) switch
        {
            (FieldLayout.NetworkHeader, 12, 4) when _family == Nf.ProtocolIPv4 => RuleField.Source4,
            (FieldLayout.NetworkHeader, 16, 4) when _family == Nf.ProtocolIPv4 => RuleField.Destination4,
            (FieldLayout.NetworkHeader, 8, 16) when _family == Nf.ProtocolIPv6 => RuleField.Source6,
            (FieldLayout.NetworkHeader, 24, 16) when _family == Nf.ProtocolIPv6 => RuleField.Destination6,
            (FieldLayout.NetworkHeader, 7, 1) when _family == Nf.ProtocolIPv6 => RuleField.HopLimit,
            (FieldLayout.LinkHeader, 0, 6) => RuleField.LinkDestination,
            (FieldLayout.LinkHeader, 6, 6) => RuleField.LinkSource,
            (FieldLayout.LinkHeader, 12, 2) => RuleField.LinkProtocol,
            (FieldLayout.NetworkHeader, 0, 8) when _family == Nf.ProtocolArp => RuleField.ArpHead,
            (FieldLayout.NetworkHeader, 8, 6) when _family == Nf.ProtocolArp => RuleField.ArpSenderLink,
            (FieldLayout.NetworkHeader, 14, 4) when _family == Nf.ProtocolArp => RuleField.ArpSender4,
            (FieldLayout.NetworkHeader, 4, 2) when _family == Nf.ProtocolIPv6 => RuleField.Length6,
            (FieldLayout.TransportHeader, 8, 16) when _protocol == 58 => RuleField.NeighbourTarget,
            (FieldLayout.TransportHeader, 24, 8) when _protocol == 58 => RuleField.NeighbourOption,
            (FieldLayout.TransportHeader, 8, 8) when _protocol == 58 => RuleField.RouterOption,
            (FieldLayout.TransportHeader, 0, 1) when _protocol == 1 => RuleField.IcmpType,
            (FieldLayout.TransportHeader, 1, 1) when _protocol == 1 => RuleField.IcmpCode,
            (FieldLayout.TransportHeader, 0, 1) when _protocol == 58 => RuleField.Icmp6Type,
            (FieldLayout.TransportHeader, 1, 1) when _protocol == 58 => RuleField.Icmp6Code,
            (FieldLayout.TransportHeader, 0, 2) when _protocol is not (1 or 58) => RuleField.SourcePort,
            (FieldLayout.TransportHeader, 2, 2) => RuleField.DestinationPort,
            _ => null,
        };
        return field is { } known ? FieldLayout.Of(known) : null;
    }

    private Load? Single() => _loads.Count == 1 ? _loads[0] : null;

    private bool ByteOrder(NetlinkReader data)
    {
        uint source = 0, target = 0, operation = 0, length = 0, size = 0;
        while (data.MoveNext())
        {
            switch (data.Type)
            {
                case NftAttribute.OrderSource:
                    source = data.UInt32;
                    break;
                case NftAttribute.OrderTarget:
                    target = data.UInt32;
                    break;
                case NftAttribute.OrderOperation:
                    operation = data.UInt32;
                    break;
                case NftAttribute.OrderLength:
                    length = data.UInt32;
                    break;
                case NftAttribute.OrderSize:
                    size = data.UInt32;
                    break;
                default:
                    return false;
            }
        }

        if (_loads.Count == 0 || _loads[^1] is not { IsTurned: false, Mask: null, Layout: { IsTurnedForOrder: true } layout } load
            || source != target || source != load.Register || operation != NftAttribute.OrderToNetwork
            || length != layout.Length || size != (layout.Length == 1 ? 2 : layout.Length))
        {
            return false;
        }

        load.IsTurned = true;
        return true;
    }

    private bool Bitwise(NetlinkReader data)
    {
        byte[] mask = [], xor = [];
        uint source = 0, target = 0, length = 0;
        while (data.MoveNext())
        {
            switch (data.Type)
            {
                case NftAttribute.BitwiseSource:
                    source = data.UInt32;
                    break;
                case NftAttribute.BitwiseTarget:
                    target = data.UInt32;
                    break;
                case NftAttribute.BitwiseLength:
                    length = data.UInt32;
                    break;
                case NftAttribute.BitwiseMask:
                    mask = Value(data.Nested);
                    break;
                case NftAttribute.BitwiseXor:
                    xor = Value(data.Nested);
                    break;
                case NftAttribute.BitwiseOperation when data.UInt32 == 0:
                    break;
                default:
                    return false;
            }
        }

        if (Single() is not { Mask: null, IsTurned: false, Layout: not null } load || source != Nf.Register1 || target != Nf.Register1
            || length != load.Length || mask.Length != load.Length || xor.Length != load.Length)
        {
            return false;
        }

        load.Mask = mask;
        if (load.Length == 4)
        {
            load.Xor = MemoryMarshal.Read<uint>(xor);
            return true;
        }

        return !xor.AsSpan().ContainsAnyExcept((byte)0);
    }

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

    private bool Lookup(NetlinkReader data)
    {
        string name = "";
        uint source = 0, id = 0, flags = 0;
        uint? target = null;
        while (data.MoveNext())
        {
            switch (data.Type)
            {
                case NftAttribute.LookupSet:
                    name = data.Text;
                    break;
                case NftAttribute.LookupSource:
                    source = data.UInt32;
                    break;
                case NftAttribute.LookupTarget:
                    target = data.UInt32;
                    break;
                case NftAttribute.LookupSetId:
                    id = data.UInt32;
                    break;
                case NftAttribute.LookupFlags:
                    flags = data.UInt32;
                    break;
                default:
                    return false;
            }
        }

        if (_setOf(name, id) is not { } set || set.WhyForeign.Length > 0 || (source != Nf.Register1 && source != Nf.Register32) || _low is not null
            || _loads.Count != set.Fields.Length || flags > NftAttribute.LookupInverted)
        {
            return false;
        }

        RuleField[] fields = new RuleField[_loads.Count];
        for (int i = 0; i < fields.Length; i++)
        {
            if (_loads[i] is not { Layout: { } layout, Mask: null } load || layout.Type != FieldLayout.Of(set.Fields[i]).Type
                || load.IsTurned != (set.IsInterval && layout.IsTurnedForOrder && (fields.Length > 1 || layout.Length > 1)))
            {
                return false;
            }

            fields[i] = layout.Field;
        }

        return Lookup(set, fields, target, flags == NftAttribute.LookupInverted);
    }

    private bool Lookup(LoadedSet set, RuleField[] fields, uint? target, bool isInverted)
    {
        if (target is null && (set.Flags & Nf.SetMap) == 0)
        {
            if (!set.IsAnonymous)
            {
                return Add(new RuleStatement.MatchSet([.. fields], set.Name, isInverted));
            }

            RuleValue[] values = [.. set.Elements().Select(e => e.Key)];
            return fields.Length == 1 && values.Length > 0 && set.WhyForeign.Length == 0 && Add(new RuleStatement.Match(fields[0], [.. values], isInverted));
        }

        if (target == Nf.RegisterVerdict && set.IsVerdictMap && !isInverted)
        {
            if (!set.IsAnonymous)
            {
                return Add(new RuleStatement.Dispatch([.. fields], set.Name));
            }

            RuleElement[] entries = [.. set.Elements()];
            return fields.Length == 1 && entries.Length > 0 && set.WhyForeign.Length == 0 && Add(new RuleStatement.Switch(fields[0], [.. entries]));
        }

        if ((target == Nf.Register1 || target == Nf.Register32) && set.IsIdentityMap && !set.IsAnonymous && !isInverted && fields.Length == 1)
        {
            _loads.Clear();
            _found = (fields[0], set.Name);
            return true;
        }

        return false;
    }

    private bool Immediate(NetlinkReader data)
    {
        uint target = uint.MaxValue;
        RuleVerdict? verdict = null;
        byte[] value = [];
        while (data.MoveNext())
        {
            if (data.Type == NftAttribute.ImmediateTarget)
            {
                target = data.UInt32;
            }
            else if (data.Type == NftAttribute.ImmediateData)
            {
                NetlinkReader parts = data.Nested;
                while (parts.MoveNext())
                {
                    if (parts.Type == NftAttribute.DataVerdict)
                    {
                        verdict = LoadedVerdict.Read(parts.Nested);
                    }
                    else if (parts.Type == NftAttribute.DataValue)
                    {
                        value = parts.Value.ToArray();
                    }
                }
            }
            else
            {
                return false;
            }
        }

        if (!IsIdle)
        {
            return false;
        }

        if (target == Nf.RegisterVerdict && verdict is { } where)
        {
            return Add(new RuleStatement.Go(where));
        }

        if ((target != Nf.Register1 && target != Nf.Register32) || value.Length != 4)
        {
            return false;
        }

        _immediate = MemoryMarshal.Read<uint>(value);
        return true;
    }

    private bool Counter(NetlinkReader data)
    {
        while (data.MoveNext())
        {
            if (data.Type == NftAttribute.CounterPackets)
            {
                Packets += data.UInt64;
            }
            else if (data.Type == NftAttribute.CounterBytes)
            {
                Bytes += data.UInt64;
            }
        }

        Counters++;
        return IsIdle && Add(RuleStatement.Counter.Instance);
    }

    private bool Limit(NetlinkReader data)
    {
        ulong rate = 0;
        uint burst = 0;
        while (data.MoveNext())
        {
            switch (data.Type)
            {
                case NftAttribute.LimitRate:
                    rate = data.UInt64;
                    break;
                case NftAttribute.LimitBurst:
                    burst = data.UInt32;
                    break;
                case NftAttribute.LimitUnit when data.UInt64 == 1:
                case NftAttribute.LimitType when data.UInt32 == 0:
                case NftAttribute.LimitFlags when data.UInt32 == 0:
                    break;
                default:
                    return false;
            }
        }

        return IsIdle && rate is > 0 and <= uint.MaxValue && Add(new RuleStatement.Limit((uint)rate, burst));
    }

    private bool Log(NetlinkReader data)
    {
        string prefix = "";
        ushort? group = null;
        while (data.MoveNext())
        {
            switch (data.Type)
            {
                case NftAttribute.LogPrefix:
                    prefix = data.Text;
                    break;
                case NftAttribute.LogGroup:
                    group = data.UInt16;
                    break;
                case NftAttribute.LogLevel when data.UInt32 == 4:
                case NftAttribute.LogSnapLength when data.UInt32 == 0:
                case NftAttribute.LogThreshold when data.UInt16 == 0:
                case NftAttribute.LogFlags when data.UInt32 == 0:
                    break;
                default:
                    return false;
            }
        }

        return IsIdle && Add(new RuleStatement.Log(prefix, group));
    }

    private bool Reject(NetlinkReader data)
    {
        uint type = uint.MaxValue;
        byte code = 0;
        while (data.MoveNext())
        {
            switch (data.Type)
            {
                case NftAttribute.RejectType:
                    type = data.UInt32;
                    break;
                case NftAttribute.RejectCode:
                    code = data.UInt8;
                    break;
                default:
                    return false;
            }
        }

        return IsIdle && (type, code) switch
        {
            (NftAttribute.RejectReset, 0) => Add(new RuleStatement.Reject(IsReset: true)),
            (NftAttribute.RejectAnyFamily, NftAttribute.RejectProhibited) => Add(new RuleStatement.Reject(IsReset: false)),
            _ => false,
        };
    }

    private static byte[] Value(NetlinkReader data)
    {
        while (data.MoveNext())
        {
            if (data.Type == NftAttribute.DataValue)
            {
                return data.Value.ToArray();
            }
        }

        return [];
    }

    /// <summary>What lies in a register.</summary>
    private sealed class Load
    {
        public FieldLayout? Layout { get; set; }

        public uint Register { get; set; }

        public uint Header { get; set; }

        public int Offset { get; set; }

        public int Length { get; set; }

        public bool IsTurned { get; set; }

        public byte[]? Mask { get; set; }

        public uint Xor { get; set; }
    }
}
