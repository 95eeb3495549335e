using static NetPolicy.Spec.Tests.Yaml;

namespace NetPolicy.Spec.Tests;

/// <summary>Examples for each statement of the Calico specification that decides a flow.</summary>
internal static partial class CalicoExamples
{
    private static readonly string[] Cluster =
    [
        Node("n1", "192.0.2.1", """{"eth0":["192.0.2.1"],"eth1":["198.51.100.1"]}"""),
        Node("n2", "192.0.2.2"),
        Namespace("a", "env: prod"),
        Namespace("b", "env: dev"),
        "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: robot, namespace: b, labels: {level: high}}",
        Pod("a/web", "app: web", "10.0.0.1 fd00::1", "n1", "{name: http, containerPort: 8080}"),
        Pod("a/db", "app: db", "10.0.0.2", "n1"),
        Pod("b/web", "app: web", "10.0.1.1 fd00::1:1", "n2", account: "robot"),
        Calico("NetworkSet", "b/partners", "nets: [203.0.113.0/24]", "kind: partner"),
        Calico("GlobalNetworkSet", "lab", "nets: [198.18.0.0/15, '198.51.100.77']", "kind: lab"),
    ];

    public static IEnumerable<Example> All => [.. Policies(), .. Rules(), .. Entities(), .. Stages(), .. Hosts(), .. Resources(), .. Labels(), .. Subjects(), .. Peers(), .. Ports(), .. Clauses(), .. Http(), .. Order(), .. Verdicts(), .. HostStages(), .. HostInterfaces(), .. Failsafes(), .. HostPaths(), .. Unknowns(), .. Translations(), .. Returns(), .. Families(), .. Firsts()];

    private static SpecFlow ToWeb(string from = "b/web", int? port = 80, string protocol = "TCP") => new(from, "a/web", protocol, port);

    private static Example Np(string says, string rules, SpecFlow flow, string answer, params string[] more) =>
        new("Calico " + says, [.. Cluster, Calico("NetworkPolicy", "a/p", $"selector: app == 'web', types: [Ingress], ingress: [{rules}]"), .. more], flow, answer);

    private static Example World(string says, string[] documents, SpecFlow flow, string answer, SpecOptions? options = null) =>
        new("Calico " + says, [.. Cluster, .. documents], flow, answer, options);

    private static string Gnp(string name, string spec) => Calico("GlobalNetworkPolicy", name, spec);

    private static IEnumerable<Example> Policies() =>
    [
        World("1.6: no rules means Ingress", [Gnp("p", "selector: app == 'web'")], ToWeb(), "deny None/Deny p ingress -1"),
        World("1.6: only egress rules means Egress", [Gnp("p", "selector: app == 'web', egress: [{action: Deny}]")], new("a/web", "b/web", "TCP", 80), "deny Deny/None p egress 0"),
        World("1.6: only egress rules leaves ingress", [Gnp("p", "selector: app == 'db', egress: [{action: Deny}]")], new("b/web", "a/db", "TCP", 80), "allow None/None"),
        World("3.2: a namespaced policy stays in its namespace", [Calico("NetworkPolicy", "a/p", "")], new("a/db", "b/web", "TCP", 80), "allow None/None"),
        World("3.2: namespaceSelector of a global policy", [Gnp("p", "namespaceSelector: env == 'prod'")], ToWeb(), "deny None/Deny p ingress -1"),
        World("3.2: serviceAccountSelector", [Gnp("p", "serviceAccountSelector: level == 'high'")], new("a/db", "b/web", "TCP", 80), "deny None/Deny p ingress -1"),
        World("3.2: serviceAccountSelector all() means having one", [Gnp("p", "serviceAccountSelector: all()")], ToWeb(), "allow None/None"),
        World("3.2: but not in a namespaced policy", [Calico("NetworkPolicy", "a/p", "serviceAccountSelector: all()")], ToWeb(), "deny None/Deny p ingress -1"),
        World("5.1: tiers in order", [Tier("late", "order: 2"), Tier("early", "order: 1"), Gnp("x", "tier: late, selector: app == 'web', ingress: [{action: Deny}]"), Gnp("w", "tier: early, selector: app == 'web', ingress: [{action: Allow}]")], ToWeb(), "allow None/Allow w ingress 0"),
        World("5.1: an unknown tier is last and denies", [Gnp("w", "tier: ghost, selector: app == 'web'")], ToWeb(), "deny None/Deny w ingress -1"),
        World("5.2: order within a tier", [Gnp("a", "order: 2, selector: app == 'web', ingress: [{action: Deny}]"), Gnp("z", "order: 1, selector: app == 'web', ingress: [{action: Allow}]")], ToWeb(), "allow None/Allow z ingress 0"),
        World("5.2: no order is last", [Gnp("a", "selector: app == 'web', ingress: [{action: Deny}]"), Gnp("z", "order: 1e9, selector: app == 'web', ingress: [{action: Allow}]")], ToWeb(), "allow None/Allow z ingress 0"),
        World("5.2: `foo-bar` comes before `foo`", [Gnp("foo", "selector: app == 'web', ingress: [{action: Deny}]"), Gnp("foo-bar", "selector: app == 'web', ingress: [{action: Allow}]")], ToWeb(), "allow None/Allow foo-bar ingress 0"),
        World("5.2: `foo` comes before `foo1`", [Gnp("foo1", "selector: app == 'web', ingress: [{action: Allow}]"), Gnp("foo", "selector: app == 'web', ingress: [{action: Deny}]")], ToWeb(), "deny None/Deny foo ingress 0"),
        World("6.1: a lower order denies before a Kubernetes policy", [Policy("a/k", "podSelector: {}, ingress: [{}]"), Calico("NetworkPolicy", "a/c", "order: 999, ingress: [{action: Deny}]")], ToWeb(), "deny None/Deny c ingress 0"),
        World("6.1: no order is asked after a Kubernetes policy", [Policy("a/k", "podSelector: {}, ingress: [{}]"), Calico("NetworkPolicy", "a/c", "ingress: [{action: Deny}]")], ToWeb(), "allow None/Allow k ingress 0"),
        World("5.4: Pass goes on with the profiles", [Gnp("p", "selector: app == 'web', ingress: [{action: Pass}]")], ToWeb(), "allow None/Allow kns.a ingress 0"),
        World("5.4: Pass goes on with the next tier", [Tier("t", "order: 1"), Gnp("p", "tier: t, selector: app == 'web', ingress: [{action: Pass}]"), Gnp("q", "selector: app == 'web'")], ToWeb(), "deny None/Deny q ingress -1"),
        World("5.4: default action Pass", [Tier("t", "order: 1, defaultAction: Pass"), Gnp("p", "tier: t, selector: app == 'web'")], ToWeb(), "allow None/Allow kns.a ingress 0"),
        World("5.4: Log goes on", [Gnp("p", "selector: app == 'web', ingress: [{action: Log}, {action: Allow}]")], ToWeb(), "allow None/Allow p ingress 1"),
        World("5.3: a preDNAT policy does not touch a workload", [Gnp("p", "selector: app == 'web', preDNAT: true, applyOnForward: true, ingress: [{action: Deny}]")], ToWeb(), "allow None/None"),
        World("5.5: staged is skipped", [Calico("StagedGlobalNetworkPolicy", "p", "selector: app == 'web'")], ToWeb(), "allow None/None"),
        World("5.5: staged as enforced", [Calico("StagedNetworkPolicy", "a/p", ""), Calico("StagedGlobalNetworkPolicy", "a", "selector: app == 'web', ingress: [{action: Pass}]")], ToWeb(), "allow None/Allow kns.a ingress 0", new SpecOptions(StagedAsEnforced: true)),
        World("5.5: staged as enforced, namespaced", [Calico("StagedNetworkPolicy", "a/p", "")], ToWeb(), "deny None/Deny p ingress -1", new SpecOptions(StagedAsEnforced: true)),
        World("1.4: staged Delete is left out", [Calico("StagedNetworkPolicy", "a/p", "stagedAction: Delete")], ToWeb(), "allow None/None", new SpecOptions(StagedAsEnforced: true)),
        World("1.9: a missing profile denies", [WorkloadEndpoint("[kns.a, ghost]"), Calico("Profile", "kns.a", "labelsToApply: {}")], new("b/web", "a/wep", "TCP", 80), "deny None/Deny wep-x ingress -1"),
        World("5.4: no profile denies", [WorkloadEndpoint("[]")], new("b/web", "a/wep", "TCP", 80), "deny None/Deny wep-x ingress -1"),
        World("5.4: the rules of a profile", [WorkloadEndpoint("[own]"), Calico("Profile", "own", "ingress: [{action: Pass}, {action: Allow}]")], new("b/web", "a/wep", "TCP", 80), "deny None/Deny wep-x ingress -1"),
        World("3.1: a label of a profile", [WorkloadEndpoint("[own]"), Calico("Profile", "own", "labelsToApply: {zone: x}, ingress: [{action: Allow}]"), Gnp("p", "selector: zone == 'x', ingress: [{action: Deny}]")], new("b/web", "a/wep", "TCP", 80), "deny None/Deny p ingress 0"),
        World("7.5: Calico policies still judge a pod's own node", [Gnp("p", "selector: app == 'web', types: [Egress]")], new("a/web", "host:n1", "TCP", 80), "deny Deny/None p egress -1"),
    ];

    private static IEnumerable<Example> Rules() =>
    [
        Np("4: ipVersion", "{action: Allow, ipVersion: 6}", ToWeb(), "deny None/Deny p ingress -1"),
        Np("4: ipVersion matches", "{action: Allow, ipVersion: 6}", ToWeb() with { IpFamily = 6 }, "allow None/Allow p ingress 0"),
        Np("4: protocol", "{action: Allow, protocol: UDP}, {action: Deny, protocol: 6}", ToWeb(), "deny None/Deny p ingress 1"),
        Np("4: notProtocol", "{action: Allow, notProtocol: UDP}", ToWeb(), "allow None/Allow p ingress 0"),
        Np("4: icmp by name infers the family", "{action: Allow, protocol: ICMP, icmp: {type: 8, code: 0}}", ToWeb(port: null, protocol: "ICMP") with { IcmpType = 8, IcmpCode = 0 }, "allow None/Allow p ingress 0"),
        Np("4: icmp of another type", "{action: Allow, protocol: ICMP, icmp: {type: 8}}", ToWeb(port: null, protocol: "ICMP") with { IcmpType = 0 }, "deny None/Deny p ingress -1"),
        Np("4: notICMP negates the whole match", "{action: Allow, protocol: ICMP, notICMP: {type: 8, code: 1}}", ToWeb(port: null, protocol: "ICMP") with { IcmpType = 8, IcmpCode = 0 }, "allow None/Allow p ingress 0"),
        Np("1.5: http is ignored at layer 4", "{action: Allow, http: {methods: [GET]}}", ToWeb(), "allow None/Allow p ingress 0"),
        Np("1.5: http method", "{action: Allow, http: {methods: [GET]}}", ToWeb() with { HttpMethod = "PUT" }, "deny None/Deny p ingress -1"),
        Np("1.5: http prefix ends at a segment", "{action: Allow, http: {paths: [{prefix: /pub}]}}", ToWeb() with { HttpPath = "/public" }, "deny None/Deny p ingress -1"),
        Np("1.5: http paths are normalised", "{action: Allow, http: {paths: [{prefix: /pub}]}}", ToWeb() with { HttpPath = "/x/..%5cpub;v=1/./y?z" }, "allow None/Allow p ingress 0"),
        Np("1.5: residual escapes match nothing", "{action: Allow, http: {paths: [{prefix: /pub}]}}", ToWeb() with { HttpPath = "/pub/%252e%252e/etc" }, "deny None/Deny p ingress -1"),
        Np("4: a rule whose nets are of the other family vanishes", "{action: Deny, source: {notNets: ['fd00::/8']}}, {action: Allow}", ToWeb(), "allow None/Allow p ingress 1"),
    ];

    private static IEnumerable<Example> Entities() =>
    [
        Np("3.3: no selector means any peer", "{action: Allow, source: {}}", ToWeb("203.0.113.9"), "allow None/Allow p ingress 0"),
        Np("3.3: a selector means the own namespace", "{action: Allow, source: {selector: app == 'web'}}", ToWeb(), "deny None/Deny p ingress -1"),
        Np("3.3: notSelector alone is scoped too", "{action: Allow, source: {notSelector: app == 'web'}}", ToWeb("203.0.113.9"), "deny None/Deny p ingress -1"),
        Np("3.3: notSelector, own namespace", "{action: Allow, source: {notSelector: app == 'web'}}", ToWeb("a/db"), "allow None/Allow p ingress 0"),
        Np("3.3: namespaceSelector all()", "{action: Allow, source: {namespaceSelector: all(), selector: app == 'web'}}", ToWeb(), "allow None/Allow p ingress 0"),
        Np("3.3: namespaceSelector by label", "{action: Allow, source: {namespaceSelector: env == 'dev'}}", ToWeb(), "allow None/Allow p ingress 0"),
        Np("3.3: a network set of those namespaces", "{action: Allow, source: {namespaceSelector: env == 'dev'}}", ToWeb("203.0.113.9"), "allow None/Allow p ingress 0"),
        Np("3.3: global() means what has no namespace", "{action: Allow, source: {namespaceSelector: global(), selector: kind == 'lab'}}", ToWeb("198.19.0.1"), "allow None/Allow p ingress 0"),
        Np("3.3: global() is no namespaced set", "{action: Allow, source: {namespaceSelector: global(), selector: kind == 'partner'}}", ToWeb("203.0.113.9"), "deny None/Deny p ingress -1"),
        Np("3.3: service accounts by name", "{action: Allow, source: {namespaceSelector: all(), serviceAccounts: {names: [robot]}}}", ToWeb(), "allow None/Allow p ingress 0"),
        Np("3.3: service accounts are scoped", "{action: Allow, source: {serviceAccounts: {names: [robot]}}}", ToWeb(), "deny None/Deny p ingress -1"),
        World("3.3: a global policy's notSelector includes the outside", [Gnp("p", "selector: app == 'web', ingress: [{action: Allow, source: {notSelector: app == 'db'}}]")], ToWeb("192.0.2.200"), "allow None/Allow p ingress 0"),
        World("3.3: a global policy's all() does not", [Gnp("p", "selector: app == 'web', ingress: [{action: Allow, source: {selector: all()}}]")], ToWeb("192.0.2.77"), "deny None/Deny p ingress -1"),
        Np("3.3: nets and selector intersect", "{action: Allow, source: {nets: [10.0.0.0/24], namespaceSelector: all()}}", ToWeb(), "deny None/Deny p ingress -1"),
        Np("4: nets", "{action: Allow, source: {nets: [10.0.1.0/24]}}", ToWeb(), "allow None/Allow p ingress 0"),
        Np("4: notNets", "{action: Allow, source: {notNets: [10.0.0.0/24]}}", ToWeb(), "allow None/Allow p ingress 0"),
        Np("4: ports and ranges", "{action: Allow, protocol: TCP, destination: {ports: [80, '90:100']}}", ToWeb(port: 95), "allow None/Allow p ingress 0"),
        Np("4: notPorts", "{action: Allow, protocol: TCP, destination: {notPorts: [80]}}", ToWeb(), "deny None/Deny p ingress -1"),
        Np("4: notPorts hold", "{action: Allow, protocol: TCP, destination: {notPorts: [81]}}", ToWeb(), "allow None/Allow p ingress 0"),
        Np("4: source ports", "{action: Allow, protocol: TCP, source: {ports: [1000]}}", ToWeb() with { SourcePort = 1000 }, "allow None/Allow p ingress 0"),
        Np("4: source notPorts", "{action: Allow, protocol: TCP, source: {notPorts: [1000]}}", ToWeb() with { SourcePort = 1001 }, "allow None/Allow p ingress 0"),
        Np("3.5: a named port without protocol", "{action: Allow, destination: {ports: [http]}}", ToWeb(port: 8080), "allow None/Allow p ingress 0"),
        Np("3.5: a name that nobody has excludes nothing", "{action: Allow, destination: {notPorts: [ghost]}}", ToWeb(), "allow None/Allow p ingress 0"),
        Np("3.5: a name of the source", "{action: Allow, source: {namespaceSelector: all(), ports: [http]}}", ToWeb("a/db") with { SourcePort = 8080 }, "deny None/Deny p ingress -1"),
        .. EgressEntities(),
    ];

    private static IEnumerable<Example> EgressEntities()
    {
        string slice = "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: web-1, namespace: a, labels: {kubernetes.io/service-name: web}}\naddressType: IPv4\nendpoints: [{addresses: [10.0.0.1], conditions: {ready: false}}]\nports: [{port: 8080}]";
        string[] Egress(string rule) => [Calico("NetworkPolicy", "a/p", $"selector: app == 'db', types: [Egress], egress: [{rule}]")];
        SpecFlow fromDb = new("a/db", "a/web", "TCP", 8080);
        yield return World("3.4: destination services", [.. Egress("{action: Allow, destination: {services: {name: web}}}"), slice], fromDb, "allow Allow/None p egress 0");
        yield return World("3.4: destination services carry the port", [.. Egress("{action: Allow, destination: {services: {name: web}}}"), slice], fromDb with { Port = 80 }, "deny Deny/None p egress -1");
        yield return World("3.4: source services ignore ports", [Calico("NetworkPolicy", "b/p", "ingress: [{action: Allow, source: {services: {name: web, namespace: a}}}]"), slice], new("a/web", "b/web", "TCP", 1), "allow None/Allow p ingress 0");
        yield return World("3.4: without slices those of the selector", [.. Egress("{action: Allow, destination: {services: {name: web}}}"), Service("a/web", "app: web", "{port: 80, targetPort: http}", "10.96.0.1")], fromDb, "allow Allow/None p egress 0");
        foreach ((string clause, string verdict) in ((string, string)[])
            [("nets: [10.0.0.1/32]", "allow"), ("notNets: [10.0.0.2/32]", "allow"), ("selector: app == 'web'", "allow"), ("notSelector: app == 'db'", "allow"),
             ("namespaceSelector: all()", "allow"), ("namespaceSelector: global()", "deny"), ("namespaceSelector: all(), serviceAccounts: {selector: level == 'high'}", "deny")])
        {
            yield return World($"3.3: destination {clause}", Egress($"{{action: Allow, destination: {{{clause}}}}}"), fromDb, verdict == "allow" ? "allow Allow/None p egress 0" : "deny Deny/None p egress -1");
        }

        yield return World("3.3: destination global() finds a host endpoint", [.. Egress("{action: Allow, destination: {namespaceSelector: global()}}"), Calico("HostEndpoint", "h", "node: n2, interfaceName: eth0, expectedIPs: [192.0.2.2], profiles: [projectcalico-default-allow]")], new("a/db", "host:n2", "TCP", 80), "allow Allow/None p egress 0");
        yield return World("3.3: destination service accounts", [.. Egress("{action: Allow, destination: {namespaceSelector: all(), serviceAccounts: {selector: level == 'high'}}}")], fromDb with { To = "b/web" }, "allow Allow/None p egress 0");
        yield return World("3.5: notPorts of a name", Egress("{action: Allow, source: {notPorts: [ghost], namespaceSelector: all()}, destination: {notPorts: [http]}}"), fromDb with { Port = 80, SourcePort = 7 }, "allow Allow/None p egress 0");
        yield return World("3.5: the source's named port", [Calico("NetworkPolicy", "a/p", "selector: app == 'web', types: [Egress], egress: [{action: Allow, protocol: TCP, source: {ports: [http]}}]")], new("a/web", "b/web", "TCP", 80, SourcePort: 8080), "allow Allow/None p egress 0");
        yield return World("3.3: source service accounts, nets, not", [Gnp("p", "selector: app == 'web', types: [Ingress], ingress: [{action: Allow, source: {serviceAccounts: {selector: has(level)}, notSelector: app == 'db'}}]")], ToWeb(), "allow None/Allow p ingress 0");
    }

    private static IEnumerable<Example> Stages()
    {
        string own = Calico("HostEndpoint", "own", "node: n1, interfaceName: eth0", "role: edge");
        string every = Calico("HostEndpoint", "every", "node: n1, interfaceName: '*', profiles: [projectcalico-default-allow]", "role: all");
        const string outside = "203.0.113.9";
        yield return World("7.3: a host endpoint without policy or profile drops", [own], new(outside, "host:n1", "TCP", 80), "deny None/Deny own ingress -1");
        yield return World("7.4: failsafes are accepted", [own], new(outside, "host:n1", "TCP", 22), "allow None/Allow");
        yield return World("7.2: another interface is not governed", [own], new(outside, "host:n1", "TCP", 80, InInterface: "eth1"), "allow None/None");
        yield return World("7.2: `*` governs what lacks its own", [own, every], new(outside, "host:n1", "TCP", 80, InInterface: "eth1"), "allow None/None");
        yield return World("7.2: an expected address finds the interface", [Calico("HostEndpoint", "ip", "node: n1, expectedIPs: [198.51.100.1]")], new(outside, "host:n1", "TCP", 80, InInterface: "eth1"), "deny None/Deny ip ingress -1");
        yield return World("7.3: normal policy", [own, Gnp("p", "selector: role == 'edge', ingress: [{action: Allow}]")], new(outside, "host:n1", "TCP", 80), "allow None/Allow p ingress 0");
        yield return World("7.3: forwarded traffic needs applyOnForward", [own, Gnp("p", "selector: role == 'edge', ingress: [{action: Deny}]")], ToWeb(outside), "allow None/None");
        yield return World("7.3: forward policy", [own, Gnp("p", "applyOnForward: true, selector: role == 'edge', ingress: [{action: Deny}]")], ToWeb(outside), "deny None/Deny p ingress 0");
        yield return World("7.3: the end of a forward tier drops", [own, Gnp("p", "applyOnForward: true, selector: role == 'edge'")], ToWeb(outside), "deny None/Deny p ingress -1");
        yield return World("7.3: a forward policy of the other direction lets pass", [own, Gnp("p", "applyOnForward: true, selector: role == 'edge', types: [Egress]")], ToWeb(outside), "allow None/None");
        yield return World("7.3: forward egress as a pod leaves the node", [own, Gnp("p", "applyOnForward: true, selector: role == 'edge', types: [Egress]")], new("a/web", outside, "TCP", 80, OutInterface: "eth0"), "deny Deny/None p egress -1");
        yield return World("7.3: a pre-DNAT end of tier continues", [own, Gnp("p", "applyOnForward: true, preDNAT: true, selector: role == 'edge'")], ToWeb(outside), "allow None/None");
        yield return World("7.4: a failsafe before DNAT is still subject to forward policy", [own, Gnp("p", "applyOnForward: true, preDNAT: true, selector: role == 'edge', ingress: [{action: Deny}]"), Gnp("q", "applyOnForward: true, selector: role == 'edge', ingress: [{action: Deny}]")], ToWeb(outside, 22), "deny None/Deny q ingress 0");
        yield return World("7.1: a pre-DNAT Allow skips forward ingress", [own, Gnp("p", "applyOnForward: true, preDNAT: true, selector: role == 'edge', ingress: [{action: Allow}]"), Gnp("q", "applyOnForward: true, selector: role == 'edge'")], ToWeb(outside), "allow None/Allow p ingress 0");
        yield return World("7.1: but not the workload's policy", [own, Gnp("p", "applyOnForward: true, preDNAT: true, selector: role == 'edge', ingress: [{action: Allow}]"), Gnp("q", "selector: app == 'web'")], ToWeb(outside), "deny None/Deny q ingress -1");
        yield return World("7.2: without pre-DNAT policies `*` steps in", [own, every, Gnp("p", "applyOnForward: true, preDNAT: true, selector: role == 'all', ingress: [{action: Deny}]")], ToWeb(outside), "deny None/Deny p ingress 0");
        yield return World("7.1: untracked comes first", [own, Gnp("p", "applyOnForward: true, doNotTrack: true, selector: role == 'edge', ingress: [{action: Allow}]")], new(outside, "host:n1", "TCP", 80), "allow None/Allow p ingress 0");
        yield return World("7.1: untracked out of the host", [own, Gnp("p", "applyOnForward: true, doNotTrack: true, selector: role == 'edge', egress: [{action: Allow}]")], new("host:n1", outside, "TCP", 80), "allow Allow/None p egress 0");
        yield return World("7.2: untracked is not for `*`", [every, Gnp("p", "applyOnForward: true, doNotTrack: true, selector: role == 'all', ingress: [{action: Deny}]")], new(outside, "host:n1", "TCP", 80), "allow None/None");
        yield return World("7.4: raw accepts replies of failsafes", [own, Gnp("p", "applyOnForward: true, doNotTrack: true, selector: role == 'edge', ingress: [{action: Deny}]"), Gnp("q", "selector: role == 'edge', ingress: [{action: Allow}]")], new(outside, "host:n1", "UDP", 999, SourcePort: 53), "allow None/Allow q ingress 0");
    }

    private static IEnumerable<Example> Hosts()
    {
        string every = Calico("HostEndpoint", "every", "node: n1, interfaceName: '*', profiles: [projectcalico-default-allow]", "role: all");
        string forward = Gnp("p", "applyOnForward: true, selector: role == 'all', ingress: [{action: Deny, source: {selector: app == 'db'}}, {action: Allow}], egress: [{action: Allow}]");
        yield return World("7.5: `*` forward policy meets pods of one node", [every, forward], ToWeb("a/db"), "deny Deny/Allow p ingress 0");
        yield return World("7.5: the own node is never policed", [every, forward, Gnp("q", "selector: all()")], ToWeb("host:n1"), "allow None/None");
        yield return World("7.2: lo has no exemption", [every, Gnp("q", "selector: role == 'all', types: [Ingress]")], new("host:n1", "192.0.2.1", "TCP", 80), "deny None/Deny q ingress -1");
        yield return World("7.5: endpoint to host, default", [every, Gnp("q", "selector: role == 'all'")], new("a/web", "host:n1", "TCP", 80), "allow None/None");
        yield return World("7.5: endpoint to host Drop", [Calico("FelixConfiguration", "default", "defaultEndpointToHostAction: Drop")], new("a/web", "host:n1", "TCP", 80), "deny None/Deny default ingress -1");
        yield return World("7.5: endpoint to host Return", [Calico("FelixConfiguration", "node.n1", "defaultEndpointToHostAction: Return"), Calico("FelixConfiguration", "default", "defaultEndpointToHostAction: Drop")], new("a/web", "host:n1", "TCP", 80), "allow None/None");
        yield return World("7.5: endpoint to host Return, and input drops", [Calico("FelixConfiguration", "node.n1", "defaultEndpointToHostAction: Return")], new("a/web", "host:n1", "TCP", 80), "deny None/Deny", new SpecOptions(HostInputAccepts: false));
        yield return World("7.5: a `*` pre-DNAT Deny reaches what a pod sends to its host", [every, Gnp("q", "applyOnForward: true, preDNAT: true, selector: role == 'all', ingress: [{action: Deny}]")], new("a/web", "host:n1", "TCP", 80), "deny Deny/None q ingress 0");
        yield return World("7.5: neighbour discovery precedes egress policy", [Calico("HostEndpoint", "h", "node: n1, interfaceName: eth0, expectedIPs: ['fd00:1::1']"), Gnp("q", "selector: app == 'web', types: [Egress]")], new("a/web", "host:n1", "ICMPv6", IcmpType: 135, IpFamily: 6), "allow None/None");
        yield return World("7.4: written failsafes replace the built-in ones", [Calico("HostEndpoint", "own", "node: n1, interfaceName: eth0"), Calico("FelixConfiguration", "default", "failsafeInboundHostPorts: [{protocol: TCP, port: 80, net: 203.0.113.0/24}]")], new("203.0.113.9", "host:n1", "TCP", 22), "deny None/Deny own ingress -1");
        yield return World("7.4: a failsafe's net limits the remote side", [Calico("HostEndpoint", "own", "node: n1, interfaceName: eth0"), Calico("FelixConfiguration", "default", "failsafeInboundHostPorts: [{protocol: TCP, port: 80, net: 203.0.113.0/24}]")], new("203.0.113.9", "host:n1", "TCP", 80), "allow None/Allow");
        yield return World("7.4: none", [Calico("HostEndpoint", "own", "node: n1, interfaceName: eth0"), Calico("FelixConfiguration", "default", "failsafeOutboundHostPorts: []")], new("host:n1", "203.0.113.9", "UDP", 53), "deny Deny/None own egress -1");
    }

    private static string Tier(string name, string spec) => Calico("Tier", name, spec);

    private static string WorkloadEndpoint(string profiles) =>
        Calico("WorkloadEndpoint", "a/wep-x", $"orchestrator: k8s, pod: wep, node: n1, ipNetworks: [10.0.0.9/32], profiles: {profiles}");
}
