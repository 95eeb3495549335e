using static NetPolicy.Spec.Tests.Yaml;

namespace NetPolicy.Spec.Tests;

/// <summary>Examples for each statement of the Kubernetes specification that decides a flow.</summary>
internal static partial class KubernetesExamples
{
    private static readonly string[] Cluster =
    [
        Node("n1", "192.0.2.1"),
        Node("n2", "192.0.2.2"),
        Namespace("a", "team: red"),
        Namespace("b", "team: blue"),
        Pod("a/web", "app: web", "10.0.0.1 fd00::1", "n1", "{name: http, containerPort: 8080}, {name: dns, containerPort: 53, protocol: UDP}"),
        Pod("a/api", "app: api, tier: ''", "10.0.0.2", "n1", "{name: http, containerPort: 9090}"),
        Pod("b/web", "app: web", "10.0.1.1 fd00::1:1", "n2", "{name: http, containerPort: 80}"),
        Pod("b/agent", "app: agent", "192.0.2.2", "n2", spec: "hostNetwork: true,"),
    ];

    public static IEnumerable<Example> All =>
    [
        With("3: no policy, no isolation", [], Flow("a/api", "a/web"), "allow None/None"),
        With("3: an empty spec selects all and denies ingress", ["podSelector: {}"], Flow("b/web", "a/web"), "deny None/Deny p0 ingress -1"),
        With("3: an empty spec leaves egress alone", ["podSelector: {}"], Flow("a/web", "b/web"), "allow None/None"),
        With("3: `egress: []` alone means Ingress", ["podSelector: {}, egress: []"], Flow("a/web", "b/web"), "allow None/None"),
        With("3: `egress: [{}]` alone means both", ["podSelector: {}, egress: [{}]"], Flow("b/web", "a/web"), "deny None/Deny p0 ingress -1"),
        With("3: `egress: [{}]` alone allows egress", ["podSelector: {}, egress: [{}]"], Flow("a/web", "b/web"), "allow Allow/None p0 egress 0"),
        With("3: ingress rules are inert under `policyTypes: [Egress]`", ["podSelector: {}, policyTypes: [Egress], ingress: [{from: [{podSelector: {}}]}]"], Flow("b/web", "a/web"), "allow None/None"),
        With("1: `ingress: [{}]` allows all", ["podSelector: {}, ingress: [{}]"], Flow("203.0.113.9", "a/web"), "allow None/Allow p0 ingress 0"),
        With("1: a null rule allows all", ["podSelector: {}, ingress: [null]"], Flow("203.0.113.9", "a/web"), "allow None/Allow p0 ingress 0"),
        With("1: `ports: [{}]` is all of TCP", ["podSelector: {}, ingress: [{ports: [{}]}]"], Flow("b/web", "a/web", 7), "allow None/Allow p0 ingress 0"),
        With("1: `ports: [{}]` is TCP only", ["podSelector: {}, ingress: [{ports: [{}]}]"], Flow("b/web", "a/web", 7, "UDP"), "deny None/Deny p0 ingress -1"),
        With("4: NotIn matches an absent key", ["podSelector: {matchExpressions: [{key: tier, operator: NotIn, values: [x]}]}"], Flow("b/web", "a/web"), "deny None/Deny p0 ingress -1"),
        With("4: an empty value exists", ["podSelector: {matchExpressions: [{key: tier, operator: Exists}, {key: tier, operator: In, values: ['']}]}"], Flow("b/web", "a/api"), "deny None/Deny p0 ingress -1"),
        With("4: DoesNotExist", ["podSelector: {matchExpressions: [{key: tier, operator: DoesNotExist}]}"], Flow("b/web", "a/api"), "allow None/None"),
        With("5.1: rules of several policies are united", ["podSelector: {}", "podSelector: {matchLabels: {app: web}}, ingress: [{from: [{namespaceSelector: {}}]}]"], Flow("b/web", "a/web"), "allow None/Allow p1 ingress 0"),
        With("5.2: a podSelector alone means the own namespace", ["podSelector: {}, ingress: [{from: [{podSelector: {}}]}]"], Flow("b/web", "a/web"), "deny None/Deny p0 ingress -1"),
        With("5.2: a podSelector alone, same namespace", ["podSelector: {}, ingress: [{from: [{podSelector: {}}]}]"], Flow("a/api", "a/web"), "allow None/Allow p0 ingress 0"),
        With("5.2: a namespaceSelector alone means every pod there", ["podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: blue}}}]}]"], Flow("b/web", "a/web"), "allow None/Allow p0 ingress 0"),
        With("4: every namespace has its name as a label", ["podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: b}}}]}]"], Flow("b/web", "a/web"), "allow None/Allow p0 ingress 0"),
        With("5.2: both selectors in one entry must match", ["podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: red}}, podSelector: {matchLabels: {app: web}}}]}]"], Flow("b/web", "a/web"), "deny None/Deny p0 ingress -1"),
        With("5.2: both selectors match", ["podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: blue}}, podSelector: {matchLabels: {app: web}}}]}]"], Flow("b/web", "a/web"), "allow None/Allow p0 ingress 0"),
        With("5.2: selectors never match outside addresses", ["podSelector: {}, ingress: [{from: [{namespaceSelector: {}}]}]"], Flow("203.0.113.9", "a/web"), "deny None/Deny p0 ingress -1"),
        With("5.3: ipBlock covers pods too", ["podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.1.0/24}}]}]"], Flow("b/web", "a/web"), "allow None/Allow p0 ingress 0"),
        With("5.3: except takes away", ["podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.0.1.1/32]}}]}]"], Flow("b/web", "a/web"), "deny None/Deny p0 ingress -1"),
        With("5.3: except of one entry does not deny another", ["podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.0.1.1/32]}}, {podSelector: {}, namespaceSelector: {}}]}]"], Flow("b/web", "a/web"), "allow None/Allow p0 ingress 0"),
        With("5.3: families do not mix", ["podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0}}]}]"], Flow("b/web", "a/web") with { IpFamily = 6 }, "deny None/Deny p0 ingress -1"),
        With("5.4: a range is inclusive", ["podSelector: {}, ingress: [{ports: [{port: 80, endPort: 90}]}]"], Flow("b/web", "a/web", 90), "allow None/Allow p0 ingress 0"),
        With("5.4: a range ends", ["podSelector: {}, ingress: [{ports: [{port: 80, endPort: 90}]}]"], Flow("b/web", "a/web", 91), "deny None/Deny p0 ingress -1"),
        With("5.4: a number and no port", ["podSelector: {}, ingress: [{ports: [{port: 80}]}]"], Flow("b/web", "a/web", 80), "allow None/Allow p0 ingress 0"),
        With("5.4: a name is the destination's, ingress", ["podSelector: {}, ingress: [{ports: [{port: http}]}]"], Flow("b/web", "a/web", 8080), "allow None/Allow p0 ingress 0"),
        With("5.4: a name is the destination's, egress", ["podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: http}]}]"], Flow("a/web", "b/web", 80), "allow Allow/None p0 egress 0"),
        With("5.4: a name with another protocol does not match", ["podSelector: {}, ingress: [{ports: [{port: dns}]}]"], Flow("b/web", "a/web", 53), "deny None/Deny p0 ingress -1"),
        With("5.4: a name cannot match outside", ["podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: http}]}]"], Flow("a/web", "203.0.113.9", 8080), "deny Deny/None p0 egress -1"),
        With("5.4: other protocols need a rule without ports", ["podSelector: {}, ingress: [{ports: [{protocol: TCP}, {protocol: UDP}, {protocol: SCTP}]}]"], Flow("b/web", "a/web", null, "ICMP"), "deny None/Deny p0 ingress -1"),
        With("5.5: a pod talks to itself", ["podSelector: {}, policyTypes: [Ingress, Egress]"], Flow("a/web", "10.0.0.1"), "allow None/None"),
        With("5.7: the own node reaches its pod", ["podSelector: {}"], Flow("192.0.2.1", "a/web"), "allow None/None"),
        With("5.7: regardless of addresses", ["podSelector: {}"], Flow("host:n1", "fd00::1"), "allow None/None"),
        With("5.9: literal addresses of two families cannot connect", [], Flow("fd00::1", "10.0.0.1"), "deny None/None"),
        With("5.7: another node does not", ["podSelector: {}"], Flow("host:n2", "a/web"), "deny None/Deny p0 ingress -1"),
        With("5.7: another node is matched by ipBlock", ["podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 192.0.2.0/24}}]}]"], Flow("b/agent", "a/web"), "allow None/Allow p0 ingress 0"),
        With("5.7: no selector sees a hostNetwork pod", ["podSelector: {}, ingress: [{from: [{namespaceSelector: {}}]}]"], Flow("b/agent", "a/web"), "deny None/Deny p0 ingress -1"),
        With("5.7: a pod reaches its own node", ["podSelector: {}, policyTypes: [Egress]"], Flow("a/web", "host:n1"), "allow None/None"),
        With("5.7: unless that is switched off", ["podSelector: {}, policyTypes: [Egress]"], Flow("a/web", "host:n1"), "deny Deny/None p0 egress -1", new SpecOptions(EgressToOwnNodeAllowed: false)),
        With("5.7: a pod does not reach another node", ["podSelector: {}, policyTypes: [Egress]"], Flow("a/web", "host:n2"), "deny Deny/None p0 egress -1"),
        With("5.9: an end that cannot speak the family cannot connect", [], Flow("a/api", "a/web") with { IpFamily = 6 }, "deny None/None"),
        With("staged policies change nothing", [], Flow("b/web", "a/web"), "allow None/None", null, Calico("StagedKubernetesNetworkPolicy", "a/s", "podSelector: {}")),
        With("staged policies as if enforced", [], Flow("b/web", "a/web"), "deny None/Deny s ingress -1", new SpecOptions(StagedAsEnforced: true), Calico("StagedKubernetesNetworkPolicy", "a/s", "podSelector: {}")),
        .. Unaddressed(),
        .. Services(),
        .. Shapes(),
        .. Selectors(),
        .. Decisions(),
        .. Peers(),
        .. Blocks(),
        .. Ports(),
        .. Nodes(),
        .. Endpoints(),
        .. ServiceKinds(),
        .. Backends(),
    ];

    private static IEnumerable<Example> Unaddressed()
    {
        const string deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: job, namespace: a}\nspec: {template: {metadata: {labels: {app: job}}, spec: {containers: [{name: c, ports: [{name: http, containerPort: 81}]}]}}}";
        string finished = Pod("a/done", "app: done", "10.0.0.7").Replace("Running", "Succeeded", StringComparison.Ordinal);
        yield return With("a workload kind is seen by selectors", ["podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: job}}}]}]"], Flow("deployment:a/job", "a/web"), "allow None/Allow p0 ingress 0", null, deployment);
        yield return With("a workload kind is in no block", ["podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0}}]}]"], Flow("deployment:a/job", "a/web"), "deny None/Deny p0 ingress -1", null, deployment);
        yield return With("a workload kind has named ports", ["podSelector: {}, ingress: [{ports: [{port: http}]}]"], Flow("b/web", "deployment:a/job", 81), "allow None/Allow p0 ingress 0", null, deployment);
        yield return With("5.7: the address of a finished pod is nobody's", ["podSelector: {}, ingress: [{from: [{podSelector: {}}]}]"], Flow("10.0.0.7", "a/web"), "deny None/Deny p0 ingress -1", null, finished);
    }

    private static IEnumerable<Example> Services()
    {
        string service = Service("a/web", "app: web", "{port: 80, targetPort: http}", "10.96.0.1");
        string nodePort = Service("a/web", "app: web", "{port: 80, targetPort: http, nodePort: 30080}", "10.96.0.1", "type: NodePort, externalIPs: [198.51.100.7]");
        string headless = Service("a/web", "app: web", "{port: 80, targetPort: http}", "None");
        string manual = "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: ext-1, namespace: a, labels: {kubernetes.io/service-name: ext}}\naddressType: IPv4\nendpoints: [{addresses: [203.0.113.5]}, {addresses: [203.0.113.6], conditions: {ready: false}}]\nports: [{port: 8443}]";
        const string toPods = "podSelector: {matchLabels: {app: api}}, policyTypes: [Egress], egress: [{to: [{podSelector: {}}], ports: [{port: 8080}]}]";
        const string fromNet = "podSelector: {matchLabels: {app: web}}, ingress: [{from: [{ipBlock: {cidr: 203.0.113.0/24}}], ports: [{port: 8080}]}]";
        yield return With("5.8: a Service is judged by backend and target port", [toPods], Flow("a/api", "svc:a/web"), "allow Allow/None p0 egress 0 at a/web:8080", null, service);
        yield return With("5.8: so is its ClusterIP", [toPods], Flow("a/api", "10.96.0.1"), "allow Allow/None p0 egress 0 at a/web:8080", null, service);
        yield return With("5.8: a ClusterIP without that port is an address", [toPods], Flow("a/api", "10.96.0.1", 81), "deny Deny/None p0 egress -1", null, service);
        yield return With("5.8: a Service without that port leads nowhere", [], Flow("a/api", "svc:a/web", 81), "deny None/None", null, service);
        yield return With("5.8: headless has no port mapping", [toPods], Flow("a/api", "svc:a/web", 8080), "allow Allow/None p0 egress 0 at a/web:8080", null, headless);
        yield return With("5.8: headless is the dialled port", [toPods], Flow("a/api", "svc:a/web"), "deny Deny/None p0 egress -1 at a/web:80", null, headless);
        yield return With("5.8: a NodePort arrives at the pod", [fromNet], Flow("203.0.113.9", "192.0.2.2", 30080), "allow None/Allow p0 ingress 0 at a/web:8080", null, nodePort);
        yield return With("5.8: a hostNetwork pod's name is its node's", [fromNet], Flow("203.0.113.9", "b/agent", 30080), "allow None/Allow p0 ingress 0 at a/web:8080", null, nodePort);
        yield return With("5.8: an external address arrives at the pod", [fromNet], Flow("203.0.113.9", "198.51.100.7"), "allow None/Allow p0 ingress 0 at a/web:8080", null, nodePort);
        yield return With("5.8: another node's NodePort is what egress sees", [toPods], Flow("a/api", "192.0.2.2", 30080), "deny Deny/None p0 egress -1 at a/web:8080", null, nodePort);
        yield return With("5.8: the own node's NodePort is translated first", [toPods], Flow("a/api", "192.0.2.1", 30080), "allow Allow/None p0 egress 0 at a/web:8080", null, nodePort);
        yield return With("5.8: slices by hand", ["podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 203.0.113.5/32}}], ports: [{port: 8443}]}]"], Flow("a/api", "svc:a/ext", 443), "allow Allow/None p0 egress 0 at 203.0.113.5:8443", null, Service("a/ext", "", "{port: 443}", "10.96.0.9"), manual);
        yield return With("5.8: one denied backend denies", ["podSelector: {matchLabels: {app: api}}, policyTypes: [Egress], egress: [{to: [{podSelector: {matchLabels: {app: web}}}]}]"], Flow("a/api", "svc:a/all"), "deny Deny/None p0 egress -1 at a/w2:80", null,
            Service("a/all", "pool: p", "{port: 80}", "10.96.0.8"), Pod("a/w1", "pool: p, app: web", "10.0.0.21"), Pod("a/w2", "pool: p, app: other", "10.0.0.22"));
        yield return With("5.8: an unready backend is left out", [], Flow("b/web", "svc:a/api"), "deny None/None", null,
            Pod("a/late", "app: late", "10.0.0.8").Replace("phase: Running", "phase: Running, conditions: [{type: Ready, status: 'False'}]", StringComparison.Ordinal), Service("a/api", "app: late", "{port: 80}", "10.96.0.8"));
    }

    private static SpecFlow Flow(string from, string to, int? port = 80, string protocol = "TCP") => new(from, to, protocol, port);

    private static Example With(string says, string[] specs, SpecFlow flow, string answer, SpecOptions? options = null, params string[] more) =>
        new("Kubernetes " + says, [.. Cluster, .. specs.Select((spec, i) => Policy($"a/p{i}", spec)), .. more], flow, answer, options);
}
