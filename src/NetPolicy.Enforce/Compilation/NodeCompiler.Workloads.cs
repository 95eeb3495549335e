using System.Globalization;
using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Enforce.Bridges;
using NetPolicy.Enforce.Rules;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Policies;

namespace NetPolicy.Enforce.Compilation;

/// <content>Workloads: which chain judges whom, and what becomes of those that nobody knows.</content>
internal sealed partial class NodeCompiler
{
    private readonly Dictionary<(EndpointProgram, EndpointProgram), string> _returnChains = [];
    private readonly Dictionary<ProgramSet, Led?> _led = new(ReferenceEqualityComparer.Instance);
    private bool _hasSelfTraffic;
    private bool _hasReturnPolicies;

    private void AddWorkloads()
    {
        List<WorkloadWay> ways = new(_local.Workloads.Count);
        List<(IpAddress Address, string? Chain)> arriving = [];
        foreach ((Endpoint endpoint, string name) in _local.ByInterface)
        {
            BridgedWorkload? bridged = _local.Bridged.Count == 0 ? null : _local.Bridged.GetValueOrDefault(endpoint);
            if (LedByPrograms(endpoint) is { } led)
            {
                // Whatever its addresses are.
                AddMember(led.Egress.Members, endpoint);
                AddMember(led.Ingress.Members, endpoint);
                string arrival = led.Ingress.Chain ?? ChainNames.Ok;
                bool isFirst = true;
                foreach (IpAddress address in (bridged?.Addresses ?? endpoint.Addresses).AsSpan())
                {
                    ways.Add(new WorkloadWay(
                        name, address, led.Egress.Chain, led.Ingress.Chain is not null, led.Back, bridged is not null || isFirst ? arrival : "", bridged is not null));
                    isFirst = false;
                }

                continue;
            }

            string? back = ReturnChain(endpoint);
            arriving.Clear();
            int first = ways.Count;
            foreach (IpAddress address in bridged?.Addresses ?? endpoint.Addresses)
            {
                string? egress = WorkloadChain(endpoint, Direction.Egress, address).Chain, ingress = WorkloadChain(endpoint, Direction.Ingress, address).Chain;
                arriving.Add((address, ingress));
                ways.Add(new WorkloadWay(name, address, egress, ingress is not null, back, bridged is null ? "" : ingress ?? ChainNames.Ok, bridged is not null));
            }

            if (bridged is null)
            {
                ways[first] = ways[first] with { Arrival = ArrivalChain(arriving) };
            }
        }

        // Most changes of policies lead nobody elsewhere.
        WorkloadDispatch dispatch = _memory.Dispatch is { } known && known.IsOf(ways, _local.ClosedInterfaces, HasForwardStage)
            ? known
            : new WorkloadDispatch([.. ways], [.. _local.ClosedInterfaces], HasForwardStage, _options, _memory.Dispatch);
        _memory.Dispatch = dispatch;
        _maps.AddRange(dispatch.Maps);
        _sets.AddRange(dispatch.Sets);
        _hasSelfTraffic = dispatch.HasSelfTraffic;
        _hasReturnPolicies = dispatch.HasReturnPolicies;
        if (HasBridges)
        {
            _chains.Add(ToBridge());
        }

        AddUnknownWorkloads();
    }

    /// <summary>Where workloads of the same programs are led, if that depends on nothing else; null otherwise.</summary>
    private Led? LedByPrograms(Endpoint endpoint)
    {
        ProgramSet programs = _snapshot.ClassOf(endpoint.Index).Programs!;
        if (!_led.TryGetValue(programs, out Led? led))
        {
            bool isFree = ShapeOf(programs.Of(PolicyStage.Normal, Direction.Egress)).IsOwnEndFree && ShapeOf(programs.Of(PolicyStage.Normal, Direction.Ingress)).IsOwnEndFree;
            _led[programs] = led = !isFree ? null
                : new Led(ReturnChain(endpoint), WorkloadChain(endpoint, Direction.Egress, endpoint.Addresses[0]), WorkloadChain(endpoint, Direction.Ingress, endpoint.Addresses[0]));
        }

        return led;
    }

    /// <summary>Where workloads are led, with the members of their classes.</summary>
    private sealed record Led(string? Back, (string? Chain, List<Endpoint> Members) Egress, (string? Chain, List<Endpoint> Members) Ingress);

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
            _returnChains[(egress, ingress)] = name = string.Create(CultureInfo.InvariantCulture, $"back_{NumberOf(_memory.Returns, ShapeOf(egress).Meaning + ShapeOf(ingress).Meaning)}");
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
        List<RuleLine> from = [.. FromBridges(), Say.Line(Say.In(ChainNames.WorkloadInterfaces, RuleField.InInterface), Say.Goto(ChainNames.Spoofed))];
        List<RuleLine> to = [];
        if (_options.UnknownPods == UnknownPods.Closed)
        {
            from.Add(Say.Line(Say.Is(RuleField.InInterface, Say.Prefix(Prefix)), Say.Goto(ChainNames.Closed)));
            to.Add(Say.Line(Say.Is(RuleField.OutInterface, Say.Prefix(Prefix)), Say.Goto(ChainNames.Closed)));
            foreach (IpFamily family in (ReadOnlySpan<IpFamily>)[IpFamily.IPv4, IpFamily.IPv6])
            {
                EquatableArray<RuleValue> ranges = _local.UnknownPodRanges(family);
                if (ranges.Count > 0)
                {
                    string set = family == IpFamily.IPv4 ? "pods4" : "pods6";
                    _sets.Add(new RuleSet(set, [Say.Source(family)], ranges, IsInterval: true));
                    from.Add(Say.Line(Say.In(set, Say.Source(family)), Say.Goto(ChainNames.Closed)));
                    to.Add(Say.Line(Say.In(set, Say.Destination(family)), Say.Goto(ChainNames.Closed)));
                }
            }
        }

        _chains.Add(new RuleChain("from_other", [.. from]));
        _chains.Add(new RuleChain("to_other", [.. to]));
    }
}
