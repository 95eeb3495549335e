namespace NetPolicy.Dsl.Tests.Lowering;

using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Kubernetes;
using NetPolicy.Manifests.PolicyApi;
using Xunit;
using static NetPolicy.Dsl.Syntax;

/// <summary>Each word beside what it becomes in each dialect; the columns are those of docs/design/language.md. Empty: the dialect has no such word.</summary>
public class LoweringTableTests
{
    private const string Refused = "";

    private static readonly LabelKey App = Label("app");
    private static readonly NamespaceRef Shop = Namespace("shop"), Other = Namespace("other");

    private static readonly Dictionary<string, CalicoPeer> s_words = new()
    {
        ["Pods(s)"] = Pods(App == "x"),
        ["AllPods"] = AllPods,
        ["ns.Pods(s), own"] = Shop.Pods(App == "x"),
        ["ns.AllPods, own"] = Shop.AllPods,
        ["ns.Pods(s), other"] = Other.Pods(App == "x"),
        ["ns.AllPods, other"] = Other.AllPods,
        ["group.Pods(s)"] = Namespaces(Label("team") == "a").Pods(App == "x"),
        ["EveryNamespace.AllPods"] = EveryNamespace.AllPods,
        ["EveryNamespaceExcept"] = EveryNamespaceExcept(Other).AllPods,
        ["group of !="] = Namespaces(Label("team") != "a").AllPods,
        ["group of IsAbsent"] = Namespaces(Label("team").IsAbsent).AllPods,
        ["Anywhere"] = Anywhere,
        ["Cidr"] = Cidr("10.0.0.0/8"),
        ["Except"] = Cidr("10.0.0.0/8").Except("10.1.0.0/16"),
        ["a | b of one family"] = Cidr("10.0.0.0/8") | Cidr("192.0.2.0/24"),
        ["a | b of two families"] = Cidr("10.0.0.0/8") | Cidr("fd00::/8"),
        ["HostEndpoints(s)"] = HostEndpoints(App == "x"),
        ["AllHostEndpoints"] = AllHostEndpoints,
        ["Endpoints(s)"] = Endpoints(App == "x"),
        ["Service"] = Shop.Service("s"),
        ["ServiceAccount, own"] = Shop.ServiceAccount("sa"),
        ["ServiceAccount, other"] = Other.ServiceAccount("sa"),
    };

    /// <summary>Word; egress peer in Kubernetes, in namespaced and global Calico, and in a cluster policy.</summary>
    public static TheoryData<string, string, string, string, string> Rows => new()
    {
        { "Pods(s)", "pods app=x", "app == \"x\"", "all() / app == \"x\"", "pods {} app=x" },
        { "AllPods", "pods {}", "all()", "all() /", "namespaces {}" },
        { "ns.Pods(s), own", "pods app=x", "app == \"x\"", "name == \"shop\" / app == \"x\"", "pods name=shop app=x" },
        { "ns.AllPods, own", "pods {}", "all()", "name == \"shop\" /", "namespaces name=shop" },
        { "ns.Pods(s), other", "namespaces name=other pods app=x", "name == \"other\" / app == \"x\"", "name == \"other\" / app == \"x\"", "pods name=other app=x" },
        { "ns.AllPods, other", "namespaces name=other", "name == \"other\" /", "name == \"other\" /", "namespaces name=other" },
        { "group.Pods(s)", "namespaces team=a pods app=x", "team == \"a\" / app == \"x\"", "team == \"a\" / app == \"x\"", "pods team=a app=x" },
        { "EveryNamespace.AllPods", "namespaces {}", "all() /", "all() /", "namespaces {}" },
        { "EveryNamespaceExcept", "namespaces name NotIn other", "(all() && name != \"other\") /", "(all() && name != \"other\") /", "namespaces name NotIn other" },
        { "group of !=", "namespaces team NotIn a", "(all() && team != \"a\") /", "(all() && team != \"a\") /", "namespaces team NotIn a" },
        { "group of IsAbsent", "namespaces team DoesNotExist", "(all() && !has(team)) /", "(all() && !has(team)) /", "namespaces team DoesNotExist" },
        { "Anywhere", "no to", "no entity", "no entity", "networks 0.0.0.0/0 ::/0" },
        { "Cidr", "block 10.0.0.0/8", "nets 10.0.0.0/8", "nets 10.0.0.0/8", "networks 10.0.0.0/8" },
        { "Except", "block 10.0.0.0/8 except 10.1.0.0/16", "nets 10.0.0.0/8 notNets 10.1.0.0/16", "nets 10.0.0.0/8 notNets 10.1.0.0/16", "error NP2817" },
        { "a | b of one family", "block 10.0.0.0/8, block 192.0.2.0/24", "nets 10.0.0.0/8 192.0.2.0/24", "nets 10.0.0.0/8 192.0.2.0/24", "networks 10.0.0.0/8 192.0.2.0/24" },
        { "a | b of two families", "block 10.0.0.0/8, block fd00::/8", "nets 10.0.0.0/8; nets fd00::/8", "nets 10.0.0.0/8; nets fd00::/8", "networks 10.0.0.0/8 fd00::/8" },
        { "HostEndpoints(s)", Refused, "global() / app == \"x\"", "global() / app == \"x\"", Refused },
        { "AllHostEndpoints", Refused, "global() / all()", "global() / all()", Refused },
        { "Endpoints(s)", Refused, "all() / app == \"x\"; global() / app == \"x\"", "app == \"x\"", Refused },
        { "Service", Refused, "service shop/s", "service shop/s", Refused },
        { "ServiceAccount, own", Refused, "account sa", "name == \"shop\" / account sa", Refused },
        { "ServiceAccount, other", Refused, "name == \"other\" / account sa", "name == \"other\" / account sa", Refused },
    };

    [Theory, MemberData(nameof(Rows))]
    public void A_word_becomes_in_each_dialect_what_the_table_says(string word, string kubernetes, string calico, string global, string cluster)
    {
        CalicoPeer peer = s_words[word];
        if (peer is Peer plain)
        {
            Assert.Equal(kubernetes, Kubernetes(Shop.Policy("p").ForAllPods().AllowTo(plain).OnAllTraffic()));
            Assert.Equal(cluster, Cluster(ClusterPolicy("p").Admin(1).For(AllPods).DenyTo(plain).OnAllTraffic()));
        }
        else
        {
            Assert.Equal((Refused, Refused), (kubernetes, cluster)); // by type; see the refused sentences
        }

        Assert.Equal(calico, Calico(Shop.CalicoPolicy("p").ForAllPods().AllowTo(peer).OnAllTraffic()));
        Assert.Equal(global, Calico(GlobalPolicy("p").For(AllPods).AllowTo(peer).OnAllTraffic()));
    }

    [Fact]
    public void The_subject_of_a_global_policy_is_guarded_like_its_peers()
    {
        Assert.Equal((null, "all()"), Subject(GlobalPolicy("p").For(AllPods).NoIngress()));
        Assert.Equal(("app == \"x\"", "all()"), Subject(GlobalPolicy("p").For(Pods(App == "x")).NoIngress()));
        Assert.Equal((null, "(all() && kubernetes.io/metadata.name != \"other\")"), Subject(GlobalPolicy("p").For(EveryNamespaceExcept(Other).AllPods).NoIngress()));
        Assert.Equal(("(!has(projectcalico.org/namespace) && app == \"x\")", null), Subject(GlobalPolicy("p").For(HostEndpoints(App == "x")).NoIngress()));
        Assert.Equal(("!has(projectcalico.org/namespace)", null), Subject(GlobalPolicy("p").For(AllHostEndpoints).NoIngress()));
        Assert.Equal(("app == \"x\"", null), Subject(GlobalPolicy("p").For(HostEndpoints(App == "x")).PreDnat().NoIngress()));
        Assert.Equal(("app == \"x\"", null), Subject(GlobalPolicy("p").For(HostEndpoints(App == "x")).DoNotTrack().NoIngress()));
        Assert.Equal(("all()", null), Subject(GlobalPolicy("p").For(AllHostEndpoints).PreDnat().NoIngress()));
        Assert.Equal(("all()", null), Subject(GlobalPolicy("p").For(AllEndpoints).NoIngress()));
    }

    private static (string? Selector, string? Namespaces) Subject(IPolicyPart part) => (Lowered.Calico(part).Selector, Lowered.Calico(part).NamespaceSelector);

    private static string Kubernetes(IPolicyPart part) =>
        Assert.Single(Lowered.Kubernetes(part).Egress!.Value.AsEnumerable()).Peers is { } peers ? string.Join(", ", peers.Select(Text)) : "no to";

    private static string Text(NetworkPolicyPeer peer) => peer.IpBlock is { } block
        ? $"block {block.Cidr}{(block.Except is { } except ? $" except {string.Join(' ', except)}" : "")}"
        : $"{(peer.NamespaceSelector is { } namespaces ? $"namespaces {Text(namespaces)} " : "")}{(peer.PodSelector is { } pods ? $"pods {Text(pods)}" : "")}".TrimEnd();

    private static string Text(LabelSelectorSpec selector)
    {
        string[] conditions =
        [
            .. (selector.MatchLabels ?? default).Select(l => $"{l.Key}={l.Value}"),
            .. (selector.MatchExpressions ?? []).Select(e => $"{e.Key} {e.Operator} {string.Join(',', e.Values ?? [])}".TrimEnd()),
        ];
        return conditions.Length == 0 ? "{}" : Short(string.Join('&', conditions));
    }

    private static string Calico(IPolicyPart part) => string.Join("; ", Lowered.Calico(part).Egress!.Value.Select(r => r.Destination is { } end ? Text(end) : "no entity"));

    private static string Text(EntityRule end) =>
        end.Services is { } service ? $"service {service.Namespace}/{service.Name}"
        : end.Nets is { } nets ? $"nets {string.Join(' ', nets)}{(end.NotNets is { } except ? $" notNets {string.Join(' ', except)}" : "")}"
        : Short($"{(end.NamespaceSelector is { } namespaces ? $"{namespaces} / " : "")}{end.Selector}{(end.ServiceAccounts is { } accounts ? $"account {accounts.Names}" : "")}".TrimEnd())
            .Replace("[sa]", "sa", StringComparison.Ordinal);

    private static string Cluster(IPolicyPart part)
    {
        PolicySet set = PolicySet.Define("set", [part]);
        return !set.IsValid
            ? $"error {Assert.Single(set.Diagnostics.AsEnumerable()).Id}"
            : string.Join(", ", Assert.Single(((ClusterNetworkPolicyManifest)set.Manifests[0]).Spec!.Egress!.Value.AsEnumerable()).Peers!.Value.Select(Text));
    }

    private static string Text(ClusterPolicyPeer peer) =>
        peer.Networks is { } networks ? $"networks {string.Join(' ', networks)}"
        : peer.Pods is { } pods ? $"pods {Text(pods.NamespaceSelector!)} {Text(pods.PodSelector!)}"
        : $"namespaces {Text(peer.Namespaces!)}";

    private static string Short(string text) => text.Replace("kubernetes.io/metadata.name", "name", StringComparison.Ordinal);
}
