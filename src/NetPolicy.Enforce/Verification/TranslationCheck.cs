using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Enforce.Nft;
using NetPolicy.Enforce.Rules;
using NetPolicy.Enforce.Simulation;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Policies;
using NetPolicy.Ports;

namespace NetPolicy.Enforce;

/// <summary>
/// Proves before loading that rules say what policy says: the very text that would be loaded is executed, cell by cell, and compared with the engine, which goes
/// through the policies rule by rule. A cell is a workload's chain, a kind of peer, a protocol and a stretch of ports between which no rule of the workload tells.
/// </summary>
/// <remarks>
/// What is compared are the decisions for this node's workloads, in both directions and families. Each chain is tried whole with one workload; other workloads
/// of the chain are tried with fewer peers, which shows that they are led to it. It knows nothing of how the compiler works: kinds of peers come from the
/// cluster's classes and the borders of all blocks, ports from policies and named ports.
/// </remarks>
public static class TranslationCheck
{
    private const int Stride = 16;
    private static readonly Protocol[] s_protocols = [Protocol.Tcp, Protocol.Udp, Protocol.Sctp];

    /// <summary>Compares all cells, or as many as <paramref name="most"/> allows, spread evenly.</summary>
    /// <param name="snapshot">What decides.</param>
    /// <param name="ruleset">What was compiled from it.</param>
    /// <param name="before">What decided before: chains, tables and peers that are the same in both are not tried again. Null to try everything.</param>
    /// <param name="most">How many cells are tried at most. Default: 200,000, which takes about half a second.</param>
    /// <exception cref="NftExecutionException">The rules hold something that cannot be decided.</exception>
    public static TranslationReport Check(Snapshot snapshot, CompiledRuleset ruleset, CompiledRuleset? before = null, int most = 200_000)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentNullException.ThrowIfNull(ruleset);
        return Check(snapshot, ruleset, NftRuleset.Parse(NftWriter.Write(ruleset)), before, most);
    }

    /// <summary>The same for rules as text, which may come from elsewhere.</summary>
    internal static TranslationReport Check(Snapshot snapshot, CompiledRuleset ruleset, NftRuleset rules, CompiledRuleset? before, int most)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        Dispatch dispatch = new(ruleset.Table);
        ChangedParts? changed = before is null ? null : new ChangedParts(before.Table, ruleset.Table);
        IpAddress[] peers = Peers(snapshot, ruleset);
        Dictionary<(string Chain, IpFamily Family), IpAddress> first = [];
        List<Cell> cells = [];
        foreach (Endpoint endpoint in snapshot.Cluster.Endpoints)
        {
            if (!endpoint.IsWorkload || endpoint.Node != ruleset.Node)
            {
                continue;
            }

            foreach (IpAddress address in endpoint.Addresses)
            {
                foreach (Direction direction in (ReadOnlySpan<Direction>)[Direction.Egress, Direction.Ingress])
                {
                    if (dispatch.ChainOf(InterfaceNames.Of(endpoint, ruleset.Options.WorkloadInterfacePrefix), address, direction) is not { } chain)
                    {
                        continue;
                    }

                    Side side = new(snapshot, endpoint, address, direction, chain);
                    bool isFirst = first.TryAdd((chain, address.Family), address), isKnown = changed?.IsSame(chain) == true;

                    // The first workload of a chain was not tried towards itself.
                    side.AddCells(cells, peers, isFirst && !isKnown ? 1 : Stride, first[(chain, address.Family)], isKnown ? changed!.Moved : null);
                }
            }
        }

        return Compare(ruleset, rules, cells, most);
    }

    private static TranslationReport Compare(CompiledRuleset ruleset, NftRuleset rules, List<Cell> cells, int most)
    {
        NftMachine machine = new(rules);
        Dictionary<string, NftChain> chains = new(StringComparer.Ordinal);
        foreach (RuleChain chain in ruleset.Table.Chains)
        {
            chains[chain.Name] = rules.FindChain(ruleset.Table.Name, chain.IsShared || chain.Hook is not null ? chain.Name : chain.Name + "_1")
                ?? throw new ArgumentException($"the rules have no chain `{chain.Name}`", nameof(rules));
        }

        List<TranslationDifference> differences = [];
        long step = Math.Max(1, (cells.Count + (long)most - 1) / most), tried = 0;
        for (long i = 0; i < cells.Count; i += step)
        {
            Cell cell = cells[(int)i];
            tried++;
            ChainOutcome outcome = machine.RunChain(chains[cell.Side.Chain], Hook.Forward, cell.ToState());
            bool isAllowed = cell.IsAllowedByPolicy();
            if ((outcome.Verdict == NftVerdict.Accept) != isAllowed && differences.Count < TranslationReport.MaxDifferences)
            {
                string? rule = outcome.NamedRules.Count > 0 ? outcome.NamedRules[^1].Comment : null;
                differences.Add(new TranslationDifference(cell.Side.Endpoint.Name, cell.Side.Direction, cell.ToRequest(), isAllowed, rule));
            }
        }

        return new TranslationReport(cells.Count, tried, [.. differences]);
    }

    /// <summary>One address of each kind: of each class of endpoints, each node, both sides of each border of a block, and what the compiler took for examples.</summary>
    private static IpAddress[] Peers(Snapshot snapshot, CompiledRuleset ruleset)
    {
        SortedSet<IpAddress> peers = [.. ruleset.Identities.Select(i => i.Example)];
        HashSet<(int, IpFamily)> classes = [];
        foreach (Endpoint endpoint in snapshot.Cluster.Endpoints)
        {
            foreach (IpAddress address in endpoint.Addresses)
            {
                if (classes.Add((snapshot.ClassIdOf(endpoint.Index), address.Family)) || snapshot.Members.Of(address).Length > 1)
                {
                    peers.Add(address);
                }
            }
        }

        foreach (IpAddress address in snapshot.Cluster.Nodes.SelectMany(n => n.Addresses))
        {
            peers.Add(address);
        }

        foreach (IpPrefix block in Blocks(snapshot, ruleset.Node))
        {
            IpFamily family = block.Family;
            UInt128 last = (family == IpFamily.IPv4 ? IpPrefix.AllIPv4 : IpPrefix.AllIPv6).Last.Value;
            peers.Add(block.First);
            peers.Add(block.Last);
            if (block.First.Value > 0)
            {
                peers.Add(IpAddress.From(family, block.First.Value - 1));
            }

            if (block.Last.Value < last)
            {
                peers.Add(IpAddress.From(family, block.Last.Value + 1));
            }
        }

        return [.. peers];
    }

    private static HashSet<IpPrefix> Blocks(Snapshot snapshot, string node)
    {
        HashSet<EndpointProgram> programs = [];
        HashSet<IpPrefix> blocks = [.. snapshot.Cluster.Selectables.OfType<NetworkSet>().SelectMany(s => s.Nets)];
        foreach (Endpoint endpoint in snapshot.Cluster.Endpoints.Where(e => e.IsWorkload && e.Node == node))
        {
            foreach (Direction direction in (ReadOnlySpan<Direction>)[Direction.Egress, Direction.Ingress])
            {
                EndpointProgram program = snapshot.ProgramOf(endpoint, PolicyStage.Normal, direction);
                if (programs.Add(program))
                {
                    foreach (DecisionLine line in program.Decisions.Lines)
                    {
                        blocks.UnionWith([.. line.Match.Source.Nets ?? [], .. line.Match.Source.NotNets ?? [], .. line.Match.Destination.Nets ?? [], .. line.Match.Destination.NotNets ?? []]);
                    }
                }
            }
        }

        return blocks;
    }

    /// <summary>A workload at an address in a direction.</summary>
    private sealed class Side(Snapshot snapshot, Endpoint endpoint, IpAddress address, Direction direction, string chain)
    {
        private readonly EndpointProgram _program = snapshot.ProgramOf(endpoint, PolicyStage.Normal, direction);

        public Endpoint Endpoint => endpoint;

        public IpAddress Address => address;

        public Direction Direction => direction;

        public string Chain => chain;

        /// <summary>Adds the cells towards each peer, or one in <paramref name="stride"/> and <paramref name="always"/>.</summary>
        public void AddCells(List<Cell> cells, IpAddress[] peers, int stride, IpAddress always, Func<IpAddress, bool>? isWanted)
        {
            (Protocol Protocol, int Port, int Type)[] traffic = [.. Traffic()];
            bool tellsNames = _program.Decisions.Destination.HasNames && direction == Direction.Egress;
            for (int p = 0; p < peers.Length; p++)
            {
                IpAddress peer = peers[p];
                if ((stride > 1 && (p + endpoint.Index) % stride != 0 && peer != always) || peer.Family != address.Family || peer == address || (isWanted is not null && !isWanted(peer)))
                {
                    continue;
                }

                foreach ((Protocol protocol, int port, int type) in traffic)
                {
                    // ICMP in the other family is a protocol like any.
                    if (!protocol.IsIcmp || (type >= 0) == ((protocol == Protocol.IcmpV6) == (peer.Family == IpFamily.IPv6)))
                    {
                        cells.Add(new Cell(this, peer, protocol, port, type));
                    }
                }

                foreach ((Protocol protocol, int port) in tellsNames ? PortsOf(peer) : [])
                {
                    cells.Add(new Cell(this, peer, protocol, port, -1));
                }
            }
        }

        // What the peer calls by name, and beside it.
        private IEnumerable<(Protocol Protocol, int Port)> PortsOf(IpAddress peer)
        {
            foreach (NamedPort named in snapshot.Members.Of(peer).SelectMany(m => snapshot.ClassOf(m).Shape.Ports))
            {
                SortedSet<int> ports = [];
                Around(ports, named.Number, named.Number);
                foreach (int port in ports)
                {
                    yield return (named.Protocol, port);
                }
            }
        }

        /// <summary>What policy says, rule by rule; the own node is always let in, and Kubernetes policies have no say in what goes to it (§7.5).</summary>
        public bool IsAllowed(IpAddress peer, in NetPolicy.Engine.Packet packet)
        {
            bool isOwnNode = snapshot.Members.WorkloadsOf(peer).Length == 0
                && endpoint.Node is { } name && snapshot.Cluster.FindNode(name) is { } node && node.Addresses.Contains(peer);
            if (isOwnNode && direction == Direction.Ingress)
            {
                return true;
            }

            PolicyScope scope = isOwnNode && snapshot.Options.EgressToOwnNode == OwnNodeEgress.Allowed
                && _program.Tiers.Any(t => t.Policies.Any(p => p.IsEnforced && p.Policy.IsKubernetes))
                ? PolicyScope.NotKubernetes
                : PolicyScope.All;
            PeerFacts own = new(address, snapshot.Members.Of(address)), other = new(peer, snapshot.Members.Of(peer));
            bool isArriving = direction == Direction.Ingress;
            PlainWalk walk = default;
            return snapshot.Judge(_program, endpoint.Index, direction, scope, packet, isArriving ? other : own, isArriving ? own : other, ref walk).Verdict != EndVerdict.Deny;
        }

        // Both ends of every stretch of ports between which something tells, ICMP types likewise, and protocols without ports.
        private IEnumerable<(Protocol Protocol, int Port, int Type)> Traffic()
        {
            SortedSet<int> ports = [1, ushort.MaxValue], types = [0, 8, 128, 255];
            SortedSet<byte> others = [47, Protocol.Icmp.Number, Protocol.IcmpV6.Number];
            foreach (DecisionLine line in _program.Decisions.Lines)
            {
                AddPorts(ports, line.Match.Destination);
                others.UnionWith(((byte?[])[line.Match.Match.Protocol?.Number, line.Match.Match.NotProtocol?.Number]).OfType<byte>());
                foreach (int type in ((int?[])[line.Match.Match.Icmp?.Type, line.Match.Match.NotIcmp?.Type]).OfType<int>())
                {
                    types.UnionWith([Math.Max(0, type - 1), type, Math.Min(255, type + 1)]);
                }
            }

            foreach (NamedPort port in endpoint.Ports)
            {
                Around(ports, port.Number, port.Number);
            }

            foreach (Protocol protocol in s_protocols)
            {
                foreach (int port in ports)
                {
                    yield return (protocol, port, -1);
                }
            }

            foreach (Protocol protocol in (Protocol[])[Protocol.Icmp, Protocol.IcmpV6])
            {
                foreach (int type in types)
                {
                    yield return (protocol, -1, type);
                }
            }

            foreach (byte number in others)
            {
                Protocol protocol = new(number);
                if (number != 0 && !protocol.HasPorts)
                {
                    yield return (protocol, -1, -1);
                }
            }
        }

        private static void AddPorts(SortedSet<int> ports, CompiledEnd end)
        {
            foreach (PortRange range in (IEnumerable<PortRange>)[.. end.Ports?.Numbers.Ranges ?? default, .. end.NotPorts?.Numbers.Ranges ?? default])
            {
                Around(ports, range.First, range.Last);
            }

            foreach (SliceBackend backend in end.Service ?? [])
            {
                Around(ports, backend.Port, backend.Port);
            }
        }

        private static void Around(SortedSet<int> ports, int first, int last) =>
            ports.UnionWith([Math.Max(1, first - 1), Math.Max(1, first), last, Math.Min(ushort.MaxValue, last + 1)]);
    }

    /// <summary>A cell of the comparison.</summary>
    private readonly record struct Cell(Side Side, IpAddress Peer, Protocol Protocol, int Port, int Type)
    {
        private IpAddress From => Side.Direction == Direction.Egress ? Side.Address : Peer;

        private IpAddress To => Side.Direction == Direction.Egress ? Peer : Side.Address;

        // A packet always has a source port and an ICMP code.
        private const ushort SourcePort = 47_123;

        public bool IsAllowedByPolicy() => Side.IsAllowed(
            Peer, new NetPolicy.Engine.Packet(Peer.Family, Protocol, Port, Port < 0 ? -1 : SourcePort, Type, Type < 0 ? -1 : 0, null, null));

        public PacketState ToState() => PacketState.Tracked(
            new NetPolicy.Enforce.Simulation.Packet
            {
                Family = Peer.Family == IpFamily.IPv6 ? PacketFamily.IPv6 : PacketFamily.IPv4,
                Source = From.Value,
                Destination = To.Value,
                Protocol = Protocol.Number,
                SourcePort = Port < 0 ? null : SourcePort,
                DestinationPort = Port < 0 ? null : (ushort)Port,
                IcmpType = Type < 0 ? null : (byte)Type,
                IcmpCode = Type < 0 ? null : (byte)0,
            },
            ConntrackState.New);

        public FlowRequest ToRequest() => new()
        {
            From = From.ToString(),
            To = To.ToString(),
            Protocol = Protocol.ToString(),
            Port = Port < 0 ? null : Port,
            SourcePort = Port < 0 ? null : SourcePort,
            IcmpType = Type < 0 ? null : Type,
            IcmpCode = Type < 0 ? null : 0,
        };
    }
}
