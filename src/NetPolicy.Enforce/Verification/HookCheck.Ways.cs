using System.Globalization;
using NetPolicy.Addresses;
using NetPolicy.Enforce.Rules;
using NetPolicy.Enforce.Simulation;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Policies;
using NetPolicy.Ports;

namespace NetPolicy.Enforce;

/// <content>Ways from hooks to chains: of interfaces, workloads, unknown ones, and established connections.</content>
internal sealed partial class HookCheck
{
    // Our chains decide where they are said to, and let pass what they say nothing of.
    private void CheckHooks()
    {
        foreach (NftChain chain in _chains.Values)
        {
            if (chain.Base is { } hook && (hook.Type != NftChainType.Filter || hook.Policy != NftVerdict.Accept))
            {
                HookPacket packet = new(HookStage.Forward, _uplink, _uplink, IpAddress.Parse("192.0.2.1"), IpAddress.Parse("192.0.2.2"), Plain(IpFamily.IPv4));
                Report(packet, _ruleset.Node, Direction.Ingress, true, null, $"base chain {chain.Name} does not accept by default");
            }
        }

        if (Options.ConnectionMarkMask != 0)
        {
            CheckEpochZero();
        }
    }

    // While connections may have marks of long ago no mark is believed, and none is given.
    private void CheckEpochZero()
    {
        RuleTable table = _ruleset.Table with
        {
            Identities = [],
            Maps = [],
            Sets = [],
            Chains = [.. _ruleset.Table.Chains.Where(c => c.Name is Compilation.ChainNames.Epoch or Compilation.ChainNames.Mark or Compilation.ChainNames.Previous or Compilation.ChainNames.Known)],
        };
        NftRuleset rules = NftRuleset.Parse(Nft.NftWriter.Write(table.Resolve(1, 0, 0)));
        NftMachine machine = new(rules);
        HookPacket packet = new(HookStage.Forward, _uplink, _uplink, IpAddress.Parse("192.0.2.1"), IpAddress.Parse("192.0.2.2"), Plain(IpFamily.IPv4));
        foreach (NftChain chain in rules.Tables[0].Chains.Where(c => c.Name is not Compilation.ChainNames.Known))
        {
            foreach (HookPacket marked in HookConnections.Of(packet, Options, new EpochPair(1, 2)).Where(p => p is { Direction: ConntrackDirection.Original, State: not ConntrackState.Invalid }))
            {
                PacketState state = marked.ToState();
                ChainOutcome outcome = machine.RunChain(chain, Hook.Forward, state);
                Tried++;
                if (outcome.DecidingRule is not null || (chain.Name.StartsWith(Compilation.ChainNames.Mark, StringComparison.Ordinal) && (state.Connection?.Mark & Options.ConnectionMarkMask) is not (null or 0)))
                {
                    Report(marked, _ruleset.Node, Direction.Ingress, false, null, $"chain {chain.Name} believes a mark before marks are counted");
                }
            }
        }
    }

    private static TranslationTraffic Plain(IpFamily family) => new(Protocol.Tcp, family == IpFamily.IPv6 ? 8080 : 80, -1, -1);

    // Every interface in every stage, and every pair of interfaces on the way through.
    private void TryHosts(List<HookPacket> probes)
    {
        string[] names = [.. HostInterfaces, .. _model.Workloads.Select(w => w.Interface).Take(1), UnknownInterface];
        foreach (string name in names)
        {
            foreach ((HookStage hook, PolicyStage stage, Direction direction) in s_stages)
            {
                if (hook == HookStage.Forward)
                {
                    continue;
                }

                int judge = _model.JudgeOf(name, stage, direction);
                TryBoth(probes, Samples(At(hook, direction, name), judge, stage, direction, judge >= 0 ? Searched : 2), judge >= 0 ? 6 : 2);
            }

            TryNeighbours(name);
            foreach (string to in names)
            {
                int left = _model.JudgeOf(name, PolicyStage.Forward, Direction.Ingress), right = _model.JudgeOf(to, PolicyStage.Forward, Direction.Egress);
                HookPacket example = new(HookStage.Forward, name, to, default, default, default);
                IEnumerable<HookPacket> samples = left < 0 && right < 0
                    ? Samples(example, -1, PolicyStage.Forward, Direction.Ingress, 1)
                    : Alternate(
                        Samples(example, left, PolicyStage.Forward, Direction.Ingress, left >= 0 ? Searched : 1),
                        Samples(example, right, PolicyStage.Forward, Direction.Egress, right >= 0 ? Searched : 1));
                TryBoth(
                    probes,
                    samples.Select(p => p with { Source = AddressAt(name, p.Source), Destination = AddressAt(to, p.Destination) }),
                    (left >= 0 ? 4 : 1) + (right >= 0 ? 4 : 1));
            }
        }
    }

    // Tries the first few; then goes on until there was one that is let pass and one that is not. These two are tried in connections of all kinds.
    private void TryBoth(List<HookPacket> probes, IEnumerable<HookPacket> packets, int few)
    {
        bool hasAccepted = false, hasDenied = false;
        foreach (HookPacket packet in packets)
        {
            if (few <= 0 && hasAccepted && hasDenied)
            {
                return;
            }

            if (_model.Of(packet) is not { } answer)
            {
                continue;
            }

            bool isNew = answer.IsAccepted ? !hasAccepted : !hasDenied;
            hasAccepted |= answer.IsAccepted;
            hasDenied |= !answer.IsAccepted;
            if (isNew)
            {
                probes.Add(packet);
            }

            if (isNew || few > 0)
            {
                Try(packet, isTraced: true);
                few--;
            }
        }
    }

    private static IEnumerable<T> Alternate<T>(IEnumerable<T> left, IEnumerable<T> right)
    {
        using IEnumerator<T> others = right.GetEnumerator();
        foreach (T one in left)
        {
            yield return one;
            if (others.MoveNext())
            {
                yield return others.Current;
            }
        }

        while (others.MoveNext())
        {
            yield return others.Current;
        }
    }

    // The address of the workload at an interface, or what is there if none is.
    private IpAddress AddressAt(string name, IpAddress elsewhere) =>
        _model.Workloads.Where(w => w.Interface == name && w.Address.Family == elsewhere.Family).Select(w => w.Address).Append(elsewhere).First();

    // What neighbours say at every hook; routers' advertisements from the link, from further away, and from anywhere.
    private void TryNeighbours(string name)
    {
        IpAddress link = IpAddress.Parse("fe80::1"), all = IpAddress.Parse("ff02::1");
        foreach ((HookStage hook, _, Direction direction) in s_stages)
        {
            HookPacket example = At(hook, direction, name) with { Source = link, Destination = all };
            foreach (int type in hook == HookStage.Forward ? [] : (ReadOnlySpan<int>)[129, 130, 131, 132, 133, 134, 135, 136, 137, 143])
            {
                Try(example with { Traffic = new TranslationTraffic(Protocol.IcmpV6, -1, type, 0) }, isTraced: false);
            }
        }

        TranslationTraffic advert = new(Protocol.IcmpV6, -1, 134, 0);
        Try(new HookPacket(HookStage.Input, name, null, link, all, advert) { HopLimit = byte.MaxValue }, isTraced: true);
        Try(new HookPacket(HookStage.Input, name, null, link, all, advert) { HopLimit = byte.MaxValue - 1 }, isTraced: true);
        Try(new HookPacket(HookStage.Input, name, null, IpAddress.Parse("2001:db8:ffff::1"), all, advert) { HopLimit = byte.MaxValue }, isTraced: true);
    }

    // Packets of both families in turn, spread over the cells of a judge.
    private IEnumerable<HookPacket> Samples(HookPacket example, int judge, PolicyStage stage, Direction direction, int count)
    {
        EndpointProgram? program = judge >= 0 ? _snapshot.ProgramOf(judge, stage, direction) : null;
        (IpAddress[] Peers, IpAddress Own, TranslationTraffic[] Traffic)[] families =
        [
            .. from family in (IpFamily[])[IpFamily.IPv4, IpFamily.IPv6]
               let peers = _peers.Of(family)
               where peers.Length > 0
               select (Some(peers, 37), _model.Node?.Addresses.FirstOrDefault(a => a.Family == family) is { } address && address != default ? address : peers[^1],
                   program is null ? (TranslationTraffic[])[Plain(family)]
                   : stage == PolicyStage.Forward ? TranslationTraffic.Of(program, [], family, _peers)
                   : [.. TranslationTraffic.Of(program, [], family, _peers), .. KeptTraffic(family)]),
        ];
        for (int i = 0; i < count; i++)
        {
            foreach ((IpAddress[] peers, IpAddress own, TranslationTraffic[] traffic) in families)
            {
                IpAddress peer = peers[(5 * i) % peers.Length], other = example.Stage == HookStage.Forward ? peers[((3 * i) + (peers.Length / 2) + 1) % peers.Length] : own;
                bool isArriving = direction == Direction.Ingress;
                yield return example with { Source = isArriving ? peer : other, Destination = isArriving ? other : peer, Traffic = traffic[(7 * i) % traffic.Length] };
            }
        }
    }

    private void TryWorkloads(List<HookPacket> probes)
    {
        int number = 0, delivered = 0, passed = 0;
        uint stale = Options.ConnectionMarkMask == 0 ? 0 : (uint)_epochs.Previous << System.Numerics.BitOperations.TrailingZeroCount(Options.ConnectionMarkMask);
        HashSet<(EndpointProgram, EndpointProgram)> returned = [];
        (string Interface, IpAddress Address, Endpoint Endpoint)[] workloads = [.. _model.Workloads];
        foreach ((string name, IpAddress address, Endpoint endpoint) in workloads)
        {
            IpAddress[] peers = [.. Some(_peers.Of(address.Family), 12).Append(s_stranger[address.Family == IpFamily.IPv6 ? 1 : 0]).Where(p => !endpoint.Addresses.Contains(p))];

            IpAddress node = _model.Node?.Addresses.FirstOrDefault(a => a.Family == address.Family) ?? default;
            for (int i = 0; i < 2; i++, number++)
            {
                IpAddress peer = peers[number % peers.Length];
                foreach (Direction direction in (ReadOnlySpan<Direction>)[Direction.Egress, Direction.Ingress])
                {
                    TranslationTraffic[] traffic = _peers.TrafficOf(_snapshot.ProgramOf(endpoint, PolicyStage.Normal, direction), endpoint, address);
                    TranslationTraffic one = traffic[(int)(number * 7919L % traffic.Length)];
                    HookPacket packet = direction == Direction.Egress
                        ? new HookPacket(HookStage.Forward, name, _uplink, address, peer, one)
                        : new HookPacket(HookStage.Forward, _uplink, name, peer, address, one);
                    Try(packet, isTraced: true);
                    if (number < 24)
                    {
                        probes.Add(packet);
                    }

                    if (i == 0 && (_dispatch.ChainOf(name, address, direction) ?? $"the chain of {endpoint.Name}") is var chain && chain != Compilation.ChainNames.Ok && _model.Of(packet)?.Chains.Contains(chain) != true
                        && Find(packet, name, direction, peers, traffic, a => a.Chains.Contains(chain)) is { } reached)
                    {
                        Try(reached, isTraced: true);
                    }

                    if (passed < 4 && number < 128 && Find(packet, name, direction, peers, traffic, a => a.IsAccepted) is { } accepted)
                    {
                        passed++;
                        probes.Add(accepted);
                    }

                    if (direction == Direction.Egress)
                    {
                        packet = new HookPacket(HookStage.Input, name, null, address, node == default ? peer : node, one);
                        Try(packet, isTraced: true);
                        if (number < 12)
                        {
                            probes.Add(packet);
                        }

                        // One that the node gets, if there is any.
                        if (delivered < 4 && number < 128 && Find(packet, name, direction, peers, traffic, a => a.IsNodesChoice) is { } arrived)
                        {
                            delivered++;
                            probes.Add(arrived);
                        }
                    }
                }
            }

            // To itself; with what is another's, on a connection that had been accepted; what belongs to none.
            TranslationTraffic plain = Plain(address.Family);
            TryReturn(name, address, endpoint, stale, returned);
            HookPacket spoofed = new(HookStage.Forward, name, _uplink, peers[0], peers[^1], plain) { State = ConntrackState.Established, IsConfirmed = true, ConnectionMark = stale };
            Try(spoofed, isTraced: true);
            Try(spoofed with { State = ConntrackState.Invalid }, isTraced: true);
            Try(spoofed with { In = _uplink, Out = name, Destination = address, State = ConntrackState.Invalid }, isTraced: true);
            spoofed = spoofed with { Stage = HookStage.Input, Out = null, Destination = node == default ? peers[^1] : node };
            Try(spoofed, isTraced: true);
            Try(spoofed with { State = ConntrackState.Invalid }, isTraced: true);
            (string next, IpAddress to, Endpoint other) = workloads[(number / 2) % workloads.Length];
            if (to.Family == address.Family && next != name && other != endpoint)
            {
                Try(new HookPacket(HookStage.Forward, name, next, address, to, plain), isTraced: true);
            }

            // The node itself, to whom no policy applies.
            if (node != default)
            {
                Try(new HookPacket(HookStage.Output, null, name, node, address, plain), isTraced: true);
            }
        }
    }

    // What another stage denies does not come to the workload's own chain: by other interfaces and from other peers it may.
    private HookPacket? Find(HookPacket packet, string name, Direction direction, IpAddress[] peers, TranslationTraffic[] traffic, Func<HookAnswer, bool> isWanted)
    {
        string[] others = packet.Stage == HookStage.Forward ? [.. HostInterfaces, .. _model.Workloads.Select(w => w.Interface).Where(i => i != name).Take(2)] : [""];
        for (int i = 0; i < Searched; i++)
        {
            string other = others[i % others.Length];
            IpAddress peer = other.Length == 0 && i % 2 == 0 ? packet.Destination : AddressAt(other, peers[i / others.Length % peers.Length]);
            HookPacket tried = packet with { Traffic = traffic[(7 * i) % traffic.Length] };
            tried = packet.Stage != HookStage.Forward ? tried with { Destination = peer }
                : direction == Direction.Egress ? tried with { Out = other, Destination = peer }
                : tried with { In = other, Source = peer };
            if (_model.Of(tried) is { } answer && isWanted(answer))
            {
                return tried;
            }
        }

        return null;
    }

    // What a Service leads back to its sender: all that its policies tell apart, once for each kind.
    private void TryReturn(string name, IpAddress address, Endpoint endpoint, uint stale, HashSet<(EndpointProgram, EndpointProgram)> returned)
    {
        EndpointProgram egress = _snapshot.ProgramOf(endpoint, PolicyStage.Normal, Direction.Egress), ingress = _snapshot.ProgramOf(endpoint, PolicyStage.Normal, Direction.Ingress);
        HookPacket packet = new(HookStage.Forward, name, name, address, address, Plain(address.Family)) { State = ConntrackState.Established, IsConfirmed = true, ConnectionMark = stale };
        Try(packet, isTraced: true);
        if (egress.HasClusterPolicies || ingress.HasClusterPolicies)
        {
            bool isFirst = returned.Add((egress, ingress)), hasAccepted = false, hasDenied = false;
            foreach (TranslationTraffic traffic in _peers.TrafficOf(egress, endpoint, address).Union(_peers.TrafficOf(ingress, endpoint, address)))
            {
                HookPacket one = packet with { Traffic = traffic };
                Try(one, isTraced: false);

                // Of the others one that is let pass and one that is not will do.
                bool isAccepted = _model.Of(one) is { IsAccepted: true };
                hasAccepted |= isAccepted;
                hasDenied |= !isAccepted;
                if (!isFirst && hasAccepted && hasDenied)
                {
                    break;
                }
            }
        }
    }

    private void TryUnknown(List<HookPacket> probes)
    {
        string[] closed = [UnknownInterface, .. _model.ClosedInterfaces];
        foreach (IpFamily family in (ReadOnlySpan<IpFamily>)[IpFamily.IPv4, IpFamily.IPv6])
        {
            IpAddress[] peers = Some(_peers.Of(family), 4);
            TranslationTraffic plain = Plain(family);
            foreach (IpAddress peer in peers)
            {
                foreach (string name in closed)
                {
                    HookPacket accepted = new(HookStage.Input, name, null, peer, peers[0], plain) { State = ConntrackState.Established, IsConfirmed = true };
                    Try(accepted, isTraced: true);
                    Try(accepted with { State = ConntrackState.Invalid }, isTraced: true);
                    Try(new HookPacket(HookStage.Forward, name, _uplink, peer, peers[0], plain), isTraced: true);
                    Try(new HookPacket(HookStage.Forward, _uplink, name, peers[0], peer, plain), isTraced: true);
                    Try(new HookPacket(HookStage.Input, name, null, peer, peers[0], plain), isTraced: true);
                }
            }

            if (peers.Length > 0)
            {
                probes.Add(new HookPacket(HookStage.Forward, UnknownInterface, _uplink, peers[^1], peers[0], plain));
                probes.Add(new HookPacket(HookStage.Forward, _uplink, UnknownInterface, peers[0], peers[^1], plain));
                probes.Add(new HookPacket(HookStage.Input, UnknownInterface, null, peers[^1], peers[0], plain));
            }

            foreach (IpAddress hole in Holes(family))
            {
                IpAddress peer = peers.Length > 0 && peers[0] != hole ? peers[0] : default;
                if (peer != default)
                {
                    Try(new HookPacket(HookStage.Forward, Unlisted, Unlisted, hole, peer, plain), isTraced: true);
                    Try(new HookPacket(HookStage.Forward, Unlisted, Unlisted, peer, hole, plain), isTraced: true);
                    Try(new HookPacket(HookStage.Input, Unlisted, null, hole, peer, plain), isTraced: true);
                }
            }
        }
    }

    // Both ends of each stretch of the node's pod ranges that nobody has, and what is beside the ranges.
    private IEnumerable<IpAddress> Holes(IpFamily family)
    {
        const int Most = 512;
        SortedSet<IpAddress> ends = [];
        foreach (IpPrefix range in (_model.Node?.PodRanges ?? default).Where(r => r.Family == family))
        {
            ends.UnionWith([range.First, range.Last, .. Beside(range)]);
            foreach (IpAddress address in _snapshot.Cluster.Endpoints.SelectMany(e => e.Addresses).Concat(_snapshot.Cluster.Nodes.SelectMany(n => n.Addresses)).Where(range.Contains).Take(Most))
            {
                ends.UnionWith(Beside(new IpPrefix(address, family == IpFamily.IPv4 ? 32 : 128)));
            }
        }

        return ends.Take(Most);
    }

    private static T[] Some<T>(T[] all, int most)
    {
        if (all.Length <= most)
        {
            return all;
        }

        T[] some = new T[most];
        for (int i = 0; i < most; i++)
        {
            some[i] = all[(int)((long)i * all.Length / most)];
        }

        return some;
    }
}
