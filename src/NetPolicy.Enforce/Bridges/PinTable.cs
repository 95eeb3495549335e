using System.Globalization;
using System.Text;
using NetPolicy.Addresses;
using NetPolicy.Enforce.Compilation;
using NetPolicy.Enforce.Rules;
using NetPolicy.Ports;

namespace NetPolicy.Enforce.Bridges;

/// <summary>
/// Makes the table of family <c>bridge</c> by which workloads send with their own addresses only: port, link-layer address and address are pinned to each other for
/// IPv4, IPv6, ARP and neighbour discovery, and frames reach a port only with its addresses. It knows no policy and no connection.
/// </summary>
/// <remarks>Rules say what a frame carries by its link-layer header, where a VLAN tag counts: the packet filter never sees packets with a tag, so they may not pass.</remarks>
internal static class PinTable
{
    /// <summary>Before the bridge hands frames to the packet filter's own hooks, which is at 0.</summary>
    public const int ArrivingPriority = -300;

    /// <summary>Before bridged packets meet the packet filter's forward hook.</summary>
    public const int PassingPriority = -200;

    private const string Ports = "ports";
    private const string Macs = "pin_mac";
    private const string Pins4 = "pin4";
    private const string Pins6 = "pin6";
    private const string PinsArp = "pin_arp";
    private const string Own4 = "own4";
    private const string Own6 = "own6";
    private const string OwnMacs = "own_mac";
    private const string Forged = "forged";
    private const string Others = "others";
    private const ulong Carries4 = 0x0800, Carries6 = 0x86dd, CarriesArp = 0x0806;
    private const ulong ArpRequest = 0x0001_0800_0604_0001, ArpReply = 0x0001_0800_0604_0002;
    private const byte RouterSolicit = 133, RouterAdvert = 134, NeighbourSolicit = 135, NeighbourAdvert = 136, Redirect = 137;
    private const byte SourceOption = 1, TargetOption = 2;
    private static readonly IpAddress s_none4 = IpAddress.Parse("0.0.0.0");
    private static readonly IpAddress s_none6 = IpAddress.Parse("::");

    /// <summary>The table; null if no workload is behind a bridge.</summary>
    /// <param name="name">The name.</param>
    /// <param name="workloads">Workloads behind ports, in any order.</param>
    /// <param name="isClosed">True if frames of ports that nobody knows may not reach those of workloads.</param>
    public static RuleTable? Of(string name, IEnumerable<BridgedWorkload> workloads, bool isClosed)
    {
        BridgedWorkload[] pinned = [.. workloads.OrderBy(w => w.Port.Name, StringComparer.Ordinal)];
        if (pinned.Length == 0)
        {
            return null;
        }

        RuleValue[] ports = [.. pinned.Select(w => Say.Name(w.Port.Name))];
        return new RuleTable(
            name,
            "netpol managed table, pins of bridged workloads",
            [],
            [
                Set(Ports, [RuleField.InInterface], ports),
                Set(Macs, [RuleField.InInterface, RuleField.LinkSource], pinned.Select(w => RuleValue.Join(Say.Name(w.Port.Name), Mac(w)))),
                Set(Pins4, [RuleField.InInterface, RuleField.LinkSource, RuleField.Source4], Pins(pinned, IpFamily.IPv4)),
                Set(Pins6, [RuleField.InInterface, RuleField.LinkSource, RuleField.Source6], Pins(pinned, IpFamily.IPv6)),
                Set(PinsArp, [RuleField.InInterface, RuleField.LinkSource, RuleField.LinkSource, RuleField.Source4], ArpPins(pinned)),
                Set(OwnMacs, [RuleField.LinkSource], pinned.Select(Mac).Distinct()),
                Set(Own4, [RuleField.Source4], pinned.SelectMany(w => Own(w, IpFamily.IPv4)).Select(Single).Distinct()),
                Set(Own6, [RuleField.Source6], pinned.SelectMany(w => Own(w, IpFamily.IPv6)).Select(Single).Distinct()),
            ],
            [new RuleMap("nd", [RuleField.InInterface], [.. pinned.Select(w => new RuleElement(Say.Name(w.Port.Name), RuleVerdict.Goto(NeighbourChain(w))))], IsInterval: false)],
            [
                .. Shared(isClosed),
                Say.Shared(
                    "nd_other",
                    [
                        .. pinned.SelectMany(w => Own(w, IpFamily.IPv6)).Distinct().Order()
                            .Select(a => Say.Line(Is6, Say.IsIcmpV6, Say.Is(RuleField.NeighbourTarget, Single(a)), Say.Goto(Forged))),
                    ]),
                .. pinned.Select(Neighbours),
                .. Hooks(),
            ])
        {
            Family = RuleFamily.Bridge,
        };
    }

    private static RuleStatement Is4 => Say.Is(RuleField.LinkProtocol, new RuleValue.Octets(Carries4));

    private static RuleStatement Is6 => Say.Is(RuleField.LinkProtocol, new RuleValue.Octets(Carries6));

    private static RuleStatement IsArp => Say.Is(RuleField.LinkProtocol, new RuleValue.Octets(CarriesArp));

    private static RuleStatement FromPin => Say.In(Macs, RuleField.InInterface, RuleField.LinkSource);

    private static RuleStatement From4 => Say.In(Pins4, RuleField.InInterface, RuleField.LinkSource, RuleField.Source4);

    private static RuleStatement From6 => Say.In(Pins6, RuleField.InInterface, RuleField.LinkSource, RuleField.Source6);

    private static RuleSet Set(string name, RuleField[] fields, IEnumerable<RuleValue> elements) => new(name, [.. fields], [.. elements], IsInterval: false);

    private static RuleValue.Addresses Single(IpAddress address) => new(new IpRange(address, address));

    private static RuleValue.LinkAddress Mac(BridgedWorkload workload) => new(workload.Port.Mac);

    /// <summary>The addresses it may have: those that are known, and link-local ones.</summary>
    private static IEnumerable<IpAddress> Own(BridgedWorkload workload, IpFamily family)
    {
        IEnumerable<IpAddress> known = workload.Addresses.AsEnumerable().Where(a => a.Family == family);
        return family == IpFamily.IPv6 ? known.Concat(workload.LinkLocals).Distinct() : known;
    }

    private static IEnumerable<RuleValue> Pins(BridgedWorkload[] pinned, IpFamily family) =>
        from workload in pinned
        from address in Own(workload, family)
        select RuleValue.Join(Say.Name(workload.Port.Name), Mac(workload), Single(address));

    // A probe for an address has no sender's address yet (RFC 5227).
    private static IEnumerable<RuleValue> ArpPins(BridgedWorkload[] pinned) =>
        from workload in pinned
        from address in Own(workload, IpFamily.IPv4).Append(s_none4)
        select RuleValue.Join(Say.Name(workload.Port.Name), Mac(workload), Mac(workload), Single(address));

    private static RuleStatement Is(byte type) => Say.Is(RuleField.Icmp6Type, Say.Of(type));

    private static IEnumerable<RuleChain> Shared(bool isClosed)
    {
        RuleField[] arp = [RuleField.InInterface, RuleField.LinkSource, RuleField.ArpSenderLink, RuleField.ArpSender4];
        yield return Say.Shared(Forged, Say.Named("netpol forged frame", Say.Counter, Say.Drop));
        yield return Say.Shared("unasked", Say.Named("netpol frame that no rule can judge", Say.Counter, Say.Drop));
        yield return Say.Shared("misled", Say.Named("netpol frame to another's port", Say.Counter, Say.Drop));
        yield return Say.Shared("unknown", Say.Named("netpol frame from an unknown port", Say.Counter, Say.Drop));
        yield return Say.Shared("arp_in", Say.Line(IsArp, Say.In(PinsArp, arp), Say.Accept), Say.Line(Say.Goto(Forged)));
        yield return Say.Shared(
            "pod4",
            Say.Line(Is4, From4, Say.Accept),
            Say.Line(
                Is4, Say.Is(RuleField.Source4, Single(s_none4)), Say.Is(RuleField.Protocol, Say.Of(Protocol.Udp)),
                Say.Is(RuleField.SourcePort, Say.Of((ushort)68)), Say.Is(RuleField.DestinationPort, Say.Of((ushort)67)), FromPin, Say.Accept),
            Say.Line(Say.Goto(Forged)));
        yield return Say.Shared(
            "pod6",
            Say.Line(Is6, Say.IsIcmpV6, Is(RouterAdvert), Say.Goto(Forged)),
            Say.Line(Is6, Say.IsIcmpV6, Is(Redirect), Say.Goto(Forged)),
            Say.Line(Is6, Say.IsIcmpV6, Say.Is(RuleField.Icmp6Type, Say.Of(RouterSolicit), Say.Of(NeighbourSolicit), Say.Of(NeighbourAdvert)), FromPin, Say.Look("nd", RuleField.InInterface)),
            Say.Line(Is6, From6, Say.Accept),
            Say.Line(
                Is6, Say.Is(RuleField.Source6, Single(s_none6)), Say.IsIcmpV6, Say.Is(RuleField.Icmp6Type, Say.Of((byte)131), Say.Of((byte)132), Say.Of((byte)143)),
                FromPin, Say.Accept),
            Say.Line(Say.Goto(Forged)));
        yield return Say.Shared(
            "from_pod",
            Say.Line(Is4, Say.Goto("pod4")),
            Say.Line(Is6, Say.Goto("pod6")),
            Say.Line(IsArp, Say.Is(RuleField.ArpHead, new RuleValue.Octets(ArpRequest)), Say.Goto("arp_in")),
            Say.Line(IsArp, Say.Is(RuleField.ArpHead, new RuleValue.Octets(ArpReply)), Say.Goto("arp_in")),
            Say.Line(Say.Goto("unasked")));

        // Whoever else is at a port of a bridge has none of the pinned addresses.
        yield return Say.Shared(
            Others,
            Say.Line(Say.In(OwnMacs, RuleField.LinkSource), Say.Goto(Forged)),
            Say.Line(Is4, Say.In(Own4, RuleField.Source4), Say.Goto(Forged)),
            Say.Line(Is6, Say.In(Own6, RuleField.Source6), Say.Goto(Forged)),
            Say.Line(IsArp, Say.In(Own4, RuleField.ArpSender4), Say.Goto(Forged)),
            Say.Line(IsArp, Say.In(OwnMacs, RuleField.ArpSenderLink), Say.Goto(Forged)),
            Say.Line(Is6, Say.IsIcmpV6, Is(NeighbourAdvert), Say.Goto("nd_other")));
        yield return Say.Shared("to_pod", [.. ToPod(isClosed)]);

        // Rules let a pod reach itself, and judge others by their address: neither is at another's port.
        yield return Say.Shared(
            "to_other",
            Say.Line(Is4, Say.In(Own4, RuleField.Destination4), Say.Goto("misled")),
            Say.Line(Is6, Say.In(Own6, RuleField.Destination6), Say.Goto("misled")));
    }

    private static IEnumerable<RuleLine> ToPod(bool isClosed)
    {
        if (isClosed)
        {
            yield return Say.Line(new RuleStatement.MatchSet([RuleField.InInterface], Ports, IsNegated: true), Say.Goto("unknown"));
        }

        yield return Say.Line(IsArp, Say.Accept);
        yield return Say.Line(Is4, Say.In(Pins4, RuleField.OutInterface, RuleField.LinkDestination, RuleField.Destination4), Say.Accept);
        yield return Say.Line(Is6, Say.In(Pins6, RuleField.OutInterface, RuleField.LinkDestination, RuleField.Destination6), Say.Accept);
        yield return Say.Line(
            Is6, Say.Is(RuleField.Destination6, Say.Of(IpPrefix.Parse("ff02::/16"))), Say.IsIcmpV6,
            Say.Is(RuleField.Icmp6Type, [.. NodeCompiler.NeighbourTypes.Order().Select(Say.Of)]), Say.Accept);
        yield return Say.Line(Say.Goto("misled"));
    }

    /// <summary>
    /// What a port may say in neighbour discovery: solicitations and advertisements of its own addresses, with no option or with its own link-layer address as the only one.
    /// </summary>
    private static RuleChain Neighbours(BridgedWorkload workload)
    {
        RuleValue[] own = [.. Own(workload, IpFamily.IPv6).Order().Select(Single)];
        RuleStatement fromOwn = Say.Is(RuleField.Source6, own);
        RuleValue source = new RuleValue.Octets(Option(SourceOption, workload.Port.Mac)), target = new RuleValue.Octets(Option(TargetOption, workload.Port.Mac));
        List<RuleLine> lines = [];
        foreach (RuleValue address in own)
        {
            // While an address is tried whether it is free there is no sender's address (RFC 4862).
            RuleStatement isTarget = Say.Is(RuleField.NeighbourTarget, address);
            lines.Add(Say.Line(Is6, Say.IsIcmpV6, Is(NeighbourSolicit), Say.Is(RuleField.Source6, Single(s_none6)), isTarget, Say.Accept));
            lines.Add(Say.Line(Is6, Say.IsIcmpV6, Is(NeighbourAdvert), fromOwn, Length(24), isTarget, Say.Accept));
            lines.Add(Say.Line(Is6, Say.IsIcmpV6, Is(NeighbourAdvert), fromOwn, Length(32), isTarget, Say.Is(RuleField.NeighbourOption, target), Say.Accept));
        }

        lines.Add(Say.Line(Is6, Say.IsIcmpV6, Is(NeighbourSolicit), fromOwn, Length(24), Say.Accept));
        lines.Add(Say.Line(Is6, Say.IsIcmpV6, Is(NeighbourSolicit), fromOwn, Length(32), Say.Is(RuleField.NeighbourOption, source), Say.Accept));
        lines.Add(Say.Line(Is6, Say.IsIcmpV6, Is(RouterSolicit), Say.Is(RuleField.Source6, Single(s_none6)), Length(8), Say.Accept));
        lines.Add(Say.Line(Is6, Say.IsIcmpV6, Is(RouterSolicit), fromOwn, Length(8), Say.Accept));
        lines.Add(Say.Line(Is6, Say.IsIcmpV6, Is(RouterSolicit), fromOwn, Length(16), Say.Is(RuleField.RouterOption, source), Say.Accept));
        lines.Add(Say.Line(Say.Goto(Forged)));
        return Say.Shared(NeighbourChain(workload), [.. lines]);
    }

    private static RuleStatement Length(ulong bytes) => Say.Is(RuleField.Length6, new RuleValue.Octets(bytes));

    // Type, length in units of eight bytes, address.
    private static ulong Option(byte type, MacAddress address) => ((ulong)type << 56) | (1ul << 48) | address.Value;

    /// <summary>The base chains.</summary>
    public static RuleChain[] Hooks() =>
    [
        new RuleChain(
            "h_arrive",
            [Say.Line(Say.In(Ports, RuleField.InInterface), Say.Goto("from_pod")), Say.Line(Say.Goto(Others))],
            new RuleHook(RuleHookPoint.Prerouting, ArrivingPriority)),
        new RuleChain(
            "h_pass",
            [Say.Line(Say.In(Ports, RuleField.OutInterface), Say.Goto("to_pod")), Say.Line(Say.In(Ports, RuleField.InInterface), Say.Goto("to_other"))],
            new RuleHook(RuleHookPoint.Forward, PassingPriority)),
    ];

    // Ports may be named with signs that chains may not: those are written as their number.
    private static string NeighbourChain(BridgedWorkload workload)
    {
        StringBuilder name = new("nd_");
        foreach (char c in workload.Port.Name)
        {
            if (char.IsAsciiLetterOrDigit(c))
            {
                name.Append(c);
            }
            else
            {
                name.Append(CultureInfo.InvariantCulture, $"_{(int)c:x2}");
            }
        }

        return name.ToString();
    }
}
