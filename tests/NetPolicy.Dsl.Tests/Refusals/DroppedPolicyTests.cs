using Microsoft.CodeAnalysis;
using NetPolicy.Dsl.Analyzers;
using Xunit;

namespace NetPolicy.Dsl.Tests.Refusals;

public class DroppedPolicyTests
{
    public static TheoryData<string, string> Dropped => new()
    {
        { "Web.Policy().AllowFrom(Api).On(Tcp(80));", "KubernetesPolicy" },
        { "Web.Policy().AllowFrom(Api);", "RuleWithoutTraffic<KubernetesPolicy>" },
        { "Web.CalicoPolicy();", "CalicoPolicyWithoutRules" },
        { "Shop.Policy(\"p\");", "KubernetesPolicyWithoutSubject" },
        { "KubernetesPolicy policy = Shop.DenyAll(); policy.NoEgress();", "KubernetesPolicy" },
        { "KubernetesPolicy? policy = dev ? Shop.DenyAll() : null; policy?.NoEgress();", "KubernetesPolicy" },
        { "Shop.DenyAll().Staged();", "StagedPolicy" },
        { "PolicySet.Define(\"set\", [Shop.DenyAll()]);", "PolicySet" },
        { "Connect(Web).To(Api);", "ConnectionWithoutTraffic" },
        { "Tier(\"security\");", "Tier" },
        { "ClusterPolicy(\"p\");", "ClusterPolicyWithoutTier" },
        { "ClusterPolicy(\"p\").Admin(1).For(AllPods).DenyTo(Web);", "RuleWithoutTraffic<ClusterPolicy>" },
        { "ClusterPolicy(\"p\").Admin(1).For(AllPods).DenyTo(Web).OnAllTraffic();", "ClusterPolicy" },
        { "GlobalPolicy(\"p\").For(Hosts).PreDnat().AllowFrom(Web).On(Tcp(80));", "PreDnatPolicy" },
        { "System.Action drop = () => Shop.DenyAll(); drop();", "KubernetesPolicy" },
        { "Local(); static IPolicyPart Local() => Shop.DenyAll();", "IPolicyPart" },
    };

    [Theory, MemberData(nameof(Dropped))]
    public void A_statement_that_drops_a_policy_is_an_error(string statements, string type)
    {
        Diagnostic diagnostic = Assert.Single(SnippetCompiler.Analyze(statements, new DroppedPolicyAnalyzer()));
        Assert.Equal(DroppedPolicyAnalyzer.Id, diagnostic.Id);
        Assert.Equal(Microsoft.CodeAnalysis.DiagnosticSeverity.Error, diagnostic.Severity);
        Assert.Contains($"`{type}`", diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Set(Web.Policy().AllowFrom(Api).On(Tcp(80)));")]
    [InlineData("IPolicyPart part = Nothing; part = Shop.DenyAll();")]
    [InlineData("_ = Shop.DenyAll();")]
    [InlineData("List<IPolicyPart> parts = []; parts.Add(Shop.DenyAll());")]
    [InlineData("System.Func<IPolicyPart> make = () => Shop.DenyAll(); Set(make());")]
    [InlineData("Label(\"app\"); Tcp(80); Cidr(\"10.0.0.0/8\");")]
    [InlineData("IPolicyPart? part = null; part ??= Shop.DenyAll();")]
    public void A_statement_that_keeps_its_policy_is_none(string statements) =>
        Assert.Empty(SnippetCompiler.Analyze(statements, new DroppedPolicyAnalyzer()));
}
