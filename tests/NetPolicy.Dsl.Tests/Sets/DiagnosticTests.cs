namespace NetPolicy.Dsl.Tests.Sets;

using System.Runtime.CompilerServices;
using NetPolicy.Diagnostics;
using Xunit;
using static NetPolicy.Dsl.Syntax;

/// <summary>Each finding stands at the C# line of the link that caused it.</summary>
public class DiagnosticTests
{
    private static readonly LabelKey App = Label("app");
    private static readonly NamespaceRef Shop = Namespace("shop");
    private static readonly Workload Web = Shop.Workload("web", App.Is("web")), Api = Shop.Workload("api", App.Is("api"));

    private static int Here([CallerLineNumber] int line = 0) => line;

    private static Diagnostic Only(string id, int line, params ReadOnlySpan<IPolicyPart> parts)
    {
        Diagnostic finding = Assert.Single(PolicySet.Define("set", parts).Diagnostics.AsEnumerable());
        Assert.Equal((id, line), (finding.Id, finding.Span.Line));
        Assert.EndsWith("DiagnosticTests.cs", finding.Span.File, StringComparison.Ordinal);
        Assert.Equal(DiagnosticSeverity.Error, finding.Severity);
        Assert.DoesNotContain('\n', finding.Message);
        Assert.False(finding.Message.EndsWith('.'), finding.Message);
        return finding;
    }

    [Fact]
    public void A_bad_name_is_told_at_the_word_that_names_it()
    {
        Only("NP2011", Here(), Shop.Policy("Bad_Name").ForAllPods().NoIngress());
        Only("NP2012", Here(), Namespace("Bad_Name").Policy("p").ForAllPods().NoIngress());
        Only("NP2011", Here(), HostEndpoint("Bad_Name").OnNode("n").AllInterfaces());
    }

    [Fact]
    public void A_bad_label_is_told_at_its_key()
    {
        int line = Here() + 1;
        LabelKey bad = Label("not a key");
        Only("NP2121", line, Shop.Policy("p").For(bad == "x").NoIngress());
        Only("NP2216", line, Shop.CalicoPolicy("p").For(bad == "x").NoIngress());
        Only("NP2014", line, Web.Policy("p").NoIngress().Labelled(bad.Is("x")));
        Only("NP2122", Here(), Web.Policy("p").AllowFrom(Pods(Label("a") == "not a value")).OnAllTraffic());
        Only("NP2810", Here(), Web.CalicoPolicy("p").AllowFrom(Pods(Label("a") == "not a value")).OnAllTraffic());
        Only("NP2810", Here(), GlobalPolicy("p").For(HostEndpoints(Label("a").Contains("*"))).NoIngress());
    }

    [Fact]
    public void A_bad_block_is_told_at_its_own_line_of_the_chain()
    {
        int line = Here() + 3;
        Only("NP2111", line, Web.Policy()
            .AllowFrom(Cidr("10.0.0.0/8")).OnAllTraffic()
            .AllowFrom(Cidr("10.0.0.0/33")).OnAllTraffic());
        Only("NP2205", Here(), Web.CalicoPolicy().AllowTo(Cidr("10.0.0.0/8") | Cidr("10.0.0")).OnAllTraffic());
        Only("NP2206", Here(), Web.CalicoPolicy().AllowTo(Cidr("10.0.0.1/8")).OnAllTraffic());
        Only("NP2209", Here(), Web.CalicoPolicy().AllowTo(Cidr("10.0.0.0/8").Except("0.0.0.0/0")).OnAllTraffic());
        Only("NP2113", Here(), Web.Policy().AllowTo(Cidr("10.0.0.0/8").Except("0.0.0.0/0")).OnAllTraffic());
    }

    [Fact]
    public void A_bad_port_is_told_at_its_own_line()
    {
        Only("NP2103", Here(), Web.Policy().AllowFrom(Api).On(Tcp(0)));
        Only("NP2228", Here(), Web.CalicoPolicy().AllowFrom(Api).On(Tcp(0)));
        Only("NP2107", Here(), Web.Policy().AllowFrom(Api).On(Tcp(90).Through(80)));
        Only("NP2228", Here(), Web.CalicoPolicy().AllowFrom(Api).On(Tcp(90).Through(80)));
        Only("NP2104", Here(), Web.Policy().AllowFrom(Api).On(Tcp("80")));
        Only("NP2812", Here(), Web.Policy().AllowFrom(Api).On(Tcp(80).Through(90).Named("http")));
        Only("NP2229", Here(), Web.CalicoPolicy().AllowFrom(Api).On(Http(80).At("no-slash")));
        Only("NP2226", Here(), Web.CalicoPolicy().AllowFrom(Api).On(IpProtocol(0)));
    }

    [Fact]
    public void One_object_defined_twice_is_told_with_both_lines()
    {
        int first = Here() + 1;
        KubernetesPolicy one = Shop.DenyAll();
        Diagnostic finding = Only("NP2808", Here(), one, Shop.DenyAll());
        Assert.Equal(first, Assert.Single(finding.Related.AsEnumerable()).Line);
        Assert.Contains("NetworkPolicy shop/deny-all", finding.Message, StringComparison.Ordinal);
        Assert.True(PolicySet.Define("set", [one, Shop.CalicoPolicy("deny-all").ForAllPods().NoIngress()]).IsValid);
    }

    [Fact]
    public void One_label_given_two_values_is_told_at_the_second()
    {
        LabelPairs one = App.Is("one");
        LabelKey app = Label("app"); int second = Here();
        Assert.Equal("NP2801", Only("NP2801", second, HostEndpoint("h").OnNode("n").AllInterfaces().Labelled(one & app.Is("two"))).Id);
        Only("NP2801", second, HostEndpoint("h").OnNode("n").AllInterfaces().Labelled(one).Labelled(app.Is("two")));
        Only("NP2801", second, Web.Carrying(app.Is("two")).CalicoPolicy().NoIngress());
        Assert.True(PolicySet.Define("set", [Web.Policy().NoIngress().Labelled(one & app.Is("one"))]).IsValid);
    }

    [Fact]
    public void Nothing_beside_something_is_told_at_the_nothing()
    {
        int line = Here() + 3;
        Only("NP2802", line, Web.Policy()
            .AllowFrom(Api).OnAllTraffic()
            .NoIngress());
        Only("NP2802", Here(), Web.CalicoPolicy().NoEgress().AllowTo(Api).OnAllTraffic());
        Assert.True(PolicySet.Define("set", [Web.CalicoPolicy().NoEgress().AllowFrom(Api).OnAllTraffic()]).IsValid);
    }

    [Fact]
    public void Ends_of_different_families_never_meet()
    {
        Only("NP2803", Here(), GlobalPolicy("p").For(AllPods).AllowFrom(Cidr("10.0.0.0/8")).To(Cidr("fd00::/8")).OnAllTraffic());
        Only("NP2803", Here(), Web.CalicoPolicy().AllowFrom(Cidr("10.0.0.0/8")).On(IcmpV6.EchoRequest));
    }

    [Fact]
    public void An_order_outside_its_band_is_told_where_it_is_used()
    {
        int band = Here() + 1;
        OrderBand guardrails = OrderBand("guardrails", 100, 199);
        Diagnostic finding = Only("NP2804", Here(), Web.CalicoPolicy().Order(guardrails + 100).NoIngress());
        Assert.Equal(band, Assert.Single(finding.Related.AsEnumerable()).Line);
        Assert.True(PolicySet.Define("set", [Web.CalicoPolicy().Order(guardrails + 99).NoIngress()]).IsValid);
        Only("NP2804", Here(), Tier("t").Order(guardrails + -1));
    }

    [Fact]
    public void A_service_brings_its_own_ports_and_is_never_the_own_end()
    {
        Only("NP2805", Here(), Web.CalicoPolicy().AllowTo(Shop.Service("s")).On(Tcp(80)));
        Only("NP2805", Here(), Web.CalicoPolicy().AllowTo(Api | Shop.Service("s")).On(AllTcp));
        Only("NP2806", Here(), Web.CalicoPolicy().AllowFrom(Api).To(Shop.Service("s")).OnAllTraffic());
        Only("NP2806", Here(), Web.CalicoPolicy().AllowTo(Api).From(Shop.Service("s")).OnAllTraffic());
        Assert.True(PolicySet.Define("set", [Web.CalicoPolicy().AllowFrom(Shop.Service("s")).On(Tcp(80)).AllowTo(Shop.Service("s")).OnAllTraffic()]).IsValid);
    }

    [Fact]
    public void Exceptions_must_fit_what_they_except_from()
    {
        Only("NP2807", Here(), Web.CalicoPolicy().AllowTo(Api).On(AllTcp.Except(Udp(53))));
        Assert.Equal("NP2807", PolicySet.Define("set", [Web.CalicoPolicy().AllowTo(Api).On(AllTcp.Except(AllTcp))]).Diagnostics[0].Id);
        Only("NP2813", Here(), GlobalNetworkSet("s").Labelled(App.Is("x")).Containing(Cidr("10.0.0.0/8").Except("10.1.0.0/16")));
        Only("NP2811", Here(), GlobalPolicy("p").For(EveryNamespaceExcept(Namespace("n").KnownBy(App.Is("a") & Label("b").Is("b"))).AllPods).NoIngress());
    }

    [Fact]
    public void A_union_of_nothing_is_told_and_never_means_anywhere()
    {
        Only("NP2809", Here(), Web.Policy().AllowFrom(AnyOf([])).OnAllTraffic());
        Only("NP2809", Here(), Web.CalicoPolicy().AllowFrom(AnyOf([])).OnAllTraffic());
        Only("NP2809", Here(), GlobalPolicy("p").For(AnyOf([])).NoIngress());
    }

    [Fact]
    public void An_attribute_said_twice_is_told()
    {
        Only("NP2816", Here(), Web.CalicoPolicy().Order(1).Order(2).NoIngress());
        Only("NP2816", Here(), Web.CalicoPolicy().In(Tier("a")).In(Tier("b")).NoIngress());
        Only("NP2816", Here(), Web.Policy().Annotated("a", "1").Annotated("a", "2").NoIngress());
        Assert.True(PolicySet.Define("set", [Web.CalicoPolicy().Order(1).Order(1).NoIngress()]).IsValid);
    }

    [Fact]
    public void More_rules_than_the_api_takes_are_told()
    {
        CalicoPolicyWithoutRules policy = Web.CalicoPolicy();
        CalicoPolicy many = policy.AllowFrom(Api).On(Tcp(1));
        for (ushort port = 2; port <= 1025; port++)
        {
            many = many.AllowFrom(Api).On(Tcp(port));
        }

        Assert.Equal("NP2221", Assert.Single(PolicySet.Define("set", [many]).Diagnostics.AsEnumerable()).Id);
    }

    [Fact]
    public void Faults_in_raw_yaml_are_told_at_the_line_of_the_yaml_in_the_code()
    {
        int line = Here() + 7;
        Only("NP2205", line, Raw("""
            apiVersion: projectcalico.org/v3
            kind: GlobalNetworkPolicy
            metadata: {name: x}
            spec:
              types: [Ingress]
              ingress: [{action: Deny, source: {nets: ["10.0.0.0/40"]}}]
            """));
        int syntax = Here() + 2;
        Diagnostic finding = PolicySet.Define("set", [Raw("""
            apiVersion: [
            """)]).Diagnostics[0];
        Assert.InRange(finding.Span.Line, syntax, syntax + 1);
    }

    [Fact]
    public void Raw_yaml_that_says_nothing_for_policy_is_an_error()
    {
        Only("NP2815", Here(), Raw(""));
        Assert.False(PolicySet.Define("set", [Raw("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n")]).IsValid);
        Assert.False(PolicySet.Define("set", [Raw("just: text\n")]).IsValid);
    }

    [Fact]
    public void A_set_needs_a_name_that_a_file_can_have() =>
        Assert.All(new[] { "", "../x", "a b", ".hidden" }, n => Assert.Equal("NP2814", Assert.Single(PolicySet.Define(n, []).Diagnostics.AsEnumerable()).Id));

    [Fact]
    public void A_helper_that_forwards_its_caller_reports_the_callers_line()
    {
        Only("NP2011", Here(), Bad());

        static KubernetesPolicy Bad([CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Shop.Policy("Bad_Name", file, line).ForAllPods().NoIngress();
    }

    [Fact]
    public void A_finding_of_a_shared_value_is_told_once()
    {
        KubernetesPolicy bad = Web.Policy().AllowFrom(AnyOf([])).OnAllTraffic();
        PolicySet one = PolicySet.Define("one", [bad]);
        Assert.Single(PolicySet.Define("two", [one, bad, PolicySet.Define("three", [one])]).Diagnostics.AsEnumerable());
    }

    [Fact]
    public void What_a_cluster_policy_cannot_hold_is_told_at_its_own_line()
    {
        ClusterPolicyWithoutRules all = ClusterPolicy("p").Admin(1).For(AllPods);
        Only("NP2817", Here(), all.DenyTo(Cidr("10.0.0.0/8").Except("10.1.0.0/16")).OnAllTraffic());
        Only("NP2818", Here(), ClusterPolicy("p").Admin(1).For(Web | Namespace("other").AllPods).DenyTo(Api).OnAllTraffic());
        Only("NP2809", Here(), all.DenyFrom(AnyOf([])).OnAllTraffic());
        Only(Findings.PriorityOutOfRange.Id, Here(), ClusterPolicy("p").Admin(1001).For(AllPods).DenyTo(Api).OnAllTraffic());
        Only(Findings.NamedPortWithAddresses.Id, Here(), all.AllowTo(Api | Cidr("10.0.0.0/8")).On(Tcp(80) | Tcp("http")));
        Only(Findings.NamedPortWithAddresses.Id, Here(), all.AllowTo(AllNodes).On(Tcp("http")));
        Only(Findings.NamedPortWithAddresses.Id, Here(), all.AllowTo(Domain("example.io")).On(Tcp("http")));
        Only(Findings.NamedPortWithAddresses.Id, Here(), all.AllowTo(Anywhere).On(Tcp("http")));
        Assert.True(PolicySet.Define("set", [all.AllowTo(Api).On(Tcp("http")).AllowFrom(Api).On(Tcp("http"))]).IsValid);
        int line = Here() + 2;
        Diagnostic network = Assert.Single(PolicySet.Define("set", [all.DenyTo(Cidr("10.0.0.0/8")
            | Cidr("10.0.0.0/40")).OnAllTraffic()]).Diagnostics.AsEnumerable());
        Assert.Equal(line, network.Span.Line);
        Assert.Equal(Here(), Assert.Single(PolicySet.Define("set", [all.DenyTo(Domain("example.io")).OnAllTraffic()]).Diagnostics.AsEnumerable()).Span.Line);
        Assert.False(PolicySet.Define("set", [all.AllowTo(Domain("*")).OnAllTraffic()]).IsValid);
    }

    [Fact]
    public void More_rules_than_a_cluster_policy_takes_are_told()
    {
        ClusterPolicy many = ClusterPolicy("p").Admin(1).For(AllPods).DenyTo(Api).On(Tcp(1));
        for (ushort port = 2; port <= 25; port++)
        {
            many = many.DenyTo(Api).On(Tcp(port));
        }

        Assert.True(PolicySet.Define("set", [many]).IsValid);
        Assert.Equal(Findings.ClusterListTooLong.Id, Assert.Single(PolicySet.Define("set", [many.DenyTo(Api).On(Tcp(26))]).Diagnostics.AsEnumerable()).Id);
    }

    [Fact]
    public void A_draft_of_what_has_no_staged_form_is_an_error()
    {
        ClusterPolicy policy = ClusterPolicy("p").Admin(1).For(AllPods).DenyTo(Api).OnAllTraffic(); int line = Here();
        Diagnostic finding = Assert.Single(PolicySet.Define("set", [Shop.DenyAll(), policy]).Staged().Diagnostics.AsEnumerable());
        Assert.Equal(("NP2819", line), (finding.Id, finding.Span.Line));
        Assert.False(PolicySet.FromYaml("{apiVersion: policy.networking.k8s.io/v1alpha1, kind: AdminNetworkPolicy, metadata: {name: a}, spec: {priority: 1, subject: {namespaces: {}}}}").Staged().IsValid);
    }

    [Fact]
    public void Every_descriptor_has_its_own_id_in_the_range_of_the_language()
    {
        DiagnosticDescriptor[] all = [.. typeof(DslDiagnostics).GetFields().Select(f => (DiagnosticDescriptor)f.GetValue(null)!)];
        Assert.Equal(all.Length, all.Select(d => d.Id).Distinct().Count());
        Assert.All(all, d => Assert.Matches("^NP28[0-9]{2}$", d.Id));
        Assert.All(all, d => Assert.True(File.Exists(Repository.PathOf($"docs/diagnostics/{d.Id}.md")), d.Id));
    }
}
