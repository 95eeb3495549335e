using Microsoft.CodeAnalysis;
using Xunit;

namespace NetPolicy.Dsl.Tests.Refusals;

public class RefusedSentenceTests
{
    private const string PreDnat = "GlobalPolicy(\"p\").For(Hosts).PreDnat()";
    private const string Untracked = "GlobalPolicy(\"p\").For(Hosts).DoNotTrack()";

    /// <summary>Statement, the compiler's id, and words of the domain that its message must contain.</summary>
    public static TheoryData<string, string, string> Refused => new()
    {
        // stages
        { $"Set({PreDnat}.AllowFrom(Anywhere).OnAllTraffic().AllowTo(Anywhere).OnAllTraffic());", "CS0619", "a pre-DNAT policy has no egress" },
        { $"Set({PreDnat}.DenyTo(Anywhere).OnAllTraffic());", "CS0619", "before DNAT there is only arriving traffic" },
        { $"Set({PreDnat}.DoNotTrack().NoIngress());", "CS0619", "pre-DNAT or untracked, not both" },
        { $"Set({Untracked}.PreDnat().NoIngress());", "CS0619", "pre-DNAT or untracked, not both" },
        { $"Set({PreDnat}.NoIngress().NoEgress());", "CS1061", "NoEgress" },
        { "Set(GlobalPolicy(\"p\").For(EveryNamespace.AllPods).PreDnat().NoIngress());", "CS1061", "PreDnat" },
        { "Set(GlobalPolicy(\"p\").For(EveryNamespace.AllPods).DoNotTrack().NoIngress());", "CS1061", "DoNotTrack" },
        { "Set(GlobalPolicy(\"p\").For(EveryNamespace.AllPods).ApplyOnForward().NoIngress());", "CS1061", "ApplyOnForward" },

        // traffic
        { "Set(Web.CalicoPolicy().AllowFrom(Api).On(Icmp.EchoRequest.Through(80)));", "CS1061", "Through" },
        { "Set(Web.CalicoPolicy().AllowFrom(Api).On(Icmp.EchoRequest.Except(Tcp(80))));", "CS1061", "Except" },
        { "Set(Web.Policy().AllowFrom(Api).On(Icmp.EchoRequest));", "CS1503", "'NetPolicy.Dsl.Traffic' to 'NetPolicy.Dsl.Ports'" },
        { "Set(Web.Policy().AllowFrom(Api).On(IpProtocol(47)));", "CS1503", "'NetPolicy.Dsl.Traffic' to 'NetPolicy.Dsl.Ports'" },
        { "Set(Web.Policy().AllowFrom(Api).On(Tcp(80) | IpProtocol(47)));", "CS1503", "'NetPolicy.Dsl.Traffic' to 'NetPolicy.Dsl.Ports'" },
        { "Set(Web.Policy().AllowFrom(Api).On(AllTcp.Except(Tcp(80))));", "CS1503", "'NetPolicy.Dsl.Traffic' to 'NetPolicy.Dsl.Ports'" },
        { "Set(Web.Policy().AllowFrom(Api).On(Tcp(80).FromSourcePorts(1, 2)));", "CS1503", "'NetPolicy.Dsl.Traffic' to 'NetPolicy.Dsl.Ports'" },
        { "Set(Web.Policy().AllowFrom(Api).On(Front));", "CS0619", "a Service's port is not what policy sees: say .On(port.Target)" },
        { "Set(Web.CalicoPolicy().AllowFrom(Api).On(Front));", "CS0619", "a Service's port is not what policy sees: say .On(port.Target)" },
        { "Set(Connect(Web).To(Api).On(Front));", "CS0619", "a Service's port is not what policy sees: say .On(port.Target)" },
        { "Set(Web.Policy().AllowFrom(Api).On(Tcp(70000)));", "CS1503", "'int' to 'ushort'" },

        // http
        { "Set(Web.CalicoPolicy().AllowTo(Api).On(Http(80)));", "CS1503", "HttpTraffic" },
        { "Set(Web.CalicoPolicy().DenyFrom(Api).On(Http(80)));", "CS1503", "HttpTraffic" },
        { "Set(Web.Policy().AllowFrom(Api).On(Http(80)));", "CS1503", "HttpTraffic" },
        { "Set(Web.CalicoPolicy().AllowFrom(Api).On(Http(Udp(80))));", "CS1503", "'NetPolicy.Dsl.Port' to 'ushort'" },

        // what the Kubernetes dialect lacks
        { "Set(Web.Policy().Order(10).NoIngress());", "CS0619", "start with CalicoPolicy" },
        { "Set(Web.Policy().DenyFrom(Api).OnAllTraffic());", "CS0619", "a Kubernetes NetworkPolicy can only allow: start with CalicoPolicy to deny" },
        { "Set(Web.Policy().DenyTo(Api).OnAllTraffic());", "CS0619", "a Kubernetes NetworkPolicy can only allow: start with CalicoPolicy to deny" },
        { "Set(Web.Policy().LogFrom(Api).OnAllTraffic());", "CS1061", "LogFrom" },
        { "Set(Web.Policy().In(Security).NoIngress());", "CS1061", "In" },
        { "Set(Web.Policy().AllowFrom(Api).To(Web).OnAllTraffic());", "CS1061", "RuleWithoutTraffic<KubernetesPolicy>" },
        { "Set(Shop.Policy(\"p\").For(App.StartsWith(\"w\")).NoIngress());", "CS1503", "'NetPolicy.Dsl.Selector' to 'NetPolicy.Dsl.LabelSelector'" },
        { "Set(Shop.Policy(\"p\").For(App == \"a\" | App == \"b\").NoIngress());", "CS1503", "'NetPolicy.Dsl.Selector' to 'NetPolicy.Dsl.LabelSelector'" },
        { "Set(Shop.Policy(\"p\").For(!App.Exists).NoIngress());", "CS1503", "'NetPolicy.Dsl.Selector' to 'NetPolicy.Dsl.LabelSelector'" },
        { "Set(Web.Policy().AllowFrom(Pods(App.StartsWith(\"w\"))).OnAllTraffic());", "CS1503", "'NetPolicy.Dsl.CalicoPeer' to 'NetPolicy.Dsl.Peer'" },
        { "Set(Web.Policy().AllowFrom(Hosts).OnAllTraffic());", "CS1503", "'NetPolicy.Dsl.HostEndpointGroup' to 'NetPolicy.Dsl.Peer'" },
        { "Set(Web.Policy().AllowTo(Blocklist).OnAllTraffic());", "CS1503", "'NetPolicy.Dsl.NetworkSet' to 'NetPolicy.Dsl.Peer'" },
        { "Set(Web.Policy().AllowFrom(Web | Hosts).OnAllTraffic());", "CS1503", "'NetPolicy.Dsl.CalicoPeer' to 'NetPolicy.Dsl.Peer'" },

        // what the cluster dialect lacks, and what only it has
        { "Set(ClusterPolicy(\"p\").Admin(1).For(Anywhere).DenyFrom(Web).OnAllTraffic());", "CS1503", "'NetPolicy.Dsl.Peer' to 'NetPolicy.Dsl.PodPeer'" },
        { "Set(ClusterPolicy(\"p\").Admin(1).For(Cidr(\"10.0.0.0/8\")).DenyFrom(Web).OnAllTraffic());", "CS1503", "'NetPolicy.Dsl.IpBlock' to 'NetPolicy.Dsl.PodPeer'" },
        { "Set(ClusterPolicy(\"p\").Admin(1).For(AllPods).AllowFrom(Anywhere).OnAllTraffic());", "CS1503", "'NetPolicy.Dsl.Peer' to 'NetPolicy.Dsl.PodPeer'" },
        { "Set(ClusterPolicy(\"p\").Admin(1).For(AllPods).DenyFrom(Cidr(\"10.0.0.0/8\")).OnAllTraffic());", "CS1503", "'NetPolicy.Dsl.IpBlock' to 'NetPolicy.Dsl.PodPeer'" },
        { "Set(ClusterPolicy(\"p\").Admin(1).For(AllPods).DenyFrom(AllNodes).OnAllTraffic());", "CS1503", "'NetPolicy.Dsl.ClusterPeer' to 'NetPolicy.Dsl.PodPeer'" },
        { "Set(ClusterPolicy(\"p\").Admin(1).For(AllPods).DenyTo(Hosts).OnAllTraffic());", "CS1503", "HostEndpointGroup" },
        { "Set(ClusterPolicy(\"p\").Admin(1).For(AllPods).DenyTo(Blocklist).OnAllTraffic());", "CS1503", "NetworkSet" },
        { "Set(ClusterPolicy(\"p\").Admin(1).For(AllPods).DenyTo(Web).On(Icmp.EchoRequest));", "CS1503", "'NetPolicy.Dsl.Traffic' to 'NetPolicy.Dsl.Ports'" },
        { "Set(ClusterPolicy(\"p\").Admin(1).For(AllPods).AllowFrom(Web).On(Http(80)));", "CS1503", "HttpTraffic" },
        { "Set(ClusterPolicy(\"p\").Admin(1).For(AllPods).DenyTo(Web).On(Front));", "CS0619", "a Service's port is not what policy sees: say .On(port.Target)" },
        { "Set(ClusterPolicy(\"p\").Admin(1).For(AllPods).LogTo(Web).OnAllTraffic());", "CS1061", "LogTo" },
        { "Set(ClusterPolicy(\"p\").Admin(1).For(AllPods).NoIngress());", "CS1061", "NoIngress" },
        { "Set(ClusterPolicy(\"p\").Admin(1).For(AllPods).DenyTo(Web).OnAllTraffic().Staged());", "CS1061", "Staged" },
        { "Set(ClusterPolicy(\"p\").Admin(70000).For(AllPods).DenyTo(Web).OnAllTraffic());", "CS1503", "'int' to 'ushort'" },
        { "Set(ClusterPolicy(\"p\").For(AllPods).DenyTo(Web).OnAllTraffic());", "CS1061", "ClusterPolicyWithoutTier" },
        { "PolicySet.Define(\"set\", [ClusterPolicy(\"p\")]);", "CS0029", "ClusterPolicyWithoutTier" },
        { "PolicySet.Define(\"set\", [ClusterPolicy(\"p\").Admin(1)]);", "CS0029", "ClusterPolicyWithoutSubject" },
        { "PolicySet.Define(\"set\", [ClusterPolicy(\"p\").Baseline(1).For(AllPods)]);", "CS0029", "ClusterPolicyWithoutRules" },
        { "PolicySet.Define(\"set\", [ClusterPolicy(\"p\").Admin(1).For(AllPods).DenyTo(Web)]);", "CS0029", "RuleWithoutTraffic<NetPolicy.Dsl.ClusterPolicy>" },
        { "Set(Web.CalicoPolicy().AllowTo(AllNodes).OnAllTraffic());", "CS1503", "'NetPolicy.Dsl.ClusterPeer' to 'NetPolicy.Dsl.CalicoPeer'" },
        { "Set(Web.CalicoPolicy().AllowTo(Domain(\"example.io\")).OnAllTraffic());", "CS1503", "'NetPolicy.Dsl.ClusterPeer' to 'NetPolicy.Dsl.CalicoPeer'" },
        { "Set(Web.Policy().AllowTo(Nodes(App == \"x\")).OnAllTraffic());", "CS1503", "'NetPolicy.Dsl.ClusterPeer' to 'NetPolicy.Dsl.Peer'" },
        { "Set(Web.Policy().AllowTo(Web | Domain(\"example.io\")).OnAllTraffic());", "CS1503", "'NetPolicy.Dsl.ClusterPeer' to 'NetPolicy.Dsl.Peer'" },

        // what is unfinished
        { "Set(Web.CalicoPolicy().From(Api).OnAllTraffic());", "CS1061", "From" },
        { "Set(Web.Policy().AllowFrom(Api));", "CS1503", "RuleWithoutTraffic<NetPolicy.Dsl.KubernetesPolicy>" },
        { "PolicySet.Define(\"set\", [Web.Policy().AllowFrom(Api)]);", "CS0029", "RuleWithoutTraffic<NetPolicy.Dsl.KubernetesPolicy>" },
        { "PolicySet.Define(\"set\", [Web.CalicoPolicy().AllowFrom(Api)]);", "CS0029", "CalicoAllowIngressWithoutTraffic<NetPolicy.Dsl.CalicoPolicy>" },
        { "Set(Web.Policy().AllowFrom(Api).AllowTo(Api).OnAllTraffic());", "CS1061", "RuleWithoutTraffic<KubernetesPolicy>" },
        { "PolicySet.Define(\"set\", [Connect(Web).To(Api)]);", "CS0029", "ConnectionWithoutTraffic" },
        { "PolicySet.Define(\"set\", [Connect(Web)]);", "CS0029", "ConnectionWithoutTarget" },
        { "PolicySet.Define(\"set\", [Shop.Role(\"foo\")]);", "CS0029", "RoleWithoutTraffic" },
        { "PolicySet.Define(\"set\", [Shop.Role(\"foo\").Pair()]);", "CS1061", "RoleWithoutTraffic" },
        { "PolicySet.Define(\"set\", [Shop.Policy(\"p\")]);", "CS0029", "KubernetesPolicyWithoutSubject" },
        { "PolicySet.Define(\"set\", [Shop.Policy(\"p\").ForAllPods()]);", "CS0029", "KubernetesPolicyWithoutRules" },
        { "PolicySet.Define(\"set\", [Shop.Policy(\"p\").NoIngress()]);", "CS1061", "KubernetesPolicyWithoutSubject" },
        { "PolicySet.Define(\"set\", [Shop.CalicoPolicy(\"p\")]);", "CS0029", "CalicoPolicyWithoutSubject" },
        { "PolicySet.Define(\"set\", [GlobalPolicy(\"p\").NoIngress()]);", "CS1061", "GlobalPolicyWithoutSubject" },
        { $"PolicySet.Define(\"set\", [{PreDnat}]);", "CS0029", "PreDnatPolicyWithoutRules" },
        { $"PolicySet.Define(\"set\", [{Untracked}]);", "CS0029", "UntrackedPolicyWithoutRules" },
        { "PolicySet.Define(\"set\", [HostEndpoint(\"h\")]);", "CS0029", "HostEndpointWithoutNode" },
        { "PolicySet.Define(\"set\", [HostEndpoint(\"h\").OnNode(\"n\")]);", "CS0029", "HostEndpointWithoutInterface" },
        { "PolicySet.Define(\"set\", [GlobalNetworkSet(\"s\").Containing(Cidr(\"10.0.0.0/8\"))]);", "CS1061", "NetworkSetWithoutLabels" },

        // subjects and labels
        { "Set(GlobalPolicy(\"p\").For(Anywhere).NoIngress());", "CS1503", "'NetPolicy.Dsl.Peer' to 'NetPolicy.Dsl.PodPeer'" },
        { "Set(GlobalPolicy(\"p\").For(Cidr(\"10.0.0.0/8\")).NoIngress());", "CS1503", "'NetPolicy.Dsl.IpBlock' to 'NetPolicy.Dsl.PodPeer'" },
        { "Shop.Workload(\"w\", App != \"web\");", "CS1503", "'NetPolicy.Dsl.LabelSelector' to 'NetPolicy.Dsl.LabelPairs'" },
        { "Shop.KnownBy(App == \"web\");", "CS1503", "'NetPolicy.Dsl.LabelSelector' to 'NetPolicy.Dsl.LabelPairs'" },
        { "if (App == \"web\") { }", "CS0029", "'NetPolicy.Dsl.LabelSelector' to 'bool'" },
        { "App = Label(\"web\");", "CS0198", "readonly" },

        // staged
        { "Set(Web.Policy().NoIngress().Staged().Staged());", "CS1061", "StagedPolicy" },
        { "Set(Web.Policy().NoIngress().Staged().AllowFrom(Api).OnAllTraffic());", "CS1061", "StagedPolicy" },
    };

    [Theory, MemberData(nameof(Refused))]
    public void The_compiler_refuses_what_cannot_be_meant_and_says_why(string statement, string id, string words)
    {
        IReadOnlyList<Diagnostic> errors = SnippetCompiler.Errors(statement);
        Diagnostic error = Assert.Single(errors);
        Assert.Equal(id, error.Id);
        Assert.Contains(words, error.GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    public static TheoryData<string> Accepted =>
    [
        "Set(Web.Policy().AllowFrom(Cidr(\"10.0.0.0/8\") | Cidr(\"fd00::/8\")).On(Tcp(80)));",
        "Set(Web.CalicoPolicy().AllowFrom(Web | Hosts | Anywhere).On(Tcp(80) | Icmp.EchoRequest));",
        "Set(dev ? Web.Policy(\"debug\").AllowFrom(Pods(Label(\"debug\").Exists)).OnAllTraffic() : Nothing);",
        "NamespaceRef[] tenants = [Shop]; PolicySet.Define(\"set\", [Shop.DenyAll(), .. tenants.Select(t => t.AllowDns())]);",
        "Set(Web.CalicoPolicy(\"public\").AllowFrom(Anywhere).To(Web).On(Http(80).Method(\"GET\").Under(\"/public\").At(\"/healthz\")));",
        "Set(Web.CalicoPolicy().Order(10).In(Security).Labelled(App.Is(\"x\")).NoIngress().Order(10).AllowTo(Blocklist).From(Web).On(IpProtocol(47)));",
        $"Set({PreDnat}.AllowFrom(Anywhere).OnAllTraffic().Order(3).DenyFrom(Anywhere).On(AllUdp.Except(Udp(53))).Staged());",
        "Set(GlobalPolicy(\"p\").For(Endpoints(App.Exists)).ApplyOnForward().DoNotTrack().PassTo(Hosts).OnAllTraffic().Staged());",
        "Set(ClusterPolicy(\"p\").Admin(priority: 10).For(EveryNamespace.AllPods).DenyTo(Cidr(\"169.254.169.254/32\")).OnAllTraffic());",
        "Set(ClusterPolicy(\"p\").Baseline(0).For(Web | Api).Labelled(App.Is(\"x\")).PassFrom(Web).On(Tcp(80)).AllowTo(Cidr(\"10.0.0.0/8\") | AllNodes | Web).On(Dns).DenyTo(Nodes(App == \"x\") | Anywhere).OnAllTraffic());",
        "Set(GlobalPolicy(\"p\").For(AllHostEndpoints).NoIngress(), GlobalPolicy(\"q\").For(AllEndpoints).ApplyOnForward().NoIngress());",
        "Set(Web.Policy().AllowFrom(Api).On(Front.Target));",
        "Set(Web.CalicoPolicy().In(KubeAdminTier).NoIngress(), DefaultTier, Tier(\"own\").Order(10));",
    ];

    [Theory, MemberData(nameof(Accepted))]
    public void The_compiler_takes_what_can_be_meant(string statement) => Assert.Empty(SnippetCompiler.Errors(statement));
}
