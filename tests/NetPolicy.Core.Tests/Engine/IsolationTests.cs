using NetPolicy.Engine;
using NetPolicy.Manifests;
using NetPolicy.Policies;
using Xunit;

namespace NetPolicy.Core.Tests.Engine;

/// <summary>In which directions a policy with errors isolates its subject: in all that a repair of it could mean, and in no other.</summary>
public sealed class IsolationTests
{
    private const string Pods = """
        {apiVersion: v1, kind: Namespace, metadata: {name: a}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {name: web, namespace: a, labels: {app: web}}, status: {podIP: 10.0.0.1}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {name: db, namespace: a, labels: {app: db}}, status: {podIP: 10.0.0.2}}
        ---

        """;

    [Theory]
    [InlineData("ingress: [{form: []}]", true, false)]
    [InlineData("ingress: [{form: []}], egress: []", true, false)]
    [InlineData("ingress: [{form: []}], egress: [{}]", true, true)]
    [InlineData("ingress: [{}], egress: [{form: []}]", true, true)]
    [InlineData("policyTypes: [Egress], ingress: [{form: []}]", false, true)]
    [InlineData("policyTypes: [Ingress], egress: [{form: []}], ingress: [{}]", true, false)]
    [InlineData("policyTypes: [Sideways], ingress: [{}]", true, true)]
    public void Of_a_Kubernetes_policy(string spec, bool ingress, bool egress) =>
        Assert.Equal((ingress, egress), Isolated($"{{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {{name: p, namespace: a}}, spec: {{podSelector: {{matchLabels: {{app: db}}}}, {spec}}}}}"));

    [Theory]
    [InlineData("ingress: [{action: Permit}]", true, false)]
    [InlineData("ingress: [{action: Permit}], egress: [{action: Allow}]", true, true)]
    [InlineData("ingress: [{action: Allow}], egress: [{action: Permit}]", true, true)]
    [InlineData("types: [Egress], ingress: [{action: Permit}], egress: [{action: Allow}]", false, true)]
    [InlineData("types: [Ingress, Sideways], ingress: [{action: Allow}]", true, true)]
    public void Of_a_Calico_policy(string spec, bool ingress, bool egress) => Assert.Equal((ingress, egress), Isolated(Calico("", spec)));

    [Theory]
    [InlineData("", true, false)]
    [InlineData("ingress: [{action: Allow}]", true, false)]
    [InlineData("egress: [{action: Allow}]", false, true)]
    [InlineData("ingress: [{action: Allow}], egress: [{action: Allow}]", true, true)]
    public void Of_a_Calico_policy_whose_rules_are_sound(string spec, bool ingress, bool egress) => Assert.Equal((ingress, egress), Isolated(Calico("labels: {x: [y]}", spec)));

    [Theory]
    [InlineData("ClusterNetworkPolicy", "v1alpha2", "tier: Admin, priority: 1, ", "Accept")]
    [InlineData("AdminNetworkPolicy", "v1alpha1", "priority: 1, ", "Allow")]
    public void Of_a_cluster_policy(string kind, string version, string order, string allow)
    {
        string Policy(string rules) =>
            $"{{apiVersion: policy.networking.k8s.io/{version}, kind: {kind}, metadata: {{name: p}}, spec: {{{order}subject: {{pods: {{namespaceSelector: {{}}, podSelector: {{matchLabels: {{app: db}}}}}}}}, {rules}}}}}";
        string In(string more) => $"ingress: [{{action: {allow}, from: [{{namespaces: {{}}}}]{more}}}]";
        string Out(string more) => $"egress: [{{action: {allow}, to: [{{namespaces: {{}}}}]{more}}}]";
        const string broken = ", extra: 1";
        Assert.Equal((true, false), Isolated(Policy(In(broken))));
        Assert.Equal((false, true), Isolated(Policy(Out(broken))));
        Assert.Equal((true, true), Isolated(Policy($"{In(broken)}, {Out("")}")));
        Assert.Equal((true, true), Isolated(Policy($"{In("")}, {Out(broken)}")));
        Assert.Equal((true, false), Isolated(Policy("ingress: 5")));
        Assert.Equal((false, true), Isolated(Policy("egress: 5")));
    }

    [Fact]
    public void A_field_that_only_begins_like_one_of_rules_rejects_everything() =>
        Assert.True(Admission.Of(ManifestReader.Read(Pods + Calico("", "ingresses: []") + "\n", "f"), InvalidPolicyMode.IsolateSubject).IsRejected);

    [Theory]
    [InlineData("labels: {x: [y]}", "")]
    [InlineData("annotations: {x: [y]}", "")]
    [InlineData("generateName: [y]", "")]
    [InlineData("", "performanceHints: [Faster]")]
    [InlineData("", "types: [Sideways]")]
    public void An_error_that_leaves_the_subject_as_written_rejects_nothing(string metadata, string spec) => Assert.True(Isolated(Calico(metadata, spec)).Ingress);

    [Fact]
    public void What_stands_in_for_a_staged_policy_decides_where_staged_ones_do()
    {
        const string staged = "{apiVersion: projectcalico.org/v3, kind: StagedKubernetesNetworkPolicy, metadata: {name: p, namespace: a}, spec: {podSelector: {matchLabels: {app: db}}, ingress: [{form: []}]}}";
        Admission admission = Admit(staged);
        Assert.True(Assert.Single(admission.Documents, d => d.Metadata.Name == "p").IsStandIn);
        Assert.True(Snapshot.Of(admission).Ask("a/web", "a/db").IsAllowed);
        Assert.False(Snapshot.Of(admission, new EngineOptions { Staged = StagedMode.AsEnforced }).Ask("a/web", "a/db").IsAllowed);
    }

    [Fact]
    public void What_stands_in_for_a_Calico_policy_is_a_rule_that_denies()
    {
        Evaluation answer = Snapshot.Of(Admit(Calico("", "ingress: [{action: Permit}]"))).Ask("a/web", "a/db");
        Assert.Equal((DecisionReason.Rule, RuleAction.Deny, 0), (answer.Ingress.Reason, answer.Ingress.Rule!.Action, answer.Ingress.RuleIndex));
    }

    private static string Calico(string metadata, string spec) =>
        $"{{apiVersion: projectcalico.org/v3, kind: GlobalNetworkPolicy, metadata: {{name: p{(metadata.Length > 0 ? ", " : "")}{metadata}}}, spec: {{selector: app == 'db'{(spec.Length > 0 ? ", " : "")}{spec}}}}}";

    private static Admission Admit(string policy)
    {
        Admission admission = Admission.Of(ManifestReader.Read(Pods + policy + "\n", "f"), InvalidPolicyMode.IsolateSubject);
        Assert.Equal(SetAsideTreatment.Isolated, Assert.Single(admission.SetAside).Treatment);
        return admission;
    }

    private static (bool Ingress, bool Egress) Isolated(string policy)
    {
        Snapshot snapshot = Snapshot.Of(Admit(policy));
        return (!snapshot.Ask("a/web", "a/db").IsAllowed, !snapshot.Ask("a/db", "a/web").IsAllowed);
    }
}
