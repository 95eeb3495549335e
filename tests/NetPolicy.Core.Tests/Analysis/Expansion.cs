using NetPolicy.Analysis;
using NetPolicy.Addresses;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Ports;
using Xunit;

namespace NetPolicy.Core.Tests.Analysis;

/// <summary>Groups written out: every member, and of each outside range its first and last address.</summary>
internal sealed class Expansion
{
    // Where blocks, sets and Services of the random clusters begin and end.
    private static readonly IpAddress[] Edges =
    [
        .. ((string[])
        [
            "10.0.0.0", "10.0.0.3", "10.0.0.4", "10.0.0.20", "10.0.0.255", "10.0.1.0", "10.96.0.1", "10.96.0.2", "10.96.0.3", "198.51.100.7", "203.0.113.0", "203.0.113.63",
            "203.0.113.64", "203.0.113.127", "203.0.113.128", "192.0.2.0", "192.0.2.9", "fd00::", "fd00::2", "fd00::3", "fd00::ffff", "fd00:0:0:1::", "fd01::", "fd01::9",
        ]).Select(IpAddress.Parse),
    ];

    public Expansion(IEnumerable<ConnectivityGroup> groups)
    {
        Ends =
        [
            .. groups.SelectMany(g => g.Members.Select(m => new End(m, g))
                .Concat(g.Addresses.SelectMany(r => (IpAddress[])[r.First, r.Last, .. Edges.Where(r.Contains)]).Distinct().Select(a => new End(a.ToString(), g)))),
        ];
    }

    public IReadOnlyList<End> Ends { get; }

    /// <summary>Families that both have; none stands for no family in common.</summary>
    public static IpFamily[] Families(Snapshot snapshot, End from, End to)
    {
        IpFamily[] both = [.. ((IpFamily[])[IpFamily.IPv4, IpFamily.IPv6]).Where(f => Has(snapshot, from, f) && Has(snapshot, to, f))];
        return both.Length == 0 ? [IpFamily.None] : both;
    }

    public static bool Allows(Snapshot snapshot, End from, End to, Protocol protocol, ushort? port, IpFamily family) =>
        Evaluate(snapshot, from, to, protocol, port, family).IsAllowed;

    public static Evaluation Evaluate(Snapshot snapshot, End from, End to, Protocol protocol, ushort? port, IpFamily family)
    {
        return snapshot.Evaluate(new Flow
        {
            Source = Resolve(snapshot, from)!.Value,
            Destination = Resolve(snapshot, to)!.Value,
            Protocol = protocol.IsIcmp ? family == IpFamily.IPv6 ? Protocol.IcmpV6 : Protocol.Icmp : protocol,
            Port = port,
            Family = family,
        });
    }

    public static bool Exists(Snapshot snapshot, End end) => Resolve(snapshot, end) is not null;

    private static FlowEnd? Resolve(Snapshot snapshot, End end)
    {
        if (!end.Known.TryGetValue(snapshot, out FlowEnd? known))
        {
            end.Known[snapshot] = known = snapshot.TryResolve(end.Name, out FlowEnd resolved, out _) ? resolved : null;
        }

        return known;
    }

    private static bool Has(Snapshot snapshot, End end, IpFamily family)
    {
        FlowEnd resolved = Resolve(snapshot, end)!.Value;
        IEnumerable<IpAddress> addresses = resolved.Kind switch
        {
            FlowEndKind.Endpoint => snapshot.Cluster.Endpoints.Single(e => e.Index == resolved.Index).Addresses,
            FlowEndKind.Node => snapshot.Cluster.NodeAt(resolved.Index).Addresses,
            _ => [resolved.Address],
        };
        return !addresses.Any() || addresses.Any(a => a.Family == family);
    }

    internal sealed record End(string Name, ConnectivityGroup Group)
    {
        public bool IsOutside => Group.IsOutside;

        public Dictionary<Snapshot, FlowEnd?> Known { get; } = [];
    }
}
