using NetPolicy.Addresses;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Manifests.Calico;

namespace NetPolicy.Analysis;

/// <summary>All that the rules of one program can tell ends apart by. A function of the program.</summary>
internal sealed class ProgramFacts
{
    private readonly EndpointProgram _program;

    public ProgramFacts(EndpointProgram program)
    {
        _program = program;
        HashSet<CompiledSelector> selectors = new(ReferenceEqualityComparer.Instance);
        HashSet<SliceBackend[]> services = new(ReferenceEqualityComparer.Instance);
        HashSet<string> names = new(StringComparer.Ordinal);
        SortedSet<(int, int)> types = [];
        SideFacts source = new(), destination = new();
        foreach (CompiledMatch match in PolicyFeatures.RulesOf(program).SelectMany(r => r.Alternatives))
        {
            source.Collect(match.Source, selectors, services);
            destination.Collect(match.Destination, selectors, services);
            names.UnionWith(match.Destination.Ports?.Names ?? default);
            names.UnionWith(match.Destination.NotPorts?.Names ?? default);
            Collect(match.Match.Icmp, types);
            Collect(match.Match.NotIcmp, types);
        }

        Source = source;
        Destination = destination;
        Selectors = [.. selectors];
        Services = [.. services];
        PortNames = [.. names];
        IcmpTypes = [.. types];
        Nets = [.. source.Nets.Union(destination.Nets)];
    }

    public CompiledSelector[] Selectors { get; }

    public SliceBackend[][] Services { get; }

    public string[] PortNames { get; }

    /// <summary>Types, and codes of them, in ascending order; code -1 stands for the type's other codes.</summary>
    public (int Type, int Code)[] IcmpTypes { get; }

    public IpPrefix[] Nets { get; }

    public SideFacts Source { get; }

    public SideFacts Destination { get; }

    /// <summary>Ports that rules name by number or through a Service.</summary>
    public PortCuts Cuts => field ??= PortCuts.Of(_program);

    private static void Collect(IcmpMatch? icmp, SortedSet<(int, int)> types)
    {
        if (icmp?.Type is not { } type)
        {
            return;
        }

        types.Add((type, -1));
        if (icmp.Code is { } code)
        {
            types.Add((type, code));
        }
    }
}

/// <summary>What the rules of a program ask of one side.</summary>
internal sealed class SideFacts
{
    public HashSet<IpPrefix> Nets { get; } = [];

    public HashSet<CompiledSelector> Selectors { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>True if a Service's members are asked for, or ports by name: what is said of a peer then depends on more than selectors and blocks.</summary>
    public bool AsksForMore { get; private set; }

    /// <summary>Addresses of Service members.</summary>
    public HashSet<IpAddress> Backends { get; } = [];

    /// <summary>True if nothing is asked.</summary>
    public bool IsTrivial => Nets.Count == 0 && Selectors.Count == 0 && !AsksForMore;

    public void Collect(CompiledEnd end, HashSet<CompiledSelector> selectors, HashSet<SliceBackend[]> services)
    {
        foreach (CompiledSelector? selector in (ReadOnlySpan<CompiledSelector?>)[end.Selected, end.NotSelected])
        {
            if (selector is not null)
            {
                selectors.Add(selector);
                Selectors.Add(selector);
            }
        }

        if (end.Service is { } service)
        {
            services.Add(service);
            AsksForMore = true;
            Backends.UnionWith(service.Where(b => b.Address != default).Select(b => b.Address));
        }

        AsksForMore |= end.Ports is { Names.IsEmpty: false } || end.NotPorts is { Names.IsEmpty: false };
        Nets.UnionWith(end.Nets ?? []);
        Nets.UnionWith(end.NotNets ?? []);
    }
}
