using NetPolicy.Analysis;
using NetPolicy.Addresses;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Ports;
using Xunit;

namespace NetPolicy.Core.Tests.Analysis;

public sealed class ConnectivityTests
{
    private static readonly ushort[] Ports = [1, 2, 53, 79, 80, 81, 442, 443, 444, 7999, 8000, 8001, 8050, 8079, 8080, 8081, 8100, 8101, 30080, 65534, 65535];

    public static TheoryData<int, bool> Seeds
    {
        get
        {
            TheoryData<int, bool> seeds = [];
            // More by hand: NETPOLICY_CASES=5000.
            int count = int.TryParse(Environment.GetEnvironmentVariable("NETPOLICY_CASES"), out int cases) ? cases : 30;
            for (int i = 0; i < count; i++)
            {
                seeds.Add(i, i % 3 == 0);
            }

            return seeds;
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Says_of_every_pair_what_evaluation_says(int seed, bool hosts)
    {
        RandomCluster random = new(seed, hosts);
        Snapshot snapshot = random.Snapshot;
        Connectivity matrix = Connectivity.Of(snapshot);
        Expansion expansion = new(matrix.Groups);
        Dictionary<(string, string), Connection> connections = matrix.Connections.ToDictionary(c => (c.From.Id, c.To.Id));
        foreach (Expansion.End from in expansion.Ends)
        {
            foreach (Expansion.End to in expansion.Ends.Where(e => e.Name != from.Name && !(e.IsOutside && from.IsOutside)))
            {
                Connection? connection = connections.GetValueOrDefault((from.Group.Id, to.Group.Id));
                foreach ((Protocol protocol, ushort? port) in Traffic())
                {
                    bool[] byFamily = [.. Expansion.Families(snapshot, from, to).Select(f => Expansion.Allows(snapshot, from, to, protocol, port, f))];
                    bool told = connection is not null && Tells(connection.Allow, protocol, port);
                    Assert.True(
                        byFamily.Any(a => a) == told,
                        $"{from.Name} to {to.Name} {protocol} {port}: evaluated {string.Join(',', byFamily)}, told {told}\n{random.Text}");
                    if (byFamily.Length == 2 && byFamily[0] != byFamily[1])
                    {
                        Assert.NotNull(connection!.Families);
                        Assert.Equal(byFamily[0], Tells(connection.Families.IPv4, protocol, port));
                        Assert.Equal(byFamily[1], Tells(connection.Families.IPv6, protocol, port));
                    }
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Puts_every_end_into_one_group_and_tiles_the_outside(int seed, bool hosts)
    {
        Snapshot snapshot = new RandomCluster(seed, hosts).Snapshot;
        Connectivity matrix = Connectivity.Of(snapshot);
        string[] members = [.. matrix.Groups.SelectMany(g => g.Members)];
        string[] expected = [.. snapshot.Cluster.Endpoints.Where(e => e.IsWorkload).Select(e => e.Name).Concat(snapshot.Cluster.Nodes.Select(n => n.ToString()))];
        Assert.Equal(expected.Order(StringComparer.Ordinal), members.Order(StringComparer.Ordinal));
        Assert.Equal(matrix.Groups.Count, matrix.Groups.Select(g => g.Id).Distinct().Count());
        Assert.Equal(matrix.Connections.Count, matrix.Connections.Select(c => (c.From.Id, c.To.Id)).Distinct().Count());

        IpAddress[] owned = [.. snapshot.Cluster.Endpoints.SelectMany(e => e.Addresses).Concat(snapshot.Cluster.Nodes.SelectMany(n => n.Addresses)).Distinct()];
        foreach (IpPrefix all in (IpPrefix[])[IpPrefix.AllIPv4, IpPrefix.AllIPv6])
        {
            IEnumerable<IpRange> tiles = matrix.Groups.SelectMany(g => g.Addresses)
                .Concat(owned.Select(a => new IpRange(a, a)))
                .Where(r => r.First.Family == all.Family)
                .OrderBy(r => r.First);
            UInt128 next = all.First.Value;
            foreach (IpRange tile in tiles)
            {
                Assert.Equal(next, tile.First.Value);
                next = unchecked(tile.Last.Value + 1);
            }

            Assert.Equal(unchecked(all.Last.Value + 1), next);
        }
    }

    [Fact]
    public void Replicas_and_nodes_of_an_open_cluster_are_one_group()
    {
        Snapshot snapshot = RandomCluster.Load(string.Join("\n---\n", Enumerable.Range(1, 50).Select(i => Pod("web-" + i, i, $"n{i % 5}")).Concat(Enumerable.Range(0, 5).Select(Node))));
        Connectivity matrix = Connectivity.Of(snapshot);
        Assert.Equal(["g1", "x1", "x2"], matrix.Groups.Select(g => g.Id));
        Assert.Equal(55, matrix.Groups[0].Members.Count);
        Connection inner = Assert.Single(matrix.Connections, c => c.From.Id == "g1" && c.To.Id == "g1");
        Assert.Equal("{ICMP: *, SCTP: 1-65535, TCP: 1-65535, UDP: 1-65535}", inner.Allow.ByProtocol.ToString());
    }

    [Fact]
    public void An_isolated_pod_is_told_apart_by_its_own_node_only()
    {
        Snapshot snapshot = RandomCluster.Load(string.Join("\n---\n",
            Pod("web-1", 1, "n1"), Pod("web-2", 2, "n1"), Pod("web-3", 3, "n2"),
            "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: deny, namespace: a}, spec: {podSelector: {}}}"));
        Connectivity matrix = Connectivity.Of(snapshot);
        Assert.Contains(matrix.Groups, g => g.Members.SequenceEqual(["a/web-1", "a/web-2"]));
        Assert.Contains(matrix.Connections, c => c.From.Members.Contains("host:n1") && c.To.Members.Contains("a/web-2"));
        Assert.DoesNotContain(matrix.Connections, c => c.From.Members.Contains("host:n2") && c.To.Members.Contains("a/web-2"));
    }

    [Fact]
    public void Restrictions_leave_only_what_they_name()
    {
        Snapshot snapshot = RandomCluster.Load(string.Join("\n---\n",
            Pod("web", 1, "n1"), Pod("api", 2, "n1"), Pod("db", 3, "n2").Replace("namespace: a", "namespace: b", StringComparison.Ordinal),
            "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: web, namespace: a}, spec: {podSelector: {}, ingress: [{ports: [{port: 80}, {port: 8000, endPort: 8100}]}]}}"));
        FlowEnd web = FlowEnd.OfEndpoint(snapshot.Cluster.FindEndpoint("a/web")!.Index);
        Assert.All(Connectivity.Of(snapshot, new ConnectivityOptions { From = web }).Connections, c => Assert.Contains("a/web", c.From.Members));
        Assert.All(Connectivity.Of(snapshot, new ConnectivityOptions { To = web }).Connections, c => Assert.Contains("a/web", c.To.Members));
        Assert.All(
            Connectivity.Of(snapshot, new ConnectivityOptions { To = web, Port = 8050, Protocol = Protocol.Tcp }).Connections,
            c => Assert.Equal("{TCP: 8050}", c.Allow.ByProtocol.ToString()));
        Assert.All(
            Connectivity.Of(snapshot, new ConnectivityOptions { Namespace = "b" }).Connections,
            c => Assert.Contains("b/db", c.From.Members.Concat(c.To.Members)));
        Assert.Throws<ArgumentException>(() => Connectivity.Of(snapshot, new ConnectivityOptions { To = FlowEnd.OfService(0) }));
    }

    [Fact]
    public void An_ingress_controller_reaches_target_ports_that_an_arbitrary_pod_may_reach()
    {
        string[] world =
        [
            Pod("web", 1, "n1"),
            Pod("web-2", 2, "n1"),
            Pod("api", 3, "n1").Replace("app: web", "app: api", StringComparison.Ordinal),
            "{apiVersion: v1, kind: Service, metadata: {name: web, namespace: a}, spec: {selector: {app: web}, ports: [{name: http, port: 80, targetPort: 8080}, {name: admin, port: 81, targetPort: 9090}]}}",
            "{apiVersion: v1, kind: Service, metadata: {name: api, namespace: a}, spec: {selector: {app: api}, ports: [{port: 80}]}}",
            "{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: i, namespace: a}, spec: {rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {name: http}}}}, {path: /api, pathType: Prefix, backend: {service: {name: api, port: {number: 80}}}}]}}]}}",
            "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: api, namespace: a}, spec: {podSelector: {matchLabels: {app: api}}, ingress: [{from: [{podSelector: {}}]}]}}",
        ];
        Connectivity matrix = Connectivity.Of(RandomCluster.Load(string.Join("\n---\n", world)));
        ConnectivityGroup controller = Assert.Single(matrix.Groups, g => g.Members.SequenceEqual(["ingress-controller"]));
        Connection connection = Assert.Single(matrix.Connections, c => c.From == controller);
        Assert.Equal(["a/web", "a/web-2"], connection.To.Members);
        Assert.Equal("TCP 8080", connection.Allow.ToString());
        Assert.DoesNotContain(matrix.Connections, c => c.To == controller);

        Connectivity open = Connectivity.Of(RandomCluster.Load(string.Join("\n---\n", world[..^1])));
        Assert.Equal(["TCP 80", "TCP 8080"], open.Connections.Where(c => c.From.Members.Contains("ingress-controller")).Select(c => c.Allow.ToString()).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(Connectivity.Of(RandomCluster.Load(world[0])).Groups, g => g.Members.Contains("ingress-controller"));
    }

    private static bool Tells(AllowedTraffic traffic, Protocol protocol, ushort? port) =>
        protocol.IsIcmp ? traffic.Icmp == "*" || traffic.Icmp.StartsWith("0-", StringComparison.Ordinal) : traffic.PortsOf(protocol).Contains(port!.Value);

    private static IEnumerable<(Protocol, ushort?)> Traffic()
    {
        foreach (Protocol protocol in (Protocol[])[Protocol.Tcp, Protocol.Udp, Protocol.Sctp])
        {
            foreach (ushort port in Ports)
            {
                yield return (protocol, port);
            }
        }

        yield return (Protocol.Icmp, null);
    }

    private static string Node(int index) =>
        $"{{apiVersion: v1, kind: Node, metadata: {{name: n{index}}}, status: {{addresses: [{{type: InternalIP, address: 192.0.2.{index + 1}}}]}}}}";

    private static string Pod(string name, int index, string node) =>
        $"{{apiVersion: v1, kind: Pod, metadata: {{name: {name}, namespace: a, labels: {{app: web}}}}, spec: {{nodeName: {node}}}, status: {{phase: Running, podIP: 10.0.0.{index}}}}}";
}
