using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Enforce.Bridges;
using NetPolicy.Engine;
using NetPolicy.Inventory;

namespace NetPolicy.Enforce.Safety;

/// <summary>A workload that a ruleset enforces policy for, and how the node reaches it.</summary>
/// <param name="Name"><c>namespace/pod</c>.</param>
/// <param name="Interface">Interface on the node's side; the port for a workload behind a bridge.</param>
/// <param name="Addresses">Its addresses; without any it is closed.</param>
public sealed record LocalWorkload(string Name, string Interface, EquatableArray<IpAddress> Addresses)
{
    /// <summary>The bridge that <see cref="Interface"/> is a port of; null for workloads that are routed to.</summary>
    public string? Bridge { get; init; }

    /// <summary>The workloads of a node, in ordinal order of their names.</summary>
    public static IReadOnlyList<LocalWorkload> Of(Snapshot snapshot, string node, EnforcementOptions options)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentNullException.ThrowIfNull(options);
        Endpoint[] endpoints = [.. snapshot.Cluster.Endpoints.Where(e => e.IsWorkload && e.Kind != EndpointKind.Workload && e.Node == node)];
        Dictionary<Endpoint, BridgedWorkload> bridged = BridgedWorkload.Find(endpoints, options.Bridges);
        return
        [
            .. endpoints
                .Select(e => bridged.TryGetValue(e, out BridgedWorkload? behind)
                    ? new LocalWorkload(e.Name, behind.Port.Name, e.Addresses) { Bridge = behind.Bridge.Name }
                    : new LocalWorkload(e.Name, InterfaceNames.Of(e, options.WorkloadInterfacePrefix), e.Addresses))
                .OrderBy(w => w.Name, StringComparer.Ordinal),
        ];
    }
}
