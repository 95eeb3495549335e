namespace NetPolicy.Differential.Tests.Dangers;

/// <summary>The small cluster of these tests.</summary>
internal static class Cluster
{
    public const string Node = "node1";

    public const string Web = "shop/web";
    public const string Api = "shop/api";
    public const string Db = "shop/db";
    public const string Other = "other/other";

    /// <summary>By which clients come in.</summary>
    public const string Outside = "eth0";

    /// <summary>A second way out.</summary>
    public const string Second = "eth1";

    public const string NodeAddress = "192.0.2.1";
    public const string NodeAddress6 = "2001:db8::1";
    public const string Client = "203.0.113.9";
    public const string Client6 = "2001:db8:ffff::9";

    public static string Address(string pod) => "172.20.1." + Last(pod);

    public static string Address6(string pod) => "fd20:0:0:1::" + Last(pod);

    /// <summary>Two nodes, and pods web, api, db and other on the first.</summary>
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
        metadata: {name: node1, annotations: {netpol/interfaces: '{"eth0":["192.0.2.1","2001:db8::1"],"eth1":["198.18.0.1"]}'}}
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
        spec: {nodeName: node1, containers: [{name: c}]}
        status: {phase: Running, podIPs: [{ip: 172.20.1.10}, {ip: "fd20:0:0:1::10"}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: api, namespace: shop, labels: {app: api}}
        spec: {nodeName: node1, containers: [{name: c}]}
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
        metadata: {name: other, namespace: other, labels: {app: other}}
        spec: {nodeName: node1, containers: [{name: c}]}
        status: {phase: Running, podIPs: [{ip: 172.20.1.13}, {ip: "fd20:0:0:1::13"}]}
        ---

        """;

    /// <summary>Lets api use some ports of web, and the other namespace all of them.</summary>
    public const string Policy = """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: web, namespace: shop}
        spec:
          podSelector: {matchLabels: {app: web}}
          policyTypes: [Ingress]
          ingress:
          - from: [{podSelector: {matchLabels: {app: api}}}]
            ports: [{protocol: UDP, port: 8080}, {protocol: TCP, port: 8080}]
          - from: [{namespaceSelector: {matchLabels: {team: other}}}]

        """;

    /// <summary>Closes web to everybody.</summary>
    public const string Closed = """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: web, namespace: shop}
        spec: {podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress]}

        """;

    /// <summary>Something that has nothing to do with web, and restricts: connections are judged again when it comes or goes.</summary>
    public const string Unrelated = """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: unrelated, namespace: shop}
        spec: {podSelector: {matchLabels: {app: db}}, policyTypes: [Ingress]}

        """;

    private static string Last(string pod) => pod switch { Web => "10", Api => "11", Db => "12", Other => "13", _ => throw new ArgumentException(pod) };
}
