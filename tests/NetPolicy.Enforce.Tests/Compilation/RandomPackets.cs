using NetPolicy.Addresses;
using NetPolicy.Enforce.Rules;
using NetPolicy.Enforce.Simulation;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Policies;
using NetPolicy.Ports;

namespace NetPolicy.Enforce.Tests.Compilation;

/// <summary>Packets at all hooks of a node, drawn at random from what its documents name, and what becomes of them.</summary>
internal sealed class RandomPackets
{
    private const int Count = 6_000;

    private readonly HookPacket[] _packets;
    private readonly bool[] _asksPriority;

    public RandomPackets(Snapshot snapshot, CompiledRuleset ruleset, ulong seed)
    {
        Random random = new((int)seed);
        HookModel model = new(snapshot, ruleset, new Dispatch(ruleset.Table), new EpochPair(2, 1));
        string[] names = [.. model.HostInterfaces, "lo", "other0", "cali-none1", .. model.ClosedInterfaces, .. model.Workloads.Select(w => w.Interface).Distinct()];
        IpAddress[] all =
        [
            .. ruleset.Identities.Select(i => i.Example), .. snapshot.Cluster.Endpoints.SelectMany(e => e.Addresses), .. snapshot.Cluster.Nodes.SelectMany(n => n.Addresses),
            .. snapshot.Cluster.Nodes.SelectMany(n => n.PodRanges).SelectMany(r => (IpAddress[])[r.First, r.Last]), IpAddress.Parse("fe80::1"), IpAddress.Parse("203.0.113.7"),
        ];
        IpAddress[][] addresses = [[.. all.Where(a => a.Family == IpFamily.IPv4)], [.. all.Where(a => a.Family == IpFamily.IPv6)]];
        TranslationTraffic[][] traffic = [Traffic(snapshot, ruleset, all, IpFamily.IPv4), Traffic(snapshot, ruleset, all, IpFamily.IPv6)];
        List<HookPacket> packets = [];
        List<bool> asks = [];
        while (packets.Count < Count)
        {
            int family = random.Next(2);
            HookStage stage = (HookStage)random.Next(7);
            bool isIn = stage is HookStage.RawIn or HookStage.Before or HookStage.Input or HookStage.Forward;
            IpAddress source = Pick(random, addresses[family]), destination = Pick(random, addresses[family]);
            string from = Pick(random, names), to = Pick(random, names);
            (string Interface, IpAddress Address, Endpoint Endpoint)[] at = [.. model.Workloads.Where(w => w.Address.Family == source.Family)];
            if (at.Length > 0 && random.Next(3) == 0)
            {
                (from, source, _) = Pick(random, at);
            }

            if (at.Length > 0 && random.Next(3) == 0)
            {
                (to, destination, _) = Pick(random, at);
            }

            HookPacket packet = new(stage, isIn ? from : null, isIn && stage != HookStage.Forward ? null : to, source, destination, Pick(random, traffic[family]))
            {
                IsTranslated = stage == HookStage.Postrouting || (stage == HookStage.Output && random.Next(4) == 0),
            };
            if (random.Next(3) > 0)
            {
                packet = Pick(random, [.. HookConnections.Of(packet, ruleset.Options, new EpochPair(2, 1))]);
            }

            if (model.Of(packet) is { } answer)
            {
                packets.Add(packet);
                asks.Add(answer.Priority is not null);
            }
        }

        _packets = [.. packets];
        _asksPriority = [.. asks];
    }

    /// <summary>What becomes of each.</summary>
    public Fate[] Run(NftRuleset rules)
    {
        NftMachine machine = new(rules);
        Fate[] fates = new Fate[_packets.Length];
        for (int i = 0; i < fates.Length; i++)
        {
            PacketState state = _packets[i].ToState();
            HookOutcome outcome = _packets[i].Stage switch
            {
                HookStage.RawIn => machine.Run(Hook.Prerouting, state, toPriority: -200),
                HookStage.RawOut => machine.Run(Hook.Output, state, toPriority: -200),
                HookStage.Before => machine.Run(Hook.Prerouting, state, fromPriority: -200),
                HookStage.Input => machine.Run(Hook.Input, state),
                HookStage.Forward => machine.Run(Hook.Forward, state),
                HookStage.Output => machine.Run(Hook.Output, state, fromPriority: -200),
                _ => machine.Run(Hook.Postrouting, state),
            };
            bool isAccepted = outcome.Verdict == NftVerdict.Accept;
            fates[i] = new Fate(isAccepted, isAccepted ? state.Mark : 0, isAccepted && _asksPriority[i] ? state.Priority : 0, state.Connection?.Mark ?? 0, isAccepted ? state.State : default);
        }

        return fates;
    }

    /// <summary>A packet of which something else becomes; null if there is none.</summary>
    public HookPacket? Difference(Fate[] left, Fate[] right)
    {
        for (int i = 0; i < left.Length; i++)
        {
            if (left[i] != right[i])
            {
                return _packets[i];
            }
        }

        return null;
    }

    private static TranslationTraffic[] Traffic(Snapshot snapshot, CompiledRuleset ruleset, IpAddress[] peers, IpFamily family)
    {
        TranslationPeers known = new(snapshot, peers);
        HashSet<TranslationTraffic> traffic = [new(Protocol.Tcp, 22, -1, -1), new(Protocol.Udp, 546, -1, -1, 547), new(Protocol.Udp, 547, -1, -1, 546), new(Protocol.Udp, 68, -1, -1, 67)];
        foreach (Failsafe failsafe in snapshot.Cluster.FindNode(ruleset.Node) is { } node ? (Failsafe[])[.. node.FailsafeInbound, .. node.FailsafeOutbound] : [])
        {
            traffic.Add(new TranslationTraffic(failsafe.Protocol, failsafe.Port, -1, -1));
            traffic.Add(new TranslationTraffic(failsafe.Protocol, 40_000, -1, -1, failsafe.Port));
        }

        foreach (EndpointClass @class in ruleset.Classes)
        {
            traffic.UnionWith(TranslationTraffic.Of(snapshot.ProgramOf(@class.Members[0], @class.Stage, @class.Direction), [.. @class.Members[0].Ports], family, known));
        }

        if (family == IpFamily.IPv6)
        {
            traffic.UnionWith(from type in Enumerable.Range(127, 18) select new TranslationTraffic(Protocol.IcmpV6, -1, type, 0));
        }

        return [.. traffic];
    }

    private static T Pick<T>(Random random, T[] all) => all[random.Next(all.Length)];

    /// <summary>What becomes of a packet.</summary>
    internal readonly record struct Fate(bool IsAccepted, uint Mark, uint Priority, uint ConnectionMark, ConntrackState State);
}
