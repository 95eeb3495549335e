using System.Globalization;
using NetPolicy.Addresses;
using NetPolicy.Engine;
using NetPolicy.Inventory;

namespace NetPolicy.Analysis;

/// <summary>Who can reach whom: the matrix of a snapshot, by groups of ends that behave the same.</summary>
/// <remarks>
/// Every workload and every node (<c>host:NODE</c>) is in exactly one group; groups of outside addresses tile all addresses that no endpoint or node has.
/// Loopback addresses stand with their neighbours, though what is sent to them stays with the sender. Service addresses are outside addresses, and connections to them are judged as dialled. A connection passes if it passes in some IP version that both
/// ends have. With Ingress or Route documents one more group, whose only member is <c>ingress-controller</c>, is a source: of the pods behind them it
/// reaches what a pod without labels from elsewhere may reach. Source ports, HTTP and interfaces are taken as unknown. An end to itself and outside to outside are not spoken of.
/// </remarks>
public sealed class Connectivity
{
    private Connectivity(IReadOnlyList<ConnectivityGroup> groups, IReadOnlyList<Connection> connections)
    {
        Groups = groups;
        Connections = connections;
    }

    /// <summary>Groups: endpoints and nodes by the ordinal order of their first members, then outside addresses in ascending order.</summary>
    public IReadOnlyList<ConnectivityGroup> Groups { get; }

    /// <summary>Connections in the order of their groups, at most one for each pair; a pair without one is closed.</summary>
    public IReadOnlyList<Connection> Connections { get; }

    /// <summary>The matrix of a snapshot. O(classes² × ports that rules name); replicas cost nothing.</summary>
    /// <param name="snapshot">The world.</param>
    /// <param name="options">What part is wanted; all of it if absent.</param>
    /// <exception cref="ArgumentException">An end in <paramref name="options"/> is a Service or nothing.</exception>
    public static Connectivity Of(Snapshot snapshot, ConnectivityOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        options ??= ConnectivityOptions.Default;
        IngressExposure exposure = new(snapshot);
        Universe universe = new(
            [new World(snapshot, ServiceView.Translated)],
            TrafficDetail.Verdict,
            endpoint => $"{(options.Namespace is null ? "" : endpoint.Namespace == options.Namespace ? "in" : "out")} {exposure.PortsOf(endpoint)}".Trim());
        ConnectivityGroup[] groups = Name(universe.Groups);
        Func<ConnectivityGroup, bool> isSource = Restriction(snapshot, options.From);
        Func<ConnectivityGroup, bool> isDestination = Restriction(snapshot, options.To);
        List<Connection> connections = [];
        for (int f = 0; f < groups.Length; f++)
        {
            if (!isSource(groups[f]))
            {
                continue;
            }

            for (int t = 0; t < groups.Length; t++)
            {
                if (isDestination(groups[t])
                    && IsWanted(options.Namespace, groups[f], groups[t], snapshot)
                    && universe.Table(universe.Groups[f], universe.Groups[t], 0) is { } table
                    && table.Allowed.Only(options.Protocol, options.Port) is { IsEmpty: false } allow)
                {
                    connections.Add(new Connection(groups[f], groups[t], allow)
                    {
                        Families = table.Families is { } families
                            ? new FamilyTraffic(families.IPv4.Only(options.Protocol, options.Port), families.IPv6.Only(options.Protocol, options.Port))
                            : null,
                    });
                }
            }
        }

        if (!exposure.IsPresent)
        {
            return new Connectivity(groups, connections);
        }

        ConnectivityGroup controller = new("ingress", [IngressExposure.Name], []);
        foreach (ConnectivityGroup group in groups.Where(g => options.From is null && isDestination(g) && (options.Namespace is null || IsIn(options.Namespace, g, snapshot))))
        {
            if ((AllowedTraffic.None with { Tcp = exposure.PortsOf(group) }).Only(options.Protocol, options.Port) is { IsEmpty: false } allow)
            {
                connections.Add(new Connection(controller, group, allow));
            }
        }

        return new Connectivity([.. groups, controller], connections);
    }

    internal static ConnectivityGroup[] Name(IReadOnlyList<EndGroup> groups)
    {
        int inside = 0, outside = 0;
        return
        [
            .. groups.Select(g => g.ToGroup(
                g.IsOutside
                    ? "x" + (++outside).ToString(CultureInfo.InvariantCulture)
                    : "g" + (++inside).ToString(CultureInfo.InvariantCulture))),
        ];
    }

    private static bool IsWanted(string? @namespace, ConnectivityGroup from, ConnectivityGroup to, Snapshot snapshot) =>
        @namespace is null || IsIn(@namespace, from, snapshot) || IsIn(@namespace, to, snapshot);

    private static bool IsIn(string @namespace, ConnectivityGroup group, Snapshot snapshot) =>
        !group.IsOutside && snapshot.Cluster.FindEndpoint(group.Members[0])?.Namespace == @namespace;

    private static Func<ConnectivityGroup, bool> Restriction(Snapshot snapshot, FlowEnd? end)
    {
        if (end is not { } wanted)
        {
            return static _ => true;
        }

        Cluster cluster = snapshot.Cluster;
        switch (wanted.Kind)
        {
            case FlowEndKind.Endpoint:
                return Named(cluster.SelectableAt(wanted.Index).Name);
            case FlowEndKind.Node:
                return Named(cluster.NodeAt(wanted.Index).ToString());
            case FlowEndKind.Address:
                IpAddress address = wanted.Address;
                string[] owners = [.. cluster.Endpoints.Where(e => e.IsWorkload && e.Addresses.Contains(address)).Select(e => e.Name)];
                if (owners.Length == 0)
                {
                    owners = [.. cluster.Nodes.Where(n => n.Addresses.Contains(address)).Select(n => n.ToString())];
                }

                return owners.Length > 0 ? Named(owners) : group => group.Addresses.Any(r => r.Contains(address));
            case FlowEndKind.Service:
                throw new ArgumentException("a Service is no end of the matrix; name its pods or its address", nameof(end));
            case FlowEndKind.None:
                throw new ArgumentException("an end that is nothing reaches nothing", nameof(end));
            default:
                throw new ArgumentOutOfRangeException(nameof(end));
        }
    }

    private static Func<ConnectivityGroup, bool> Named(params string[] names) => group => group.Members.Any(names.Contains);
}
