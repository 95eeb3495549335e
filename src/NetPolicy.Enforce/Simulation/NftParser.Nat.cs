using System.Globalization;

namespace NetPolicy.Enforce.Simulation;

/// <summary>Translation statements.</summary>
internal sealed partial class NftParser
{
    private void ParseNat()
    {
        int position = Current.Start;
        string verb = TakeWord();
        NatKind kind = verb switch
        {
            "dnat" => NatKind.Destination,
            "snat" => NatKind.Source,
            "masquerade" => NatKind.Masquerade,
            _ => NatKind.Redirect,
        };
        rule.IsTerminated = true;
        PacketFamily? family = ParseNatFamily();
        if (NextIs("addr"))
        {
            Expect("addr");
            Expect(".");
            Expect("port");
        }

        NftValueSource? source = null;
        ushort? port = null;
        if (kind is NatKind.Destination or NatKind.Source)
        {
            Expect("to");
            source = ParseNatTarget(family, position, ref port);
        }
        else if (TakeIf("to"))
        {
            port = ParseNatPort(ExpectWord("a port such as `:8080`"), position);
        }

        string flags = "";
        while (true)
        {
            flags += PeekWord() is "random" or "fully-random" or "persistent" ? $" {TakeWord()}" : "";
            if (!TakeComma() && PeekWord() is not ("random" or "fully-random" or "persistent"))
            {
                break;
            }
        }

        string portText = port is null ? "" : string.Create(CultureInfo.InvariantCulture, $" port {port}");
        Emit(new NatInstruction(kind, source, port, $"{verb} {source?.Describe()}{portText}{flags}"));
    }

    private PacketFamily? ParseNatFamily()
    {
        PacketFamily? family = PeekWord() switch
        {
            "ip" => PacketFamily.IPv4,
            "ip6" => PacketFamily.IPv6,
            _ => null,
        };
        cursor += family is null ? 0 : 1;
        return family;
    }

    /// <summary>An address with an optional port, or fields and a map to an address with an optional port.</summary>
    private NftValueSource ParseNatTarget(PacketFamily? family, int position, ref ushort? port)
    {
        if (AtField())
        {
            NftOperand[] operands = ParseConcatenation();
            family ??= rule.Network;
            Expect("map");
            return new MapSource(operands, ParseNatMap(operands, AddressType(family, position)));
        }

        string word = ExpectWord("an address");
        ReadOnlySpan<char> address = word;
        if (word.StartsWith('['))
        {
            int close = word.IndexOf(']', StringComparison.Ordinal);
            address = close < 0 ? word : word.AsSpan(1, close - 1);
            port = close >= 0 && close + 1 < word.Length ? ParseNatPort(word[(close + 1)..], position) : null;
        }
        else if (word.Contains('.', StringComparison.Ordinal) && word.IndexOf(':', StringComparison.Ordinal) is >= 0 and int colon)
        {
            address = word.AsSpan(0, colon);
            port = ParseNatPort(word[colon..], position);
        }

        int dash = address.IndexOf('-');
        address = dash < 0 ? address : address[..dash];
        if (family != PacketFamily.IPv6 && PacketAddress.TryParseIPv4(address, out UInt128 value))
        {
            RequireNetwork(PacketFamily.IPv4, position);
            return new ConstantSource(NftType.IPv4Address, value);
        }

        if (family != PacketFamily.IPv4 && PacketAddress.TryParseIPv6(address, out value))
        {
            RequireNetwork(PacketFamily.IPv6, position);
            return new ConstantSource(NftType.IPv6Address, value);
        }

        throw Error(position, $"found `{word}`, expected an address with an optional `:port`");
    }

    private NftSetReference ParseNatMap(NftOperand[] operands, NftType address)
    {
        if (NextIsReference())
        {
            return ParseSetReference(operands, [address]);
        }

        int start = cursor;
        try
        {
            return ParseSetReference(operands, [address, NftType.Port]);
        }
        catch (NftSyntaxException)
        {
            cursor = start;
            return ParseSetReference(operands, [address]);
        }
    }

    private NftType AddressType(PacketFamily? family, int position) => family switch
    {
        PacketFamily.IPv4 => NftType.IPv4Address,
        PacketFamily.IPv6 => NftType.IPv6Address,
        _ => throw Error(position, "found a translation of an unknown family, expected `ip` or `ip6` before `to`"),
    };

    private ushort ParseNatPort(string word, int position)
    {
        ReadOnlySpan<char> digits = word.AsSpan(word.StartsWith(':') ? 1 : 0);
        int dash = digits.IndexOf('-');
        return word.StartsWith(':') && NftNumber.TryParse(dash < 0 ? digits : digits[..dash], out ulong value) && value <= ushort.MaxValue
            ? (ushort)value
            : throw Error(position, $"found port `{word}`, expected a port such as `:8080`");
    }
}
