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
internal sealed partial class RuleDecoder
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
