using NetPolicy.Addresses;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Manifests.Calico;
using NetPolicy.Policies;

namespace NetPolicy.Analysis;

/// <summary>Everything that the rules of a snapshot can tell ends apart by.</summary>
internal sealed class PolicyFeatures
{
    public PolicyFeatures(Snapshot snapshot)
    {
        HashSet<EndpointProgram> programs = [];
        foreach (Endpoint endpoint in snapshot.Cluster.Endpoints)
        {
            foreach (PolicyStage stage in Enum.GetValues<PolicyStage>())
            {
                programs.Add(snapshot.ProgramOf(endpoint, stage, Direction.Ingress));
                programs.Add(snapshot.ProgramOf(endpoint, stage, Direction.Egress));
            }
        }

        HashSet<CompiledSelector> selectors = [];
        HashSet<SliceBackend[]> services = [];
        HashSet<IpPrefix> nets = [];
        foreach (CompiledMatch match in programs.SelectMany(RulesOf).SelectMany(r => r.Alternatives))
        {
            Collect(match.Source, selectors, services, nets);
            Collect(match.Destination, selectors, services, nets);
            Collect(match.Match.Icmp);
            Collect(match.Match.NotIcmp);
        }

        foreach (Failsafe failsafe in snapshot.Cluster.Nodes.SelectMany(n => n.FailsafeInbound.Concat(n.FailsafeOutbound)))
        {
            if (failsafe.Net.Family != IpFamily.None)
            {
                nets.Add(failsafe.Net);
            }
        }

        Selectors = [.. selectors.Select(s => s.Id)];
        Services = [.. services];
        Nets4 = [.. nets.Where(n => n.Family == IpFamily.IPv4).Order()];
        Nets6 = [.. nets.Where(n => n.Family == IpFamily.IPv6).Order()];
    }

    /// <summary>Numbers of selectors that rules ask for.</summary>
    public HashSet<int> Selectors { get; }

    /// <summary>Service members that rules ask for.</summary>
    public SliceBackend[][] Services { get; }

    /// <summary>Blocks that rules and failsafes name.</summary>
    public IpPrefix[] Nets4 { get; }

    /// <summary>Blocks that rules and failsafes name.</summary>
    public IpPrefix[] Nets6 { get; }

    /// <summary>Port names that rules use for destinations.</summary>
    public HashSet<string> PortNames { get; } = new(StringComparer.Ordinal);

    /// <summary>ICMP types, and codes of them, that rules name; code -1 stands for the type's other codes.</summary>
    public SortedSet<(int Type, int Code)> IcmpTypes { get; } = [];

    public IpPrefix[] NetsOf(IpFamily family) => family == IpFamily.IPv6 ? Nets6 : family == IpFamily.IPv4 ? Nets4 : [];

    public static IEnumerable<CompiledRule> RulesOf(EndpointProgram program) =>
        program.Tiers.SelectMany(t => t.Steps).SelectMany(s => s.Rules).Concat(program.Profiles.SelectMany(p => p.Rules));

    private void Collect(CompiledEnd end, HashSet<CompiledSelector> selectors, HashSet<SliceBackend[]> services, HashSet<IpPrefix> nets)
    {
        if (end.Selected is { } selected)
        {
            selectors.Add(selected);
        }

        if (end.NotSelected is { } notSelected)
        {
            selectors.Add(notSelected);
        }

        if (end.Service is { } service)
        {
            services.Add(service);
        }

        nets.UnionWith(end.Nets ?? []);
        nets.UnionWith(end.NotNets ?? []);
        if (end.IsDestination)
        {
            PortNames.UnionWith(end.Ports?.Names ?? default);
            PortNames.UnionWith(end.NotPorts?.Names ?? default);
        }
    }

    private void Collect(IcmpMatch? icmp)
    {
        if (icmp?.Type is not { } type)
        {
            return;
        }

        IcmpTypes.Add((type, -1));
        if (icmp.Code is { } code)
        {
            IcmpTypes.Add((type, code));
        }
    }
}
