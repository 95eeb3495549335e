using NetPolicy.Engine;
using NetPolicy.Policies;
using NetPolicy.Ports;

namespace NetPolicy.Enforce.Compilation;

/// <summary>Which ports of a protocol an end's conditions leave for an address of a view.</summary>
internal static class PortConditions
{
    /// <summary>The ports, all of them if there is no condition.</summary>
    public static PortSet Of(CompiledEnd end, EndView view, Protocol protocol)
    {
        PortSet ports = end.Ports is { } wanted ? Union(wanted, view.Ports.AsSpan(), protocol) : PortSet.All;
        if (end.NotPorts is { } excluded)
        {
            ports = Intersect(ports, Complement(Union(excluded, view.NotPorts.AsSpan(), protocol)));
        }

        return end.Service is not null && end.IsDestination ? Intersect(ports, Numbers(view.Backends.AsSpan(), protocol)) : ports;
    }

    private static PortSet Union(PortMatch match, ReadOnlySpan<NumberedPort> named, Protocol protocol) => match.Numbers.Union(Numbers(named, protocol));

    private static PortSet Numbers(ReadOnlySpan<NumberedPort> ports, Protocol protocol)
    {
        List<PortRange> ranges = [];
        foreach (NumberedPort port in ports)
        {
            if (port.Protocol == protocol)
            {
                ranges.Add(PortRange.Single(port.Number));
            }
        }

        return PortSet.Of(ranges);
    }

    private static PortSet Complement(PortSet ports)
    {
        List<PortRange> ranges = [];
        int next = 0;
        foreach (PortRange range in ports.Ranges)
        {
            if (range.First > next)
            {
                ranges.Add(new PortRange((ushort)next, (ushort)(range.First - 1)));
            }

            next = range.Last + 1;
        }

        if (next <= ushort.MaxValue)
        {
            ranges.Add(new PortRange((ushort)next, ushort.MaxValue));
        }

        return PortSet.Of(ranges);
    }

    private static PortSet Intersect(PortSet left, PortSet right) => Complement(Complement(left).Union(Complement(right)));
}
