using System.Globalization;
using System.Text;
using NetPolicy.Addresses;
using NetPolicy.Engine;
using NetPolicy.Ports;

namespace NetPolicy.Analysis;

/// <summary>The answers for all traffic from one party to another, by protocol and port; one part for both families if they agree.</summary>
internal sealed class TrafficTable
{
    /// <summary>No answer: an end does not exist in this world.</summary>
    public static readonly TrafficTable Absent = new([]);

    private TrafficTable(TrafficPart[] parts)
    {
        Parts = parts;
        Key = string.Join('|', parts.Select(p => p.Key));
        AllowedTraffic[] allowed = [.. parts.Select(p => p.Allowed)];
        Allowed = allowed.Length switch
        {
            0 => AllowedTraffic.None,
            1 => allowed[0],
            _ => new AllowedTraffic(
                allowed[0].Tcp.Union(allowed[1].Tcp),
                allowed[0].Udp.Union(allowed[1].Udp),
                allowed[0].Sctp.Union(allowed[1].Sctp),
                allowed[0].Icmp == "*" || allowed[1].Icmp == "*" ? "*"
                    : allowed[0].Icmp.Length == 0 ? allowed[1].Icmp
                    : allowed[1].Icmp.Length == 0 || allowed[0].Icmp == allowed[1].Icmp ? allowed[0].Icmp
                    : $"{allowed[0].Icmp},{allowed[1].Icmp}"),
        };
    }

    /// <summary>One part, or two (IPv4, IPv6) if they differ; none if absent.</summary>
    public TrafficPart[] Parts { get; }

    /// <summary>Equal for equal content.</summary>
    public string Key { get; }

    /// <summary>What passes in at least one family.</summary>
    public AllowedTraffic Allowed { get; }

    public bool IsAbsent => Parts.Length == 0;

    /// <summary>What passes in each family, if they differ in verdicts.</summary>
    public FamilyTraffic? Families =>
        Parts.Length == 2 && Parts[0].Allowed != Parts[1].Allowed ? new FamilyTraffic(Parts[0].Allowed, Parts[1].Allowed) : null;

    /// <summary>The part that speaks of <paramref name="family"/>; null if absent.</summary>
    public TrafficPart? PartOf(IpFamily family) => Parts.Length switch { 0 => null, 1 => Parts[0], _ => Parts[family == IpFamily.IPv6 ? 1 : 0] };

    /// <summary>Evaluates everything between two parties.</summary>
    public static TrafficTable Of(World world, Party source, Party destination, TrafficDetail detail)
    {
        int families = source.Families & destination.Families;
        if (families != 3)
        {
            IpFamily only = families switch { 1 => IpFamily.IPv4, 2 => IpFamily.IPv6, _ => IpFamily.None };
            return new TrafficTable([TrafficPart.Of(world, source, destination, only, detail)]);
        }

        TrafficPart v4 = TrafficPart.Of(world, source, destination, IpFamily.IPv4, detail);
        TrafficPart v6 = TrafficPart.Of(world, source, destination, IpFamily.IPv6, detail);
        return OfParts(v4, v6);
    }

    /// <summary>A table of one part, or of two for IPv4 and IPv6, which are one if they agree.</summary>
    public static TrafficTable OfParts(TrafficPart v4, TrafficPart? v6) => new(v6 is null || v4.Key == v6.Key ? [v4] : [v4, v6]);
}

/// <summary>The answers of one family.</summary>
internal sealed class TrafficPart
{
    public TrafficPart(TrafficSegment[][] segments, byte icmp, (int Type, int Code, byte Answer)[] icmpTypes)
    {
        Segments = segments;
        Icmp = icmp;
        IcmpTypes = icmpTypes;
        Key = Describe();
        Allowed = new AllowedTraffic(PortsOf(0), PortsOf(1), PortsOf(2), IcmpText());
    }

    /// <summary>By index of <see cref="PortCuts.Protocols"/>: ports 1 to 65535 in ascending order, neighbours differ.</summary>
    public TrafficSegment[][] Segments { get; }

    /// <summary>The answer for ICMP of types that no rule names, and of unknown type.</summary>
    public byte Icmp { get; }

    /// <summary>Types, and codes of them, that are answered otherwise.</summary>
    public (int Type, int Code, byte Answer)[] IcmpTypes { get; }

    public string Key { get; }

    public AllowedTraffic Allowed { get; }

    public static bool Allows(byte answer) => (answer & 1) != 0;

    public static byte AnswerOf(in Evaluation evaluation, TrafficDetail detail) =>
        (byte)((evaluation.IsAllowed ? 1 : 0)
            | (detail == TrafficDetail.Ends ? ((int)evaluation.Egress.Verdict << 1) | ((int)evaluation.Ingress.Verdict << 3) : 0));

    public static EndVerdict EgressOf(byte answer) => (EndVerdict)((answer >> 1) & 3);

    public static EndVerdict IngressOf(byte answer) => (EndVerdict)((answer >> 3) & 3);

    public static TrafficPart Of(World world, Party source, Party destination, IpFamily family, TrafficDetail detail)
    {
        Flow flow = new() { Source = source.End, Destination = destination.End, Protocol = Protocol.Tcp, Family = family };
        TrafficSegment[][] segments = new TrafficSegment[PortCuts.Protocols.Length][];
        List<TrafficSegment> list = [];
        for (int p = 0; p < segments.Length; p++)
        {
            list.Clear();
            int start = 1;
            ReadOnlySpan<int> left = source.SourceCuts[p], right = destination.DestinationCuts[p];
            int l = 0, r = 0;
            while (start <= ushort.MaxValue)
            {
                while (l < left.Length && left[l] <= start)
                {
                    l++;
                }

                while (r < right.Length && right[r] <= start)
                {
                    r++;
                }

                int next = Math.Min(l < left.Length ? left[l] : ushort.MaxValue + 1, r < right.Length ? right[r] : ushort.MaxValue + 1);
                byte answer = AnswerOf(world.Snapshot.Evaluate(flow with { Protocol = PortCuts.Protocols[p], Port = (ushort)start }), detail);
                if (list.Count > 0 && list[^1].Answer == answer)
                {
                    list[^1] = list[^1] with { Last = (ushort)(next - 1) };
                }
                else
                {
                    list.Add(new TrafficSegment((ushort)start, (ushort)(next - 1), answer));
                }

                start = next;
            }

            segments[p] = [.. list];
        }

        flow = flow with { Protocol = family == IpFamily.IPv6 ? Protocol.IcmpV6 : Protocol.Icmp };
        byte icmp = AnswerOf(world.Snapshot.Evaluate(flow), detail);
        return new TrafficPart(segments, icmp, [.. IcmpExceptions(world, flow, icmp, detail)]);
    }

    private static IEnumerable<(int Type, int Code, byte Answer)> IcmpExceptions(World world, Flow flow, byte icmp, TrafficDetail detail)
    {
        byte ofType = icmp;
        foreach ((int type, int code) in world.IcmpTypesTo(flow))
        {
            if (type is < 0 or > 255 || code > 255)
            {
                continue;
            }

            byte answer = AnswerOf(
                world.Snapshot.Evaluate(flow with { IcmpType = (byte)type, IcmpCode = code < 0 ? null : (byte)code }), detail);
            if (code < 0)
            {
                ofType = answer;
            }

            if (answer != (code < 0 ? icmp : ofType))
            {
                yield return (type, code, answer);
            }
        }
    }

    private PortSet PortsOf(int protocol)
    {
        List<PortRange> ranges = [];
        foreach (TrafficSegment segment in Segments[protocol])
        {
            if (Allows(segment.Answer))
            {
                ranges.Add(new PortRange(segment.First, segment.Last));
            }
        }

        return PortSet.Of(ranges);
    }

    private string IcmpText()
    {
        if (IcmpTypes.All(t => Allows(t.Answer) == Allows(Icmp)))
        {
            return Allows(Icmp) ? "*" : "";
        }

        List<string> items = [];
        List<PortRange> whole = [];
        for (int type = 0; type <= 255; type++)
        {
            bool rest = Allows(Icmp);
            foreach ((int named, int code, byte answer) in IcmpTypes)
            {
                rest = named == type && code < 0 ? Allows(answer) : rest;
            }

            (int, int Code, byte Answer)[] codes = [.. IcmpTypes.Where(t => t.Type == type && t.Code >= 0 && Allows(t.Answer) != rest)];
            if (codes.Length == 0)
            {
                if (rest)
                {
                    whole.Add(PortRange.Single((ushort)type));
                }

                continue;
            }

            PortSet allowed = PortSet.Of(Enumerable.Range(0, 256).Where(c => codes.Any(x => x.Code == c) != rest).Select(c => PortRange.Single((ushort)c)));
            items.AddRange(allowed.Ranges.Select(r => string.Create(CultureInfo.InvariantCulture, $"{type}/{r}")));
        }

        return string.Join(',', PortSet.Of(whole).Ranges.Select(r => r.ToString()).Concat(items));
    }

    private string Describe()
    {
        StringBuilder text = new();
        foreach (TrafficSegment[] protocol in Segments)
        {
            foreach (TrafficSegment segment in protocol)
            {
                text.Append((char)segment.First).Append((char)segment.Answer);
            }

            text.Append('\0');
        }

        text.Append((char)Icmp);
        foreach ((int type, int code, byte answer) in IcmpTypes)
        {
            text.Append((char)type).Append((char)(code + 1)).Append((char)answer);
        }

        return text.ToString();
    }
}

/// <summary>Ports that are answered alike; both ends are included.</summary>
internal readonly record struct TrafficSegment(ushort First, ushort Last, byte Answer);
