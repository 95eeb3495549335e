using NetPolicy.Engine;
using NetPolicy.Manifests;
using Xunit;

namespace NetPolicy.Spec.Tests;

/// <summary>What the Calico specification says of data that the oracle refuses or does not read: stored documents, and documents that no API server would have accepted.</summary>
public sealed class CalicoRuntimeTests
{
    private const string Pods = "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: a, labels: {app: web}}\nstatus: {podIP: 10.0.0.1}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: db, namespace: a}\nstatus: {podIP: 10.0.0.2}\n";

    [Fact] // §1.7
    public void A_stored_tier_without_order_is_last()
    {
        const string tier = "apiVersion: projectcalico.org/v3\nkind: Tier\nmetadata: {name: aaa}\nspec: {}\n";
        string policies = Gnp("q", "tier: aaa, ingress: [{action: Allow}]") + "---\n" + Gnp("p", "tier: kube-baseline, ingress: [{action: Deny}]");
        Assert.Equal("allow q", Ask(tier, policies));
        Assert.Equal("deny p", Ask(tier.Replace("projectcalico.org/v3", "crd.projectcalico.org/v1", StringComparison.Ordinal), policies));
    }

    [Fact] // §1.6
    public void Types_are_read_in_any_case() => Assert.Equal("deny p", Ask(Gnp("p", "selector: app == 'web', types: [ingress]")));

    [Theory] // §1.9: what cannot be read never allows
    [InlineData("ingress: [{action: Allow, source: {selector: 'a ='}}]", "deny p")]
    [InlineData("ingress: [{action: Deny, source: {selector: 'a ='}}, {action: Allow}]", "deny p")]
    [InlineData("ingress: [{action: Pass, source: {nets: [10.0.0.0]}}]", "deny p")]
    [InlineData("ingress: [{action: allow}]", "deny p")]
    [InlineData("ingress: [{action: Allow, protocol: tcp}]", "deny p")]
    [InlineData("ingress: [{action: Allow, ipVersion: 5}]", "deny p")]
    [InlineData("ingress: [{action: Allow, protocol: TCP, destination: {ports: ['90:80']}}]", "deny p")]
    [InlineData("selector: 'app =', ingress: [{action: Deny}]", "deny p")]
    public void What_cannot_be_read_never_allows(string spec, string answer) => Assert.Equal(answer, Ask(Gnp("p", spec)));

    private static string Gnp(string name, string spec) => $"apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata: {{name: {name}}}\nspec: {{{spec}}}\n";

    private static string Ask(params string[] documents)
    {
        ManifestReadResult read = ManifestReader.Read(Pods + "---\n" + string.Join("---\n", documents), "f");
        Assert.False(read.HasErrors, string.Join('\n', read.Diagnostics));
        Snapshot snapshot = Snapshot.Of(read.Manifests);
        Assert.True(snapshot.TryResolve(new FlowRequest { From = "a/db", To = "a/web", Port = 80 }, out Flow flow, out string? error), error);
        Evaluation answer = snapshot.Evaluate(flow);
        string verdict = answer.IsAllowed ? "allow" : "deny";
        return answer.Decider.By is { } by ? $"{verdict} {by.Metadata.Name}" : verdict;
    }
}
