using System.Globalization;
using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Enforce.Rules;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Policies;

namespace NetPolicy.Enforce.Compilation;

/// <content>Workloads: which chain judges whom, and what becomes of those that nobody knows.</content>
internal sealed partial class NodeCompiler
{
    private readonly Dictionary<(EndpointProgram, EndpointProgram), string> _returnChains = [];
    private bool _hasSelfTraffic;
    private bool _hasReturnPolicies;

    private void AddWorkloads()
    {
        List<RuleElement> from4 = [], from6 = [], to = [];
        List<RuleValue> self4 = [], self6 = [];
        List<RuleElement> back4 = [], back6 = [];
        foreach ((Endpoint endpoint, string name) in _workloads.OrderBy(w => w.Interface, StringComparer.Ordinal))
        {
            RuleValue iface = Say.Name(name);
            List<(IpAddress Address, string? Chain)> arriving = [];
            foreach (IpAddress address in endpoint.Addresses)
            {
                OwnEnd own = OwnEndAt(endpoint, address);
                string egress = WorkloadChain(endpoint, Direction.Egress, own) ?? ChainNames.Ok;
                RuleValue single = new RuleValue.Addresses(new IpRange(address, address));
                (address.Family == IpFamily.IPv6 ? from6 : from4).Add(new RuleElement(RuleValue.Join(iface, single), RuleVerdict.Jump(egress)));
                arriving.Add((address, WorkloadChain(endpoint, Direction.Ingress, own)));
                if (ReturnChain(endpoint) is { } back)
                {
                    RuleElement element = new(RuleValue.Join(iface, single, iface, single), RuleVerdict.Goto(back));
                    (address.Family == IpFamily.IPv6 ? back6 : back4).Add(element);
                }
                else if (egress != ChainNames.Ok || arriving[^1].Chain is not null || HasForwardStage)
                {
                    (address.Family == IpFamily.IPv6 ? self6 : self4).Add(RuleValue.Join(iface, single, iface, single));
                }
            }

            to.Add(new RuleElement(iface, RuleVerdict.Jump(ArrivalChain(arriving))));
        }

        foreach (string closed in _closedInterfaces)
        {
            to.Add(new RuleElement(Say.Name(closed), RuleVerdict.Jump(ChainNames.Closed)));
        }

        from4.Add(new RuleElement(RuleValue.Anything.Instance, RuleVerdict.Jump("from_other")));
        from6.Add(new RuleElement(RuleValue.Anything.Instance, RuleVerdict.Jump("from_other")));
        to.Add(new RuleElement(RuleValue.Anything.Instance, RuleVerdict.Jump("to_other")));
        _maps.Add(new RuleMap("from4", [RuleField.InInterface, RuleField.Source4], [.. from4], IsInterval: false));
        _maps.Add(new RuleMap("from6", [RuleField.InInterface, RuleField.Source6], [.. from6], IsInterval: false));
        _maps.Add(new RuleMap("to", [RuleField.OutInterface], [.. to], IsInterval: false));
        _sets.Add(new RuleSet(
            ChainNames.WorkloadInterfaces,
            [RuleField.InInterface],
            [.. _workloads.Select(w => w.Interface).Concat(_closedInterfaces).Order(StringComparer.Ordinal).Select(Say.Name)],
            IsInterval: false));
        _hasSelfTraffic = self4.Count + self6.Count > 0;
        if (_hasSelfTraffic)
        {
            _sets.Add(new RuleSet("self4", [RuleField.InInterface, RuleField.Source4, RuleField.OutInterface, RuleField.Destination4], [.. self4], false));
            _sets.Add(new RuleSet("self6", [RuleField.InInterface, RuleField.Source6, RuleField.OutInterface, RuleField.Destination6], [.. self6], false));
        }

        _hasReturnPolicies = back4.Count + back6.Count > 0;
        if (_hasReturnPolicies)
        {
            _maps.Add(new RuleMap("back4", [RuleField.InInterface, RuleField.Source4, RuleField.OutInterface, RuleField.Destination4], [.. back4], false));
            _maps.Add(new RuleMap("back6", [RuleField.InInterface, RuleField.Source6, RuleField.OutInterface, RuleField.Destination6], [.. back6], false));
        }

        AddUnknownWorkloads();
    }

    /// <summary>
    /// The chain for what a Service leads back to the pod that sent it: cluster policies judge it on both sides, nobody else does (cluster policy
    /// specification §1.2). Null if none applies. Matched by address on both ends, so that one chain serves all workloads of the same programs.
    /// </summary>
    private string? ReturnChain(Endpoint endpoint)
    {
        EndpointProgram egress = _snapshot.ProgramOf(endpoint, PolicyStage.Normal, Direction.Egress);
        EndpointProgram ingress = _snapshot.ProgramOf(endpoint, PolicyStage.Normal, Direction.Ingress);
        if (!egress.HasClusterPolicies && !ingress.HasClusterPolicies)
        {
            return null;
        }

        if (!_returnChains.TryGetValue((egress, ingress), out string? name))
        {
            _returnChains[(egress, ingress)] = name = string.Create(CultureInfo.InvariantCulture, $"back_{NumberOf(_memory.Returns, MeaningOf(egress) + MeaningOf(ingress))}");
            List<RuleLine> lines = [];
            foreach (EndpointProgram program in (ReadOnlySpan<EndpointProgram>)[egress, ingress])
            {
                if (program.HasClusterPolicies)
                {
                    OrderedCompiler ordered = new(ShapeOf(program), _addresses, _outcomes, isHost: false, _options.LogGroup);
                    lines.Add(Say.Line(Say.Jump(ordered.Compile(name + (program == egress ? "_eg" : "_in"), PolicyScope.Cluster))));
                    _chains.AddRange(ordered.Chains);
                }
            }

            lines.Add(Say.Line(Say.Goto(ChainNames.Mark)));
            _chains.Add(new RuleChain(name, [.. lines]));
        }

        return name;
    }

    /// <summary>The own end as seen when the packet has <paramref name="address"/>: that address for its family, the first for the other.</summary>
    private OwnEnd OwnEndAt(Endpoint endpoint, IpAddress address)
    {
        PeerFacts Facts(IpFamily family)
        {
            IpAddress own = address.Family == family ? address : endpoint.AddressOf(family);
            return new PeerFacts(own, own == default ? [endpoint.Index] : _snapshot.Members.Of(own));
        }

        return new OwnEnd(endpoint, Facts(IpFamily.IPv4), Facts(IpFamily.IPv6));
    }

    // Where addresses of one workload are judged differently the destination address picks the chain; an address that is not its own is closed.
    private string ArrivalChain(List<(IpAddress Address, string? Chain)> arriving)
    {
        if (arriving.All(a => a.Chain == arriving[0].Chain))
        {
            return arriving[0].Chain ?? ChainNames.Ok;
        }

        string key = string.Join(' ', arriving.Select(a => $"{a.Address} {a.Chain}"));
        bool isKnown = _memory.Arrivals.IsTaken(key);
        string name = string.Create(CultureInfo.InvariantCulture, $"at_{_memory.Arrivals.Of(key)}");
        if (isKnown)
        {
            return name;
        }

        List<RuleLine> lines =
        [
            .. arriving.Select(a => Say.Line(
                Say.Is(Say.Destination(a.Address.Family), new RuleValue.Addresses(new IpRange(a.Address, a.Address))),
                Say.Goto(a.Chain ?? ChainNames.Ok))),
            Say.Line(Say.Goto(ChainNames.Closed)),
        ];
        _chains.Add(new RuleChain(name, [.. lines]));
        return name;
    }

    private void AddUnknownWorkloads()
    {
        List<RuleLine> from = [Say.Line(Say.In(ChainNames.WorkloadInterfaces, RuleField.InInterface), Say.Goto(ChainNames.Spoofed))];
        List<RuleLine> to = [];
        if (_options.UnknownPods == UnknownPods.Closed)
        {
            from.Add(Say.Line(Say.Is(RuleField.InInterface, Say.Prefix(Prefix)), Say.Goto(ChainNames.Closed)));
            to.Add(Say.Line(Say.Is(RuleField.OutInterface, Say.Prefix(Prefix)), Say.Goto(ChainNames.Closed)));
            foreach (IpFamily family in (ReadOnlySpan<IpFamily>)[IpFamily.IPv4, IpFamily.IPv6])
            {
                RuleValue[] ranges = [.. UnknownPodRanges(family).Select(r => new RuleValue.Addresses(r))];
                if (ranges.Length > 0)
                {
                    string set = family == IpFamily.IPv4 ? "pods4" : "pods6";
                    _sets.Add(new RuleSet(set, [Say.Source(family)], [.. ranges], IsInterval: true));
                    from.Add(Say.Line(Say.In(set, Say.Source(family)), Say.Goto(ChainNames.Closed)));
                    to.Add(Say.Line(Say.In(set, Say.Destination(family)), Say.Goto(ChainNames.Closed)));
                }
            }
        }

        _chains.Add(new RuleChain("from_other", [.. from]));
        _chains.Add(new RuleChain("to_other", [.. to]));
    }

    /// <summary>
    /// The node's pod ranges without addresses that somebody has: disjoint, ascending. What a known workload sends may come back to its node by another way,
    /// for example through a load balancer, and is then judged, not closed.
    /// </summary>
    private IEnumerable<IpRange> UnknownPodRanges(IpFamily family)
    {
        IpPrefix[] blocks = [.. (_node?.PodRanges ?? default).Where(p => p.Family == family).Distinct().Order()];
        IpPrefix[] outer = [.. blocks.Where(b => !blocks.Any(o => o != b && o.Contains(b)))];
        SortedSet<IpAddress> holes = [];
        if (outer.Length > 0)
        {
            foreach (Node node in _snapshot.Cluster.Nodes)
            {
                AddHoles(holes, outer, node.Addresses);
            }

            foreach (Endpoint endpoint in _snapshot.Cluster.Endpoints)
            {
                AddHoles(holes, outer, endpoint.Addresses);
            }
        }

        foreach (IpPrefix block in outer)
        {
            UInt128 next = block.First.Value;
            foreach (IpAddress address in holes.Where(block.Contains))
            {
                if (address.Value > next)
                {
                    yield return new IpRange(IpAddress.From(family, next), IpAddress.From(family, address.Value - 1));
                }

                next = address.Value + 1;
            }

            if (next <= block.Last.Value)
            {
                yield return new IpRange(IpAddress.From(family, next), block.Last);
            }
        }
    }

    private static void AddHoles(SortedSet<IpAddress> holes, IpPrefix[] blocks, EquatableArray<IpAddress> addresses)
    {
        foreach (IpAddress address in addresses)
        {
            foreach (IpPrefix block in blocks)
            {
                if (block.Contains(address))
                {
                    holes.Add(address);
                    break;
                }
            }
        }
    }
}
