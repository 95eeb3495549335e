using System.Globalization;
using NetPolicy.Addresses;
using NetPolicy.Enforce.Rules;
using NetPolicy.Enforce.Simulation;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Policies;
using NetPolicy.Ports;

namespace NetPolicy.Enforce;

/// <content>Stages of host endpoints, cell by cell.</content>
internal sealed partial class HookCheck
{
    private static readonly (HookStage Hook, PolicyStage Stage, Direction Direction)[] s_stages =
    [
        (HookStage.RawIn, PolicyStage.Untracked, Direction.Ingress),
        (HookStage.RawOut, PolicyStage.Untracked, Direction.Egress),
        (HookStage.Before, PolicyStage.PreDnat, Direction.Ingress),
        (HookStage.Input, PolicyStage.Normal, Direction.Ingress),
        (HookStage.Output, PolicyStage.Normal, Direction.Egress),
        (HookStage.Postrouting, PolicyStage.Normal, Direction.Egress),
        (HookStage.Forward, PolicyStage.Forward, Direction.Ingress),
        (HookStage.Forward, PolicyStage.Forward, Direction.Egress),
    ];

    private IEnumerable<HookSide> Sides(Func<string, bool> isKnown)
    {
        HashSet<(int, HookStage, Direction)> seen = [];
        foreach (string name in (IEnumerable<string>)[.. HostInterfaces, .. _model.Workloads.Select(w => w.Interface).Take(1), UnknownInterface])
        {
            foreach ((HookStage hook, PolicyStage stage, Direction direction) in s_stages)
            {
                int judge = _model.JudgeOf(name, stage, direction);
                if (judge < 0 || !seen.Add((judge, hook, direction)))
                {
                    continue;
                }

                Endpoint host = (Endpoint)_snapshot.Cluster.SelectableAt(judge);
                string? chain = _ruleset.Classes.FirstOrDefault(c => c.Stage == stage && c.Direction == direction && c.Members[0].Index == judge)?.Chain;
                if (chain is null || isKnown(chain))
                {
                    continue;
                }

                foreach (IpFamily family in (IpFamily[])[IpFamily.IPv4, IpFamily.IPv6])
                {
                    foreach (HookSide side in SidesOf(host, hook, stage, direction, chain, name, family))
                    {
                        yield return side;
                    }
                }
            }
        }
    }

    private IEnumerable<HookSide> SidesOf(Endpoint host, HookStage hook, PolicyStage stage, Direction direction, string chain, string name, IpFamily family)
    {
        EndpointProgram program = _snapshot.ProgramOf(host, stage, direction);
        IpAddress[] peers = _peers.Of(family), own = OwnOf(program, hook, family);
        if (peers.Length == 0)
        {
            yield break;
        }

        HookPacket example = At(hook, direction, name);
        TranslationTraffic[] traffic = TranslationTraffic.Of(
            program, [.. own.SelectMany(a => _snapshot.Members.Of(a)).Append(host.Index).Distinct().SelectMany(m => _snapshot.ClassOf(m).Shape.Ports)], family, _peers);

        // After translation it is the class of before: some peers show that it is asked.
        if (hook == HookStage.Postrouting)
        {
            peers = Some(peers, 6);
        }

        yield return new HookSide(host, stage, direction, chain, example, peers, own, traffic);
        if (hook != HookStage.Forward)
        {
            yield return new HookSide(host, stage, direction, chain, example, KeptPeers(family, peers), Some(own, 2), KeptTraffic(family));
        }
    }

    private static HookPacket At(HookStage hook, Direction direction, string name) => direction == Direction.Ingress
        ? new HookPacket(hook, name, null, default, default, default)
        : new HookPacket(hook, null, name, default, default, default) { IsTranslated = hook == HookStage.Postrouting };

    // Where rules look at the own end too every kind of address is tried there.
    private IpAddress[] OwnOf(EndpointProgram program, HookStage hook, IpFamily family)
    {
        IpAddress[] peers = _peers.Of(family), node = [.. _model.Node?.Addresses.Where(a => a.Family == family) ?? []];
        if (program.Decisions.Lines.ToArray().Any(l => IsCondition(program.Direction == Direction.Ingress ? l.Match.Destination : l.Match.Source)))
        {
            return [.. node.Union(peers)];
        }

        IpAddress[] some = hook == HookStage.Input && node.Length > 0 ? node : [.. node.Take(1).Union(Some(peers, 1))];
        return Some(some, 2);
    }

    private static bool IsCondition(CompiledEnd end) => (end.Nets ?? end.NotNets) is not null || (end.Selected ?? end.NotSelected) is not null || end.Service is not null;

    private IpAddress[] KeptPeers(IpFamily family, IpAddress[] peers) =>
    [
        .. Failsafes.Where(f => f.Net.Family == family).SelectMany(f => (IpAddress[])[f.Net.First, f.Net.Last, .. Beside(f.Net)])
            .Concat(Some(peers, 2)).Append(family == IpFamily.IPv6 ? IpAddress.Parse("fe80::5") : IpAddress.Parse("198.51.100.77")).Distinct(),
    ];

    private IEnumerable<Failsafe> Failsafes => _model.Node is { } node ? [.. node.FailsafeInbound, .. node.FailsafeOutbound] : [];

    private static IEnumerable<IpAddress> Beside(IpPrefix net)
    {
        if (net.First.Value > 0)
        {
            yield return IpAddress.From(net.Family, net.First.Value - 1);
        }

        if (net.Last.Value < (net.Family == IpFamily.IPv4 ? uint.MaxValue : UInt128.MaxValue))
        {
            yield return IpAddress.From(net.Family, net.Last.Value + 1);
        }
    }

    // Failsafe ports and those beside them, at both ends; leases; what neighbours say.
    private TranslationTraffic[] KeptTraffic(IpFamily family)
    {
        HashSet<TranslationTraffic> traffic = [new(Protocol.Udp, 546, -1, -1, 547), new(Protocol.Udp, 547, -1, -1, 546), new(Protocol.Udp, 546, -1, -1), new(Protocol.Tcp, 546, -1, -1, 547)];
        foreach (Failsafe failsafe in Failsafes)
        {
            foreach (int port in (ReadOnlySpan<int>)[failsafe.Port - 1, failsafe.Port, failsafe.Port + 1])
            {
                if (port is > 0 and <= ushort.MaxValue)
                {
                    traffic.Add(new TranslationTraffic(failsafe.Protocol, port, -1, -1));
                    traffic.Add(new TranslationTraffic(failsafe.Protocol, TranslationTraffic.AnySourcePort - 1, -1, -1, port));
                }
            }

            traffic.Add(new TranslationTraffic(failsafe.Protocol == Protocol.Tcp ? Protocol.Udp : Protocol.Tcp, failsafe.Port, -1, -1));
        }

        if (family == IpFamily.IPv6)
        {
            traffic.UnionWith(from type in (int[])[127, 129, 130, 131, 132, 133, 134, 135, 136, 137, 142, 143, 144] select new TranslationTraffic(Protocol.IcmpV6, -1, type, 0));
        }

        return [.. traffic];
    }

    private void TryClass(HookSide side, HookPacket packet)
    {
        // As it comes from the stage before translation, which has not accepted it.
        HookPacket seen = packet with { In = packet.In ?? Unlisted, Out = packet.Out ?? Unlisted, Mark = _model.Has(PolicyStage.PreDnat, Direction.Ingress) ? Options.SeenMark : 0 };
        ChainOutcome outcome = _machine.RunChain(_chains[side.Chain], Hook.Forward, seen.ToState());
        bool isAllowed = _model.IsAllowed(side.Host, PolicyStage.Forward, seen, side.Direction);
        Tried++;
        if ((outcome.Verdict == NftVerdict.Accept) != isAllowed)
        {
            Report(seen, side.Host.Name, side.Direction, isAllowed, outcome.NamedRules.Count > 0 ? outcome.NamedRules[^1].Comment : null, null);
        }
    }
}
