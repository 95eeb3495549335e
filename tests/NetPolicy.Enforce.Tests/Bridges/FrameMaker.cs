using System.Globalization;
using NetPolicy.Enforce.Bridges;

namespace NetPolicy.Enforce.Tests.Bridges;

/// <summary>
/// Makes frames of every kind, mostly honest, and says of each whether it may pass: by the words of the documentation, not by rules. Everything that is said of the sender must be its
/// own, the receiver must be known, and packets must be allowed by the lab's policies.
/// </summary>
internal sealed class FrameMaker(int seed)
{
    private static readonly string[] s_pods = ["a", "b", "c", "x"];
    private readonly Random _random = new(seed);
    private ushort _port = 1024;

    public FrameCase Next()
    {
        string from = Pick(s_pods), to = Pick([.. s_pods.Append("host").Where(p => p != from)]);
        string whose = Liar(from), told = Liar(from), address = Liar(from), other = _random.Next(8) > 0 ? to : Pick(s_pods);
        bool isV6 = _random.Next(2) == 0, isLocal = _random.Next(4) == 0, hasNone = _random.Next(5) == 0, hasOption = _random.Next(3) > 0;
        MacAddress source = BridgeLab.Mac(whose), destination = BridgeLab.Mac(to), option = BridgeLab.Mac(told);
        string own6 = hasNone ? "::" : isLocal ? BridgeLab.Mac(address).LinkLocal.ToString() : BridgeLab.Address(address, isV6: true);
        string to6 = BridgeLab.Address(to, isV6: true), target = Liar(from);
        string target6 = _random.Next(4) == 0 ? BridgeLab.Mac(target).LinkLocal.ToString() : BridgeLab.Address(target, isV6: true);
        MacAddress? optional = hasOption ? option : null;

        // What holds of all frames: the sender is known and does not lie about its link, and those nobody knows say nothing to those that are known.
        bool isHonest = whose == from && from != "x", isOwn = hasNone || address == from, isOption = !hasOption || told == from;
        ushort port = Pick<ushort>([53, 8080, 8081]);

        // Whoever is unknown may say to the node what no pod is.
        bool isStranger = from == "x" && to == "host" && !IsPod(whose), isFree = hasNone || !IsPod(address);
        string who = $"{from} to {to}, link {whose}, address {(hasNone ? "none" : address)}{(isLocal ? " local" : "")}, option {(hasOption ? told : "none")}, target {target} {target6}";
        switch (_random.Next(10))
        {
            case 9:
                return new FrameCase(
                    from, "host", $"dhcp, {who}", Frames.Udp(source, Frames.Everybody, "0.0.0.0", "255.255.255.255", 68, 67), isHonest || (from == "x" && !IsPod(whose)));
            case 0 or 1 or 2:
                bool isTagged = _random.Next(6) == 0;
                byte[] udp = Frames.Udp(source, destination, BridgeLab.Address(address, isV6), BridgeLab.Address(other, isV6), ++_port, port);
                return new FrameCase(
                    from, to, string.Create(CultureInfo.InvariantCulture, $"udp {port} for {other} tagged {isTagged}, {who}"), isTagged ? Frames.Tagged(udp) : udp,
                    (isHonest && address == from && !isTagged && (to == "host" || (other == to && IsAllowed(from, to, port)))) || (isStranger && (isTagged || !IsPod(address))));
            case 3 or 4:
                bool isReply = _random.Next(2) == 0;
                string sender = hasNone ? "0.0.0.0" : BridgeLab.Address(address, isV6: false);
                return new FrameCase(
                    from, to, $"arp reply {isReply}, {who}", Frames.Arp(source, destination, isReply, option, sender, BridgeLab.Address(to, isV6: false)),
                    (isHonest && isOwn && told == from) || (isStranger && isFree && !IsPod(told)));
            case 5:
                bool isToAll = _random.Next(2) == 0;
                return new FrameCase(
                    from, to, $"solicitation of all {isToAll}, {who}",
                    Frames.Neighbour(source, isToAll ? MacAddress.Parse("33:33:00:00:00:01") : destination, 135, own6, isToAll ? "ff02::1" : to6, target6, optional),
                    (isHonest && (hasNone ? target == from : address == from && isOption)) || (isStranger && isFree));
            case 6:
                return new FrameCase(
                    from, to, $"advertisement, {who}", Frames.Neighbour(source, destination, 136, own6, to6, target6, optional),
                    (isHonest && !hasNone && address == from && target == from && isOption) || (isStranger && isFree && !IsPod(target)));
            case 7:
                byte type = Pick<byte>([133, 134, 137, 131]);
                bool mayPass = type switch
                {
                    133 => hasNone ? !hasOption : address == from && isOption,
                    131 => isOwn,
                    _ => false,
                };
                return new FrameCase(
                    from, to, string.Create(CultureInfo.InvariantCulture, $"icmp {type}, {who}"), Frames.Neighbour(source, destination, type, own6, to6, null, type == 131 ? null : optional),
                    (isHonest && mayPass) || (isStranger && isFree));
            default:
                ushort protocol = to == "host" && from == "x" ? (ushort)0x88b5 : Pick<ushort>([0x0800, 0x86dd, 0x0806, 0x88b5]);
                byte[] content = new byte[Pick([28, 60])];
                _random.NextBytes(content);
                return new FrameCase(
                    from, to, string.Create(CultureInfo.InvariantCulture, $"protocol {protocol:x}, {who}"), Frames.Frame(source, destination, protocol, content), isStranger);
        }
    }

    private static bool IsPod(string who) => who is "a" or "b" or "c";

    // The lab's policies; whoever is unknown is closed.
    private static bool IsAllowed(string from, string to, ushort port) =>
        to != "x" && (from != "c" || (to == "a" && port == 53)) && (to != "b" || (from == "a" && port == 8080));

    private string Liar(string from) => _random.Next(3) > 0 ? from : Pick([.. s_pods, "host"]);

    private T Pick<T>(params ReadOnlySpan<T> choices) => choices[_random.Next(choices.Length)];
}
