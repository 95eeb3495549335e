using System.Text;

namespace NetPolicy.Analysis;

/// <summary>What one end says of all traffic of one family with one peer. Compared by <see cref="Key"/>.</summary>
internal sealed class EndTable
{
    /// <summary>The end denies; every other answer lets pass.</summary>
    public const byte Denies = 2;

    /// <param name="segments">By index of <see cref="PortCuts.Protocols"/>: ports 1 to 65535 in ascending order, neighbours differ.</param>
    /// <param name="icmp">ICMP of unknown type.</param>
    /// <param name="icmpTypes">Types in ascending order, each before its codes, that are answered otherwise than what stands before them.</param>
    public EndTable(TrafficSegment[][] segments, byte icmp, (int Type, int Code, byte Answer)[] icmpTypes)
    {
        Segments = segments;
        Icmp = icmp;
        IcmpTypes = icmpTypes;
        StringBuilder key = new();
        foreach (TrafficSegment[] protocol in segments)
        {
            foreach (TrafficSegment segment in protocol)
            {
                key.Append((char)segment.First).Append((char)segment.Answer);
            }

            key.Append('\0');
        }

        key.Append((char)icmp);
        foreach ((int type, int code, byte answer) in icmpTypes)
        {
            key.Append((char)type).Append((char)(code + 1)).Append((char)answer);
        }

        Key = key.ToString();
    }

    public TrafficSegment[][] Segments { get; }

    public byte Icmp { get; }

    public (int Type, int Code, byte Answer)[] IcmpTypes { get; }

    /// <summary>Equal for equal content.</summary>
    public string Key { get; }

    /// <summary>One answer for everything.</summary>
    public static EndTable All(byte answer)
    {
        TrafficSegment[] all = [new(1, ushort.MaxValue, answer)];
        return new EndTable([all, all, all], answer, []);
    }

    /// <summary>The answer for an ICMP type, or one of its codes; -1 stands for its other codes.</summary>
    public byte IcmpOf(int type, int code)
    {
        byte answer = Icmp;
        foreach ((int named, int namedCode, byte special) in IcmpTypes)
        {
            if (named == type && (namedCode < 0 || namedCode == code))
            {
                answer = special;
            }
        }

        return answer;
    }
}
