using NetPolicy.Diagnostics;
using NetPolicy.Engine;
using NetPolicy.Manifests;
using Xunit;

namespace NetPolicy.Enforce.Tests.Compilation;

/// <summary>Small clusters for the tests of enforcement.</summary>
internal static class Worlds
{
    /// <summary>Two nodes; pods web, api, db and other on node1, far on node2.</summary>
    public const string Inventory = """
        apiVersion: v1
        kind: Namespace
        metadata: {name: shop, labels: {team: shop}}
        ---
        apiVersion: v1
        kind: Namespace
        metadata: {name: other, labels: {team: other}}
        ---
        apiVersion: v1
        kind: Node
        metadata: {name: node1, annotations: {netpol/interfaces: '{"eth0":["192.0.2.1","2001:db8::1"]}'}}
        spec: {podCIDRs: [172.20.1.0/24, "fd20:0:0:1::/64"]}
        status: {addresses: [{type: InternalIP, address: 192.0.2.1}, {type: InternalIP, address: "2001:db8::1"}]}
        ---
        apiVersion: v1
        kind: Node
        metadata: {name: node2}
        spec: {podCIDRs: [172.20.2.0/24, "fd20:0:0:2::/64"]}
        status: {addresses: [{type: InternalIP, address: 192.0.2.2}, {type: InternalIP, address: "2001:db8::2"}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: web, namespace: shop, labels: {app: web}}
        spec: {nodeName: node1, containers: [{name: c, ports: [{name: http, containerPort: 8080}]}]}
        status: {phase: Running, podIPs: [{ip: 172.20.1.10}, {ip: "fd20:0:0:1::10"}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: api, namespace: shop, labels: {app: api}}
        spec: {nodeName: node1, containers: [{name: c, ports: [{name: http, containerPort: 9090}]}]}
        status: {phase: Running, podIPs: [{ip: 172.20.1.11}, {ip: "fd20:0:0:1::11"}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: db, namespace: shop, labels: {app: db}}
        spec: {nodeName: node1, containers: [{name: c}]}
        status: {phase: Running, podIPs: [{ip: 172.20.1.12}, {ip: "fd20:0:0:1::12"}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: other, namespace: other, labels: {app: web}}
        spec: {nodeName: node1, containers: [{name: c}]}
        status: {phase: Running, podIPs: [{ip: 172.20.1.13}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: far, namespace: shop, labels: {app: far}}
        spec: {nodeName: node2, containers: [{name: c, ports: [{name: http, containerPort: 7070}]}]}
        status: {phase: Running, podIPs: [{ip: 172.20.2.10}, {ip: "fd20:0:0:2::10"}]}
        ---

        """;

    /// <summary>A snapshot of the inventory above and more documents.</summary>
    public static Snapshot Of(string more, EngineOptions? options = null) => Read(Inventory + more, options);

    /// <summary>A snapshot of documents.</summary>
    public static Snapshot Read(string yaml, EngineOptions? options = null)
    {
        ManifestReadResult result = ManifestReader.Read(yaml, "world.yaml");
        Assert.DoesNotContain(result.Diagnostics, d => d.Severity == DiagnosticSeverity.Error);
        return Snapshot.Of(result.Manifests, options);
    }
}
