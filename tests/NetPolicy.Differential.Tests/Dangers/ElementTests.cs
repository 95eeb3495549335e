using System.Globalization;
using System.Text;
using NetPolicy.Laws;
using Xunit;

namespace NetPolicy.Differential.Tests.Dangers;

/// <summary>Sets that overlap, maps that are full, counters that must not be lost, and rules that must outlive their maker.</summary>
public sealed class ElementTests
{
    private const string Blocks = """
        apiVersion: projectcalico.org/v3
        kind: GlobalNetworkPolicy
        metadata: {name: web}
        spec:
          order: 1
          selector: app == 'web'
          types: [Ingress]
          ingress:
          - {action: Deny, source: {selector: kind == 'bad'}}
          - {action: Allow, protocol: UDP, source: {selector: kind == 'good'}}
        ---

        """;

    public ElementTests() => Kernel.RequireLab();

    [Fact]
    public void Sets_that_overlap_touch_and_hold_everything_come_and_go_one_by_one()
    {
        // Everything, a block in it, its neighbour, a single address in that, and a pod that is in a block.
        (string Kind, string Nets)[] sets =
        [
            ("good", "0.0.0.0/0, '::/0'"), ("bad", "203.0.112.0/24"), ("good", "203.0.113.0/25"), ("bad", "203.0.113.128/25"), ("good", "203.0.113.200/32"),
            ("bad", "172.20.1.11/32"), ("good", "172.20.1.0/24"), ("bad", "203.0.113.9/32, 203.0.113.8/32, '2001:db8:ffff::/48'"), ("good", "203.0.113.8/31"),
        ];
        string Document(int at) => $$"""
            apiVersion: projectcalico.org/v3
            kind: GlobalNetworkSet
            metadata: {name: set{{at}}, labels: {kind: {{sets[at].Kind}} } }
            spec: {nets: [{{sets[at].Nets}}]}

            """;
        using Wire wire = new(Cluster.Inventory + Blocks);
        Dice dice = new(3);
        bool[] isOn = new bool[sets.Length];
        int allowed = 0, asked = 0;
        for (int i = 0; i < 40; i++)
        {
            int at = i < sets.Length ? i : dice.Below(sets.Length);
            isOn[at] = !isOn[at];
            _ = isOn[at] ? wire.Put(Document(at)) : wire.Take(Document(at));
            foreach (string source in (string[])["203.0.112.1", "203.0.113.1", "203.0.113.9", "203.0.113.8", "203.0.113.130", "203.0.113.200", "198.51.100.1", "2001:db8:ffff::9", "2001:db8:1::9"])
            {
                string web = source.Contains(':', StringComparison.Ordinal) ? Cluster.Address6(Cluster.Web) : Cluster.Address(Cluster.Web);
                Assert.Equal(Expected(source), wire.Passes(Cluster.Outside, Packets.Udp(source, web, 4000 + i, 80), Cluster.Web));
                allowed += Expected(source) ? 1 : 0;
                asked++;
            }

            Assert.Equal(Expected(Cluster.Address(Cluster.Api)), wire.Passes(Cluster.Api, Packets.Udp(Cluster.Address(Cluster.Api), Cluster.Address(Cluster.Web), 4000 + i, 80), Cluster.Web));
        }

        Assert.InRange(allowed, asked / 5, asked * 4 / 5);

        bool Expected(string source)
        {
            bool Has(string kind) => sets.Where((s, at) => isOn[at] && s.Kind == kind)
                .Any(s => s.Nets.Split(", ").Any(n => System.Net.IPNetwork.Parse(n.Trim('\'')).Contains(System.Net.IPAddress.Parse(source))));
            return !Has("bad") && Has("good");
        }
    }

    [Fact]
    public void A_full_map_of_addresses_is_replaced_by_a_larger_one_and_everybody_in_it_is_known()
    {
        using Wire wire = new(Cluster.Inventory + Cluster.Policy);
        static string Far(int from, int count)
        {
            StringBuilder text = new();
            for (int i = from; i < from + count; i++)
            {
                text.Append(CultureInfo.InvariantCulture, $$"""
                    apiVersion: v1
                    kind: Pod
                    metadata: {name: far{{i}}, namespace: {{(i % 2 == 0 ? "other" : "shop")}}, labels: {app: far} }
                    spec: {nodeName: node2, containers: [{name: c}]}
                    status: {phase: Running, podIPs: [{ip: 172.20.{{2 + (i / 200)}}.{{1 + (i % 200)}}}]}
                    ---

                    """);
            }

            return text.ToString();
        }

        // 1,024 places at first.
        int pods = 0;
        foreach (int more in (int[])[500, 500, 20, 500, 1])
        {
            wire.Put(Far(pods, more));
            pods += more;
            foreach (int i in (int[])[pods - 2, pods - 1])
            {
                string source = string.Create(CultureInfo.InvariantCulture, $"172.20.{2 + (i / 200)}.{1 + (i % 200)}");
                Assert.Equal(i % 2 == 0, wire.Passes(Cluster.Outside, Packets.Udp(source, Cluster.Address(Cluster.Web), 4000 + i, 99), Cluster.Web));
            }
        }
    }

    [Fact]
    public void Counters_of_rules_that_stay_keep_their_counts_through_changes_of_everything_else()
    {
        const string More = """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: more, namespace: shop}
            spec: {podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress], ingress: [{from: [{ipBlock: {cidr: 203.0.113.0/24}}], ports: [{protocol: UDP, port: 7000, endPort: 7999}]}]}

            """;
        const string Labelled = """
            apiVersion: v1
            kind: Pod
            metadata: {name: api, namespace: shop, labels: {app: api, more: labels}}
            spec: {nodeName: node1, containers: [{name: c}]}
            status: {phase: Running, podIPs: [{ip: 172.20.1.11}, {ip: "fd20:0:0:1::11"}]}

            """;
        using Wire wire = new(Cluster.Inventory + Cluster.Policy);
        ulong expected = 0;
        Action[] changes =
        [
            () => wire.Put(Cluster.Unrelated), () => wire.Put(More), () => wire.Put(Labelled), () => wire.Take(Cluster.Unrelated), () => wire.Take(More),
            () => wire.Put("apiVersion: v1\nkind: Namespace\nmetadata: {name: third, labels: {team: other}}"),
        ];
        foreach (Action change in changes)
        {
            for (int i = 0; i < 3; i++)
            {
                expected++;
                Assert.True(wire.Passes(Cluster.Api, Packets.Udp(Cluster.Address(Cluster.Api), Cluster.Address(Cluster.Web), 4000 + (int)expected, 8080), Cluster.Web));
            }

            change();
            Assert.Equal(expected, wire.Count("np shop/web ingress 0"));
        }
    }

    [Fact]
    public void Rules_outlive_the_process_that_loaded_them()
    {
        using Wire wire = new(Cluster.Inventory + Cluster.Policy);
        wire.Applier.Dispose();
        Assert.False(wire.Passes(Cluster.Api, Packets.Udp(Cluster.Address(Cluster.Api), Cluster.Address(Cluster.Web), 4000, 1), Cluster.Web));
        Assert.DoesNotContain("owner", wire.Place.RunProcess("nft", ["list", "table", "inet", "netpol"]).ThrowIfFailed().Output.Split('\n')[2], StringComparison.Ordinal);
    }

    [Fact]
    public void No_chain_denies_by_its_policy_and_hooks_stay_where_they_are()
    {
        using Wire wire = new(Cluster.Inventory + Cluster.Policy);
        string[] before = Hooks(wire);
        Assert.All(before, h => Assert.Contains("policy accept", h, StringComparison.Ordinal));
        wire.Put(Cluster.Closed);
        wire.Put(Cluster.Unrelated);
        wire.Put(Blocks);
        Assert.Equal(before, Hooks(wire));
    }

    // With their handles: a chain that was deleted and made again has another one.
    private static string[] Hooks(Wire wire)
    {
        string[] lines = wire.Place.RunProcess("nft", ["-a", "list", "table", "inet", "netpol"]).ThrowIfFailed().Output.Split('\n');
        return [.. lines.Zip(lines.Skip(1)).Where(p => p.Second.Contains(" hook ", StringComparison.Ordinal)).Select(p => p.First.Trim() + " " + p.Second.Trim())];
    }
}
