namespace NetPolicy.Dsl.Tests.Sets;

using NetPolicy.Collections;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using Xunit;
using static NetPolicy.Dsl.Syntax;

public class PolicySetTests
{
    private static readonly LabelKey App = Label("app");
    private static readonly NamespaceRef Shop = Namespace("shop");
    private static readonly Workload Web = Shop.Workload("web", App.Is("web")), Api = Shop.Workload("api", App.Is("api"));

    private static PolicySet Mixed => PolicySet.Define("mixed",
    [
        Shop.DenyAll(),
        Web.CalicoPolicy().AllowFrom(Api).On(Tcp(80)),
        GlobalPolicy("global").For(EveryNamespace.AllPods).NoIngress(),
        HostEndpoint("h").OnNode("n").AllInterfaces(),
        Namespace("other").Policy("web").ForAllPods().NoEgress(),
    ]);

    [Fact]
    public void Sets_are_equal_if_their_documents_are_wherever_they_are_written()
    {
        PolicySet one = PolicySet.Define("one", [Shop.DenyAll()]);
        PolicySet two = PolicySet.Define(
            "two",
            [Shop.DenyAll()]);
        Assert.Equal(one, two);
        Assert.Equal(one.GetHashCode(), two.GetHashCode());
        Assert.NotEqual(one, PolicySet.Define("one", [Shop.AllowDns()]));
    }

    [Fact]
    public void Order_of_parts_is_order_of_documents_and_a_set_is_a_part()
    {
        PolicySet inner = PolicySet.Define("inner", [Shop.DenyAll()]);
        PolicySet outer = PolicySet.Define("outer", [Shop.AllowDns(), inner, Nothing]);
        Assert.Equal(["allow-dns", "deny-all"], outer.Manifests.Select(m => m.Metadata.Name));
    }

    [Fact]
    public void A_value_that_several_sets_include_counts_once()
    {
        KubernetesPolicy shared = Shop.DenyAll();
        PolicySet one = PolicySet.Define("one", [shared]), two = PolicySet.Define("two", [one, Shop.AllowDns()]);
        PolicySet both = PolicySet.Define("both", [one, two, shared]);
        Assert.True(both.IsValid);
        Assert.Equal(2, both.Manifests.Count);
    }

    [Fact]
    public void Staging_stages_every_policy_and_nothing_else()
    {
        PolicySet staged = Mixed.Staged();
        Assert.Equal(
            ["StagedKubernetesNetworkPolicy", "StagedNetworkPolicy", "StagedGlobalNetworkPolicy", "HostEndpoint", "StagedKubernetesNetworkPolicy"],
            staged.Manifests.Select(m => m.Kind));
        Assert.Equal(staged, staged.Staged());
        Assert.Equal(Mixed.Manifests.Select(m => m.Metadata), staged.Manifests.Select(m => m.Metadata));
        Assert.All(staged.Manifests.OfType<CalicoPolicyManifest>(), m => Assert.Equal("Set", m.Spec!.StagedAction));
    }

    [Fact]
    public void Layouts_spread_the_documents_over_files()
    {
        Assert.Equal(["mixed.yaml"], Mixed.ToFiles(YamlLayout.OneFile).Select(f => f.Path));
        Assert.Equal(["shop.yaml", "_cluster.yaml", "other.yaml"], Mixed.ToFiles(YamlLayout.FilePerNamespace).Select(f => f.Path));
        Assert.Equal(
            [
                "shop/networkpolicy-deny-all.yaml",
                "shop/calico-networkpolicy-web.yaml",
                "_cluster/calico-globalnetworkpolicy-global.yaml",
                "_cluster/calico-hostendpoint-h.yaml",
                "other/networkpolicy-web.yaml",
            ],
            Mixed.ToFiles(YamlLayout.FilePerPolicy).Select(f => f.Path));
        foreach (YamlLayout layout in Enum.GetValues<YamlLayout>())
        {
            Assert.Equal(5, Mixed.ToFiles(layout).Sum(f => PolicySet.FromYaml(f.Text, f.Path).Manifests.Count));
        }
    }

    [Fact]
    public void Yaml_has_no_carriage_return_no_path_and_no_line()
    {
        string yaml = Mixed.ToYaml();
        Assert.DoesNotContain('\r', yaml);
        Assert.DoesNotContain(".cs", yaml, StringComparison.Ordinal);
        Assert.DoesNotContain("NetPolicy.Dsl", yaml, StringComparison.Ordinal);
        using StringWriter writer = new();
        Mixed.WriteYaml(writer);
        Assert.Equal(yaml, writer.ToString());
    }

    [Fact]
    public void Yaml_can_be_read_into_a_set_and_faults_in_it_are_told_at_their_place()
    {
        PolicySet read = PolicySet.FromYaml(Mixed.ToYaml(), "deploy/shop.yaml");
        Assert.Equal(Mixed, read);
        Assert.Equal("shop", read.Name);
        PolicySet bad = PolicySet.FromYaml("apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: x}\nspec: {podSelektor: {}}\n", "bad.yaml");
        Assert.False(bad.IsValid);
        Assert.Contains(bad.Diagnostics.AsEnumerable(), d => d.Span is { File: "bad.yaml", Line: 4 });
        Assert.Equal(Mixed, PolicySet.From("from", Mixed.Manifests));
    }

    [Fact]
    public void Ways_out_of_an_invalid_set_throw_once_with_every_message()
    {
        PolicySet bad = PolicySet.Define("bad", [Web.Policy("Bad_Name").AllowFrom(Cidr("10.0.0.0/33")).On(Tcp(0)), Shop.DenyAll()]);
        Assert.False(bad.IsValid);
        Assert.Equal(3, bad.Diagnostics.Count);
        foreach (Func<object> wayOut in new Func<object>[] { () => bad.Manifests, bad.ToYaml, () => bad.ToFiles(YamlLayout.FilePerPolicy), () => bad.On(ImpliedCluster.Of(Web)) })
        {
            InvalidPolicySetException thrown = Assert.Throws<InvalidPolicySetException>(wayOut);
            Assert.All(bad.Diagnostics.AsEnumerable(), d => Assert.Contains(d.ToString(), thrown.Message, StringComparison.Ordinal));
            Assert.Equal((bad.Name, bad.Diagnostics), (thrown.SetName, thrown.Diagnostics));
        }
    }

    [Fact]
    public void Raw_yaml_is_a_part_of_documents()
    {
        PolicySet set = PolicySet.Define("raw",
        [
            Raw("""
                apiVersion: projectcalico.org/v3
                kind: GlobalNetworkPolicy
                metadata: {name: not-tcp}
                spec:
                  selector: all()
                  types: [Ingress]
                  ingress:
                  - {action: Deny, notProtocol: TCP}
                ---
                apiVersion: v1
                kind: Namespace
                metadata: {name: a}
                """),
        ]);
        Assert.Equal(["GlobalNetworkPolicy not-tcp", "Namespace a"], set.Manifests.Select(m => m.Id.ToString()));
    }

    [Fact]
    public void A_program_writes_its_sets_and_checks_that_they_are_written()
    {
        string folder = Directory.CreateTempSubdirectory("netpolicy-dsl-").FullName;
        try
        {
            PolicySet bad = PolicySet.Define("bad", [Web.Policy("Bad_Name").NoIngress()]);
            Assert.Equal(1, Run("check", Mixed));
            Assert.Equal(0, Run("write", Mixed));
            Assert.Equal(0, Run("check", Mixed));
            Assert.Equal(Mixed.ToYaml(), File.ReadAllText(Path.Combine(folder, "mixed.yaml")));
            File.AppendAllText(Path.Combine(folder, "mixed.yaml"), "# touched\n");
            Assert.Equal(1, Run("check", Mixed));
            Assert.Equal(1, Run("write", bad));
            Assert.False(File.Exists(Path.Combine(folder, "bad.yaml")));
            Assert.Equal(2, PolicyProgram.Run(["list", folder], TextWriter.Null, TextWriter.Null, Mixed));
            Assert.Equal(2, PolicyProgram.Run(["write"], TextWriter.Null, TextWriter.Null, Mixed));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        int Run(string verb, PolicySet set) => PolicyProgram.Run([verb, folder], TextWriter.Null, TextWriter.Null, set);
    }

    [Fact]
    public void A_policy_of_two_rules_costs_a_few_small_objects()
    {
        _ = Define();
        long before = GC.GetAllocatedBytesForCurrentThread();
        KubernetesPolicy policy = Define();
        long cost = GC.GetAllocatedBytesForCurrentThread() - before;
        GC.KeepAlive(policy);
        Assert.InRange(cost, 1, 2000);

        static KubernetesPolicy Define() => Web.Policy().AllowFrom(Api).On(Tcp(8080)).AllowTo(Api).On(Tcp(443));
    }

    [Fact]
    public void Misuse_throws_at_once()
    {
        Assert.Throws<ArgumentNullException>(() => Namespace(null!));
        Assert.Throws<ArgumentNullException>(() => Web.Policy().AllowFrom(null!));
        Assert.Throws<ArgumentNullException>(() => Web.Policy().AllowFrom(Api).On((Ports)null!));
        Assert.Throws<ArgumentNullException>(() => PolicySet.Define("x", [null!]));
        Assert.Throws<ArgumentNullException>(() => App.Is(null!));
        Assert.Throws<ArgumentNullException>(() => Web | null!);
    }
}
