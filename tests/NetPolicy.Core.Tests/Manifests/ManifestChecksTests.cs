using NetPolicy.Collections;
using NetPolicy.Diagnostics;
using NetPolicy.Manifests;
using Xunit;

namespace NetPolicy.Core.Tests.Manifests;

public sealed class ManifestChecksTests
{
    private const string One = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: default}\nspec: {podSelector: {}}\n";

    [Fact]
    public void Different_documents_for_one_object_are_an_error_that_names_both() => Assert.Equal(("NP2001", 8, 3), Only(One + "---\n" + One.Replace("podSelector: {}", "ingress: [{}]", StringComparison.Ordinal)));

    [Fact]
    public void Equal_documents_are_a_warning_and_the_default_namespace_may_be_left_out() => Assert.Equal(("NP2002", 8, 3), Only(One + "---\n" + One.Replace(", namespace: default", "", StringComparison.Ordinal)));

    [Fact]
    public void Kubernetes_and_Calico_policies_may_share_a_name() => Assert.Empty(Check(One + "---\napiVersion: projectcalico.org/v3\nkind: NetworkPolicy\nmetadata: {name: a}\n"));

    [Fact]
    public void Objects_without_a_name_are_never_the_same() => Assert.Empty(Check("apiVersion: v1\nkind: Pod\nmetadata: {generateName: a}\n---\napiVersion: v1\nkind: Pod\nmetadata: {generateName: a}\n"));

    [Fact]
    public void A_tier_that_nobody_declares_is_a_warning()
    {
        const string policy = "apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata: {name: a}\nspec:\n  tier: t\n";
        Diagnostic finding = Assert.Single(ManifestChecks.MissingTiers(ManifestReader.Read(policy).Manifests));
        Assert.Equal(("NP2003", 5), (finding.Id, finding.Span.Line));
        Assert.Empty(ManifestChecks.MissingTiers(ManifestReader.Read(policy + "---\napiVersion: projectcalico.org/v3\nkind: Tier\nmetadata: {name: t}\n").Manifests));
        Assert.Empty(ManifestChecks.MissingTiers(ManifestReader.Read(policy.Replace("tier: t", "tier: kube-admin", StringComparison.Ordinal)).Manifests));
    }

    private static (string Id, int Line, int First) Only(string text)
    {
        Diagnostic finding = Assert.Single(Check(text));
        return (finding.Id, finding.Span.Line, Assert.Single(finding.Related).Line);
    }

    private static EquatableArray<Diagnostic> Check(string text) => ManifestChecks.Duplicates(ManifestReader.Read(text, "f").Manifests);
}
