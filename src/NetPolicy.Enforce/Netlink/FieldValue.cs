using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using NetPolicy.Addresses;
using NetPolicy.Enforce.Bridges;
using NetPolicy.Enforce.Rules;
using NetPolicy.Ports;

namespace NetPolicy.Enforce.Netlink;

/// <summary>Values of fields as the bytes the kernel compares, and back.</summary>
internal static class FieldValue
{
    private static readonly (string Word, uint Bits)[] s_states = [("invalid", 1), ("established", 2), ("related", 4), ("new", 8), ("untracked", 64)];

    private static readonly (string Word, uint Bits)[] s_statuses =
        [("expected", 1), ("seen-reply", 2), ("assured", 4), ("confirmed", 8), ("snat", 16), ("dnat", 32), ("dying", 512)];

    /// <summary>True if the value is more than one.</summary>
    public static bool IsRange(RuleValue value) => value switch
    {
        RuleValue.Addresses addresses => addresses.Range.First != addresses.Range.Last,
        RuleValue.Ports ports => ports.Range.First != ports.Range.Last,
        RuleValue.Bytes bytes => bytes.First != bytes.Last,
        RuleValue.Interface name => name.IsPrefix,
        RuleValue.Joined joined => joined.Parts.AsEnumerable().Any(IsRange),
        _ => false,
    };

    /// <summary>Writes the lowest and the highest key of a value.</summary>
    /// <param name="fields">The key's fields.</param>
    /// <param name="value">One value, or as many as there are fields.</param>
    /// <param name="isTurned">True if numbers are to be in network order even where packets have them in the machine's.</param>
    /// <param name="first">Takes the lowest key; as long as <see cref="FieldLayout.LengthOf"/> says.</param>
    /// <param name="last">Takes the highest.</param>
    public static void Write(ReadOnlySpan<RuleField> fields, RuleValue value, bool isTurned, Span<byte> first, Span<byte> last)
    {
        first.Clear();
        last.Clear();
        if (fields.Length == 1)
        {
            Write(FieldLayout.Of(fields[0]), value, isTurned, first, last);
            return;
        }

        if (value is not RuleValue.Joined joined || joined.Parts.Count != fields.Length)
        {
            throw new ArgumentException("a key of several fields needs a value for each", nameof(value));
        }

        int at = 0;
        for (int i = 0; i < fields.Length; i++)
        {
            FieldLayout layout = FieldLayout.Of(fields[i]);
            Write(layout, joined.Parts[i], isTurned, first.Slice(at, layout.Length), last.Slice(at, layout.Length));
            at += layout.PaddedLength;
        }
    }

    /// <summary>The value between two keys; null if the field has none such.</summary>
    public static RuleValue? Read(ReadOnlySpan<RuleField> fields, bool isTurned, ReadOnlySpan<byte> first, ReadOnlySpan<byte> last)
    {
        if (first.Length != FieldLayout.LengthOf(fields) || last.Length != first.Length)
        {
            return null;
        }

        if (fields.Length == 1)
        {
            return Read(FieldLayout.Of(fields[0]), isTurned, first, last);
        }

        RuleValue[] parts = new RuleValue[fields.Length];
        int at = 0;
        for (int i = 0; i < fields.Length; i++)
        {
            FieldLayout layout = FieldLayout.Of(fields[i]);
            if (Read(layout, isTurned, first.Slice(at, layout.Length), last.Slice(at, layout.Length)) is not { } part
                || first[(at + layout.Length)..(at + layout.PaddedLength)].ContainsAnyExcept((byte)0))
            {
                return null;
            }

            parts[i] = part;
            at += layout.PaddedLength;
        }

        return RuleValue.Join(parts);
    }

    private static void Write(FieldLayout layout, RuleValue value, bool isTurned, Span<byte> first, Span<byte> last)
    {
        switch (value)
        {
            case RuleValue.Addresses addresses when layout.Type is 7 or 8:
                Write(layout, addresses.Range.First, first);
                Write(layout, addresses.Range.Last, last);
                break;
            case RuleValue.Ports ports when layout.Type == 0x0d:
                BinaryPrimitives.WriteUInt16BigEndian(first, ports.Range.First);
                BinaryPrimitives.WriteUInt16BigEndian(last, ports.Range.Last);
                break;
            case RuleValue.Transport transport when layout.Field == RuleField.Protocol:
                first[0] = last[0] = transport.Protocol.Number;
                break;
            case RuleValue.Bytes bytes when layout.Length == 1 && layout.Source == FieldSource.Payload:
                first[0] = bytes.First;
                last[0] = bytes.Last;
                break;
            case RuleValue.Interface name when layout.IsName:
                Write(name, first, last);
                break;
            case RuleValue.Identity identity when layout.Field == RuleField.Identity:
                Write(identity.Number, isTurned, first, last);
                break;
            case RuleValue.Mark mark when layout.Type == 0x13:
                Write(mark.Value, isTurned, first, last);
                break;
            case RuleValue.LinkAddress link when layout.Type == 0x09:
                Write(link.Address.Value, first, last);
                break;
            case RuleValue.Octets wide when layout is { Source: FieldSource.Payload, Length: 2 or 8, Type: 0x04 or 0x0a }:
                Write(wide.Value, first, last);
                break;
            case RuleValue.Keyword keyword:
                uint number = Number(layout, keyword.Word);
                if (layout.Length == 1)
                {
                    first[0] = last[0] = (byte)number;
                }
                else
                {
                    Write(number, isTurned, first, last);
                }

                break;
            default:
                throw new ArgumentException($"{layout.Field} has no value `{value}`", nameof(value));
        }
    }

    // The lowest bytes of the number, the first of them highest.
    private static void Write(ulong number, Span<byte> first, Span<byte> last)
    {
        for (int i = first.Length - 1; i >= 0; i--, number >>= 8)
        {
            first[i] = last[i] = (byte)number;
        }

        if (number != 0)
        {
            throw new ArgumentException("a number has more bytes than its field", nameof(number));
        }
    }

    private static void Write(FieldLayout layout, IpAddress address, Span<byte> place)
    {
        if (layout.Type == 7 && address.Family == IpFamily.IPv4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(place, (uint)address.Value);
        }
        else if (layout.Type == 8 && address.Family == IpFamily.IPv6)
        {
            BinaryPrimitives.WriteUInt128BigEndian(place, address.Value);
        }
        else
        {
            throw new ArgumentException($"{layout.Field} has no address `{address}`", nameof(address));
        }
    }

    private static void Write(RuleValue.Interface name, Span<byte> first, Span<byte> last)
    {
        // Names are checked when a ruleset is compiled; this is the last gate.
        if (!InterfaceNames.IsSafe(name.Name))
        {
            throw new InvalidOperationException("an interface name that was not checked reached the writer");
        }

        Encoding.ASCII.GetBytes(name.Name, first);
        first.CopyTo(last);
        if (name.IsPrefix)
        {
            last[name.Name.Length..].Fill(0xff);
        }
    }

    private static void Write(uint number, bool isTurned, Span<byte> first, Span<byte> last)
    {
        uint stored = isTurned ? BinaryPrimitives.ReverseEndianness(number) : number;
        MemoryMarshal.Write(first, BitConverter.IsLittleEndian ? stored : number);
        first.CopyTo(last);
    }

    private static uint Number(FieldLayout layout, string word)
    {
        (string Word, uint Bits)[]? words = WordsOf(layout.Field);
        if (words is null)
        {
            return layout.Field == RuleField.InInterfaceIndex && uint.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out uint index)
                ? index
                : throw new ArgumentException($"{layout.Field} has no value `{word}`", nameof(word));
        }

        int at = Array.FindIndex(words, w => w.Word == word);
        return at >= 0 ? words[at].Bits : throw new ArgumentException($"{layout.Field} has no value `{word}`", nameof(word));
    }

    private static (string Word, uint Bits)[]? WordsOf(RuleField field) => field switch
    {
        RuleField.Family => [("ipv4", Nf.ProtocolIPv4), ("ipv6", Nf.ProtocolIPv6)],
        RuleField.ConnectionDirection => [("original", 0), ("reply", 1)],
        RuleField.ConnectionState => s_states,
        RuleField.ConnectionStatus => s_statuses,
        _ => null,
    };

    private static RuleValue? Read(FieldLayout layout, bool isTurned, ReadOnlySpan<byte> first, ReadOnlySpan<byte> last)
    {
        bool isOne = first.SequenceEqual(last);
        switch (layout.Field)
        {
            case RuleField.LinkSource or RuleField.LinkDestination or RuleField.ArpSenderLink:
                return isOne ? new RuleValue.LinkAddress(MacAddress.FromBytes(first)) : null;
            case RuleField.LinkProtocol or RuleField.Length6 or RuleField.ArpHead or RuleField.NeighbourOption or RuleField.RouterOption:
                return isOne ? new RuleValue.Octets(NumberOf(first)) : null;
            case RuleField.Source4 or RuleField.Destination4 or RuleField.ArpSender4:
                return new RuleValue.Addresses(new IpRange(
                    IpAddress.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(first)), IpAddress.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(last))));
            case RuleField.Source6 or RuleField.Destination6 or RuleField.NeighbourTarget:
                return new RuleValue.Addresses(new IpRange(
                    IpAddress.FromIPv6(BinaryPrimitives.ReadUInt128BigEndian(first)), IpAddress.FromIPv6(BinaryPrimitives.ReadUInt128BigEndian(last))));
            case RuleField.SourcePort or RuleField.DestinationPort:
                ushort low = BinaryPrimitives.ReadUInt16BigEndian(first), high = BinaryPrimitives.ReadUInt16BigEndian(last);
                return low <= high ? new RuleValue.Ports(new PortRange(low, high)) : null;
            case RuleField.IcmpType or RuleField.IcmpCode or RuleField.Icmp6Type or RuleField.Icmp6Code or RuleField.HopLimit:
                return new RuleValue.Bytes(first[0], last[0]);
            case RuleField.InInterface or RuleField.OutInterface:
                return Name(first, last);
            case RuleField.Protocol:
                return isOne ? new RuleValue.Transport(new Protocol(first[0])) : null;
            default:
                return isOne ? Word(layout, layout.Length == 1 ? first[0] : Number(first, isTurned)) : null;
        }
    }

    private static RuleValue? Word(FieldLayout layout, uint number)
    {
        switch (layout.Field)
        {
            case RuleField.Identity:
                return new RuleValue.Identity(number);
            case RuleField.ConnectionMark or RuleField.PacketMark:
                return new RuleValue.Mark(number);
            case RuleField.InInterfaceIndex:
                return new RuleValue.Keyword(number.ToString(CultureInfo.InvariantCulture));
            default:
                (string Word, uint Bits) found = Array.Find(WordsOf(layout.Field) ?? [], w => w.Bits == number);
                return found.Word is { } word ? new RuleValue.Keyword(word) : null;
        }
    }

    private static ulong NumberOf(ReadOnlySpan<byte> bytes)
    {
        ulong number = 0;
        foreach (byte part in bytes)
        {
            number = (number << 8) | part;
        }

        return number;
    }

    private static uint Number(ReadOnlySpan<byte> bytes, bool isTurned) =>
        isTurned ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : MemoryMarshal.Read<uint>(bytes);

    private static RuleValue.Interface? Name(ReadOnlySpan<byte> first, ReadOnlySpan<byte> last)
    {
        int end = first.IndexOf((byte)0);
        if (end <= 0 || first[end..].ContainsAnyExcept((byte)0) || !first[..end].SequenceEqual(last[..end]))
        {
            return null;
        }

        string name = Encoding.Latin1.GetString(first[..end]);
        bool isPrefix = !last[end..].ContainsAnyExcept((byte)0xff);
        return (isPrefix || !last[end..].ContainsAnyExcept((byte)0)) && InterfaceNames.IsSafe(name) ? new RuleValue.Interface(name, isPrefix) : null;
    }
}
