using NetPolicy.Diagnostics;
using NetPolicy.Enforce.Nft;
using NetPolicy.Engine;
using NetPolicy.Policies;
using Xunit;

namespace NetPolicy.Enforce.Tests.Compilation;

public sealed class RulesetCompilerTests
{
    [Fact]
    public void Pods_with_the_same_policies_share_a_chain()
    {
        CompiledRuleset ruleset = Compile("""
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: all, namespace: shop}
            spec: {podSelector: {}, ingress: [{ports: [{port: 80}]}]}
            """);
        EndpointClass shared = Assert.Single(ruleset.Classes);
        Assert.Equal(["shop/api", "shop/db", "shop/web"], shared.Members.Select(m => m.Name).Order());
        Assert.False(shared.IsOrdered);
    }

    [Fact]
    public void Own_named_ports_tell_classes_apart()
    {
        CompiledRuleset ruleset = Compile("""
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: all, namespace: shop}
            spec: {podSelector: {}, ingress: [{ports: [{port: http}]}]}
            """);
        Assert.Equal(3, ruleset.Classes.Count);
    }

    [Theory]
    [InlineData("{action: Log}", true)]
    [InlineData("{action: Allow, protocol: TCP, source: {ports: [80]}}", true)]
    [InlineData("{action: Allow, protocol: ICMP, icmp: {type: 8}}", false)]
    [InlineData("{action: Allow, destination: {nets: [172.20.1.11/32]}}", false)]
    public void Only_what_tables_cannot_hold_is_written_in_order(string rule, bool isOrdered)
    {
        CompiledRuleset ruleset = Compile($$"""
            apiVersion: projectcalico.org/v3
            kind: NetworkPolicy
            metadata: {name: api, namespace: shop}
            spec: {selector: app == 'api', types: [Ingress], ingress: [{{rule}}]}
            """);
        Assert.Equal(isOrdered, Assert.Single(ruleset.Classes).IsOrdered);
        Assert.Equal(isOrdered ? ["NP4008"] : [], ruleset.Diagnostics.Select(d => d.Id));
    }

    [Fact]
    public void Http_conditions_are_an_error_at_their_rule()
    {
        CompiledRuleset ruleset = Compile("""
            apiVersion: projectcalico.org/v3
            kind: NetworkPolicy
            metadata: {name: api, namespace: shop}
            spec:
              selector: app == 'api'
              types: [Ingress]
              ingress:
              - {action: Allow, http: {methods: [GET]}}
            """);
        Diagnostic finding = Assert.Single(ruleset.Diagnostics);
        Assert.Equal(("NP4001", DiagnosticSeverity.Error), (finding.Id, finding.Severity));
        Assert.True(finding.Span.IsKnown);
    }

    [Fact]
    public void An_unknown_node_is_an_error_and_its_ruleset_is_closed()
    {
        CompiledRuleset ruleset = RulesetCompiler.Compile(Worlds.Of(""), "nowhere");
        Assert.Equal("NP4005", Assert.Single(ruleset.Diagnostics).Id);
        Assert.Contains("iifname \"cali*\" goto closed", NftWriter.Write(ruleset), StringComparison.Ordinal);
    }

    [Fact]
    public void A_pod_without_address_is_reported_and_closed()
    {
        CompiledRuleset ruleset = Compile("""
            apiVersion: v1
            kind: Pod
            metadata: {name: young, namespace: shop}
            spec: {nodeName: node1, containers: [{name: c}]}
            """);
        Assert.Equal("NP4002", Assert.Single(ruleset.Diagnostics).Id);
        Assert.Contains($"\"{InterfaceNames.Of("shop", "young")}\" : jump closed", NftWriter.Write(ruleset), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("eth0\\\"; drop", "NP4006")]
    [InlineData("cali*", "NP4006")]
    [InlineData("aninterfacethatistoolong", "NP4006")]
    [InlineData("..", "NP4006")]
    public void Interface_names_cannot_write_rules(string name, string id)
    {
        CompiledRuleset ruleset = Compile($$"""
            apiVersion: projectcalico.org/v3
            kind: WorkloadEndpoint
            metadata: {name: vm, namespace: shop}
            spec: {orchestrator: openstack, workload: vm, endpoint: eth0, node: node1, interfaceName: "{{name}}", ipNetworks: [172.20.1.77/32]}
            """);
        Assert.Contains(ruleset.Diagnostics, d => d.Id == id && d.Severity == DiagnosticSeverity.Error);
        Assert.DoesNotContain("; drop", NftWriter.Write(ruleset), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_workloads_on_one_interface_are_an_error()
    {
        string Endpoint(string name, int last) => $$"""
            ---
            apiVersion: projectcalico.org/v3
            kind: WorkloadEndpoint
            metadata: {name: {{name}}, namespace: shop}
            spec: {orchestrator: openstack, workload: vm, endpoint: eth0, node: node1, interfaceName: tap0, ipNetworks: [172.20.1.{{last}}/32]}

            """;
        Assert.Equal("NP4007", Assert.Single(Compile(Endpoint("a", 71) + Endpoint("b", 72)).Diagnostics).Id);
    }

    [Fact]
    public void Comments_name_rules_and_lead_to_where_they_are_written()
    {
        CompiledRuleset ruleset = Compile(PolicyCases.All["kubernetes"]);
        RuleOrigin origin = ruleset.RuleComments["np shop/web ingress 1"];
        Assert.Equal((DecisionReason.Rule, Direction.Ingress, 1), (origin.Reason, origin.Rule!.Direction, origin.Rule.Index));
        Assert.True(origin.Span.IsKnown);
        Assert.Equal(DecisionReason.Isolated, ruleset.RuleComments["np shop/db ingress default"].Reason);
    }

    [Fact]
    public void Long_names_are_shortened_to_comments_that_stay_unique()
    {
        string Policy(char last) => $$"""
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: {{new string('n', 250)}}{{last}}, namespace: shop}
            spec: {podSelector: {}, ingress: [{ports: [{port: {{(last == 'a' ? 80 : 81)}}}]}]}
            ---

            """;
        CompiledRuleset ruleset = Compile(Policy('a') + Policy('b'));
        Assert.Equal(3, ruleset.RuleComments.Count);
        Assert.All(ruleset.RuleComments.Keys, c => Assert.True(c.Length <= 128));
    }

    [Fact]
    public void Identity_zero_is_nobodys()
    {
        CompiledRuleset ruleset = Compile(PolicyCases.All["calico"]);
        Assert.All(ruleset.Identities, i => Assert.True(i.Number > 1));
        Assert.Equal(ruleset.Identities.Count, ruleset.Identities.Select(i => i.Number).Distinct().Count());
    }

    [Fact]
    public void Contradicting_options_are_refused()
    {
        Snapshot snapshot = Worlds.Of("");
        foreach (EnforcementOptions options in (EnforcementOptions[])
            [
                new() { TableName = "a b" }, new() { TableName = "" }, new() { ConnectionMarkMask = 0b1011 }, new() { ConnectionMarkMask = 1 },
                new() { AcceptedMark = 3 }, new() { AcceptedMark = 1, SeenMark = 1 }, new() { WorkloadInterfacePrefix = "toolong" },
                new() { WorkloadInterfacePrefix = "" }, new() { MaxTableElements = -1 },
            ])
        {
            Assert.Throws<ArgumentException>(() => RulesetCompiler.Compile(snapshot, "node1", options));
        }
    }

    [Theory]
    [InlineData("default", "nginx", "cali", "calic440f455693")]
    [InlineData("default", "nginx", "tap", "tapc440f455693")]
    public void Interface_names_follow_the_scheme_of_Calico(string @namespace, string pod, string prefix, string name)
    {
        Assert.Equal(name, InterfaceNames.Of(@namespace, pod, prefix));
        Assert.True(InterfaceNames.IsSafe(name));
    }

    private static CompiledRuleset Compile(string policies) => RulesetCompiler.Compile(Worlds.Of(policies), "node1");
}
