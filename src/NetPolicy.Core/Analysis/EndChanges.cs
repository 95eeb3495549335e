using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Engine;
using NetPolicy.Policies;
using NetPolicy.Ports;

namespace NetPolicy.Analysis;

/// <summary>Sorts traffic by how the decisions of its ends changed.</summary>
internal static class EndChanges
{
    public static EquatableArray<EndChange> Between(TrafficTable before, TrafficTable after)
    {
        SortedDictionary<(Direction End, EndVerdict Old, EndVerdict New), AllowedTraffic> changes = [];
        foreach (IpFamily family in (ReadOnlySpan<IpFamily>)[IpFamily.IPv4, IpFamily.IPv6])
        {
            TrafficPart old = before.PartOf(family)!, @new = after.PartOf(family)!;
            for (int p = 0; p < PortCuts.Protocols.Length; p++)
            {
                foreach ((PortRange ports, byte was, byte @is) in Overlay(old.Segments[p], @new.Segments[p]))
                {
                    Add(changes, was, @is, Traffic(p, ports));
                }
            }

            Add(changes, old.Icmp, @new.Icmp, AllowedTraffic.None with { Icmp = "*" });
        }

        return [.. changes.Select(c => new EndChange(c.Key.End, c.Key.Old, c.Key.New, c.Value))];
    }

    private static IEnumerable<(PortRange Ports, byte Old, byte New)> Overlay(TrafficSegment[] old, TrafficSegment[] @new)
    {
        int o = 0, n = 0, start = 1;
        while (o < old.Length && n < @new.Length)
        {
            ushort last = Math.Min(old[o].Last, @new[n].Last);
            yield return (new PortRange((ushort)start, last), old[o].Answer, @new[n].Answer);
            start = last + 1;
            o += old[o].Last == last ? 1 : 0;
            n += @new[n].Last == last ? 1 : 0;
        }
    }

    private static AllowedTraffic Traffic(int protocol, PortRange ports)
    {
        PortSet set = PortSet.Of([ports]);
        return protocol switch
        {
            0 => AllowedTraffic.None with { Tcp = set },
            1 => AllowedTraffic.None with { Udp = set },
            _ => AllowedTraffic.None with { Sctp = set },
        };
    }

    private static void Add(SortedDictionary<(Direction, EndVerdict, EndVerdict), AllowedTraffic> changes, byte old, byte @new, AllowedTraffic traffic)
    {
        Add(changes, (Direction.Egress, TrafficPart.EgressOf(old), TrafficPart.EgressOf(@new)), traffic);
        Add(changes, (Direction.Ingress, TrafficPart.IngressOf(old), TrafficPart.IngressOf(@new)), traffic);
    }

    private static void Add(
        SortedDictionary<(Direction, EndVerdict, EndVerdict), AllowedTraffic> changes, (Direction End, EndVerdict Old, EndVerdict New) key, AllowedTraffic traffic)
    {
        if (key.Old != key.New)
        {
            AllowedTraffic so = changes.GetValueOrDefault(key, AllowedTraffic.None);
            changes[key] = new AllowedTraffic(
                so.Tcp.Union(traffic.Tcp), so.Udp.Union(traffic.Udp), so.Sctp.Union(traffic.Sctp), so.Icmp.Length > 0 ? so.Icmp : traffic.Icmp);
        }
    }
}
