using static NetPolicy.Spec.Tests.Yaml;

namespace NetPolicy.Spec.Tests;

/// <content>Services of every type and their backends (section 5.8).</content>
internal static partial class KubernetesExamples
{
    private const string OnlyFromNet = "podSelector: {matchLabels: {app: web}}, ingress: [{from: [{ipBlock: {cidr: 203.0.113.0/24}}], ports: [{port: 8080}]}]";
    private const string OnlyToPods = "podSelector: {matchLabels: {app: api}}, policyTypes: [Egress], egress: [{to: [{podSelector: {}}], ports: [{port: 8080}]}]";
    private const string Unreachable = "deny None/None";

    private static IEnumerable<Example> ServiceKinds() =>
    [
        In("5.8: a rule for the Service's port is not enough", "podSelector: {matchLabels: {app: api}}, policyTypes: [Egress], egress: [{to: [{podSelector: {}}], ports: [{port: 80}]}]", Flow("a/api", "svc:a/web"), "deny Deny/None p0 egress -1 at a/web:8080", Service("a/web", "app: web", "{port: 80, targetPort: 8080}", "10.96.0.1")),
        In("5.8: an ipBlock of the ClusterIP does not match behind translation", "podSelector: {matchLabels: {app: api}}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 10.96.0.0/16}}]}]", Flow("a/api", "10.96.0.1"), "deny Deny/None p0 egress -1 at a/web:8080", Service("a/web", "app: web", "{port: 80, targetPort: 8080}", "10.96.0.1")),
        In("5.8: a load balancer's address arrives at the pod", OnlyFromNet, Flow(Outside, "198.51.100.9"), "allow None/Allow p0 ingress 0 at a/web:8080",
            Service("a/web", "app: web", "{port: 80, targetPort: http}", "10.96.0.1", "type: LoadBalancer") + "\nstatus: {loadBalancer: {ingress: [{ip: 198.51.100.9}]}}"),
        In("5.8: a load balancer has a NodePort too", OnlyFromNet, Flow(Outside, "192.0.2.1", 30080), "allow None/Allow p0 ingress 0 at a/web:8080", Service("a/web", "app: web", "{port: 80, targetPort: http, nodePort: 30080}", "10.96.0.1", "type: LoadBalancer")),
        In("5.8: a NodePort by the node's name", OnlyFromNet, Flow(Outside, "host:n1", 30080), "allow None/Allow p0 ingress 0 at a/web:8080", Service("a/web", "app: web", "{port: 80, targetPort: http, nodePort: 30080}", "10.96.0.1", "type: NodePort")),
        In("5.8: another port of a node is no Service", OnlyFromNet, Flow(Outside, "192.0.2.1", 30081), "allow None/None", Service("a/web", "app: web", "{port: 80, targetPort: http, nodePort: 30080}", "10.96.0.1", "type: NodePort")),
        In("5.8: externalTrafficPolicy does not change the client's address", OnlyFromNet, Flow(Outside, "192.0.2.2", 30080), "allow None/Allow p0 ingress 0 at a/web:8080", Service("a/web", "app: web", "{port: 80, targetPort: http, nodePort: 30080}", "10.96.0.1", "type: NodePort, externalTrafficPolicy: Local")),
        In("5.8: a ClusterIP of the other protocol is an address", OnlyToPods, Flow("a/api", "10.96.0.1", 80, "UDP"), EgressDenied, Service("a/web", "app: web", "{port: 80, targetPort: http}", "10.96.0.1")),
        In("5.8: an ExternalName has no endpoints", OnlyToPods, Flow("a/api", "svc:a/ext"), Unreachable, Service("a/ext", "", "{port: 80}", "", "type: ExternalName, externalName: example.com"), Slice("10.0.0.1", "{port: 8080}")),
        In("5.8: a Service without selector and slices has no endpoints", OnlyToPods, Flow("a/api", "svc:a/ext"), Unreachable, Service("a/ext", "", "{port: 80}", "10.96.0.9")),
        In("5.8: a headless Service needs no ports", "podSelector: {matchLabels: {app: web}}, ingress: [{ports: [{port: 7}]}]", Flow("b/web", "svc:a/web", 7), "allow None/Allow p0 ingress 0 at a/web:7", Service("a/web", "app: web", "", "None")),
        In("5.8: the name of a Service's port is no container's", "podSelector: {matchLabels: {app: web}}, ingress: [{ports: [{port: front}]}]", Flow("b/web", "svc:a/web"), "deny None/Deny p0 ingress -1 at a/web:8080", Service("a/web", "app: web", "{name: front, port: 80, targetPort: 8080}", "10.96.0.1")),
        In("5.8: each ClusterIP uses addresses of its family", "podSelector: {matchLabels: {app: api}}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 'fd00::1/128'}}]}]", Flow("a/dual", "fd00:96::1"), "allow Allow/None p0 egress 0 at a/web:8080",
            Pod("a/dual", "app: api", "10.0.0.12 fd00::12"), Service("a/web", "app: web", "{port: 80, targetPort: 8080}", "", "clusterIPs: [10.96.0.1, 'fd00:96::1']")),
        In("5.8: a Service's address is judged after translation at ingress", OnlyFromNet, Flow("b/web", "svc:a/web"), "deny None/Deny p0 ingress -1 at a/web:8080", Service("a/web", "app: web", "{port: 80, targetPort: 8080}", "10.96.0.1")),
        In("5.8: slices by hand, of a pod's address", OnlyToPods, Flow("a/api", "svc:a/ext"), "allow Allow/None p0 egress 0 at a/web:8080", Service("a/ext", "", "{port: 80}", "10.96.0.9"), Slice("10.0.0.1", "{port: 8080}")),
        In("5.8: slices by hand, of another port name", OnlyToPods, Flow("a/api", "svc:a/ext"), Unreachable, Service("a/ext", "", "{name: one, port: 80}", "10.96.0.9"), Slice("10.0.0.1", "{name: two, port: 8080}")),
    ];

    private static IEnumerable<Example> Backends()
    {
        string numbered = Service("a/pool", "pool: p", "{port: 8080}", "10.96.0.8");
        string named = Service("a/pool", "pool: p", "{port: 80, targetPort: http}", "10.96.0.8");
        string one = Pod("a/w1", "pool: p", "10.0.0.21", ports: "{name: http, containerPort: 8001}");
        string two = Pod("a/w2", "pool: p", "10.0.0.22", ports: "{name: http, containerPort: 8002}");
        const string first = "podSelector: {matchLabels: {app: api}}, policyTypes: [Egress], egress: [{to: [{podSelector: {}}], ports: [{port: 8001}]}]";
        return
        [
            In("5.8: targetPort is the Service's port if absent", OnlyToPods, Flow("a/api", "svc:a/pool", 8080), "allow Allow/None p0 egress 0 at a/w1:8080", numbered, one),
            In("5.8: a numeric targetPort need not be declared", OnlyToPods, Flow("a/api", "svc:a/pool"), "allow Allow/None p0 egress 0 at a/w1:8080", Service("a/pool", "pool: p", "{port: 80, targetPort: 8080}", "10.96.0.8"), one),
            In("5.8: a named targetPort is each pod's own number", first, Flow("a/api", "svc:a/pool"), "deny Deny/None p0 egress -1 at a/w2:8002", named, one, two),
            In("5.8: a pod that lacks the named targetPort is left out", first, Flow("a/api", "svc:a/pool"), "allow Allow/None p0 egress 0 at a/w1:8001", named, one, Pod("a/w2", "pool: p", "10.0.0.22", ports: "{name: other, containerPort: 8002}")),
            In("5.8: a named targetPort of another protocol is left out", first, Flow("a/api", "svc:a/pool"), Unreachable, named, Pod("a/w1", "pool: p", "10.0.0.21", ports: "{name: http, containerPort: 8001, protocol: UDP}")),
            In("5.8: a named targetPort of a sidecar", first, Flow("a/api", "svc:a/pool"), "allow Allow/None p0 egress 0 at a/w1:8001", named, Pod("a/w1", "pool: p", "10.0.0.21", spec: "initContainers: [{name: s, restartPolicy: Always, ports: [{name: http, containerPort: 8001}]}],")),
            In("5.8: a named targetPort is none of an init container", first, Flow("a/api", "svc:a/pool"), Unreachable, named, Pod("a/w1", "pool: p", "10.0.0.21", spec: "initContainers: [{name: s, ports: [{name: http, containerPort: 8001}]}],")),
            In("5.8: a Service selects in its own namespace", OnlyToPods, Flow("a/api", "svc:a/pool", 8080), Unreachable, numbered, Pod("b/w1", "pool: p", "10.0.1.21")),
            In("5.8: every pair of the selector is needed", OnlyToPods, Flow("a/api", "svc:a/pool", 8080), Unreachable, Service("a/pool", "pool: p, zone: x", "{port: 8080}", "10.96.0.8"), one),
            In("5.8: a finished pod is no backend", OnlyToPods, Flow("a/api", "svc:a/pool", 8080), Unreachable, numbered, one.Replace("Running", "Succeeded", StringComparison.Ordinal)),
            In("5.8: a pod without address is no backend", OnlyToPods, Flow("a/api", "svc:a/pool", 8080), Unreachable, numbered, Pod("a/w1", "pool: p", "").Replace("Running", "Pending", StringComparison.Ordinal)),
            In("5.8: a terminating pod is no backend", OnlyToPods, Flow("a/api", "svc:a/pool", 8080), Unreachable, numbered, one.Replace("labels:", "deletionTimestamp: \"2024-01-01T00:00:00Z\", labels:", StringComparison.Ordinal)),
            In("5.8: an unready pod is a backend if the Service says so", OnlyToPods, Flow("a/api", "svc:a/pool", 8080), "allow Allow/None p0 egress 0 at a/w1:8080",
                Service("a/pool", "pool: p", "{port: 8080}", "10.96.0.8", "publishNotReadyAddresses: true"), one.Replace("phase: Running", "phase: Running, conditions: [{type: Ready, status: 'False'}]", StringComparison.Ordinal)),
            In("5.8: a hostNetwork pod is a backend", "podSelector: {matchLabels: {app: api}}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 192.0.2.2/32}}]}]", Flow("a/api", "svc:b/agents", 8080), "allow Allow/None p0 egress 0 at b/agent:8080", Service("b/agents", "app: agent", "{port: 8080}", "10.96.0.7")),
        ];
    }

    private static string Slice(string address, string ports) =>
        $"apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {{name: ext-1, namespace: a, labels: {{kubernetes.io/service-name: ext}}}}\naddressType: IPv4\nendpoints: [{{addresses: [{address}]}}]\nports: [{ports}]";
}
