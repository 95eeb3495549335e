using NetPolicy.Addresses;
using NetPolicy.Analysis;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Ports;

namespace NetPolicy.Dsl;

/// <summary>A cluster under a policy set: what a test asks.</summary>
public sealed class PolicySnapshot
{
    internal PolicySnapshot(Snapshot snapshot) => Snapshot = snapshot;

    /// <summary>The engine's snapshot, for everything that has no word here.</summary>
    public Snapshot Snapshot { get; }

    /// <summary>
    /// True if every pod of the one workload can connect to every other pod of the other on every one of the ports, in every address family that
    /// both have. False if a single such connection is denied; see <see cref="Denies"/> for its counterpart.
    /// </summary>
    /// <exception cref="ArgumentException">A workload has no pod in the cluster, a pod has no such named port, or the ports are not numbered.</exception>
    public bool Allows(Workload from, Workload to, Ports on) => Flows(from, to, on).All(f => Snapshot.Evaluate(f).IsAllowed);

    /// <summary>True if none of the connections that <see cref="Allows"/> asks about passes.</summary>
    /// <exception cref="ArgumentException">As for <see cref="Allows"/>.</exception>
    public bool Denies(Workload from, Workload to, Ports on) => !Flows(from, to, on).Any(f => Snapshot.Evaluate(f).IsAllowed);

    /// <summary>The verdict for one flow.</summary>
    public Evaluation Evaluate(in Flow flow) => Snapshot.Evaluate(flow);

    /// <summary>The verdict for one flow in words.</summary>
    /// <exception cref="ArgumentException">The words describe no flow of this cluster.</exception>
    public Evaluation Evaluate(FlowRequest request) => Snapshot.Evaluate(Resolve(request));

    /// <summary>Everything that was asked about one flow, and what decided.</summary>
    public Explanation Explain(in Flow flow) => Explanation.Of(Snapshot, flow);

    /// <summary>Everything that was asked about one flow in words, and what decided.</summary>
    /// <exception cref="ArgumentException">The words describe no flow of this cluster.</exception>
    public Explanation Explain(FlowRequest request) => Explanation.Of(Snapshot, Resolve(request));

    private Flow Resolve(FlowRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Snapshot.TryResolve(request, out Flow flow, out string? error) ? flow : throw new ArgumentException(error, nameof(request));
    }

    private List<Flow> Flows(Workload from, Workload to, Ports on)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        ArgumentNullException.ThrowIfNull(on);
        List<Flow> flows = [];
        foreach (Endpoint source in PodsOf(from, nameof(from)))
        {
            foreach (Endpoint destination in PodsOf(to, nameof(to)).Where(d => d.Index != source.Index))
            {
                foreach (IpFamily family in Families(source, destination))
                {
                    flows.AddRange(PortsOf(on, destination).Select(p => new Flow
                    {
                        Source = FlowEnd.OfEndpoint(source.Index),
                        Destination = FlowEnd.OfEndpoint(destination.Index),
                        Protocol = p.Protocol,
                        Port = p.Number,
                        Family = family,
                    }));
                }
            }
        }

        return flows.Count > 0 ? flows : throw new ArgumentException($"workloads `{from.Name}` and `{to.Name}` have no two pods that could connect", nameof(to));
    }

    private List<Endpoint> PodsOf(Workload workload, string parameter)
    {
        List<Endpoint> pods = [.. Snapshot.Cluster.Endpoints.Where(e => e.IsWorkload && IsOf(e, workload))];
        return pods.Count > 0
            ? pods
            : throw new ArgumentException($"no pod of namespace `{workload.Namespace.Name}` carries the labels of workload `{workload.Name}`", parameter);
    }

    private static bool IsOf(Endpoint endpoint, Workload workload) =>
        endpoint.Namespace == workload.Namespace.Name && workload.Labels.Pairs.All(p => endpoint.Labels[p.Key] == p.Value);

    private static IpFamily[] Families(Endpoint source, Endpoint destination)
    {
        IpFamily[] both = [.. source.Addresses.Select(a => a.Family).Intersect(destination.Addresses.Select(a => a.Family)).Order()];
        return both.Length > 0 ? both : [IpFamily.None];
    }

    private static IEnumerable<(Protocol Protocol, ushort Number)> PortsOf(Ports ports, Endpoint destination) => ports.Terms.SelectMany(term => term switch
    {
        PortRangeTerm range when range.First > range.Last => throw new ArgumentException($"port range {range.First} to {range.Last} ends before it starts", nameof(ports)),
        PortRangeTerm range => Enumerable.Range(range.First, range.Last - range.First + 1).Select(n => (range.Protocol, (ushort)n)),
        AllPortsTerm all => Enumerable.Range(1, ushort.MaxValue).Select(n => (all.Protocol, (ushort)n)),
        PortNameTerm name => [(name.Protocol, NumberOf(name, destination))],
        _ => throw new InvalidOperationException($"no port: {term.GetType().Name}"),
    });

    private static ushort NumberOf(PortNameTerm name, Endpoint destination)
    {
        foreach (Inventory.NamedPort port in destination.Ports)
        {
            if (port.Name == name.Name && port.Protocol == name.Protocol)
            {
                return port.Number;
            }
        }

        throw new ArgumentException($"pod `{destination.Name}` has no {name.Protocol} port named `{name.Name}`", nameof(destination));
    }
}
