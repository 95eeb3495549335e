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
    private readonly Universe _universe;
    private readonly ConnectivityOptions _options;

    private Connectivity(Universe universe, Snapshot snapshot, ConnectivityOptions options, IngressExposure exposure)
    {
        _universe = universe;
        _options = options;
        ConnectivityGroup[] groups = Name(universe.Groups);
        Func<ConnectivityGroup, bool> isSource = Restriction(snapshot, options.From), isDestination = Restriction(snapshot, options.To);
        bool[] ofNamespace = options.Namespace is { } @namespace ? [.. groups.Select(g => IsIn(@namespace, g, snapshot))] : [];
        bool[] destinations = [.. groups.Select(isDestination)];
        Connection[] ofController = [];
        if (exposure.IsPresent)
        {
            ConnectivityGroup controller = new("ingress", [IngressExposure.Name], []);
            List<Connection> list = [];
            for (int t = 0; t < groups.Length; t++)
            {
                if (options.From is null
                    && destinations[t]
                    && (options.Namespace is null || ofNamespace[t])
                    && (AllowedTraffic.None with { Tcp = exposure.PortsOf(groups[t]) }).Only(options.Protocol, options.Port) is { IsEmpty: false } allow)
                {
                    list.Add(new Connection(controller, groups[t], allow));
                }
            }

            ofController = [.. list];
            Groups = [.. groups, controller];
        }
        else
        {
            Groups = groups;
        }

        Connections = new ConnectionList(universe, groups, [.. groups.Select(isSource)], destinations, ofNamespace, options, ofController);
    }

    /// <summary>Groups: endpoints and nodes by the ordinal order of their first members, then outside addresses in ascending order.</summary>
    public IReadOnlyList<ConnectivityGroup> Groups { get; }

    /// <summary>
    /// Connections in the order of their groups, at most one for each pair; a pair without one is closed. Made while they are read, row by row; the matrix keeps none.
    /// To know how many there are costs O(groups²) once.
    /// </summary>
    public IReadOnlyList<Connection> Connections { get; }

    /// <summary>The matrix of a snapshot. O(classes²) look-ups, and evaluation per program and kind of peer; replicas cost a look-up each.</summary>
    /// <param name="snapshot">The world.</param>
    /// <param name="options">What part is wanted; all of it if absent.</param>
    /// <exception cref="ArgumentException">An end in <paramref name="options"/> is a Service or nothing.</exception>
    public static Connectivity Of(Snapshot snapshot, ConnectivityOptions? options = null) => Of(snapshot, options, plain: false);

    /// <summary>
    /// The matrix after a change of the engine that its snapshot came from: equal to that of the new snapshot, and this one stays as it is.
    /// O(endpoints + changed classes × classes).
    /// </summary>
    /// <param name="delta">What <see cref="PolicyEngine.Apply"/> yielded; changes in between may be left out.</param>
    /// <exception cref="ArgumentException">An end in the options is nothing in the new snapshot.</exception>
    public Connectivity Update(Delta delta)
    {
        ArgumentNullException.ThrowIfNull(delta);
        IngressExposure exposure = new(delta.Snapshot);
        return new Connectivity(_universe.Update(delta.Snapshot, Tag(_options, exposure)), delta.Snapshot, _options, exposure);
    }

    /// <summary>The matrix of a snapshot, if asked for by evaluating every pair of classes.</summary>
    internal static Connectivity Of(Snapshot snapshot, ConnectivityOptions? options, bool plain)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        options ??= ConnectivityOptions.Default;
        IngressExposure exposure = new(snapshot);
        return new Connectivity(
            Universe.Of([snapshot], ServiceView.Translated, TrafficDetail.Verdict, Tag(options, exposure), plain), snapshot, options, exposure);
    }

    private static Func<Endpoint, string> Tag(ConnectivityOptions options, IngressExposure exposure) =>
        options.Namespace is null && !exposure.IsPresent
            ? static _ => ""
            : endpoint => $"{(options.Namespace is null ? "" : endpoint.Namespace == options.Namespace ? "in" : "out")} {exposure.PortsOf(endpoint)}".Trim();

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
