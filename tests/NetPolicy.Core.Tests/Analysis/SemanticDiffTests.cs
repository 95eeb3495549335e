using NetPolicy.Analysis;
using NetPolicy.Engine;
using NetPolicy.Ports;
using Xunit;

namespace NetPolicy.Core.Tests.Analysis;

public sealed class SemanticDiffTests
{
    private static readonly ushort[] Ports = [1, 80, 81, 443, 8000, 8080, 8100, 8101, 30080, 65535];

    public static TheoryData<int, bool> Seeds => ConnectivityTests.Seeds;

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Lists_exactly_what_brute_force_finds_different(int seed, bool hosts)
    {
        RandomCluster random = new(seed, hosts);
        string changed = random.Changed();
        Snapshot old = random.Snapshot, @new = RandomCluster.Load(changed);
        SemanticDiff diff = SemanticDiff.Between(old, @new);
        SemanticDiff ends = SemanticDiff.Between(old, @new, new DiffOptions { Ends = true });
        string story = $"{random.Text}\n=== became ===\n{changed}";
        Compare(diff, old, @new, withEnds: false, story);
        Compare(ends, old, @new, withEnds: true, story);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Nothing_differs_from_itself(int seed, bool hosts)
    {
        RandomCluster random = new(seed, hosts);
        Assert.Empty(SemanticDiff.Between(random.Snapshot, random.Snapshot, new DiffOptions { Ends = true }).Changes);
    }

    [Fact]
    public void Types_that_only_one_world_names_are_no_difference_where_no_policy_is_asked_about_them()
    {
        const string World = """
            {apiVersion: v1, kind: Pod, metadata: {name: p, namespace: a}, spec: {nodeName: n1}}
            ---
            {apiVersion: projectcalico.org/v3, kind: FelixConfiguration, metadata: {name: default}, spec: {defaultEndpointToHostAction: Drop}}
            """;
        const string Named = """
            {apiVersion: projectcalico.org/v3, kind: StagedNetworkPolicy, metadata: {name: s, namespace: a}, spec: {egress: [{action: Pass, protocol: ICMPv6, icmp: {type: 135}}]}}
            """;
        Snapshot old = RandomCluster.Load(World + "\n---\n" + Named), @new = RandomCluster.Load(World);
        Assert.Empty(SemanticDiff.Between(old, @new, new DiffOptions { Ends = true }).Changes);
        Connection toHost = Assert.Single(Connectivity.Of(@new).Connections, c => c.From.Members.Contains("a/p") && c.To.Members.Contains("host:n1"));
        Assert.Contains("130-133,135-136", toHost.Families!.IPv6.Icmp, StringComparison.Ordinal);
    }

    private static void Compare(SemanticDiff diff, Snapshot old, Snapshot @new, bool withEnds, string story)
    {
        Dictionary<(string, string), ConnectionChange> changes = diff.Changes.ToDictionary(c => (c.From.Id, c.To.Id));
        Assert.All(diff.Changes, c => Confirm(c, old, @new, story));
        Expansion expansion = new(diff.Groups);
        HashSet<string> services = [.. old.Cluster.Services.Concat(@new.Cluster.Services).SelectMany(s => s.Addresses).Select(a => a.ToString())];
        foreach (Expansion.End from in expansion.Ends.Where(e => !services.Contains(e.Name)))
        {
            foreach (Expansion.End to in expansion.Ends.Where(e => e.Name != from.Name && !services.Contains(e.Name) && !(e.IsOutside && from.IsOutside)))
            {
                ConnectionChange? change = changes.GetValueOrDefault((from.Group.Id, to.Group.Id));
                bool differs = false;
                foreach (Protocol protocol in (Protocol[])[Protocol.Tcp, Protocol.Udp, Protocol.Sctp, Protocol.Icmp])
                {
                    foreach (ushort? port in protocol.IsIcmp ? [null] : Ports.Select(p => (ushort?)p))
                    {
                        string before = Answer(old, from, to, protocol, port, withEnds), after = Answer(@new, from, to, protocol, port, withEnds);
                        differs |= before != after && (!withEnds || Exist(old, from, to) == Exist(@new, from, to) || Verdicts(before) != Verdicts(after));
                        if (port is { } number)
                        {
                            string what = $"{from.Name} to {to.Name} {protocol} {number}";
                            Assert.True(change is null || change.Old.PortsOf(protocol).Contains(number) == Verdicts(before).Contains('+', StringComparison.Ordinal), what + story);
                            Assert.True(change is null || change.New.PortsOf(protocol).Contains(number) == Verdicts(after).Contains('+', StringComparison.Ordinal), what + story);
                        }
                    }
                }

                Assert.True(!differs || change is not null, $"{from.Name} to {to.Name} differs and is not listed\n{story}");
            }
        }
    }

    // Both families' answers, as `+` and `-` and, if wanted, what the ends said.
    private static string Answer(Snapshot snapshot, Expansion.End from, Expansion.End to, Protocol protocol, ushort? port, bool withEnds)
    {
        if (!Exist(snapshot, from, to))
        {
            return "-";
        }

        string[] answers =
        [
            .. Expansion.Families(snapshot, from, to).Select(f => Expansion.Evaluate(snapshot, from, to, protocol, port, f))
                .Select(e => (e.IsAllowed ? "+" : "-") + (withEnds ? $"{e.Egress.Verdict}{e.Ingress.Verdict}" : "")),
        ];
        return answers.Length == 2 && answers[0] == answers[1] ? answers[0] : string.Join('/', answers);
    }

    private static string Verdicts(string answers)
    {
        string all = new([.. answers.Where(c => c is '+' or '-')]);
        return all.Distinct().Count() == 1 ? all[..1] : all;
    }

    private static bool Exist(Snapshot snapshot, Expansion.End from, Expansion.End to) =>
        Expansion.Exists(snapshot, from) && Expansion.Exists(snapshot, to);

    private static void Confirm(ConnectionChange change, Snapshot old, Snapshot @new, string story)
    {
        string before = Ask(old, change.Witness), after = Ask(@new, change.Witness);
        Assert.True(before != after, $"{change.Witness} {before} {after}\n{story}");
        if (change.ChangesVerdict)
        {
            Assert.True(before[0] != after[0], $"{change.Witness} {before} {after}\n{story}");
        }
    }

    private static string Ask(Snapshot snapshot, FlowRequest request) =>
        snapshot.TryResolve(request, out Flow flow, out _) && snapshot.Evaluate(flow) is var e
            ? (e.IsAllowed ? "+" : "-") + $"{e.Egress.Verdict}{e.Ingress.Verdict}"
            : "-";
}
