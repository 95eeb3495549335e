using NetPolicy.Engine;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Kubernetes;
using NetPolicy.Validation;
using Xunit;

namespace NetPolicy.Core.Tests.Engine;

/// <summary>Policies with errors: three named ways, none of which allows by accident or in silence.</summary>
public sealed class AdmissionTests
{
    private const string Pods = """
        {apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {team: a}}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop, labels: {app: web}}, status: {podIP: 10.0.0.1}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {name: db, namespace: shop, labels: {app: db}}, status: {podIP: 10.0.0.2}}
        ---
        """;

    /// <summary>Each selects shop/db and would allow web to reach it, but for a rule that cannot be read.</summary>
    public static TheoryData<string> Broken() =>
    [
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: p, namespace: shop}
        spec: {podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: {}}]}, {form: []}]}
        """,
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: p, namespace: shop}
        spec: {podSelector: {matchLabels: {app: db}}, ingress: [{}], policyTypes: [ingress]}
        """,
        """
        apiVersion: projectcalico.org/v3
        kind: NetworkPolicy
        metadata: {name: p, namespace: shop}
        spec: {selector: app == 'db', order: 10, ingress: [{action: Allow}, {action: Permit}]}
        """,
        """
        apiVersion: projectcalico.org/v3
        kind: GlobalNetworkPolicy
        metadata: {name: p}
        spec: {selector: app == 'db', types: [Ingress], ingress: [{action: Allow, protocol: TCP, destination: {ports: [90:80]}}, {action: Allow}]}
        """,
        """
        apiVersion: policy.networking.k8s.io/v1alpha2
        kind: ClusterNetworkPolicy
        metadata: {name: p}
        spec: {tier: Admin, priority: 1, subject: {pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: db}}}}, ingress: [{action: Accept, from: [{namespaces: {}}], extra: 1}]}
        """,
        """
        apiVersion: policy.networking.k8s.io/v1alpha1
        kind: AdminNetworkPolicy
        metadata: {name: p}
        spec: {priority: 1, subject: {pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: db}}}}, ingress: [{action: Allow, from: [{namespaces: {}}], extra: 1}]}
        """,
        """
        apiVersion: policy.networking.k8s.io/v1alpha1
        kind: BaselineAdminNetworkPolicy
        metadata: {name: default}
        spec: {subject: {pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: db}}}}, ingress: [{action: Allow, from: [{namespaces: {}}], extra: 1}]}
        """,
    ];

    [Fact]
    public void Rejecting_is_the_zero_value_and_the_default()
    {
        Assert.Equal(InvalidPolicyMode.Reject, default);
        Assert.Equal(InvalidPolicyMode.Reject, EngineOptions.Default.InvalidPolicies);
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public void An_error_rejects_everything(string policy)
    {
        Admission admission = Admit(policy, InvalidPolicyMode.Reject);
        Assert.True(admission.IsRejected);
        Assert.True(admission.Documents.IsEmpty);
        SetAside document = Assert.Single(admission.SetAside);
        Assert.Equal(SetAsideTreatment.Rejected, document.Treatment);
        Assert.NotEmpty(document.Errors);
        Assert.Throws<ArgumentException>(() => Snapshot.Of(admission));
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public void The_subject_of_a_policy_with_an_error_is_isolated(string policy)
    {
        Admission admission = Admit(policy, InvalidPolicyMode.IsolateSubject);
        Assert.False(admission.IsRejected);
        Snapshot snapshot = Snapshot.Of(admission);
        Evaluation toSubject = Evaluate(snapshot, "shop/web", "shop/db"), elsewhere = Evaluate(snapshot, "shop/db", "shop/web");
        Assert.False(toSubject.IsAllowed);
        Assert.True(toSubject.Decider.By!.IsStandIn);
        Assert.True(elsewhere.Ingress.Verdict != EndVerdict.Deny);
        SetAside document = Assert.Single(snapshot.SetAside);
        Assert.Equal(SetAsideTreatment.Isolated, document.Treatment);
        Assert.Equal("f", document.Span.File);
        Assert.EndsWith("has errors, its subject is isolated", document.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public void A_policy_with_an_error_is_left_out_and_listed(string policy)
    {
        Admission admission = Admit(policy, InvalidPolicyMode.Skip);
        Snapshot snapshot = Snapshot.Of(admission);
        Assert.True(Evaluate(snapshot, "shop/web", "shop/db").IsAllowed);
        Assert.Empty(snapshot.Policies);
        Assert.Equal(SetAsideTreatment.Skipped, Assert.Single(snapshot.SetAside).Treatment);
    }

    [Theory]
    [InlineData("apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: shop}\nspec: {podSelectr: {}, ingress: []}\n")]
    [InlineData("apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: shop}\nspec: {podSelector: {matchLabels: [a]}, ingress: []}\n")]
    [InlineData("apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: SHOP}\nspec: {podSelector: {}, ingress: []}\n")]
    [InlineData("apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: shop}\nspec: {podSelector: {}, ingress: [], ingress: []}\n")]
    [InlineData("apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata: {name: p}\nspec: {selector: 'app = 1', ingress: []}\n")]
    [InlineData("apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata: {name: p}\nspec: {order: high, ingress: []}\n")]
    [InlineData("apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata: {name: p}\nspec: {preDNAT: yes please, ingress: []}\n")]
    [InlineData("apiVersion: policy.networking.k8s.io/v1alpha2\nkind: ClusterNetworkPolicy\nmetadata: {name: p}\nspec: {tier: Top, priority: 1, subject: {namespaces: {}}, ingress: []}\n")]
    [InlineData("apiVersion: v1\nkind: Pod\nmetadata: {name: db, namespace: shop, labels: {app: -}}\n")]
    [InlineData("apiVersion: v1\nkind: [\n")]
    [InlineData("apiVersion: projectcalico.org/v3\nkind: FirewallPolicy\nmetadata: {name: p}\n")]
    public void Where_subject_or_place_cannot_be_known_everything_is_rejected(string document)
    {
        Admission isolating = Admit(document, InvalidPolicyMode.IsolateSubject);
        Assert.True(isolating.IsRejected);
        Assert.True(isolating.Documents.IsEmpty);
        Assert.Contains(isolating.SetAside, s => s.Treatment == SetAsideTreatment.Rejected && !s.Errors.IsEmpty);
        Admission skipping = Admit(document, InvalidPolicyMode.Skip);
        Assert.False(skipping.IsRejected);
        Assert.All(skipping.SetAside, s => Assert.Equal(SetAsideTreatment.Skipped, s.Treatment));
        Assert.NotEmpty(skipping.SetAside);
    }

    [Fact]
    public void Absent_types_are_every_direction_that_a_repair_could_mean()
    {
        const string Policy = "{apiVersion: projectcalico.org/v3, kind: GlobalNetworkPolicy, metadata: {name: p}, spec: {selector: app == 'db', egress: [{unknown: 1}]}}";
        Snapshot snapshot = Snapshot.Of(Admit(Policy, InvalidPolicyMode.IsolateSubject));
        Assert.False(Evaluate(snapshot, "shop/db", "shop/web").IsAllowed);
        Assert.False(Evaluate(snapshot, "shop/web", "shop/db").IsAllowed);
    }

    [Fact]
    public void Of_two_documents_for_one_object_none_is_preferred()
    {
        const string Two = """
            {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: p, namespace: shop}, spec: {podSelector: {}}}
            ---
            {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: p, namespace: shop}, spec: {podSelector: {}, ingress: [{}]}}
            """;
        Assert.True(Admit(Two, InvalidPolicyMode.Reject).IsRejected);
        Assert.True(Admit(Two, InvalidPolicyMode.IsolateSubject).IsRejected);
        Admission skipping = Admit(Two, InvalidPolicyMode.Skip);
        Assert.Equal(2, skipping.SetAside.Count);
        Assert.DoesNotContain(skipping.Documents, d => d is NetworkPolicyManifest);
    }

    [Fact]
    public void Items_of_a_list_are_told_apart()
    {
        const string List = """
            apiVersion: v1
            kind: List
            items:
            - {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: good, namespace: shop}, spec: {podSelector: {matchLabels: {app: web}}, ingress: [{}]}}
            - {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: bad, namespace: shop}, spec: {podSelector: {matchLabels: {app: db}}, ingress: [{x: 1}]}}
            - {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: better, namespace: shop}, spec: {podSelector: {matchLabels: {app: db}}, egress: []}}
            """;
        Admission admission = Admit(List, InvalidPolicyMode.IsolateSubject);
        Assert.Equal("NetworkPolicy shop/bad has errors, its subject is isolated", Assert.Single(admission.SetAside).ToString());
        Assert.Equal(3, admission.Documents.OfType<NetworkPolicyManifest>().Count());
        Assert.True(Evaluate(Snapshot.Of(admission), "shop/db", "shop/web").IsAllowed);
    }

    [Fact]
    public void What_others_allow_to_an_isolated_subject_stays_allowed()
    {
        string text = Broken().First().Data + "\n---\n" + """
            {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: other, namespace: shop}, spec: {podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}]}]}}
            """;
        Assert.True(Evaluate(Snapshot.Of(Admit(text, InvalidPolicyMode.IsolateSubject)), "shop/web", "shop/db").IsAllowed);
    }

    [Theory]
    [InlineData(InvalidPolicyMode.Reject)]
    [InlineData(InvalidPolicyMode.IsolateSubject)]
    public void Rejected_documents_leave_the_last_valid_set_in_force(InvalidPolicyMode mode)
    {
        PolicyEngine engine = new(new EngineOptions { InvalidPolicies = mode });
        Delta first = engine.Replace(Read("{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: p, namespace: shop}, spec: {podSelector: {}}}"));
        Assert.False(first.Admission!.IsRejected);
        Delta second = engine.Replace(Read("apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: shop}\nspec: {podSelectr: {}, ingress: [{}]}\n"));
        Assert.True(second.Admission!.IsRejected);
        Assert.True(second.Changed.IsEmpty);
        Assert.Same(first.Snapshot, second.Snapshot);
        Assert.Same(first.Snapshot, engine.Current);
        Assert.False(Evaluate(engine.Current, "shop/web", "shop/db").IsAllowed);
    }

    [Fact]
    public void The_engine_isolates_and_forgets_it_when_the_policy_is_repaired()
    {
        PolicyEngine engine = new(new EngineOptions { InvalidPolicies = InvalidPolicyMode.IsolateSubject });
        Delta isolated = engine.Replace(Read(Broken().First().Data));
        Assert.Single(isolated.Snapshot.SetAside);
        Assert.False(Evaluate(engine.Current, "shop/web", "shop/db").IsAllowed);
        Manifest repaired = ManifestReader.Read("{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: p, namespace: shop}, spec: {podSelector: {}, ingress: [{}]}}").Manifests.Single();
        Delta changed = engine.Apply(new Change.Upsert(repaired));
        Assert.True(changed.Snapshot.SetAside.IsEmpty);
        Assert.True(Evaluate(engine.Current, "shop/web", "shop/db").IsAllowed);
    }

    [Theory]
    [InlineData(InvalidPolicyMode.IsolateSubject)]
    [InlineData(InvalidPolicyMode.Skip)]
    public void What_is_set_aside_is_listed_in_the_order_in_which_it_was_read(InvalidPolicyMode mode)
    {
        ManifestReadResult first = ManifestReader.Read($"{Damaged("later")}\n---\n{Damaged("earlier")}", "a.yaml"), second = ManifestReader.Read(Damaged("another"), "b.yaml");
        Admission admission = Admission.Of(ManifestReadResult.Join([ManifestReader.Read(Pods, "0.yaml"), first, second]), mode);
        Assert.Equal(["later", "earlier", "another"], admission.SetAside.Select(s => s.Id!.Value.Name));
        Assert.All(admission.SetAside, s => Assert.Single(s.Errors));
    }

    [Fact]
    public void A_warning_sets_nothing_aside_beside_an_error_elsewhere()
    {
        const string warned = "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: warned, namespace: shop}, spec: {podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.1/8}}]}]}}";
        Admission admission = Admission.Of(Read(warned + "\n---\n" + Damaged("p")), InvalidPolicyMode.Skip, new ValidationOptions { CidrMode = CidrMode.Lenient });
        Assert.Contains(admission.Diagnostics, d => d.Severity != NetPolicy.Diagnostics.DiagnosticSeverity.Error);
        Assert.Equal("p", Assert.Single(admission.SetAside).Id!.Value.Name);
        Assert.Contains(admission.Documents, d => d.Metadata.Name == "warned");
    }

    [Fact]
    public void An_expectation_that_cannot_be_read_is_refused_and_one_that_can_is_no_document()
    {
        const string broken = "kind: Expectation\nname: e\nflows: [{from: shop/web, to: shop/db, port: x, expect: allow}]\n";
        Admission admission = Admit(broken, InvalidPolicyMode.IsolateSubject);
        Assert.True(admission.IsRejected);
        SetAside document = Assert.Single(admission.SetAside);
        Assert.Equal(SetAsideTreatment.Rejected, document.Treatment);
        Assert.NotEmpty(document.Errors);
        Admission beside = Admit(broken.Replace("port: x", "port: 80", StringComparison.Ordinal) + "---\n" + Damaged("p"), InvalidPolicyMode.Skip);
        Assert.Equal("p", Assert.Single(beside.SetAside).Id!.Value.Name);
        Assert.DoesNotContain(beside.Documents, d => d.Kind == "Expectation");
    }

    [Fact]
    public void A_policy_with_an_error_is_not_preferred_to_one_of_the_same_name()
    {
        const string sound = "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: p, namespace: shop}, spec: {podSelector: {}, ingress: [{}]}}\n---\n";
        Assert.True(Admit(sound + Damaged("p"), InvalidPolicyMode.IsolateSubject).IsRejected);
        Assert.True(Admit(Damaged("p") + "\n---\n" + Damaged("p"), InvalidPolicyMode.IsolateSubject).IsRejected);
        Assert.False(Admit(sound + Damaged("q"), InvalidPolicyMode.IsolateSubject).IsRejected);
    }

    [Fact]
    public void Each_item_of_a_list_is_set_aside_for_its_own_errors()
    {
        string list = $$"""
            apiVersion: v1
            kind: List
            items:
            - {{Damaged("one")}}
            - {{Damaged("two")}}
            """;
        Admission admission = Admit(list, InvalidPolicyMode.IsolateSubject);
        Assert.Equal([("one", 1), ("two", 1)], admission.SetAside.Select(s => (s.Id!.Value.Name, s.Errors.Count)));
        Assert.False(admission.IsRejected);
    }

    [Fact]
    public void An_error_in_the_first_word_of_a_document_is_of_that_document()
    {
        SetAside document = Assert.Single(Admit("extra: 1\n" + Damaged("p")[1..^1].Replace(", kind:", "\nkind:", StringComparison.Ordinal).Replace(", metadata:", "\nmetadata:", StringComparison.Ordinal).Replace(", spec:", "\nspec:", StringComparison.Ordinal) + "\n", InvalidPolicyMode.Skip).SetAside);
        Assert.Equal(("p", 2), (document.Id!.Value.Name, document.Errors.Count));
    }

    [Fact]
    public void Nothing_read_is_nothing_admitted() => Assert.Throws<ArgumentNullException>(() => Admission.Of(null!, InvalidPolicyMode.Skip));

    private static string Damaged(string name) =>
        $"{{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {{name: {name}, namespace: shop}}, spec: {{podSelector: {{}}, ingress: [{{form: []}}]}}}}";

    private static ManifestReadResult Read(string documents) => ManifestReader.Read(Pods + "\n" + documents, "f");

    private static Admission Admit(string documents, InvalidPolicyMode mode) => Admission.Of(Read(documents), mode);

    private static Evaluation Evaluate(Snapshot snapshot, string from, string to) =>
        snapshot.TryResolve(new FlowRequest { From = from, To = to, Port = 80 }, out Flow flow, out string? error) ? snapshot.Evaluate(flow) : throw new InvalidOperationException(error);
}
