using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Engine;
using NetPolicy.Inventory;

namespace NetPolicy.Enforce.Safety;

/// <summary>A workload that a ruleset enforces policy for, and how the node reaches it.</summary>
/// <param name="Name"><c>namespace/pod</c>.</param>
/// <param name="Interface">Interface on the node's side.</param>
/// <param name="Addresses">Its addresses; without any it is closed.</param>
public sealed record LocalWorkload(string Name, string Interface, EquatableArray<IpAddress> Addresses)
{
    /// <summary>The workloads of a node, in ordinal order of their names.</summary>
    public static IReadOnlyList<LocalWorkload> Of(Snapshot snapshot, string node, EnforcementOptions options)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentNullException.ThrowIfNull(options);
        return
        [
            .. snapshot.Cluster.Endpoints
                .Where(e => e.IsWorkload && e.Kind != EndpointKind.Workload && e.Node == node)
                .Select(e => new LocalWorkload(e.Name, InterfaceNames.Of(e, options.WorkloadInterfacePrefix), e.Addresses))
                .OrderBy(w => w.Name, StringComparer.Ordinal),
        ];
    }
}
