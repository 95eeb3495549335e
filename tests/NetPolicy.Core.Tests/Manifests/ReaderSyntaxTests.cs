using NetPolicy.Diagnostics;
using NetPolicy.Manifests.Inventory;
using NetPolicy.Manifests.Kubernetes;
using NetPolicy.Manifests;
using Xunit;

namespace NetPolicy.Core.Tests.Manifests;

public sealed class ReaderSyntaxTests
{
    [Theory]
    [InlineData("a: [1, 2\nb: 3\n", "NP1004")]
    [InlineData("a: \"x\n", "NP1004")]
    [InlineData("kind: Pod\n\tname: x\n", "NP1004")]
    [InlineData("a: b: c\n", "NP1004")]
    [InlineData("a: \"\\q\"\n", "NP1004")]
    [InlineData("a: \"\\UFFFFFFFF\"\n", "NP1004")]
    [InlineData("a: !foo b\nkind: Pod\napiVersion: v1\n", "NP1009")]
    [InlineData("apiVersion: v1\nkind: Pod\nmetadata: &m {name: a}\n", "NP1007")]
    [InlineData("apiVersion: v1\nkind: Pod\nmetadata: {<<: {name: a}}\n", "NP1007")]
    [InlineData("apiVersion: v1\nkind: Pod\nmetadata: *m\n", "NP1004", "NP1007")]
    [InlineData("apiVersion: v1\nkind: Pod\nkind: Pod\n", "NP1008")]
    [InlineData("apiVersion: v1\nkind: Pod\nmetadata: {labels: {y: b}}\n", "NP1010")]
    [InlineData("apiVersion: v1\nkind: Pod\nmetadata: {? [a] : b}\n", "NP1010")]
    [InlineData("a: \u0000b\n", "NP1003")]
    [InlineData("a: b\uFEFF\n", "NP1003")]
    [InlineData("{\"kind\": \"Pod\", \"a\": 01}}", "NP1005")]
    [InlineData("{\"kind\": \"Pod\", ", "NP1005")]
    [InlineData("{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"kind\":\"Pod\"}", "NP1008")]
    [InlineData("{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"\\ud800\"}}", "NP1003")]
    [InlineData("just text\n", "NP1011")]
    [InlineData("a: b\n", "NP1011")]
    [InlineData("apiVersion: v1\nkind: ConfigMap\n", "NP1012")]
    [InlineData("apiVersion: extensions/v1beta1\nkind: NetworkPolicy\n", "NP1013")]
    [InlineData("apiVersion: networking.k8s.io/v1beta1\nkind: NetworkPolicy\n", "NP1013")]
    [InlineData("kind: NetworkPolicy\n", "NP1014")]
    [InlineData("apiVersion: networking.k8s.io/v1\n", "NP1014")]
    [InlineData("apiVersion: policy.example.io/v1\nkind: ClusterPolicy\n", "NP1012")]
    [InlineData("apiVersion: projectcalico.org/v3\nkind: PolicyRecommendation\n", "NP1020")]
    public void Bad_text_is_one_diagnostic_with_a_place(string text, params string[] ids)
    {
        ManifestReadResult result = ManifestReader.Read(text, "f.yaml");
        Diagnostic diagnostic = Assert.Single(result.Diagnostics);
        Assert.Contains(diagnostic.Id, ids);
        Assert.True(diagnostic.Span.IsKnown);
        Assert.Equal("f.yaml", diagnostic.Span.File);
        Assert.Empty(result.Manifests);
    }

    [Fact]
    public void Empty_text_holds_no_document_and_no_finding()
    {
        foreach (string text in new[] { "", "\n", "# only a comment\n", "---\n", "---\n---\n# x\n", "\uFEFF" })
        {
            ManifestReadResult result = ManifestReader.Read(text);
            Assert.Equal((0, 0, 0), (result.Manifests.Count, result.Diagnostics.Count, result.DocumentCount));
        }
    }

    [Theory]
    [InlineData('[', ']')]
    [InlineData('{', '}')]
    public void Deep_nesting_is_refused_quickly_and_once(char open, char close)
    {
        string unit = open == '{' ? "{\"a\":" : "[";
        string text = string.Concat(Enumerable.Repeat(unit, 100_000)) + "1" + new string(close, 100_000);
        foreach (string variant in new[] { text, "x: " + text })
        {
            Diagnostic diagnostic = Assert.Single(ManifestReader.Read(variant, "f").Diagnostics);
            Assert.Equal("NP1006", diagnostic.Id);
        }
    }

    [Fact]
    public void Block_nesting_is_bounded_as_well()
    {
        string text = string.Join("\n", Enumerable.Range(0, 200).Select(i => new string(' ', i) + "a:"));
        Assert.Equal("NP1006", Assert.Single(ManifestReader.Read(text, "f").Diagnostics).Id);
    }

    [Fact]
    public void A_text_over_the_limit_is_not_parsed()
    {
        ManifestReadOptions options = new() { MaxBytes = 10 };
        Assert.Equal("NP1002", Assert.Single(ManifestReader.Read("a: bbbbbbbbbbb", null, options).Diagnostics).Id);
        Assert.Equal("NP1002", Assert.Single(ManifestReader.Read("a: bbbbbbbbbbb"u8.ToArray(), null, options).Diagnostics).Id);
        Assert.Equal("NP1011", Assert.Single(ManifestReader.Read("a: bbbbb", null, options).Diagnostics).Id);
    }

    [Fact]
    public void Bytes_that_are_not_utf8_are_reported_where_they_stand()
    {
        Diagnostic diagnostic = Assert.Single(ManifestReader.Read(new byte[] { (byte)'a', (byte)'\n', (byte)'b', 0xFF }, "f").Diagnostics);
        Assert.Equal(("NP1003", 2, 2), (diagnostic.Id, diagnostic.Span.Line, diagnostic.Span.Column));
    }

    [Fact]
    public void A_broken_document_does_not_hide_the_others()
    {
        ManifestReadResult result = ManifestReader.Read("apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n---\na: [\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: b}\n", "f");
        Assert.Equal(["a", "b"], result.Manifests.Select(m => m.Metadata.Name));
        Diagnostic diagnostic = Assert.Single(result.Diagnostics);
        Assert.Equal(("NP1004", 1), (diagnostic.Id, diagnostic.Document));
        Assert.InRange(diagnostic.Span.Line, 5, 6);
        Assert.Equal(3, result.DocumentCount);
        Assert.Equal([0, 2], result.Manifests.Select(m => m.Source.Document));
    }

    [Fact]
    public void Documents_after_an_end_marker_are_read()
    {
        ManifestReadResult result = ManifestReader.Read("%YAML 1.2\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n...\napiVersion: v1\nkind: Namespace\nmetadata: {name: b}\n");
        Assert.Empty(result.Diagnostics);
        Assert.Equal(2, result.Manifests.Count);
    }

    [Fact]
    public void Duplicate_fields_name_both_places()
    {
        Diagnostic diagnostic = Assert.Single(ManifestReader.Read("apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  name: b\n", "f").Diagnostics);
        Assert.Equal((5, 3), (diagnostic.Span.Line, diagnostic.Span.Column));
        Assert.Equal(4, Assert.Single(diagnostic.Related).Line);
    }

    [Fact]
    public void Json_places_are_line_and_column_in_characters()
    {
        ManifestReadResult result = ManifestReader.Read("{\"apiVersion\": \"networking.k8s.io/v1\",\n \"kind\": \"NetworkPolicy\", \"metadata\": {\"annotations\": {\"é𝄞\": \"\"}, \"nam\": \"x\"}}", "f.json");
        Diagnostic diagnostic = Assert.Single(result.Diagnostics);
        Assert.Equal(("NP1015", 2, 68), (diagnostic.Id, diagnostic.Span.Line, diagnostic.Span.Column));
        Assert.Equal("metadata.nam", diagnostic.Path);
        Assert.Equal("did you mean `name`?", diagnostic.Help);
    }

    [Fact]
    public void Json_documents_may_follow_each_other_and_flow_yaml_may_look_like_json()
    {
        Assert.Equal(2, ManifestReader.Read("{\"apiVersion\":\"v1\",\"kind\":\"Namespace\"}\n{\"apiVersion\":\"v1\",\"kind\":\"Namespace\"}").Manifests.Count);
        Assert.Equal(2, ManifestReader.Read("{apiVersion: v1, kind: Namespace}\n---\n{\"apiVersion\":\"v1\",\"kind\":\"Namespace\"}").Manifests.Count);
    }

    [Fact]
    public void Quoted_and_plain_scalars_differ()
    {
        NetworkPolicySpec spec = Policy("  ingress:\n  - ports: [{port: 80}, {port: \"80\"}, {port: '80'}, {port: http}, {port: !!str 80}, {port: null}, {port: ~}, {}]\n").Spec!;
        Assert.Equal(
            [IntOrString.Of(80), IntOrString.Of("80"), IntOrString.Of("80"), IntOrString.Of("http"), IntOrString.Of("80"), null, null, null],
            spec.Ingress!.Value[0].Ports!.Value.Select(p => p.Port));
    }

    [Theory]
    [InlineData("yes", "NP1017")]
    [InlineData("on", "NP1017")]
    [InlineData("1.5", "NP1017")]
    [InlineData("80", "NP1017")]
    [InlineData("[a]", "NP1016")]
    public void Text_that_yaml_reads_as_another_type_is_an_error(string value, string id)
    {
        ManifestReadResult result = ManifestReader.Read($"apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: {value}\n");
        Assert.Equal(id, Assert.Single(result.Diagnostics).Id);
        Assert.Empty(result.Manifests);
        Assert.Single(result.Damaged);
    }

    [Theory]
    [InlineData("010", 8)]
    [InlineData("0x50", 80)]
    [InlineData("1_000", 1000)]
    [InlineData("0o17", 15)]
    public void Numbers_in_other_notations_are_read_as_api_servers_do_and_warned_about(string text, int number)
    {
        ManifestReadResult result = ManifestReader.Read(Text($"  ingress:\n  - ports: [{{port: {text}}}]\n"));
        Assert.Equal("NP1019", Assert.Single(result.Diagnostics).Id);
        Assert.Equal(IntOrString.Of(number), ((NetworkPolicyManifest)result.Manifests[0]).Spec!.Ingress!.Value[0].Ports!.Value[0].Port);
    }

    [Theory]
    [InlineData("  ingress: {}\n", "spec.ingress")]
    [InlineData("  ingress:\n  - ports:\n    - endPort: \"9\"\n", "spec.ingress[0].ports[0].endPort")]
    [InlineData("  ingress:\n  - ports:\n    - port: 3000000000\n", "spec.ingress[0].ports[0].port")]
    [InlineData("  ingress:\n  - ports:\n    - port: 1.5\n", "spec.ingress[0].ports[0].port")]
    [InlineData("  podSelector: a\n", "spec.podSelector")]
    [InlineData("  podSelector: {matchLabels: {a: 1}}\n", "spec.podSelector.matchLabels.a")]
    public void Wrong_types_are_reported_with_their_path(string spec, string path)
    {
        ManifestReadResult result = ManifestReader.Read(Text(spec));
        Assert.Equal(path, Assert.Single(result.Diagnostics).Path);
        Assert.True(result.HasErrors);
    }

    [Theory]
    [InlineData("  namespaceSelecter: {}\n", "spec.namespaceSelecter", "check spelling")]
    [InlineData("  podSelecter: {}\n", "spec.podSelecter", "did you mean `podSelector`?")]
    [InlineData("podSelector: {}\n", "podSelector", "`podSelector` belongs inside `spec`")]
    [InlineData("  ingress:\n  - from:\n    - ports: []\n", "spec.ingress[0].from[0].ports", "`ports` belongs beside `from`")]
    [InlineData("  ingress:\n  - to: []\n", "spec.ingress[0].to", "check spelling")]
    public void Unknown_fields_are_errors_with_a_hint(string spec, string path, string help)
    {
        Diagnostic diagnostic = Assert.Single(ManifestReader.Read(Text(spec)).Diagnostics);
        Assert.Equal(("NP1015", path), (diagnostic.Id, diagnostic.Path));
        Assert.StartsWith(help, diagnostic.Help, StringComparison.Ordinal);
    }

    [Fact]
    public void Server_side_metadata_and_status_are_passed_over_in_policies()
    {
        ManifestReadResult result = ManifestReader.Read(
            "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: a\n  uid: x\n  resourceVersion: '1'\n  generation: 1\n"
            + "  creationTimestamp: 2020-01-01T00:00:00Z\n  managedFields: [{}]\n  ownerReferences: []\n  finalizers: []\n  selfLink: x\nspec: {}\nstatus: {a: b}\n");
        Assert.Empty(result.Diagnostics);
        Assert.Single(result.Manifests);
    }

    [Fact]
    public void Null_absent_and_empty_stay_apart()
    {
        NetworkPolicySpec spec = Policy("  podSelector: null\n  ingress: []\n  egress:\n  -\n  - to:\n    - {podSelector: {}}\n    -\n").Spec!;
        Assert.Null(spec.PodSelector);
        Assert.Empty(spec.Ingress!.Value);
        Assert.Null(spec.PolicyTypes);
        Assert.Equal(new NetworkPolicyRule(), spec.Egress!.Value[0]);
        Assert.Equal([new NetworkPolicyPeer { PodSelector = new LabelSelectorSpec() }, new NetworkPolicyPeer()], spec.Egress!.Value[1].Peers!.Value);
    }

    [Fact]
    public void Lists_give_their_items_and_typed_lists_their_kind()
    {
        ManifestReadResult result = ManifestReader.Read(
            "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Pod, metadata: {name: a}}\n- {apiVersion: v1, kind: Secret}\n- {apiVersion: v1, kind: Secret}\n---\n"
            + "apiVersion: v1\nkind: PodList\nmetadata: {resourceVersion: '5'}\nitems:\n- metadata: {name: b}\n---\n"
            + "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicyList\nitems:\n- metadata: {name: c}\n---\nkind: PodList\napiVersion: v1\nitems: null\n");
        Assert.Equal(["Pod a", "Pod b", "NetworkPolicy c"], result.Manifests.Select(m => $"{m.Kind} {m.Metadata.Name}"));
        Assert.Equal("NP1012", Assert.Single(result.Diagnostics).Id);
        Assert.Equal(4, result.DocumentCount);
    }

    [Fact]
    public void Calico_storage_documents_are_read_as_v3()
    {
        Manifest manifest = Assert.Single(ManifestReader.Read("apiVersion: crd.projectcalico.org/v1\nkind: GlobalNetworkPolicy\nmetadata: {name: a}\nspec: {order: 1e3, selector: all()}\n").Manifests);
        Assert.Equal("projectcalico.org/v3", manifest.ApiVersion);
    }

    [Fact]
    public void Places_are_found_by_path()
    {
        Manifest policy = Policy("  podSelector: {}\n  ingress:\n  - ports:\n    - port: 80\n      protocol: TCP\n    - port: 90\n");
        Assert.Equal((9, 13), At("spec.ingress[0].ports[0].port"));
        Assert.Equal((10, 17), At("spec.ingress[0].ports[0].protocol"));
        Assert.Equal((8, 5), At("spec.ingress[0].ports"));
        Assert.Equal((11, 7), At("spec.ingress[0].ports[1].protocol"));
        Assert.Equal((7, 3), At("spec.ingress[5].ports"));
        Assert.Equal((4, 9), At("metadata.name"));
        Assert.Equal((1, 1), At(""));

        (int Line, int Column) At(string path) => (policy.SpanOf(path).Line, policy.SpanOf(path).Column);
    }

    [Fact]
    public void Unread_parts_of_inventory_are_ignored_and_not_kept()
    {
        PodManifest pod = (PodManifest)Assert.Single(ManifestReader.Read("apiVersion: v1\nkind: Pod\nmetadata: {name: a, lables: 1}\nspec: {volumes: [a], nodeName: node}\nfoo: bar\n").Manifests);
        Assert.Equal("node", pod.Spec.NodeName);
        Assert.Equal(pod.SpanOf("spec"), pod.SpanOf("spec.volumes"));
    }

    private static NetworkPolicyManifest Policy(string spec)
    {
        ManifestReadResult result = ManifestReader.Read(Text(spec), "p.yaml");
        Assert.Empty(result.Diagnostics);
        return (NetworkPolicyManifest)Assert.Single(result.Manifests);
    }

    private static string Text(string spec) => "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: a\nspec:\n" + (spec.StartsWith(' ') ? "" : "  {}\n") + spec;
}
