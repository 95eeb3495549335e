using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Enforce.Rules;
using NetPolicy.Ports;

namespace NetPolicy.Enforce.Tests.Netlink;

/// <summary>Tables of every statement, field and value there is, in shapes that nft takes as text.</summary>
internal sealed class RandomTables
{
    private static readonly RuleField[] s_keys4 = [RuleField.Source4, RuleField.Destination4];
    private static readonly RuleField[] s_keys6 = [RuleField.Source6, RuleField.Destination6];
    private static readonly string[] s_chains = ["a", "b"];
    private static readonly string[] s_leaves = ["deny_1", "r_0123456789abcdef"];
    private readonly Random _random;
    private readonly List<RuleSet> _sets = [];
    private bool _isLeaf;
    private readonly List<RuleMap> _maps = [];
    private readonly List<IdentityMap> _identities = [];

    private RandomTables(int seed)
    {
        _random = new Random(seed);
    }

    public static RuleTable Make(int seed) => new RandomTables(seed).Table();

    private RuleTable Table()
    {
        _isLeaf = false;
        foreach (IpFamily family in (IpFamily[])[IpFamily.IPv4, IpFamily.IPv6])
        {
            _identities.Add(Identities($"id_{family}", family, isInterval: false));
            _identities.Add(Identities($"net_{family}", family, isInterval: true));
        }

        RuleField[][] shapes =
        [
            [RuleField.Source4], [RuleField.Destination6], [RuleField.InInterface], [RuleField.Protocol, RuleField.DestinationPort], [RuleField.DestinationPort],
            [RuleField.InInterface, RuleField.Source4], [RuleField.InInterface, RuleField.Source6, RuleField.OutInterface, RuleField.Destination6],
            [RuleField.Identity, RuleField.Protocol, RuleField.DestinationPort], [RuleField.Identity], [RuleField.Identity, RuleField.IcmpType, RuleField.IcmpCode],
            [RuleField.Identity, RuleField.Icmp6Type, RuleField.Icmp6Code], [RuleField.PacketMark], [RuleField.Identity, RuleField.Protocol],
        ];
        for (int i = 0; i < shapes.Length; i++)
        {
            for (int interval = 0; interval < 2; interval++)
            {
                RuleValue[] keys = Keys(shapes[i], interval == 1);
                _sets.Add(new RuleSet($"s{i}_{interval}", [.. shapes[i]], [.. keys], interval == 1));
                RuleElement[] elements = [.. keys.Select(k => new RuleElement(k, Verdict()))];
                _maps.Add(new RuleMap(
                    $"m{i}_{interval}", [.. shapes[i]], [.. elements, .. _random.Next(2) == 0 ? (RuleElement[])[new(RuleValue.Anything.Instance, Verdict())] : []], interval == 1,
                    interval == 0 && _random.Next(2) == 0 ? 100 : 0));
            }
        }

        _isLeaf = true;
        List<RuleChain> chains = [.. s_leaves.Select(name => new RuleChain(name, Rules()))];
        _isLeaf = false;
        chains.AddRange(s_chains.Select(name => new RuleChain(name, Rules())));
        chains.Add(new RuleChain("h_in", Rules(), new RuleHook(RuleHookPoint.Input, 0)));
        chains.Add(new RuleChain("h_pre", Rules(isPrerouting: true), new RuleHook(RuleHookPoint.Prerouting, -300)));
        return new RuleTable("t", "netpol managed table, random", [.. _identities], [.. _sets], [.. _maps], [.. chains]);
    }

    private IdentityMap Identities(string name, IpFamily family, bool isInterval)
    {
        RuleField field = family == IpFamily.IPv4 ? RuleField.Source4 : RuleField.Source6;
        IEnumerable<(IpRange, uint)> elements = Keys([field], isInterval).Select(k => (((RuleValue.Addresses)k).Range, (uint)_random.Next()));
        return new IdentityMap(name, family, [.. elements.OrderBy(e => e.Item1.First)], isInterval);
    }

    private RuleValue[] Keys(RuleField[] fields, bool isInterval)
    {
        // Disjoint in the first field that has enough values.
        int count = _random.Next(5);
        RuleValue[] keys = new RuleValue[count];
        for (int i = 0; i < count; i++)
        {
            RuleValue[] parts = [.. fields.Select(f => Value(f, isInterval, i, count))];
            keys[i] = parts.Length == 1 ? parts[0] : RuleValue.Join(parts);
        }

        return keys;
    }

    // The i-th of count disjoint values.
    private RuleValue Value(RuleField field, bool isRange, int i, int count)
    {
        isRange &= _random.Next(3) > 0;
        switch (field)
        {
            case RuleField.Identity:
                return new RuleValue.Identity((uint)((i * 70000) + 1));
            case RuleField.Protocol:
                return new RuleValue.Transport(new Protocol((byte)(i == 0 ? 6 : i == 1 ? 17 : i == 2 ? 132 : 50 + i)));
            case RuleField.Source4 or RuleField.Destination4:
                uint step = uint.MaxValue / (uint)count;
                uint low = ((uint)i * step) + (_random.Next(2) == 0 ? 0 : (uint)_random.Next(1000));
                uint high = i == count - 1 && _random.Next(2) == 0 ? uint.MaxValue : low + (uint)_random.Next(1 << 20);
                return new RuleValue.Addresses(new IpRange(IpAddress.FromIPv4(low), IpAddress.FromIPv4(isRange ? high : low)));
            case RuleField.Source6 or RuleField.Destination6:
                UInt128 step6 = UInt128.MaxValue / (UInt128)count;
                UInt128 low6 = ((UInt128)i * step6) + (_random.Next(2) == 0 ? 0 : (UInt128)_random.Next(1000));
                UInt128 high6 = i == count - 1 && _random.Next(2) == 0 ? UInt128.MaxValue : low6 + ((UInt128)_random.Next() << _random.Next(64));
                return new RuleValue.Addresses(new IpRange(IpAddress.FromIPv6(low6), IpAddress.FromIPv6(isRange ? high6 : low6)));
            case RuleField.SourcePort or RuleField.DestinationPort:
                int first = (i * 13000) + _random.Next(100);
                return new RuleValue.Ports(new PortRange((ushort)first, (ushort)(isRange ? first + 1 + _random.Next(10000) : first)));
            case RuleField.InInterface or RuleField.OutInterface:
                return new RuleValue.Interface($"if{i}x", isRange);
            case RuleField.PacketMark or RuleField.ConnectionMark:
                return new RuleValue.Mark((uint)(i * 0x01000001));
            case RuleField.IcmpType or RuleField.IcmpCode or RuleField.Icmp6Type or RuleField.Icmp6Code or RuleField.HopLimit:
                byte one = (byte)((i * 40) + _random.Next(10));
                return new RuleValue.Bytes(one, (byte)(isRange ? one + 1 + _random.Next(20) : one));
            case RuleField.ConnectionState:
                return new RuleValue.Keyword(((string[])["new", "established", "related", "invalid", "untracked"])[i]);
            case RuleField.ConnectionStatus:
                return new RuleValue.Keyword(((string[])["dnat", "snat", "confirmed", "assured", "seen-reply"])[i]);
            case RuleField.ConnectionDirection:
                return new RuleValue.Keyword(i == 0 ? "original" : "reply");
            case RuleField.InInterfaceIndex:
                return new RuleValue.Keyword("0");
            case RuleField.Family:
                return new RuleValue.Keyword(i == 0 ? "ipv4" : "ipv6");
            default:
                throw new ArgumentOutOfRangeException(nameof(field));
        }
    }

    // Chains that others lead to lead nowhere, so that there is no loop.
    private RuleVerdict Verdict() => _random.Next(_isLeaf ? 3 : 5) switch
    {
        0 => RuleVerdict.Accept,
        1 => RuleVerdict.Drop,
        2 => RuleVerdict.Return,
        3 => RuleVerdict.Jump("deny_1"),
        _ => RuleVerdict.Goto("r_0123456789abcdef"),
    };

    private EquatableArray<RuleLine> Rules(bool isPrerouting = false) => [.. Enumerable.Range(0, 12).Select(i => Rule(i, isPrerouting))];

    private RuleLine Rule(int number, bool isPrerouting)
    {
        List<RuleStatement> statements = [];
        int family = _random.Next(3), protocol = _random.Next(4);
        if (family > 0 && _random.Next(2) == 0)
        {
            statements.Add(new RuleStatement.Match(RuleField.Family, [new RuleValue.Keyword(family == 1 ? "ipv4" : "ipv6")]));
        }

        if (protocol == 1)
        {
            statements.Add(Is(RuleField.Protocol, new RuleValue.Transport(_random.Next(2) == 0 ? Protocol.Tcp : Protocol.Udp)));
        }

        if (protocol == 2 && family > 0)
        {
            statements.Add(Is(RuleField.Protocol, new RuleValue.Transport(family == 1 ? Protocol.Icmp : Protocol.IcmpV6)));
        }

        RuleField[] plain = [RuleField.InInterface, RuleField.OutInterface, RuleField.Identity, RuleField.ConnectionState, RuleField.ConnectionStatus, RuleField.ConnectionDirection, RuleField.PacketMark, RuleField.ConnectionMark, RuleField.InInterfaceIndex];
        foreach (RuleField field in plain.Where(_ => _random.Next(6) == 0))
        {
            statements.Add(Some(field));
        }

        if (family > 0)
        {
            foreach (RuleField field in (family == 1 ? s_keys4 : s_keys6).Where(_ => _random.Next(3) == 0))
            {
                statements.Add(Some(field));
            }

            if (family == 2 && _random.Next(4) == 0)
            {
                statements.Add(Some(RuleField.HopLimit));
            }
        }

        if (protocol == 2 && family > 0)
        {
            RuleField type = family == 1 ? RuleField.IcmpType : RuleField.Icmp6Type, code = family == 1 ? RuleField.IcmpCode : RuleField.Icmp6Code;
            statements.Add(Some(type, canNegate: false));
            if (_random.Next(2) == 0)
            {
                statements.Add(Some(code, canNegate: false));
            }
        }
        else if (protocol is 0 or 1)
        {
            if (_random.Next(3) == 0)
            {
                statements.Add(Some(RuleField.SourcePort, canNegate: false));
            }

            if (_random.Next(3) == 0)
            {
                statements.Add(Some(RuleField.DestinationPort));
            }
        }

        // Looking into sets and maps whose fields fit what the rule says already.
        if (_random.Next(3) == 0 && _sets[_random.Next(_sets.Count)] is var set && Fits(set.Fields, family, protocol))
        {
            statements.Add(new RuleStatement.MatchSet(set.Fields, set.Name, _random.Next(3) == 0));
        }

        if (_random.Next(4) == 0)
        {
            statements.Add(new RuleStatement.MatchBits(_random.Next(2) == 0 ? RuleField.PacketMark : RuleField.ConnectionMark, 0x7fff0000, 0x00050000, _random.Next(2) == 0));
        }

        Actions(statements, family, protocol, isPrerouting);
        return new RuleLine([.. statements], _random.Next(2) == 0 ? $"rule {number}: x/y, z" : null);
    }

    private void Actions(List<RuleStatement> statements, int family, int protocol, bool isPrerouting)
    {
        switch (_random.Next(5))
        {
            case 0:
                statements.Add(new RuleStatement.SetIdentity((uint)_random.Next(3) * 70001));
                break;
            case 1 when family > 0:
                statements.Add(new RuleStatement.FindIdentity((family == 1 ? s_keys4 : s_keys6)[_random.Next(2)], (_random.Next(2) == 0 ? "id_" : "net_") + (family == 1 ? "IPv4" : "IPv6")));
                break;
            case 2:
                statements.Add(new RuleStatement.SetBits(
                    _random.Next(2) == 0 ? RuleField.PacketMark : RuleField.ConnectionMark, _random.Next(2) == 0 ? uint.MaxValue : 0x8000ffff, (uint)_random.Next(3) << 16 | 0x40000));
                break;
            default:
                break;
        }

        if (_random.Next(2) == 0)
        {
            statements.Add(RuleStatement.Counter.Instance);
        }

        if (_random.Next(4) == 0)
        {
            statements.Add(new RuleStatement.Log("netpol: x", _random.Next(2) == 0 ? (ushort)_random.Next(10) : null));
        }

        switch (_random.Next(6))
        {
            case 0 when !_isLeaf && _maps[_random.Next(_maps.Count)] is var map && Fits(map.Fields, family, protocol):
                statements.Add(new RuleStatement.Dispatch(map.Fields, map.Name));
                break;
            case 1:
                RuleField field = ((RuleField[])[RuleField.Identity, RuleField.Family, RuleField.Protocol, RuleField.DestinationPort, RuleField.InInterface])[_random.Next(5)];
                bool isRange = field is RuleField.DestinationPort or RuleField.InInterface && _random.Next(2) == 0;
                statements.Add(new RuleStatement.Switch(field, [.. Enumerable.Range(0, 2).Select(i => new RuleElement(Value(field, isRange, i, 4), Verdict()))]));
                break;
            case 2 when isPrerouting:
                statements.Add(RuleStatement.NoTrack.Instance);
                break;
            case 3 when protocol != 2:
                statements.Add(new RuleStatement.Reject(_random.Next(2) == 0 && statements.All(s => s is not RuleStatement.Match { Field: RuleField.Protocol })));
                break;
            default:
                statements.Add(new RuleStatement.Go(Verdict() is { Kind: RuleVerdictKind.Jump or RuleVerdictKind.Goto } ? RuleVerdict.Return : Verdict() is { Chain: null } v ? v : RuleVerdict.Drop));
                break;
        }
    }

    private static bool Fits(EquatableArray<RuleField> fields, int family, int protocol) => fields.AsEnumerable().All(f => f switch
    {
        RuleField.Source4 or RuleField.Destination4 => family == 1,
        RuleField.Source6 or RuleField.Destination6 => family == 2,
        RuleField.IcmpType or RuleField.IcmpCode => family == 1 && protocol == 2,
        RuleField.Icmp6Type or RuleField.Icmp6Code => family == 2 && protocol == 2,
        RuleField.DestinationPort => protocol != 2,
        _ => true,
    });

    private static RuleStatement.Match Is(RuleField field, RuleValue value) => new(field, [value]);

    private RuleStatement.Match Some(RuleField field, bool canNegate = true)
    {
        int most = field switch
        {
            RuleField.InInterfaceIndex => 1,
            RuleField.ConnectionDirection => 2,
            _ => 4,
        };
        int count = 1 + _random.Next(most);
        bool isNegated = canNegate && _random.Next(3) == 0 && !(count == 1 && field is RuleField.ConnectionState or RuleField.ConnectionStatus);
        return new RuleStatement.Match(field, [.. Enumerable.Range(0, count).Select(i => Value(field, isRange: true, i, 4))], isNegated);
    }
}
