using NetPolicy.Engine;
using NetPolicy.Manifests;
using Xunit;

namespace NetPolicy.Enforce.Tests.Lab;

/// <summary>Snapshots of YAML for these tests, and short ways to name flows.</summary>
internal static class Worlds
{
    /// <summary>Two nodes with pods, one without, and Services of every kind.</summary>
    internal const string Nodes = """
        kind: Node
        apiVersion: v1
        metadata: {name: node1, annotations: {netpol/interfaces: '{"eth0":["192.0.2.1","2001:db8::1"]}'}}
        ---
        kind: Node
        apiVersion: v1
        metadata: {name: node2, annotations: {netpol/interfaces: '{"eth0":["192.0.2.2","2001:db8::2"]}'}}
        ---
        kind: Node
        apiVersion: v1
        metadata: {name: bare, annotations: {netpol/interfaces: '{"eth0":["192.0.2.3","2001:db8::3"]}'}}
        ---
        kind: Pod
        apiVersion: v1
        metadata: {name: a, labels: {app: web}}
        spec: {nodeName: node1, containers: [{name: c}]}
        status: {phase: Running, podIPs: [{ip: 172.20.1.1}, {ip: "fd20:0:0:1::1"}]}
        ---
        kind: Pod
        apiVersion: v1
        metadata: {name: b, labels: {app: web}}
        spec: {nodeName: node2, containers: [{name: c}]}
        status: {phase: Running, podIPs: [{ip: 172.20.2.1}, {ip: "fd20:0:0:2::1"}]}
        ---
        kind: Pod
        apiVersion: v1
        metadata: {name: c, labels: {app: client}}
        spec: {nodeName: node1, containers: [{name: c}]}
        status: {phase: Running, podIPs: [{ip: 172.20.1.2}, {ip: "fd20:0:0:1::2"}]}
        ---
        kind: Pod
        apiVersion: v1
        metadata: {name: d, labels: {app: far}}
        spec: {nodeName: node2, containers: [{name: c}]}
        status: {phase: Running, podIPs: [{ip: 172.20.2.2}]}
        ---
        kind: Service
        apiVersion: v1
        metadata: {name: far}
        spec:
          type: LoadBalancer
          clusterIPs: [10.96.0.3]
          selector: {app: far}
          ports: [{port: 80, targetPort: 8080, nodePort: 30081}]
        status: {loadBalancer: {ingress: [{ip: 198.51.100.2}]}}
        ---
        kind: Pod
        apiVersion: v1
        metadata: {name: lost, labels: {app: lost}}
        spec: {containers: [{name: c}]}
        status: {phase: Running, podIPs: [{ip: 172.20.9.9}]}
        ---
        kind: Service
        apiVersion: v1
        metadata: {name: web}
        spec:
          type: LoadBalancer
          clusterIPs: [10.96.0.1]
          selector: {app: web}
          ports: [{port: 80, targetPort: 8080, nodePort: 30080}]
        status: {loadBalancer: {ingress: [{ip: 198.51.100.1}]}}
        ---
        kind: Service
        apiVersion: v1
        metadata: {name: direct}
        spec: {clusterIP: None, clusterIPs: [None], selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
        ---
        kind: Service
        apiVersion: v1
        metadata: {name: empty}
        spec: {clusterIPs: [10.96.0.2], selector: {app: none}, ports: [{port: 80}]}
        """;

    internal static Snapshot Of(string yaml)
    {
        ManifestReadResult read = ManifestReader.Read(yaml);
        Assert.False(read.HasErrors, string.Join('\n', read.Diagnostics));
        return Snapshot.Of(read.Manifests);
    }

    internal static FlowRequest Flow(string from, string to, int port = 80, string protocol = "TCP") =>
        new() { From = from, To = to, Port = port, Protocol = protocol };
}
