using NetPolicy.Engine;
using Xunit;

namespace NetPolicy.Core.Tests.Engine;

/// <summary>Rules that name a Service whose pod has no address yet: then the pod itself is meant (Calico specification §3.4).</summary>
public sealed class SliceBackendTests
{
    // The backend comes first, as the first place of all is one like any other.
    private const string World = """
        {apiVersion: v1, kind: Pod, metadata: {name: backend, namespace: a, labels: {app: web}}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {name: client, namespace: a, labels: {app: client}}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {name: other, namespace: a, labels: {app: other}}}
        ---
        {apiVersion: v1, kind: Service, metadata: {name: web, namespace: a}, spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}}
        ---

        """;

    [Theory]
    [InlineData("a/backend", 8080, true)]
    [InlineData("a/backend", 8081, false)]
    [InlineData("a/other", 8080, false)]
    public void A_pod_without_address_is_its_Services_backend_as_a_destination(string to, int port, bool isAllowed)
    {
        const string policy = """
            apiVersion: projectcalico.org/v3
            kind: NetworkPolicy
            metadata: {name: p, namespace: a}
            spec: {selector: app == 'client', types: [Egress], egress: [{action: Allow, protocol: UDP}, {action: Allow, destination: {services: {name: web}}}]}
            """;
        Assert.Equal(isAllowed, Snapshot.Of(Question.Read(World + policy)).Ask("a/client", to, port).IsAllowed);
    }

    [Theory]
    [InlineData("a/backend", true)]
    [InlineData("a/other", false)]
    public void A_pod_without_address_is_its_Services_backend_as_a_source(string from, bool isAllowed)
    {
        const string policy = """
            apiVersion: projectcalico.org/v3
            kind: NetworkPolicy
            metadata: {name: p, namespace: a}
            spec: {selector: app == 'client', ingress: [{action: Allow, protocol: UDP}, {action: Allow, source: {services: {name: web}}}]}
            """;
        Assert.Equal(isAllowed, Snapshot.Of(Question.Read(World + policy)).Ask(from, "a/client", 9).IsAllowed);
    }
}
