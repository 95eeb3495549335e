using NetPolicy.Addresses;
using NetPolicy.Engine;
using NetPolicy.Inventory;

namespace NetPolicy.Enforce;

/// <summary>The peers towards which workloads are tried, and the traffic, each made once for all that share it.</summary>
internal sealed class TranslationPeers
{
    private readonly Dictionary<(EndpointProgram, int, IpFamily, IpAddress), TranslationTraffic[]> _traffic = [];
    private readonly IpAddress[] _v4;
    private readonly IpAddress[] _v6;
    private int[]? _names;

    /// <param name="snapshot">The world.</param>
    /// <param name="peers">All peers.</param>
    public TranslationPeers(Snapshot snapshot, IReadOnlyCollection<IpAddress> peers)
    {
        Snapshot = snapshot;
        _v4 = [.. peers.Where(p => p.Family == IpFamily.IPv4)];
        _v6 = [.. peers.Where(p => p.Family == IpFamily.IPv6)];
    }

    public Snapshot Snapshot { get; }

    /// <summary>All ports that some peer calls by a name.</summary>
    public int[] NamedPorts => _names ??=
    [
        .. _v4.Concat(_v6).SelectMany(p => Snapshot.Members.Of(p)).Distinct().SelectMany(m => Snapshot.ClassOf(m).Shape.Ports).Select(p => (int)p.Number).Distinct().Order(),
    ];

    public IpAddress[] Of(IpFamily family) => family == IpFamily.IPv6 ? _v6 : _v4;

    /// <summary>The traffic between which a workload's program tells at an address, which others may have too.</summary>
    public TranslationTraffic[] TrafficOf(EndpointProgram program, Endpoint endpoint, IpAddress address)
    {
        int[] owners = Snapshot.Members.Of(address);
        (EndpointProgram, int, IpFamily, IpAddress) key = (program, Snapshot.ClassIdOf(endpoint.Index), address.Family, owners.Length > 1 ? address : default);
        if (!_traffic.TryGetValue(key, out TranslationTraffic[]? traffic))
        {
            _traffic[key] = traffic = TranslationTraffic.Of(program, [.. owners.SelectMany(m => Snapshot.ClassOf(m).Shape.Ports)], address.Family, this);
        }

        return traffic;
    }
}
