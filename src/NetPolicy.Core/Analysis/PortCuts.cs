using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Policies;
using NetPolicy.Ports;

namespace NetPolicy.Analysis;

/// <summary>Ports at which a verdict can change, for TCP, UDP and SCTP: sorted, each the first port of something new.</summary>
internal sealed class PortCuts
{
    public static readonly Protocol[] Protocols = [Protocol.Tcp, Protocol.Udp, Protocol.Sctp];

    private readonly int[][] _cuts;

    private PortCuts(IEnumerable<int>[] cuts) =>
        _cuts = [.. cuts.Select(c => c.Where(p => p is > 1 and <= ushort.MaxValue).Distinct().Order().ToArray())];

    public static PortCuts None { get; } = new([[], [], []]);

    public bool IsEmpty => _cuts[0].Length == 0 && _cuts[1].Length == 0 && _cuts[2].Length == 0;

    public ReadOnlySpan<int> this[int protocol] => _cuts[protocol];

    /// <summary>Ports that the rules of a program name by number or through a Service.</summary>
    public static PortCuts Of(EndpointProgram program)
    {
        List<int>[] cuts = [[], [], []];
        foreach (CompiledMatch match in PolicyFeatures.RulesOf(program).SelectMany(r => r.Alternatives))
        {
            for (int p = 0; p < Protocols.Length; p++)
            {
                if (match.Match.Protocol is null || match.Match.Protocol == Protocols[p])
                {
                    Add(cuts[p], match.Destination.Ports);
                    Add(cuts[p], match.Destination.NotPorts);
                }
            }

            foreach (SliceBackend backend in match.Destination.Service ?? [])
            {
                Add(cuts, backend.Protocol, backend.Port);
            }
        }

        return new PortCuts(cuts);
    }

    /// <summary>Single ports.</summary>
    public static PortCuts Of(IEnumerable<(Protocol Protocol, ushort Port)> ports)
    {
        List<int>[] cuts = [[], [], []];
        foreach ((Protocol protocol, ushort port) in ports)
        {
            Add(cuts, protocol, port);
        }

        return new PortCuts(cuts);
    }

    /// <summary>Failsafe ports of a node.</summary>
    public static PortCuts Of(Node node) => Of(node.FailsafeInbound.Concat(node.FailsafeOutbound).Select(f => (f.Protocol, f.Port)));

    public PortCuts With(PortCuts other) =>
        other.IsEmpty ? this : IsEmpty ? other : new PortCuts([_cuts[0].Concat(other._cuts[0]), _cuts[1].Concat(other._cuts[1]), _cuts[2].Concat(other._cuts[2])]);

    private static void Add(List<int> cuts, PortMatch? ports)
    {
        foreach (PortRange range in ports?.Numbers.Ranges ?? default)
        {
            cuts.Add(range.First);
            cuts.Add(range.Last + 1);
        }
    }

    private static void Add(List<int>[] cuts, Protocol protocol, ushort port)
    {
        int index = Array.IndexOf(Protocols, protocol);
        if (index >= 0)
        {
            cuts[index].Add(port);
            cuts[index].Add(port + 1);
        }
    }
}
