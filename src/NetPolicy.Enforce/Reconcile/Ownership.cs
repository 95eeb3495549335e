using NetPolicy.Addresses;
using NetPolicy.Engine;
using NetPolicy.Inventory;

namespace NetPolicy.Enforce.Reconcile;

/// <summary>
/// Which workloads have which addresses: what is connected with an address belongs to its owner, and ends with the ownership. Addresses of nodes are nobody's.
/// </summary>
internal sealed class Ownership
{
    private readonly Lazy<IReadOnlyDictionary<IpAddress, string>> _owners;

    private Ownership(Func<IReadOnlyDictionary<IpAddress, string>> owners)
    {
        _owners = new Lazy<IReadOnlyDictionary<IpAddress, string>>(owners);
    }

    /// <summary>Names of the owners, joined by spaces, of each address that has some.</summary>
    public IReadOnlyDictionary<IpAddress, string> All => _owners.Value;

    /// <summary>The owners of a cluster; found out when they are first asked for.</summary>
    public static Ownership Of(Snapshot snapshot) => new(() => Read(snapshot));

    /// <summary>Owners that were kept.</summary>
    public static Ownership Of(IReadOnlyDictionary<IpAddress, string> owners) => new(() => owners);

    /// <summary>Addresses that have other owners, in ascending order. Those that nobody has any more are among them.</summary>
    /// <param name="now">The owners afterwards.</param>
    /// <param name="withNew">True for those too that nobody had before.</param>
    public IReadOnlyList<IpAddress> ChangedTo(Ownership now, bool withNew)
    {
        if (ReferenceEquals(this, now))
        {
            return [];
        }

        (IReadOnlyDictionary<IpAddress, string> old, IReadOnlyDictionary<IpAddress, string> @new) = (All, now.All);
        return
        [
            .. old.Where(o => !@new.TryGetValue(o.Key, out string? owner) || owner != o.Value).Select(o => o.Key)
                .Concat(withNew ? @new.Keys.Where(a => !old.ContainsKey(a)) : []).Order(),
        ];
    }

    /// <summary>Addresses that a change takes from a workload, in ascending order.</summary>
    /// <param name="delta">The change.</param>
    /// <param name="withNew">True for those too that it gives to a workload.</param>
    public static IReadOnlyList<IpAddress> Changed(Delta delta, bool withNew)
    {
        SortedSet<IpAddress> changed = [];
        foreach (EndpointChange change in delta.Endpoints)
        {
            if (ReferenceEquals(change.Old, change.New))
            {
                continue;
            }

            IEnumerable<IpAddress> old = Owned(change.Old), @new = Owned(change.New);
            changed.UnionWith(old.Except(@new));
            if (withNew)
            {
                changed.UnionWith(@new.Except(old));
            }
        }

        changed.RemoveWhere(a => delta.Snapshot.Members.NodesOf(a).Length > 0);
        return [.. changed];
    }

    /// <summary>
    /// Whether connections with addresses that nobody had end when somebody gets them. Where a change that denies more makes connections be judged again, it is enough that they
    /// are allowed by the rules of now.
    /// </summary>
    public static bool IncludesNew(EnforcementOptions options) => options.EstablishedConnections == EstablishedConnections.Keep;

    private static IEnumerable<IpAddress> Owned(Endpoint? endpoint) => endpoint is { IsWorkload: true } ? endpoint.Addresses.AsEnumerable() : [];

    private static Dictionary<IpAddress, string> Read(Snapshot snapshot)
    {
        Dictionary<IpAddress, string> owners = [];
        foreach (Endpoint endpoint in snapshot.Cluster.Endpoints)
        {
            foreach (IpAddress address in Owned(endpoint))
            {
                owners[address] = owners.TryGetValue(address, out string? others) ? $"{others} {endpoint.Name}" : endpoint.Name;
            }
        }

        foreach (Node node in snapshot.Cluster.Nodes)
        {
            foreach (IpAddress address in node.Addresses)
            {
                owners.Remove(address);
            }
        }

        return owners;
    }
}
