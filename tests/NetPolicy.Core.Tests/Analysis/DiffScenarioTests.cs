using NetPolicy.Analysis;
using NetPolicy.Engine;
using NetPolicy.Policies;
using Xunit;

namespace NetPolicy.Core.Tests.Analysis;

/// <summary>The steps of scenario <c>tenants</c>: each difference from the step before, and nothing else.</summary>
public sealed class DiffScenarioTests(ITestOutputHelper output)
{
    private const string All = "ICMP *; SCTP 1-65535; TCP 1-65535; UDP 1-65535";

    private const string AllButDns = "TCP 53; UDP 53";

    [Fact]
    public void Denying_egress_closes_what_customers_reach_but_port_53()
    {
        SemanticDiff diff = Between("", "1-deny-egress");
        Assert.All(diff.Changes, c => Assert.All(c.From.Members, m => Assert.StartsWith("customer", m, StringComparison.Ordinal)));
        Assert.All(diff.Changes, c => Assert.Equal((All, AllButDns), (c.Old.ToString(), c.New.ToString())));
        Assert.Contains(diff.Changes, c => c.To.Members.Contains("vamp/elasticsearch"));
        Assert.Contains(diff.Changes, c => c.To.IsOutside && c.To.Addresses.Any(a => a.ToString().StartsWith("0.0.0.0", StringComparison.Ordinal)));
        Assert.DoesNotContain(diff.Changes, c => c.To.Members.Contains("host:node1"));
    }

    [Fact]
    public void The_hole_opens_one_port_of_the_core_for_the_release_agent()
    {
        ConnectionChange change = Assert.Single(Between("1-deny-egress", "2-hole").Changes);
        Assert.Equal(["customer1/release-agent"], change.From.Members);
        Assert.Equal(["vamp/elasticsearch"], change.To.Members);
        Assert.Equal(("TCP 53; UDP 53", "TCP 53,9200; UDP 53"), (change.Old.ToString(), change.New.ToString()));
        Assert.Equal(("customer1/release-agent", "vamp/elasticsearch", 9200), (change.Witness.From, change.Witness.To, change.Witness.Port));
    }

    [Fact]
    public void Wide_ingress_closes_the_search_engine_to_all_but_tenants()
    {
        SemanticDiff diff = Between("2-hole", "3-wide");
        Assert.All(diff.Changes, c => Assert.Equal(["vamp/elasticsearch"], c.To.Members));
        Assert.Equal(
            [
                "customer1/busybox customer2/busybox: TCP 53; UDP 53 => nothing",
                "customer1/release-agent: TCP 53,9200; UDP 53 => TCP 9200",
                $"host:node2 kube-system/kube-dns: {All} => nothing",
                $"outside: {All} => nothing",
            ],
            diff.Changes.Select(c => $"{(c.From.IsOutside ? "outside" : string.Join(' ', c.From.Members))}: {c.Old} => {c.New}"));
        Assert.Contains(diff.Changes, c => (c.Witness.From, c.Witness.To, c.Witness.Port) == ("203.0.113.9", "vamp/elasticsearch", 9200));
    }

    [Fact]
    public void Tight_ingress_changes_no_connection_but_one_end()
    {
        Assert.Empty(Between("3-wide", "4-tight").Changes);
        ConnectionChange change = Assert.Single(Between("3-wide", "4-tight", new DiffOptions { Ends = true }).Changes);
        Assert.Equal(["customer1/busybox"], change.From.Members);
        Assert.Equal(["vamp/elasticsearch"], change.To.Members);
        Assert.False(change.ChangesVerdict);
        EndChange end = Assert.Single(change.Ends);
        Assert.Equal((Direction.Ingress, EndVerdict.Allow, EndVerdict.Deny, "TCP 9200"), (end.End, end.Old, end.New, end.Traffic.ToString()));
        Assert.Equal(("customer1/busybox", "vamp/elasticsearch", 9200), (change.Witness.From, change.Witness.To, change.Witness.Port));
    }

    private SemanticDiff Between(string old, string @new, DiffOptions? options = null)
    {
        SemanticDiff diff = SemanticDiff.Between(Step(old), Step(@new), options);
        foreach (ConnectionChange change in diff.Changes)
        {
            output.WriteLine($"{string.Join(' ', change.From.Members)}{string.Join(' ', change.From.Addresses)} -> {string.Join(' ', change.To.Members)}{string.Join(' ', change.To.Addresses)}: {change.Old} => {change.New} witness {change.Witness.From} {change.Witness.To} {change.Witness.Protocol} {change.Witness.Port} ends {string.Join(' ', change.Ends.Select(e => e.ToString()))}");
        }

        return diff;
    }

    private static Snapshot Step(string name) =>
        LintScenarioTests.Read(name.Length == 0 ? ["tenants/cluster.yaml"] : ["tenants/cluster.yaml", $"tenants/policies/{name}.yaml"]);
}
