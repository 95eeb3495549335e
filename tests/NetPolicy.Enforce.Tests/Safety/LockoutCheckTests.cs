using NetPolicy.Addresses;
using NetPolicy.Diagnostics;
using NetPolicy.Enforce.Observation;
using NetPolicy.Enforce.Safety;
using NetPolicy.Enforce.Tests.Compilation;
using NetPolicy.Engine;
using NetPolicy.Ports;
using Xunit;

namespace NetPolicy.Enforce.Tests.Safety;

/// <summary>What would cut the machine off is refused before it is loaded, with the rule that would do it.</summary>
public sealed class LockoutCheckTests
{
    private const string Host = """
        apiVersion: projectcalico.org/v3
        kind: HostEndpoint
        metadata: {name: node1-host, labels: {role: node}}
        spec: {node: node1, interfaceName: eth0, expectedIPs: [192.0.2.1]}
        ---

        """;

    private const string NoFailsafes = """
        apiVersion: projectcalico.org/v3
        kind: FelixConfiguration
        metadata: {name: default}
        spec: {failsafeInboundHostPorts: [], failsafeOutboundHostPorts: []}
        ---

        """;

    private const string DenyAll = """
        apiVersion: projectcalico.org/v3
        kind: GlobalNetworkPolicy
        metadata: {name: deny-all}
        spec: {selector: role == 'node', types: [Ingress, Egress]}
        ---

        """;

    private static readonly ManagementFlow s_session = ManagementFlow.OfSshConnection("203.0.113.7 51234 192.0.2.1 22")!;

    [Fact]
    public void Failsafe_ports_keep_a_session_through_a_policy_that_denies_everything()
    {
        LockoutReport report = Check(Host + DenyAll, s_session);
        Assert.True(report.IsSafe, string.Join('\n', report.Diagnostics));
        Assert.Equal([s_session], report.Kept);
    }

    [Fact]
    public void Without_failsafe_ports_a_policy_that_denies_everything_cuts_the_session_and_is_named_with_its_line()
    {
        Diagnostic cut = Assert.Single(Check(Host + NoFailsafes + DenyAll, s_session).Diagnostics);
        Assert.Equal("NP5001", cut.Id);
        Assert.Contains("`the SSH session from 203.0.113.7 to 192.0.2.1:22`", cut.Message, StringComparison.Ordinal);
        Assert.Contains("dropped by `gnp deny-all ingress default` at input", cut.Message, StringComparison.Ordinal);
        Assert.Equal("world.yaml", cut.Span.File);
        Assert.True(cut.Span.Line > 0);
    }

    [Fact]
    public void The_policy_that_cuts_is_named_and_not_a_staged_one_that_would()
    {
        const string Staged = """
            apiVersion: projectcalico.org/v3
            kind: StagedGlobalNetworkPolicy
            metadata: {name: later}
            spec: {order: 1, selector: role == 'node', types: [Ingress, Egress]}
            ---

            """;
        Assert.True(Check(Host + NoFailsafes + Staged + Allow("all", order: 5, "{action: Allow}"), s_session).IsSafe);
        Diagnostic cut = Assert.Single(Check(Host + NoFailsafes + Staged + DenyAll, s_session).Diagnostics);
        Assert.Contains("dropped by `gnp deny-all ingress default` at input", cut.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_allow_rule_keeps_what_it_allows_and_nothing_else()
    {
        string allow = Allow("ssh", order: 5, "{action: Allow, protocol: TCP, source: {nets: [203.0.113.0/24]}, destination: {ports: [22]}}");
        Assert.True(Check(Host + NoFailsafes + DenyAll + allow, s_session).IsSafe);
        Assert.False(Check(Host + NoFailsafes + DenyAll + allow, ManagementFlow.OfSshConnection("198.51.100.7 51234 192.0.2.1 22")!).IsSafe);
        Assert.False(Check(Host + NoFailsafes + DenyAll + allow, ManagementFlow.OfSshConnection("203.0.113.7 51234 192.0.2.1 2222")!).IsSafe);
    }

    [Fact]
    public void Sessions_by_IPv6_and_connections_by_UDP_are_judged_likewise()
    {
        ManagementFlow session = ManagementFlow.OfSshConnection("2001:db8:9::7 51234 2001:db8::1 22")!;
        Assert.True(Check(Host + DenyAll, session).IsSafe);
        Assert.Contains("from 2001:db8:9::7 to [2001:db8::1]:22", Assert.Single(Check(Host + NoFailsafes + DenyAll, session).Diagnostics).Message, StringComparison.Ordinal);
        ManagementFlow names = ManagementFlow.Parse("203.0.113.53:53/udp")!;
        Assert.True(Check(Host + DenyAll, names).IsSafe);
        Assert.False(Check(Host + NoFailsafes + DenyAll, names).IsSafe);
    }

    [Fact]
    public void A_session_over_loopback_is_nobodys_business_unless_loopback_is_policed()
    {
        ManagementFlow session = ManagementFlow.OfSshConnection("127.0.0.1 51234 127.0.0.1 22")!;
        Assert.True(Check(Host + NoFailsafes + DenyAll, session).IsSafe);
        string everywhere = Host.Replace("interfaceName: eth0, expectedIPs: [192.0.2.1]", "interfaceName: '*'", StringComparison.Ordinal);
        Assert.False(Check(everywhere + NoFailsafes + DenyAll, session).IsSafe);
    }

    [Fact]
    public void Tiers_in_another_order_are_noticed()
    {
        const string Tiers = """
            apiVersion: projectcalico.org/v3
            kind: Tier
            metadata: {name: first}
            spec: {order: ORDER1}
            ---
            apiVersion: projectcalico.org/v3
            kind: Tier
            metadata: {name: second}
            spec: {order: ORDER2}
            ---
            apiVersion: projectcalico.org/v3
            kind: GlobalNetworkPolicy
            metadata: {name: first.allow-ssh}
            spec: {tier: first, selector: role == 'node', types: [Ingress], ingress: [{action: Allow, protocol: TCP, destination: {ports: [22]}}]}
            ---
            apiVersion: projectcalico.org/v3
            kind: GlobalNetworkPolicy
            metadata: {name: second.deny}
            spec: {tier: second, selector: role == 'node', types: [Ingress], ingress: [{action: Deny}]}
            ---

            """;
        Assert.True(Check(Host + NoFailsafes + Tiers.Replace("ORDER1", "1").Replace("ORDER2", "2"), s_session).IsSafe);
        Diagnostic cut = Assert.Single(Check(Host + NoFailsafes + Tiers.Replace("ORDER1", "2").Replace("ORDER2", "1"), s_session).Diagnostics);
        Assert.Contains("`gnp second.deny ingress 0`", cut.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_way_to_the_API_server_is_judged_as_egress()
    {
        ManagementFlow server = ManagementFlow.OfApiServer("203.0.113.50:6443")!;
        Assert.True(Check(Host + DenyAll, server).IsSafe);
        Diagnostic cut = Assert.Single(Check(Host + NoFailsafes + DenyAll, server).Diagnostics);
        Assert.Contains("`the API server at 203.0.113.50:6443`", cut.Message, StringComparison.Ordinal);
        Assert.Contains("`gnp deny-all egress default` at output", cut.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_API_server_behind_a_Service_is_judged_by_its_backend()
    {
        const string Service = """
            apiVersion: v1
            kind: Service
            metadata: {name: kubernetes, namespace: default}
            spec: {clusterIP: 10.96.0.1, ports: [{port: 443, targetPort: 6443, protocol: TCP}]}
            ---
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: kubernetes-1, namespace: default, labels: {kubernetes.io/service-name: kubernetes}}
            addressType: IPv4
            ports: [{port: 6443, protocol: TCP}]
            endpoints: [{addresses: [203.0.113.50], conditions: {ready: true}}]
            ---

            """;
        ManagementFlow server = ManagementFlow.OfApiServer("10.96.0.1:443")!;
        string allow = Allow("api", order: 5, "", "{action: Allow, protocol: TCP, destination: {nets: [203.0.113.50/32], ports: [6443]}}");
        Assert.True(Check(Host + NoFailsafes + DenyAll + Service + allow, server).IsSafe, string.Join('\n', Check(Host + NoFailsafes + DenyAll + Service + allow, server).Diagnostics));
        Assert.False(Check(Host + NoFailsafes + DenyAll + Service, server).IsSafe);
    }

    [Fact]
    public void Ports_on_which_somebody_listens_must_be_open_to_at_least_somebody()
    {
        HostFacts facts = Facts() with { Listeners = [Listens(22, "sshd"), Listens(2222, "sshd"), Listens(8080, "web"), Listens(10250, "kubelet")] };
        ManagementFlow[] listening = [.. ManagementFlow.Listening(facts)];
        Assert.Equal(["SSH on port 22 from anybody at all", "SSH on port 2222 from anybody at all", "kubelet on port 10250 from anybody at all"], listening.Select(f => f.Name));

        string allow = Allow("ssh", order: 5, "{action: Allow, protocol: TCP, source: {nets: [198.51.100.0/28]}, destination: {ports: [22, 2222]}}");
        Diagnostic cut = Assert.Single(Check(Host + NoFailsafes + DenyAll + allow, listening).Diagnostics);
        Assert.Contains("`kubelet on port 10250 from anybody at all`", cut.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_kept_port_must_be_open_to_everybody_or_to_its_whole_block()
    {
        string allow = Allow("web", order: 5, "{action: Allow, protocol: TCP, source: {nets: [198.51.100.0/24], notNets: [198.51.100.8/29]}, destination: {ports: [443]}}");
        string world = Host + DenyAll + allow;
        Assert.False(Check(world, ManagementFlow.Parse("443/tcp")!).IsSafe);
        Assert.Empty(Check(world, ManagementFlow.Parse("443/tcp@198.51.100.0/29")!).Diagnostics);
        Diagnostic cut = Assert.Single(Check(world, ManagementFlow.Parse("443/tcp@198.51.100.0/24")!).Diagnostics);
        Assert.Contains("from 198.51.100.9", cut.Message, StringComparison.Ordinal);
        Assert.Empty(Check(world, ManagementFlow.Parse("22/tcp")!).Diagnostics);
    }

    [Fact]
    public void Untracked_policy_that_forgets_the_answers_is_noticed()
    {
        const string Untracked = """
            apiVersion: projectcalico.org/v3
            kind: GlobalNetworkPolicy
            metadata: {name: untracked-ssh}
            spec:
              selector: role == 'node'
              order: 1
              doNotTrack: true
              applyOnForward: true
              types: [Ingress, Egress]
              ingress: [{action: Allow, protocol: TCP, destination: {ports: [2222]}}]
              egress: [{action: Deny, protocol: TCP, source: {ports: [2222]}}]
            ---

            """;
        Diagnostic cut = Assert.Single(Check(Host + Untracked, ManagementFlow.Parse("2222/tcp@203.0.113.7")!).Diagnostics);
        Assert.Contains("answers to new connections", cut.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_judged_is_said()
    {
        Diagnostic unknown = Assert.Single(Check(Host, ManagementFlow.OfSshConnection("203.0.113.7 51234 192.0.2.99 22")!).Diagnostics);
        Assert.Equal("NP5002", unknown.Id);
        HostFacts isolated = Facts() with { Routes = [] };
        Assert.Equal("NP5002", Assert.Single(Run(Host, isolated, [ManagementFlow.OfApiServer("203.0.113.50")!]).Diagnostics).Id);
    }

    [Fact]
    public void A_machine_without_host_endpoints_keeps_everything()
    {
        LockoutReport report = Check("", s_session, ManagementFlow.Parse("10250")!, ManagementFlow.OfApiServer("203.0.113.50")!, ManagementFlow.Parse("[2001:db8:9::1]:6443/tcp")!);
        Assert.True(report.IsSafe, string.Join('\n', report.Diagnostics));
        Assert.Equal(4, report.Kept.Count);
    }

    [Theory]
    [InlineData("22")]
    [InlineData("22/tcp")]
    [InlineData("53/udp@10.0.0.0/8")]
    [InlineData("53/udp@10.0.0.1")]
    [InlineData("10.0.0.1:6443/tcp")]
    [InlineData("[2001:db8::1]:6443")]
    public void Connections_to_keep_are_read(string text) => Assert.NotNull(ManagementFlow.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("0/tcp")]
    [InlineData("22/icmp")]
    [InlineData("70000")]
    [InlineData("22/tcp@")]
    [InlineData("22/tcp@10.0.0.0/33")]
    [InlineData("host.example:22")]
    [InlineData("10.0.0.1/tcp")]
    [InlineData("10.0.0.1:22@10.0.0.0/8")]
    public void Texts_that_are_no_connection_are_refused(string text) => Assert.Null(ManagementFlow.Parse(text));

    private static string Allow(string name, int order, string ingress, string egress = "") => $$"""
        apiVersion: projectcalico.org/v3
        kind: GlobalNetworkPolicy
        metadata: {name: {{name}}}
        spec: {selector: role == 'node', order: {{order}}, types: [{{(ingress.Length > 0 ? "Ingress" : "Egress")}}], ingress: [{{ingress}}], egress: [{{egress}}]}
        ---

        """;

    private static LockoutReport Check(string yaml, params ManagementFlow[] flows) => Run(yaml, Facts(), flows);

    private static LockoutReport Run(string yaml, HostFacts facts, ManagementFlow[] flows)
    {
        Snapshot snapshot = Worlds.Of(yaml);
        CompiledRuleset ruleset = RulesetCompiler.Compile(snapshot, "node1");
        Assert.False(ruleset.HasErrors);
        return LockoutCheck.Run(ruleset, snapshot, facts, flows, generation: 3);
    }

    private static ListeningPort Listens(ushort port, string process) => new(Protocol.Tcp, IpAddress.Parse("0.0.0.0"), port, process);

    private static HostFacts Facts() => new(
        [
            new HostInterface(1, "lo", "", true, null, false, [IpAddress.Parse("127.0.0.1"), IpAddress.Parse("::1")]),
            new HostInterface(2, "eth0", "", true, null, false, [IpAddress.Parse("192.0.2.1"), IpAddress.Parse("2001:db8::1")]),
        ],
        [
            new HostRoute(IpPrefix.Parse("0.0.0.0/0"), "eth0", 0), new HostRoute(IpPrefix.Parse("192.0.2.0/24"), "eth0", 0),
            new HostRoute(IpPrefix.Parse("::/0"), "eth0", 1024), new HostRoute(IpPrefix.Parse("172.20.1.10/32"), InterfaceNames.Of("shop", "web"), 0),
        ],
        [],
        []);
}
