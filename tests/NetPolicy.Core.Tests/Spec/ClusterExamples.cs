using static NetPolicy.Spec.Tests.Yaml;

namespace NetPolicy.Spec.Tests;

/// <summary>Examples for each statement of the specification of cluster-scoped policies that decides a flow.</summary>
internal static class ClusterExamples
{
    private const string All = "subject: {namespaces: {}}";
    private const string Web = "subject: {pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: web}}}}";
    private const string InA = "subject: {namespaces: {matchLabels: {env: prod}}}";
    private const string FromAll = "from: [{namespaces: {}}]";
    private const string ToAll = "to: [{namespaces: {}}]";

    private static readonly string[] Cluster =
    [
        Node("n1", "192.0.2.1").Replace("name: n1", "name: n1\n  labels: {role: edge}", StringComparison.Ordinal),
        Node("n2", "192.0.2.2"),
        Namespace("a", "env: prod"),
        Namespace("b", "env: dev"),
        Pod("a/web", "app: web", "10.0.0.1 fd00::1", "n1", "{name: http, containerPort: 8080}, {name: dns, containerPort: 53, protocol: UDP}"),
        Pod("a/db", "app: db", "10.0.0.2", "n1"),
        Pod("b/web", "app: web", "10.0.1.1 fd00::1:1", "n2", "{name: http, containerPort: 80}"),
        Pod("b/agent", "app: agent", "192.0.2.2", "n2", spec: "hostNetwork: true,"),
        Service("a/web", "app: web", "{port: 80, targetPort: http}", "10.96.0.1"),
        Service("a/headless", "app: web", "{port: 80}", "None"),
    ];

    public static IEnumerable<Example> Examples => [.. Evaluation(), .. Self(), .. Nodes(), .. Subjects(), .. Peers(), .. FailClosed(), .. Ports(), .. Protocols(), .. DomainNames(), .. Tiers()];

    private static SpecFlow Flow(string from = "b/web", string to = "a/web", int? port = 80, string protocol = "TCP") => new(from, to, protocol, port);

    private static Example With(string says, string[] documents, SpecFlow flow, string answer) =>
        new("Cluster " + says, [.. Cluster, .. documents], flow, answer);

    private static string Admin(string name, int priority, string spec) => ClusterPolicy("ClusterNetworkPolicy", name, $"tier: Admin, priority: {priority}, {spec}");

    private static string Baseline(string name, int priority, string spec) => ClusterPolicy("ClusterNetworkPolicy", name, $"tier: Baseline, priority: {priority}, {spec}");

    private static string Anp(string name, int priority, string spec) => ClusterPolicy("AdminNetworkPolicy", name, $"priority: {priority}, {spec}");

    private static string Banp(string spec) => ClusterPolicy("BaselineAdminNetworkPolicy", "default", spec);

    private static string In(string action, string more = "") => $"{All}, ingress: [{{action: {action}, {FromAll}{more}}}]";

    private static string Out(string action, string more = "") => $"{All}, egress: [{{action: {action}, {ToAll}{more}}}]";

    private static IEnumerable<Example> Evaluation()
    {
        const string closed = "podSelector: {}";
        const string open = "podSelector: {}, ingress: [{}]";
        yield return With("1: Admin Accept is final", [Admin("p", 1, In("Accept")), Policy("a/k", closed), Baseline("q", 1, In("Deny"))], Flow(), "allow None/Allow p ingress 0");
        yield return With("1: Admin Deny is final", [Admin("p", 1, In("Deny")), Policy("a/k", open), Baseline("q", 1, In("Accept"))], Flow(), "deny None/Deny p ingress 0");
        yield return With("1: after Pass a NetworkPolicy allows", [Admin("p", 1, In("Pass")), Policy("a/k", open), Baseline("q", 1, In("Deny"))], Flow(), "allow None/Allow k ingress 0");
        yield return With("1: after Pass a NetworkPolicy denies though Baseline accepts", [Admin("p", 1, In("Pass")), Policy("a/k", closed), Baseline("q", 1, In("Accept"))], Flow(), "deny None/Deny k ingress -1");
        yield return With("1: without NetworkPolicy Baseline denies", [Admin("p", 1, In("Pass")), Baseline("q", 1, In("Deny"))], Flow(), "deny None/Deny q ingress 0");
        yield return With("1: without NetworkPolicy Baseline accepts", [Baseline("q", 1, In("Accept"))], Flow(), "allow None/Allow q ingress 0");
        yield return With("1: Pass in Baseline goes on to the default", [Baseline("p", 1, In("Pass")), Baseline("q", 2, In("Deny"))], Flow(), "allow None/Allow kns.a ingress 0");
        yield return With("1: being a subject denies nothing", [Admin("p", 1, $"{All}, ingress: [{{action: Deny, from: [{{pods: {{podSelector: {{matchLabels: {{app: db}}}}}}}}]}}]")], Flow(), "allow None/Allow kns.a ingress 0");
        yield return With("1: a NetworkPolicy is final for its direction only", [Policy("b/k", "podSelector: {}"), Baseline("q", 1, Out("Deny"))], Flow(), "deny Deny/None q egress 0");
        yield return With("1: Accept settles the source side only", [Admin("p", 1, Out("Accept")), Admin("q", 2, In("Deny"))], Flow(), "deny Allow/Deny q ingress 0");
        yield return With("1: Pass skips the rest of the tier", [Admin("p", 1, In("Pass")), Admin("q", 2, In("Deny"))], Flow(), "allow None/Allow kns.a ingress 0");
        yield return With("1: no rules for a direction", [Admin("p", 1, Out("Accept"))], Flow("203.0.113.9"), "allow None/None");
        yield return With("7: only the first of equal rules counts", [Admin("p", 1, $"{All}, ingress: [{{action: Accept, {FromAll}}}, {{action: Deny, {FromAll}}}, {{action: Pass, {FromAll}}}]")], Flow(), "allow None/Allow p ingress 0");
        yield return With("7: priority 50 Deny before 60 Pass", [Admin("p1", 50, In("Deny")), Admin("p2", 60, In("Pass"))], Flow(), "deny None/Deny p1 ingress 0");
        yield return With("7: priority 40 Pass before 50 Deny", [Admin("p1", 50, In("Deny")), Admin("p2", 40, In("Pass"))], Flow(), "allow None/Allow kns.a ingress 0");
        yield return With("7: Pass with ports passes those ports", [Admin("p", 1, $"{All}, ingress: [{{action: Pass, {FromAll}, protocols: [{{tcp: {{destinationPort: {{number: 80}}}}}}]}}, {{action: Deny, {FromAll}}}]")], Flow(port: 81), "deny None/Deny p ingress 1");
        yield return With("1.1: equal priority, byte-wise by name", [Admin("p", 7, In("Accept")), Admin("o", 7, In("Deny"))], Flow(), "deny None/Deny o ingress 0");
        yield return With("1.1: `p-x` before `p`", [Admin("p", 7, In("Accept")), Admin("p-x", 7, In("Deny"))], Flow(), "deny None/Deny p-x ingress 0");
        yield return With("1.1: equal priority and name, by kind", [Admin("p", 7, In("Accept")), Anp("p", 7, In("Deny"))], Flow(), "deny None/Deny p ingress 0");
        yield return With("1.1: both kinds merge by priority", [Admin("p", 1, In("Accept")), Anp("a", 2, In("Deny"))], Flow(), "allow None/Allow p ingress 0");
        yield return With("1.1: the BaselineAdminNetworkPolicy comes last", [Baseline("z", 1000, In("Accept")), Banp(In("Deny"))], Flow(), "allow None/Allow z ingress 0");
        yield return With("4: the BaselineAdminNetworkPolicy", [Banp(In("Deny"))], Flow(), "deny None/Deny default ingress 0");
    }

    private static IEnumerable<Example> Self()
    {
        string[] both = [Admin("p", 1, Out("Accept")), Admin("q", 2, In("Deny"))];
        yield return With("1.2: the own address is not subject", both, Flow("a/web"), "allow None/None");
        yield return With("1.2: through a headless Service it is the own address", [.. both, Service("a/own", "app: web", "{port: 80}", "None")], Flow("a/web", "svc:a/own", 8080), "allow None/None at a/web:8080");
        yield return With("1.2: through a Service it is, on both sides", both, Flow("a/web", "svc:a/web"), "deny Allow/Deny q ingress 0 at a/web:8080");
        yield return With("1.2: through a Service, egress", [Admin("p", 1, Out("Deny"))], Flow("a/web", "10.96.0.1"), "deny Deny/None p egress 0 at a/web:8080");
        yield return With("1.2: through a Service, Pass and Baseline", [Admin("p", 1, In("Pass")), Admin("q", 2, In("Deny")), Baseline("r", 2, In("Deny"))], Flow("a/web", "svc:a/web"), "deny None/Deny r ingress 0 at a/web:8080");
        yield return With("1.2: through a Service, nobody decides", [Admin("p", 1, In("Pass")), Policy("a/k", "podSelector: {}")], Flow("a/web", "svc:a/web"), "allow None/None at a/web:8080");
        yield return With("1.2: through a Service the target port is seen", [Admin("p", 1, Out("Deny", ", protocols: [{tcp: {destinationPort: {number: 8080}}}]"))], Flow("a/web", "svc:a/web"), "deny Deny/None p egress 0 at a/web:8080");
    }

    private static IEnumerable<Example> Nodes()
    {
        yield return With("1.3: another node is matched by no ingress rule", [Admin("p", 1, In("Deny"))], Flow("host:n2"), "allow None/Allow kns.a ingress 0");
        yield return With("1.3: nor is a hostNetwork pod", [Admin("p", 1, In("Deny"))], Flow("b/agent"), "allow None/Allow kns.a ingress 0");
        yield return With("1.3: nor is the outside", [Admin("p", 1, In("Deny"))], Flow("203.0.113.9"), "allow None/Allow kns.a ingress 0");
        yield return With("1.3: they go on to NetworkPolicy", [Admin("p", 1, In("Accept")), Policy("a/k", "podSelector: {}")], Flow("203.0.113.9"), "deny None/Deny k ingress -1");
        yield return With("1.3: a hostNetwork pod is no subject", [Admin("p", 1, Out("Deny"))], Flow("b/agent"), "allow None/None");
        yield return With("1.3: a hostNetwork pod is no pod peer", [Admin("p", 1, Out("Deny"))], Flow("a/web", "b/agent"), "allow Allow/None kns.a egress 0");
        yield return With("1.3: the own node is not exempt on egress", [Admin("p", 1, $"{All}, egress: [{{action: Deny, to: [{{nodes: {{}}}}]}}]")], Flow("a/web", "host:n1"), "deny Deny/None p egress 0");
        yield return With("1.3: a hostNetwork pod has its node's address", [Admin("p", 1, $"{All}, egress: [{{action: Deny, to: [{{nodes: {{}}}}]}}]")], Flow("a/web", "b/agent"), "deny Deny/None p egress 0");
        yield return With("1.3: networks match node addresses", [Admin("p", 1, $"{All}, egress: [{{action: Deny, to: [{{networks: [192.0.2.0/24]}}]}}]")], Flow("a/web", "b/agent"), "deny Deny/None p egress 0");
        yield return With("K 5.7: the own node reaches its pod", [Admin("p", 1, In("Deny"))], Flow("host:n1"), "allow None/None");
    }

    private static IEnumerable<Example> Subjects()
    {
        yield return With("2.1: namespaces", [Admin("p", 1, $"{InA}, ingress: [{{action: Deny, {FromAll}}}]")], Flow("a/web", "b/web"), "allow None/None");
        yield return With("2.1: pods", [Admin("p", 1, $"{Web}, ingress: [{{action: Deny, {FromAll}}}]")], Flow("b/web", "a/db"), "allow None/None");
        yield return With("2.1: pods without namespaceSelector are those of all namespaces", [Admin("p", 1, $"subject: {{pods: {{podSelector: {{matchLabels: {{app: web}}}}}}}}, ingress: [{{action: Deny, {FromAll}}}]")], Flow(), "deny None/Deny p ingress 0");
        yield return With("2.1: system namespaces are included", [Admin("p", 1, In("Deny")), Pod("kube-system/dns", "app: dns", "10.0.9.9")], Flow("a/web", "kube-system/dns"), "deny None/Deny p ingress 0");
        yield return With("2.1: labels as written, not as Calico sees them", [Admin("p", 1, $"subject: {{pods: {{podSelector: {{matchLabels: {{projectcalico.org/orchestrator: k8s}}}}}}}}, ingress: [{{action: Deny, {FromAll}}}]")], Flow(), "allow None/None");
        yield return With("6: an endpoint of another orchestrator is no pod", [Admin("p", 1, In("Deny")), Calico("WorkloadEndpoint", "a/vm", "orchestrator: openstack, node: n1, ipNetworks: [10.0.0.9/32], profiles: [kns.a]")], Flow("b/web", "a/vm"), "allow None/None");
    }

    private static IEnumerable<Example> Peers()
    {
        static string To(string peer) => Admin("p", 1, $"{All}, egress: [{{action: Deny, to: [{peer}]}}]");
        static string From(string peer) => Admin("p", 1, $"{All}, ingress: [{{action: Deny, from: [{peer}]}}]");
        yield return With("2.2: namespaces", [From("{namespaces: {matchLabels: {env: prod}}}")], Flow(), "allow None/Allow kns.a ingress 0");
        yield return With("2.2: pods, both selectors", [From("{pods: {namespaceSelector: {matchLabels: {env: dev}}, podSelector: {matchLabels: {app: web}}}}")], Flow(), "deny None/Deny p ingress 0");
        yield return With("2.2: pods, namespace differs", [From("{pods: {namespaceSelector: {matchLabels: {env: prod}}, podSelector: {}}}")], Flow(), "allow None/Allow kns.a ingress 0");
        yield return With("2.2: any peer", [From("{namespaces: {matchLabels: {env: none}}}, {pods: {podSelector: {matchLabels: {app: web}}}}")], Flow(), "deny None/Deny p ingress 0");
        yield return With("2.2: to pods", [To("{pods: {podSelector: {matchLabels: {app: db}}}}")], Flow("b/web", "a/db"), "deny Deny/None p egress 0");
        yield return With("2.2: nodes by label", [To("{nodes: {matchLabels: {role: edge}}}")], Flow("a/web", "host:n1"), "deny Deny/None p egress 0");
        yield return With("2.2: nodes without the label", [To("{nodes: {matchLabels: {role: edge}}}")], Flow("a/web", "host:n2"), "allow Allow/None kns.a egress 0");
        yield return With("2.2: nodes by address alone", [To("{nodes: {}}")], Flow("a/web", "203.0.113.9"), "allow Allow/None kns.a egress 0");
        yield return With("2.2: networks match pods by address", [To("{networks: [10.0.0.2/32]}")], Flow("b/web", "a/db"), "deny Deny/None p egress 0");
        yield return With("2.2: all of IPv4 covers pods", [To("{networks: [0.0.0.0/0]}")], Flow(), "deny Deny/None p egress 0");
        yield return With("2.2: but not IPv6", [To("{networks: [0.0.0.0/0]}")], Flow() with { IpFamily = 6 }, "allow Allow/None kns.b egress 0");
        yield return With("2.2: networks match ICMP", [To("{networks: [203.0.113.0/24]}")], Flow("a/web", "203.0.113.9", null, "ICMP"), "deny Deny/None p egress 0");
        yield return With("6: host bits are masked", [To("{networks: [203.0.113.77/24]}")], Flow("a/web", "203.0.113.9"), "deny Deny/None p egress 0");
        yield return With("6.3: no NetworkSet is matched by namespaces", [To("{namespaces: {}}"), Calico("NetworkSet", "a/set", "nets: [203.0.113.0/24]")], Flow("a/web", "203.0.113.9"), "allow Allow/None kns.a egress 0");
    }

    private static IEnumerable<Example> FailClosed()
    {
        yield return With("2.2: Accept with an unknown peer matches nothing", [Admin("p", 1, $"{All}, ingress: [{{action: Accept, from: [{{future: {{}}}}, {{namespaces: {{}}}}]}}, {{action: Deny, {FromAll}}}]")], Flow(), "deny None/Deny p ingress 1") with { IsRefused = true };
        yield return With("2.2: Deny with an unknown peer denies every pod", [Admin("p", 1, $"{All}, ingress: [{{action: Deny, from: [{{}}], protocols: [{{udp: {{destinationPort: {{number: 1}}}}}}]}}]")], Flow(), "deny None/Deny p ingress 0");
        yield return With("2.2: but no node", [Admin("p", 1, $"{All}, ingress: [{{action: Deny, from: [{{}}]}}]")], Flow("host:n2"), "allow None/Allow kns.a ingress 0");
        yield return With("2.2: Pass with an unknown peer denies everything", [Admin("p", 1, $"{All}, egress: [{{action: Pass, to: [{{future: {{}}}}]}}]")], Flow("a/web", "203.0.113.9"), "deny Deny/None p egress 0") with { IsRefused = true };
        yield return With("2.2: an earlier rule is asked first", [Admin("p", 1, $"{All}, ingress: [{{action: Accept, {FromAll}}}, {{action: Deny, from: [{{}}]}}]")], Flow(), "allow None/Allow p ingress 0");
        yield return With("2.2: networks are no peer of ingress", [Admin("p", 1, $"{All}, ingress: [{{action: Deny, from: [{{networks: [203.0.113.0/24]}}]}}]")], Flow(), "deny None/Deny p ingress 0") with { IsRefused = true };
        yield return With("4: domainNames are no peer of the BaselineAdminNetworkPolicy", [Banp($"{All}, egress: [{{action: Deny, to: [{{domainNames: [example.io]}}]}}]")], Flow("a/web", "203.0.113.9"), "deny Deny/None default egress 0") with { IsRefused = true };
        yield return With("6: an invalid selector fails closed", [Admin("p", 1, $"{All}, ingress: [{{action: Pass, from: [{{namespaces: {{matchExpressions: [{{key: a, operator: Near}}]}}}}]}}]")], Flow(), "deny None/Deny p ingress 0");
        yield return With("6: an invalid label value fails closed", [Admin("p", 1, $"{All}, ingress: [{{action: Accept, from: [{{namespaces: {{}}}}, {{namespaces: {{matchLabels: {{a: '-b'}}}}}}]}}, {{action: Deny, {FromAll}}}]")], Flow(), "deny None/Deny p ingress 1");
        yield return With("6: an unknown protocol fails closed", [Anp("p", 1, $"{All}, ingress: [{{action: Pass, {FromAll}, ports: [{{portNumber: {{protocol: tcp, port: 80}}}}]}}]")], Flow(port: 81), "deny None/Deny p ingress 0");
        yield return With("2.4: an unknown protocol entry fails closed", [Admin("p", 1, $"{All}, ingress: [{{action: Accept, {FromAll}, protocols: [{{icmp: {{}}}}, {{tcp: {{}}}}]}}, {{action: Deny, {FromAll}}}]")], Flow(), "deny None/Deny p ingress 1") with { IsRefused = true };
    }

    private static Example Port(string says, string ports, SpecFlow flow, string answer) =>
        With("2.3: " + says, [Anp("p", 1, In("Deny", $", ports: [{ports}]"))], flow, answer);

    private static IEnumerable<Example> Ports() =>
    [
        Port("portNumber, TCP by default", "{portNumber: {port: 80}}", Flow(), "deny None/Deny p ingress 0"),
        Port("portNumber of another protocol", "{portNumber: {protocol: UDP, port: 80}}", Flow(), "allow None/Allow kns.a ingress 0"),
        Port("portRange is inclusive", "{portRange: {start: 79, end: 80}}", Flow(), "deny None/Deny p ingress 0"),
        Port("portRange of one", "{portRange: {start: 80, end: 80}}", Flow(), "deny None/Deny p ingress 0"),
        Port("start > end matches nothing", "{portRange: {start: 81, end: 79}}", Flow(), "allow None/Allow kns.a ingress 0"),
        Port("namedPort of the destination", "{namedPort: http}", Flow(port: 8080), "deny None/Deny p ingress 0"),
        Port("namedPort has the container port's protocol", "{namedPort: dns}", Flow(port: 53, protocol: "UDP"), "deny None/Deny p ingress 0"),
        Port("and no other", "{namedPort: dns}", Flow(port: 53), "allow None/Allow kns.a ingress 0"),
        With("2.3: namedPort on egress is the destination's", [Anp("p", 1, Out("Deny", ", ports: [{namedPort: http}]"))], Flow("a/web", "b/web"), "deny Deny/None p egress 0"),
        With("2.3: no ports is every protocol", [Anp("p", 1, In("Deny"))], Flow(port: null, protocol: "ICMP"), "deny None/Deny p ingress 0"),
    ];

    private static Example Protocol(string says, string protocols, SpecFlow flow, string answer) =>
        With("2.4: " + says, [Admin("p", 1, In("Deny", $", protocols: [{protocols}]"))], flow, answer);

    private static IEnumerable<Example> Protocols() =>
    [
        Protocol("a number", "{sctp: {destinationPort: {number: 80}}}", Flow(protocol: "SCTP"), "deny None/Deny p ingress 0"),
        Protocol("a range", "{udp: {destinationPort: {range: {start: 79, end: 81}}}}", Flow(protocol: "UDP"), "deny None/Deny p ingress 0"),
        Protocol("outside the range", "{udp: {destinationPort: {range: {start: 79, end: 81}}}}", Flow(port: 82, protocol: "UDP"), "allow None/Allow kns.a ingress 0"),
        Protocol("`tcp: {}` is all TCP ports", "{tcp: {}}", Flow(port: 9), "deny None/Deny p ingress 0"),
        Protocol("`tcp: {}` is not UDP", "{tcp: {}}", Flow(protocol: "UDP"), "allow None/Allow kns.a ingress 0"),
        Protocol("a named port", "{destinationNamedPort: dns}", Flow(port: 53, protocol: "UDP"), "deny None/Deny p ingress 0"),
        Protocol("any entry", "{tcp: {destinationPort: {number: 1}}}, {tcp: {destinationPort: {number: 80}}}", Flow(), "deny None/Deny p ingress 0"),
        With("2.4: a named port belongs to the pod that the peer selects", [Admin("p", 1, $"{All}, egress: [{{action: Deny, to: [{{pods: {{podSelector: {{matchLabels: {{app: db}}}}}}}}], protocols: [{{destinationNamedPort: http}}]}}]"), Pod("a/twin", "app: db", "10.0.0.1")], Flow("b/web", "10.0.0.1", 8080), "allow Allow/None kns.b egress 0"),
    ];

    private static IEnumerable<Example> DomainNames()
    {
        static string Names(string names) => Admin("p", 1, $"{All}, egress: [{{action: Accept, to: [{{domainNames: [{names}]}}]}}, {{action: Deny, to: [{{networks: [0.0.0.0/0]}}]}}]");
        const string known = "kind: DomainNames\nnames: {example.io: [203.0.113.1], a.b.Example.io.: [203.0.113.2]}";
        yield return With("2.5: a known name", [Names("example.io"), known], Flow("a/web", "203.0.113.1"), "allow Allow/None p egress 0");
        yield return With("2.5: a trailing dot", [Names("example.io."), known], Flow("a/web", "203.0.113.1"), "allow Allow/None p egress 0");
        yield return With("2.5: a name is no other", [Names("example.io"), known], Flow("a/web", "203.0.113.2"), "deny Deny/None p egress 1");
        yield return With("2.5: a star is one or more labels", [Names("'*.example.io'"), known], Flow("a/web", "203.0.113.2"), "allow Allow/None p egress 0");
        yield return With("2.5: a star is not the name itself", [Names("'*.example.io'"), known], Flow("a/web", "203.0.113.1"), "deny Deny/None p egress 1");
        yield return With("2.5: a name of which nothing is known matches nothing", [Names("example.io")], Flow("a/web", "203.0.113.1"), "deny Deny/None p egress 1");
        yield return With("2.5: not meant for Deny, which fails closed", [Admin("p", 1, $"{All}, egress: [{{action: Deny, to: [{{domainNames: [example.io]}}]}}]"), known], Flow("a/web", "203.0.113.9"), "deny Deny/None p egress 0");
    }

    private static IEnumerable<Example> Tiers()
    {
        static string Gnp(string name, string spec) => Calico("GlobalNetworkPolicy", name, spec);
        string early = Calico("Tier", "early", "order: 10");
        string between = Calico("Tier", "between", "order: 5000");
        string late = Calico("Tier", "late", "order: 20000000");
        yield return With("C 1.7: a Calico tier before Admin", [early, Admin("p", 1, In("Deny")), Gnp("g", "tier: early, ingress: [{action: Allow}]")], Flow(), "allow None/Allow g ingress 0");
        yield return With("C 1.7: Admin before a tier between", [between, Admin("p", 1, In("Accept")), Gnp("g", "tier: between, ingress: [{action: Deny}]")], Flow(), "allow None/Allow p ingress 0");
        yield return With("C 1.7: Pass leads to the next tier", [between, Admin("p", 1, In("Pass")), Gnp("g", "tier: between, ingress: [{action: Deny}]")], Flow(), "deny None/Deny g ingress 0");
        yield return With("C 5.4: a Calico policy in default hides Baseline", [Baseline("p", 1, In("Accept")), Gnp("g", "types: [Ingress]")], Flow(), "deny None/Deny g ingress -1");
        yield return With("C 5.4: unless it passes", [Baseline("p", 1, In("Deny")), Gnp("g", "ingress: [{action: Pass}]")], Flow(), "deny None/Deny p ingress 0");
        yield return With("C 1.7: a tier after Baseline", [late, Baseline("p", 1, In("Pass")), Gnp("g", "tier: late, ingress: [{action: Deny}]")], Flow(), "deny None/Deny g ingress 0");
        yield return With("C 5.2: a Calico policy in kube-admin is sorted with the others", [Admin("p", 7, In("Accept")), Gnp("g", "tier: kube-admin, order: 6, ingress: [{action: Deny}]")], Flow(), "deny None/Deny g ingress 0");
        yield return With("C 5.4: a workload without profile is closed where nobody decides", [Calico("WorkloadEndpoint", "a/n1-k8s-web-eth0", "orchestrator: k8s, pod: web, node: n1, ipNetworks: [10.0.0.1/32], profiles: []"), Admin("p", 1, Out("Deny"))], Flow("203.0.113.9"), "deny None/Deny n1-k8s-web-eth0 ingress -1");
        yield return With("C 5.4: and open where a cluster policy accepts", [Calico("WorkloadEndpoint", "a/n1-k8s-web-eth0", "orchestrator: k8s, pod: web, node: n1, ipNetworks: [10.0.0.1/32], profiles: []"), Admin("p", 1, In("Accept"))], Flow(), "allow None/Allow p ingress 0");
    }
}
