using NetPolicy.Differential.Tests.Dangers;
using NetPolicy.Enforce;
using Xunit;
using Packets = NetPolicy.Differential.Tests.Dangers.Packets;

namespace NetPolicy.Differential.Tests;

/// <summary>Staged policies count, in the kernel, what they would decide, and decide nothing.</summary>
public sealed class StagedTests
{
    private const string Staged = """
        apiVersion: projectcalico.org/v3
        kind: StagedGlobalNetworkPolicy
        metadata: {name: would-deny}
        spec:
          order: 1
          selector: app == 'web'
          types: [Ingress]
          ingress:
            - {action: Deny, protocol: UDP, destination: {ports: [9000]}}
            - {action: Allow, source: {selector: "app == 'api'"}}
        ---
        apiVersion: projectcalico.org/v3
        kind: StagedKubernetesNetworkPolicy
        metadata: {name: db-closed, namespace: shop}
        spec: {podSelector: {matchLabels: {app: db}}, policyTypes: [Ingress]}

        """;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_staged_policies_would_decide_is_counted_beside_what_decides(bool inOrder)
    {
        using Wire wire = new(
            Cluster.Inventory + Cluster.Policy + "\n---\n" + Staged, inOrder ? new EnforcementOptions { MaxTableElements = 0 } : null);
        byte[] To(string from, string to, int sourcePort, int port) => Packets.Udp(Cluster.Address(from), Cluster.Address(to), sourcePort, port);

        // Enforced policy allows it; the staged one would deny it by its first rule, or allow it by its second, or isolate.
        Assert.True(wire.Passes(Cluster.Api, To(Cluster.Api, Cluster.Web, 4001, 8080), Cluster.Web));
        Assert.Equal((1ul, 0ul, 1ul), (wire.Count("np shop/web ingress 0"), wire.Count("sgnp would-deny ingress 0"), wire.Count("sgnp would-deny ingress 1")));
        Assert.Equal(0ul, wire.Count("sgnp would-deny ingress default"));
        Assert.False(wire.Passes(Cluster.Db, To(Cluster.Db, Cluster.Web, 4002, 9001), Cluster.Web));
        Assert.False(wire.Passes(Cluster.Db, To(Cluster.Db, Cluster.Web, 4003, 9000), Cluster.Web));
        Assert.Equal((1ul, 1ul, 1ul), (wire.Count("sgnp would-deny ingress 0"), wire.Count("sgnp would-deny ingress 1"), wire.Count("sgnp would-deny ingress default")));

        // Nobody else has a say here.
        Assert.True(wire.Passes(Cluster.Web, To(Cluster.Web, Cluster.Db, 4004, 53), Cluster.Db));
        Assert.Equal(1ul, wire.Count("snp shop/db-closed ingress default"));

        // Without them the same packets are decided alike.
        wire.Take(Staged);
        Assert.True(wire.Passes(Cluster.Api, To(Cluster.Api, Cluster.Web, 4005, 8080), Cluster.Web));
        Assert.False(wire.Passes(Cluster.Db, To(Cluster.Db, Cluster.Web, 4006, 9001), Cluster.Web));
        Assert.True(wire.Passes(Cluster.Web, To(Cluster.Web, Cluster.Db, 4007, 53), Cluster.Db));
    }
}
