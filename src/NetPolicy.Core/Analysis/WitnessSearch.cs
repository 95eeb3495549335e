using System.Globalization;
using NetPolicy.Addresses;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Manifests.Inventory;
using NetPolicy.Ports;

namespace NetPolicy.Analysis;

/// <summary>Finds a flow that two worlds answer differently, preferring IPv4 and ports that the destination listens on.</summary>
internal sealed class WitnessSearch(
    World[] worlds, ConnectivityGroup from, ConnectivityGroup to, TrafficTable before, TrafficTable after, int oldFamilies, int newFamilies)
{
    private static readonly IpAddress[] Pleasant = [IpAddress.Parse("203.0.113.9"), IpAddress.Parse("2001:db8::9")];

    /// <summary>The change, with its witness evaluated in both worlds.</summary>
    /// <param name="detail">What the witness must differ in.</param>
    public ConnectionChange ToChange(TrafficDetail detail)
    {
        foreach (IpFamily family in (ReadOnlySpan<IpFamily>)[IpFamily.IPv4, IpFamily.IPv6, IpFamily.None])
        {
            if (Supports(family) && Find(family, detail) is { } witness)
            {
                Evaluation? oldAnswer = before.IsAbsent ? null : Evaluate(worlds[0].Snapshot, witness), newAnswer = after.IsAbsent ? null : Evaluate(worlds[1].Snapshot, witness);
                if (Answer(oldAnswer, detail) == Answer(newAnswer, detail))
                {
                    throw new InvalidOperationException($"witness {witness} does not show the difference");
                }

                return new ConnectionChange(from, to, before.Allowed, after.Allowed, witness)
                {
                    OldFamilies = before.Families,
                    NewFamilies = after.Families,
                    OldAnswer = oldAnswer,
                    NewAnswer = newAnswer,
                };
            }
        }

        throw new InvalidOperationException($"no witness for {from} to {to}");
    }

    // No family stands for each world's own choice, if the worlds have none in common.
    private bool Supports(IpFamily family) => family == IpFamily.None
        || ((before.IsAbsent || Party.Has(oldFamilies, family)) && (after.IsAbsent || Party.Has(newFamilies, family)));

    private FlowRequest? Find(IpFamily family, TrafficDetail detail)
    {
        TrafficPart? left = before.PartOf(Chosen(family, oldFamilies)), right = after.PartOf(Chosen(family, newFamilies));
        foreach ((int protocol, ushort port) in ListenedPorts().Concat(Starts(left)).Concat(Starts(right)))
        {
            if (At(left, protocol, port, detail) != At(right, protocol, port, detail))
            {
                return Request(family, PortCuts.Protocols[protocol]) with { Port = port };
            }
        }

        Protocol icmp = family == IpFamily.IPv6 ? Protocol.IcmpV6 : Protocol.Icmp;
        if (Icmp(left, -1, -1, detail) != Icmp(right, -1, -1, detail))
        {
            return Request(family, icmp);
        }

        foreach ((int type, int code) in Types(left).Concat(Types(right)))
        {
            if (Icmp(left, type, code, detail) != Icmp(right, type, code, detail))
            {
                return Request(family, icmp) with { IcmpType = type, IcmpCode = code < 0 ? null : code };
            }
        }

        return null;
    }

    private static IpFamily Chosen(IpFamily family, int families) =>
        family != IpFamily.None ? family : Party.Has(families, IpFamily.IPv4) ? IpFamily.IPv4 : IpFamily.IPv6;

    private FlowRequest Request(IpFamily family, Protocol protocol) => new()
    {
        From = Name(from, family, 0),
        To = Name(to, family, from == to ? 1 : 0),
        Protocol = protocol.ToString(),
        IpFamily = family == IpFamily.IPv6 && !from.IsOutside && !to.IsOutside ? "IPv6" : null,
    };

    private string Name(ConnectivityGroup group, IpFamily family, int index)
    {
        if (!group.IsOutside)
        {
            return group.Members[index];
        }

        IpRange[] ranges = [.. group.Addresses.Where(r => family == IpFamily.None || r.First.Family == family)];
        foreach (IpAddress address in Pleasant)
        {
            if (ranges.Any(r => r.Contains(address)))
            {
                return address.ToString();
            }
        }

        return ranges.Select(r => AddressSpace.Representative(r, worlds)).OrderBy(a => worlds.Any(w => w.IsFront(a))).First().ToString();
    }

    private IEnumerable<(int Protocol, ushort Port)> ListenedPorts()
    {
        if (to.IsOutside)
        {
            return [];
        }

        string name = to.Members[from == to ? 1 : 0];
        IEnumerable<ContainerPort> ports = (worlds[0].Snapshot.Cluster.FindEndpoint(name) ?? worlds[1].Snapshot.Cluster.FindEndpoint(name))?.Source switch
        {
            PodManifest pod => pod.Spec.Ports,
            WorkloadManifest workload => workload.Template.Ports,
            _ => [],
        };
        return ports
            .Where(p => p.Number is > 0 and <= ushort.MaxValue)
            .Select(p => (Array.FindIndex(PortCuts.Protocols, k => k.ToString() == p.EffectiveProtocol), (ushort)p.Number))
            .Where(p => p.Item1 >= 0);
    }

    private static IEnumerable<(int, ushort)> Starts(TrafficPart? part) =>
        part is null ? [] : part.Segments.SelectMany((segments, protocol) => segments.Select(s => (protocol, s.First)));

    private static IEnumerable<(int, int)> Types(TrafficPart? part) => part is null ? [] : part.IcmpTypes.Select(t => (t.Type, t.Code));

    private static int At(TrafficPart? part, int protocol, ushort port, TrafficDetail detail) =>
        part is null ? 0 : Masked(Array.Find(part.Segments[protocol], s => s.First <= port && s.Last >= port).Answer, detail);

    private static int Icmp(TrafficPart? part, int type, int code, TrafficDetail detail)
    {
        if (part is null)
        {
            return 0;
        }

        byte answer = part.Icmp;
        foreach ((int named, int namedCode, byte special) in part.IcmpTypes)
        {
            answer = named == type && (namedCode < 0 || namedCode == code) ? special : answer;
        }

        return Masked(answer, detail);
    }

    private static int Masked(byte answer, TrafficDetail detail) => detail == TrafficDetail.Ends ? answer : answer & 1;

    private static int Answer(Evaluation? evaluation, TrafficDetail detail) =>
        evaluation is { } known ? TrafficPart.AnswerOf(known, detail) : 0;

    private static Evaluation Evaluate(Snapshot snapshot, FlowRequest request) =>
        snapshot.TryResolve(request, out Flow flow, out string? error)
            ? snapshot.Evaluate(flow)
            : throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"witness {request}: {error}"));
}
