using NetPolicy.Addresses;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Manifests.Calico;
using NetPolicy.Policies;
using NetPolicy.Ports;

namespace NetPolicy.Enforce;

/// <summary>A protocol with ports, or a type and code of ICMP; -1 for what it has none of.</summary>
internal readonly record struct TranslationTraffic(Protocol Protocol, int Port, int Type, int Code, int SourcePort = TranslationTraffic.AnySourcePort)
{
    /// <summary>The source port where no rule asks for one: a packet always has one.</summary>
    public const int AnySourcePort = 47_123;


    // Each is tried with each port.
    private const int MaxSourcePorts = 24;

    private static readonly Protocol[] s_withPorts = [Protocol.Tcp, Protocol.Udp, Protocol.Sctp];

    /// <summary>Both ends of every stretch of ports between which something tells, types and codes of ICMP likewise, and protocols without ports.</summary>
    public static TranslationTraffic[] Of(EndpointProgram program, IReadOnlyList<NamedPort> named, IpFamily family, TranslationPeers peers)
    {
        SortedSet<int> ports = [1, ushort.MaxValue], types = [0, 8, 128, byte.MaxValue], codes = [0];
        SortedSet<int> sources = [];
        SortedSet<byte> others = [47, Protocol.Icmp.Number, Protocol.IcmpV6.Number];

        // Staged rules decide nothing, but tables tell what they would decide apart.
        CompiledMatch[] staged = [.. program.TierSteps.SelectMany(t => t.Steps).Where(s => !s.IsEnforced).SelectMany(s => s.Rules).SelectMany(r => r.Alternatives)];
        foreach (CompiledMatch match in (IEnumerable<CompiledMatch>)[.. program.Decisions.Lines.ToArray().Select(l => l.Match), .. staged])
        {
            AddPorts(ports, match.Destination);
            AddPorts(sources, match.Source);
            others.UnionWith(((byte?[])[match.Match.Protocol?.Number, match.Match.NotProtocol?.Number]).OfType<byte>());
            foreach (IcmpMatch icmp in ((IcmpMatch?[])[match.Match.Icmp, match.Match.NotIcmp]).OfType<IcmpMatch>())
            {
                Around(types, icmp.Type);
                Around(codes, icmp.Code);
            }
        }

        foreach (NamedPort port in named)
        {
            AddAround(ports, port.Number, port.Number, 1, ushort.MaxValue);
        }

        bool hasNames = program.Decisions.Destination.HasNames || staged.Any(m => m.Destination.Ports is { Names.IsEmpty: false } || m.Destination.NotPorts is { Names.IsEmpty: false });
        foreach (int port in program.Direction == Direction.Egress && hasNames ? peers.NamedPorts : [])
        {
            AddAround(ports, port, port, 1, ushort.MaxValue);
        }

        // ICMP in the other family is a protocol like any.
        Protocol icmpOfFamily = family == IpFamily.IPv6 ? Protocol.IcmpV6 : Protocol.Icmp;
        return
        [
            .. from protocol in s_withPorts from port in ports from source in sources.Take(MaxSourcePorts).Append(AnySourcePort) select new TranslationTraffic(protocol, port, -1, -1, source),
            .. from type in types from code in codes select new TranslationTraffic(icmpOfFamily, -1, type, code),
            .. from number in others
               let protocol = new Protocol(number)
               where number != 0 && !protocol.HasPorts && protocol != icmpOfFamily
               select new TranslationTraffic(protocol, -1, -1, -1),
        ];
    }

    private static void AddPorts(SortedSet<int> ports, CompiledEnd end)
    {
        foreach (PortRange range in (IEnumerable<PortRange>)[.. end.Ports?.Numbers.Ranges ?? default, .. end.NotPorts?.Numbers.Ranges ?? default])
        {
            AddAround(ports, range.First, range.Last, 1, ushort.MaxValue);
        }

        foreach (SliceBackend backend in end.Service ?? [])
        {
            AddAround(ports, backend.Port, backend.Port, 1, ushort.MaxValue);
        }
    }

    private static void Around(SortedSet<int> values, int? value)
    {
        if (value is { } known)
        {
            AddAround(values, known, known, 0, byte.MaxValue);
        }
    }

    private static void AddAround(SortedSet<int> values, int first, int last, int lowest, int highest)
    {
        foreach (int value in (ReadOnlySpan<int>)[first - 1, first, last, last + 1])
        {
            if (value >= lowest && value <= highest)
            {
                values.Add(value);
            }
        }
    }
}
