using NetPolicy.Addresses;
using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce.Compilation;

/// <summary>Where packets of a workload go at one of its addresses.</summary>
/// <param name="Interface">Its interface.</param>
/// <param name="Address">The address.</param>
/// <param name="Egress">The chain that judges what it sends; null if none does.</param>
/// <param name="HasIngress">True if a chain judges what it receives there.</param>
/// <param name="Back">The chain for what comes back to it; null if it is let through.</param>
/// <param name="Arrival">At the first address: the chain for all that leaves by the interface. Empty at the others. Behind a bridge the chain for each address.</param>
/// <param name="IsBridged">True if the interface is a bridge with others behind it.</param>
internal readonly record struct WorkloadWay(string Interface, IpAddress Address, string? Egress, bool HasIngress, string? Back, string Arrival, bool IsBridged);

/// <summary>The maps and sets that lead packets of workloads to their chains.</summary>
internal sealed class WorkloadDispatch
{
    private readonly WorkloadWay[] _ways;
    private readonly Keys[] _keys;
    private readonly string[] _closedInterfaces;
    private readonly bool _hasForwardStage;

    /// <param name="ways">All ways, in order of interfaces.</param>
    /// <param name="closedInterfaces">Interfaces of workloads without an address.</param>
    /// <param name="hasForwardStage">True if host endpoints judge what is forwarded.</param>
    /// <param name="options">Choices of rendering.</param>
    /// <param name="last">How workloads were led before: ways that stay are made of the same objects.</param>
    public WorkloadDispatch(WorkloadWay[] ways, string[] closedInterfaces, bool hasForwardStage, EnforcementOptions options, WorkloadDispatch? last)
    {
        Dictionary<(string Interface, IpAddress Address), int>? places = null;
        _keys = new Keys[ways.Length];
        int next = 0;
        _ways = ways;
        _closedInterfaces = closedInterfaces;
        _hasForwardStage = hasForwardStage;
        List<RuleElement> from4 = [], from6 = [], to = [], back4 = [], back6 = [], into4 = [], into6 = [];
        List<RuleValue> self4 = [], self6 = [];
        for (int i = 0; i < ways.Length; i++)
        {
            WorkloadWay way = ways[i];
            Keys keys = _keys[i] = Known(last, way, ref next, ref places) ?? new Keys(way);
            bool isSix = way.Address.Family == IpFamily.IPv6;
            (isSix ? from6 : from4).Add(new RuleElement(keys.OneEnd, RuleVerdict.Jump(way.Egress ?? ChainNames.Ok)));
            if (way.Back is { } back)
            {
                (isSix ? back6 : back4).Add(new RuleElement(keys.BothEnds, RuleVerdict.Goto(back)));
            }
            else if ((way.Egress ?? ChainNames.Ok) != ChainNames.Ok || way.HasIngress || hasForwardStage)
            {
                (isSix ? self6 : self4).Add(keys.BothEnds);
            }

            if (way.IsBridged)
            {
                (isSix ? into6 : into4).Add(new RuleElement(keys.OneEnd, RuleVerdict.Jump(way.Arrival)));
            }
            else if (way.Arrival.Length > 0)
            {
                to.Add(new RuleElement(keys.Interface, RuleVerdict.Jump(way.Arrival)));
            }
        }

        string[] bridges = [.. options.Bridges.AsEnumerable().Select(b => b.Name).Order(StringComparer.Ordinal)];
        to.AddRange(bridges.Select(b => new RuleElement(Say.Name(b), RuleVerdict.Jump(ChainNames.ToBridge))));
        to.AddRange(closedInterfaces.Select(c => new RuleElement(Say.Name(c), RuleVerdict.Jump(ChainNames.Closed))));
        from4.Add(new RuleElement(RuleValue.Anything.Instance, RuleVerdict.Jump("from_other")));
        from6.Add(new RuleElement(RuleValue.Anything.Instance, RuleVerdict.Jump("from_other")));
        to.Add(new RuleElement(RuleValue.Anything.Instance, RuleVerdict.Jump("to_other")));
        List<RuleMap> maps =
        [
            new("from4", [RuleField.InInterface, RuleField.Source4], [.. from4], IsInterval: false),
            new("from6", [RuleField.InInterface, RuleField.Source6], [.. from6], IsInterval: false),
            new("to", [RuleField.OutInterface], [.. to], IsInterval: false),
        ];
        List<RuleSet> sets =
        [
            new(
                ChainNames.WorkloadInterfaces,
                [RuleField.InInterface],
                [.. ways.Select(w => w.Interface).Concat(bridges).Distinct().Concat(closedInterfaces).Order(StringComparer.Ordinal).Select(Say.Name)],
                IsInterval: false),
        ];
        if (bridges.Length > 0)
        {
            sets.Add(new RuleSet(ChainNames.Bridges, [RuleField.InInterface], [.. bridges.Select(Say.Name)], IsInterval: false));
            if (options.UnknownPods == UnknownPods.Closed)
            {
                into4.Add(new RuleElement(RuleValue.Anything.Instance, RuleVerdict.Jump(ChainNames.Closed)));
                into6.Add(new RuleElement(RuleValue.Anything.Instance, RuleVerdict.Jump(ChainNames.Closed)));
            }

            maps.Add(new RuleMap("into4", [RuleField.OutInterface, RuleField.Destination4], [.. into4], IsInterval: false));
            maps.Add(new RuleMap("into6", [RuleField.OutInterface, RuleField.Destination6], [.. into6], IsInterval: false));
        }

        HasSelfTraffic = self4.Count + self6.Count > 0;
        if (HasSelfTraffic)
        {
            sets.Add(new RuleSet("self4", [RuleField.InInterface, RuleField.Source4, RuleField.OutInterface, RuleField.Destination4], [.. self4], false));
            sets.Add(new RuleSet("self6", [RuleField.InInterface, RuleField.Source6, RuleField.OutInterface, RuleField.Destination6], [.. self6], false));
        }

        HasReturnPolicies = back4.Count + back6.Count > 0;
        if (HasReturnPolicies)
        {
            maps.Add(new RuleMap("back4", [RuleField.InInterface, RuleField.Source4, RuleField.OutInterface, RuleField.Destination4], [.. back4], false));
            maps.Add(new RuleMap("back6", [RuleField.InInterface, RuleField.Source6, RuleField.OutInterface, RuleField.Destination6], [.. back6], false));
        }

        Maps = [.. maps];
        Sets = [.. sets];
    }

    // Both are in order of interfaces: what was before the one at hand is looked up only where they part.
    private static Keys? Known(WorkloadDispatch? last, in WorkloadWay way, ref int next, ref Dictionary<(string Interface, IpAddress Address), int>? places)
    {
        if (last is null)
        {
            return null;
        }

        if (next < last._ways.Length && last._ways[next].Address == way.Address && last._ways[next].Interface == way.Interface)
        {
            return last._keys[next++];
        }

        if (places is null)
        {
            places = [];
            for (int i = 0; i < last._ways.Length; i++)
            {
                places[(last._ways[i].Interface, last._ways[i].Address)] = i;
            }
        }

        if (!places.TryGetValue((way.Interface, way.Address), out int place))
        {
            return null;
        }

        next = place + 1;
        return last._keys[place];
    }

    /// <summary>What a way is looked up by.</summary>
    private sealed class Keys
    {
        public Keys(in WorkloadWay way)
        {
            Interface = Say.Name(way.Interface);
            RuleValue single = new RuleValue.Addresses(new IpRange(way.Address, way.Address));
            OneEnd = RuleValue.Join(Interface, single);
            BothEnds = RuleValue.Join(Interface, single, Interface, single);
        }

        public RuleValue Interface { get; }

        public RuleValue OneEnd { get; }

        public RuleValue BothEnds { get; }
    }

    public IReadOnlyList<RuleMap> Maps { get; }

    public IReadOnlyList<RuleSet> Sets { get; }

    /// <summary>True if there is a workload that reaches itself unjudged.</summary>
    public bool HasSelfTraffic { get; }

    /// <summary>True if there is a workload that is judged when it reaches itself.</summary>
    public bool HasReturnPolicies { get; }

    /// <summary>True if these would be led alike.</summary>
    public bool IsOf(List<WorkloadWay> ways, IReadOnlyCollection<string> closedInterfaces, bool hasForwardStage) =>
        hasForwardStage == _hasForwardStage && ways.Count == _ways.Length && ways.SequenceEqual(_ways) && closedInterfaces.SequenceEqual(_closedInterfaces);
}
