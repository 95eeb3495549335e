using System.Text.Json;
using NetPolicy.Cli.Output;
using NetPolicy.Enforce.Lab;
using NetPolicy.Engine;
using NetPolicy.Laws;

namespace NetPolicy.Cli.Tests.Commands;

public class LabCommandTests
{
    private const string Cluster = "scenarios/three-tier/cluster.yaml";
    private const string Policies = "scenarios/three-tier/policies";

    [Fact]
    public void Tries_every_pair_and_ends_with_a_count()
    {
        Kernel.RequireLab();
        NetpolResult result = Netpol.Run("lab", Cluster, Policies);
        Assert.Equal(ExitCode.Fine, result.ExitCode);
        string[] lines = result.Output.TrimEnd('\n').Split('\n');
        Assert.Equal("700 flows between 5 pods on 1 node and the outside: engine = nftables = packets", lines[^1]);
        Assert.Contains(lines, line => line.StartsWith("  203.0.113.9           shop/web              3000/tcp", StringComparison.Ordinal));
        Assert.All(lines, line => Assert.True(line.Length <= 120, line));
    }

    [Fact]
    public void Flows_of_expectations_are_tried_too_and_answered_as_json()
    {
        Kernel.RequireLab();
        NetpolResult result = Netpol.Run("lab", "-o", "json", Cluster, Policies, "scenarios/three-tier/expectations.yaml");
        Assert.Equal(ExitCode.Fine, result.ExitCode);
        using JsonDocument document = JsonDocument.Parse(result.Output);
        Assert.Equal(0, document.RootElement.GetProperty("mismatches").GetInt32());
        JsonElement web = document.RootElement.GetProperty("flows").EnumerateArray().First(flow => flow.GetProperty("flow").GetProperty("to").GetString() == "svc:shop/web");
        Assert.Equal("allow", web.GetProperty("packets").GetString());
        Assert.Equal("np shop/web ingress 0", web.GetProperty("counter").GetString());
    }

    [Fact]
    public void Connections_are_listed_with_what_decided_and_can_be_chosen()
    {
        Kernel.RequireLab();
        NetpolResult result = Netpol.Run("lab", "--connections", "--from", "shop/curl", "--to", "shop", "--port", "8080", "--verdict", "deny", "--rule", "deny-all", Cluster, Policies);
        Assert.Equal(ExitCode.Fine, result.ExitCode);
        string[] listed = [.. result.Output.Split('\n').Where(line => line.Contains("8080/tcp", StringComparison.Ordinal))];
        Assert.Equal(6, listed.Length);
        Assert.All(listed, line => Assert.EndsWith("deny     deny     NetworkPolicy shop/deny-all egress, no rule allows it", line));
    }

    [Fact]
    public void Choosing_connections_without_listing_them_is_refused()
    {
        NetpolResult result = Netpol.Run("lab", "--from", "shop/curl", Cluster);
        Assert.Equal(ExitCode.Unusable, result.ExitCode);
        Assert.Contains("need --connections", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Policies_without_a_cluster_are_nothing_to_build()
    {
        NetpolResult result = Netpol.Run("lab", Policies);
        Assert.Equal(ExitCode.Unusable, result.ExitCode);
        Assert.Contains("there is nothing to build", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_disagreement_is_told_with_its_flow()
    {
        LabWorld world = LabWorld.Of(Snapshot.Of(Input.World.Load([Path.Combine(Repository.Root, Cluster)])));
        FlowRequest flow = new() { From = "shop/web", To = "shop/db", Port = 5984 };
        Assert.True(world.TryMap(flow, out LabMapping? mapping, out _));
        LabComparisonRow row = new(flow, world.Snapshot.Evaluate(mapping.Flow), null) { Packets = new LabFinding(Verdict.Deny, null) };
        SortedDictionary<string, ulong> none = [];
        using StringWriter output = new();
        LabText.Write(output, new LabComparison(world, new Dictionary<string, string>(), [row], none, none), null);
        Assert.Contains("differs  shop/web -> shop/db TCP 5984: engine Allow, packets Deny", output.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("1 differ", output.ToString().TrimEnd(), StringComparison.Ordinal);
    }
}
