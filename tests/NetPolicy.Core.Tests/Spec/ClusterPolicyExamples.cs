using static NetPolicy.Spec.Tests.Yaml;

namespace NetPolicy.Spec.Tests;

/// <summary>Examples for each statement of the cluster policy specification that decides a flow.</summary>
internal static class ClusterPolicyExamples
{
    private const string All = "subject: {namespaces: {}}";
    private const string Web = "subject: {pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: web}}}}";
    private const string FromAll = "from: [{namespaces: {}}]";
    private const string ToAll = "to: [{namespaces: {}}]";
    private const string ToAny = "to: [{networks: [0.0.0.0/0, '::/0']}]";
    private const string DenyPods = $"ingress: [{{action: Deny, {FromAll}}}]";
    private const string AcceptPods = $"ingress: [{{action: Accept, {FromAll}}}]";
    private const string PassPods = $"ingress: [{{action: Pass, {FromAll}}}]";
    private const string DenyAny = $"egress: [{{action: Deny, {ToAny}}}]";

    private const string Known =
        "kind: DomainNames\nmetadata: {name: known}\n"
        + "names: {example.io: [203.0.113.1, '2001:db8::1'], www.example.io.: [203.0.113.2], a.b.EXAMPLE.io: [203.0.113.3], badexample.io: [203.0.113.4], inside.test: [10.0.1.1]}";

    // `own` is the own node of a/web, `far` of b/web; b/agent runs in the network of `far`.
    private static readonly string[] Cluster =
    [
        LabelledNode("own", "zone: east", "192.0.2.1", "fd01::1"),
        LabelledNode("far", "zone: west", "192.0.2.2", "198.51.100.2"),
        Namespace("a", "team: red"),
        Namespace("b", "team: blue"),
        Pod("a/web", "app: web", "10.0.0.1 fd00::1", "own", "{name: http, containerPort: 8080}, {name: dns, containerPort: 53, protocol: UDP}"),
        Pod("a/api", "app: api, tier: ''", "10.0.0.2", "own", "{name: http, containerPort: 9090}"),
        Pod("b/web", "app: web", "10.0.1.1 fd00::1:1", "far", "{name: http, containerPort: 80}, {name: dns, containerPort: 5353, protocol: TCP}"),
        Pod("b/agent", "app: agent", "192.0.2.2", "far", "{name: http, containerPort: 80}", spec: "hostNetwork: true,"),
        Service("a/web", "app: web", "{port: 80, targetPort: 8080}", "10.96.0.1"),
        Service("a/front", "app: web", "{port: 80, targetPort: 8080}", "None"),
    ];

    /// <summary>All examples.</summary>
    public static IEnumerable<Example> Examples =>
    [
        // 1: tiers, priorities, actions.
        With("1: without rules a policy changes nothing", [Cnp("p", "Admin", 1, All)], Flow("b/web", "a/web"), "allow None/None"),
        With("1: being the subject denies nothing by itself", [Cnp("p", "Admin", 1, $"{All}, ingress: [{{action: Deny, from: [{{namespaces: {{matchLabels: {{team: red}}}}}}]}}]")], Flow("b/web", "a/web"), "allow None/Allow kns.a ingress 0"),
        With("1: Accept in the Admin tier is final", [Cnp("p", "Admin", 1, $"{All}, {AcceptPods}"), Policy("a/np", "podSelector: {}")], Flow("b/web", "a/web"), "allow None/Allow p ingress 0"),
        With("1: Deny in the Admin tier is final", [Cnp("p", "Admin", 1, $"{All}, {DenyPods}"), Policy("a/np", "podSelector: {}, ingress: [{}]")], Flow("b/web", "a/web"), "deny None/Deny p ingress 0"),
        With("1: Pass leads to a NetworkPolicy that allows", [Cnp("p", "Admin", 1, $"{All}, {PassPods}"), Policy("a/np", "podSelector: {}, ingress: [{}]")], Flow("b/web", "a/web"), "allow None/Allow np ingress 0"),
        With("1: Pass leads to a NetworkPolicy that does not allow", [Cnp("p", "Admin", 1, $"{All}, {PassPods}"), Policy("a/np", "podSelector: {}")], Flow("b/web", "a/web"), "deny None/Deny np ingress -1"),
        With("1: no match leads to NetworkPolicy", [Cnp("p", "Admin", 1, $"{All}, ingress: [{{action: Accept, from: [{{namespaces: {{matchLabels: {{team: red}}}}}}]}}]"), Policy("a/np", "podSelector: {}")], Flow("b/web", "a/web"), "deny None/Deny np ingress -1"),
        With("1: Pass without a selecting NetworkPolicy leads to Baseline", [Cnp("p", "Admin", 1, $"{All}, {PassPods}"), Cnp("q", "Baseline", 1, $"{All}, {DenyPods}")], Flow("b/web", "a/web"), "deny None/Deny q ingress 0"),
        With("1: a selecting NetworkPolicy hides Baseline although none of its rules matches", [Policy("a/np", "podSelector: {}"), Cnp("q", "Baseline", 1, $"{All}, {AcceptPods}")], Flow("b/web", "a/web"), "deny None/Deny np ingress -1"),
        With("1: and does so although the Admin tier passed", [Cnp("p", "Admin", 1, $"{All}, {PassPods}"), Policy("a/np", "podSelector: {}"), Cnp("q", "Baseline", 1, $"{All}, {AcceptPods}")], Flow("b/web", "a/web"), "deny None/Deny np ingress -1"),
        With("1: a NetworkPolicy that allows hides Baseline", [Policy("a/np", "podSelector: {}, ingress: [{}]"), Cnp("q", "Baseline", 1, $"{All}, {DenyPods}")], Flow("b/web", "a/web"), "allow None/Allow np ingress 0"),
        With("1: a pod isolated for ingress goes through Baseline for egress", [Policy("a/np", "podSelector: {}"), Cnp("q", "Baseline", 1, $"{All}, egress: [{{action: Deny, {ToAll}}}]")], Flow("a/web", "b/web"), "deny Deny/None q egress 0"),
        With("1: Baseline accepts", [Cnp("q", "Baseline", 1, $"{All}, {AcceptPods}")], Flow("b/web", "a/web"), "allow None/Allow q ingress 0"),
        With("1: Pass in the Baseline tier leads to the default", [Cnp("q", "Baseline", 1, $"{All}, {PassPods}"), Cnp("r", "Baseline", 2, $"{All}, {DenyPods}")], Flow("b/web", "a/web"), "allow None/Allow kns.a ingress 0"),
        With("1: Accept on egress leaves ingress to the destination", [Cnp("p", "Admin", 1, $"{All}, egress: [{{action: Accept, {ToAll}}}]"), Policy("a/np", "podSelector: {}")], Flow("b/web", "a/web"), "deny Allow/Deny np ingress -1"),
        With("1: Pass skips the rest of the tier, later policies included", [Cnp("p", "Admin", 1, $"{All}, {PassPods}"), Cnp("q", "Admin", 2, $"{All}, {DenyPods}")], Flow("b/web", "a/web"), "allow None/Allow kns.a ingress 0"),
        With("1: a policy without rules for a direction does not affect it", [Cnp("p", "Admin", 1, $"{All}, {DenyPods}")], Flow("a/web", "203.0.113.9"), "allow None/None"),
        With("1: any peer matches", [Cnp("p", "Admin", 1, $"{All}, ingress: [{{action: Deny, from: [{{namespaces: {{matchLabels: {{team: green}}}}}}, {{namespaces: {{matchLabels: {{team: blue}}}}}}]}}]")], Flow("b/web", "a/web"), "deny None/Deny p ingress 0"),
        With("1: and any protocol entry", [Cnp("p", "Admin", 1, $"{All}, ingress: [{{action: Deny, {FromAll}, protocols: [{{tcp: {{destinationPort: {{number: 1}}}}}}, {{tcp: {{destinationPort: {{number: 80}}}}}}]}}]")], Flow("b/web", "a/web"), "deny None/Deny p ingress 0"),
        With("1: rules are asked in written order", [Cnp("p", "Admin", 1, $"{All}, ingress: [{{action: Accept, {FromAll}}}, {{action: Deny, {FromAll}}}, {{action: Pass, {FromAll}}}]")], Flow("b/web", "a/web"), "allow None/Allow p ingress 0"),
        With("1: matching sees the pod's port behind a Service", [Cnp("p", "Admin", 1, $"{All}, egress: [{{action: Deny, {ToAll}, protocols: [{{tcp: {{destinationPort: {{number: 8080}}}}}}]}}]")], Flow("a/api", "svc:a/web"), "deny Deny/None p egress 0 at a/web:8080"),

        // 1.1: priorities.
        With("1.1: the lower number is asked first", [Cnp("p", "Admin", 60, $"{All}, {PassPods}"), Cnp("q", "Admin", 50, $"{All}, {DenyPods}")], Flow("b/web", "a/web"), "deny None/Deny q ingress 0"),
        With("1.1: priority counts within a tier only", [Cnp("p", "Admin", 1000, $"{All}, {DenyPods}"), Cnp("q", "Baseline", 0, $"{All}, {AcceptPods}")], Flow("b/web", "a/web"), "deny None/Deny p ingress 0"),
        With("1.1: equal priorities go by name", [Cnp("b", "Admin", 5, $"{All}, {DenyPods}"), Cnp("a", "Admin", 5, $"{All}, {AcceptPods}")], Flow("b/web", "a/web"), "allow None/Allow a ingress 0"),
        With("1.1: then by kind", [Cnp("p", "Admin", 5, $"{All}, {DenyPods}"), Anp("p", 5, $"{All}, ingress: [{{action: Allow, {FromAll}}}]")], Flow("b/web", "a/web"), "allow None/Allow p ingress 0"),
        With("1.1: ANP and CNP are merged by priority", [Cnp("p", "Admin", 6, $"{All}, {DenyPods}"), Anp("q", 5, $"{All}, ingress: [{{action: Allow, {FromAll}}}]")], Flow("b/web", "a/web"), "allow None/Allow q ingress 0"),
        With("1.1: the BANP comes after Baseline policies", [Cnp("p", "Baseline", 1000, $"{All}, {AcceptPods}"), Banp($"{All}, ingress: [{{action: Deny, {FromAll}}}]")], Flow("b/web", "a/web"), "allow None/Allow p ingress 0"),

        // 1.2: self traffic.
        With("1.2: a pod reaches its own address", [Cnp("p", "Admin", 1, $"{All}, {DenyPods}, egress: [{{action: Deny, {ToAny}}}]")], Flow("a/web", "10.0.0.1"), "allow None/None"),
        With("1.2: through a Service it is subject to egress rules", [Cnp("p", "Admin", 1, $"{All}, egress: [{{action: Deny, {ToAll}}}]")], Flow("a/web", "svc:a/web"), "deny Deny/None p egress 0 at a/web:8080"),
        With("1.2: and to ingress rules", [Cnp("p", "Baseline", 1, $"{All}, {DenyPods}")], Flow("a/web", "svc:a/web"), "deny None/Deny p ingress 0 at a/web:8080"),
        With("1.2: a NetworkPolicy has no say in it and hides no Baseline", [Policy("a/np", "podSelector: {}, policyTypes: [Ingress, Egress]"), Cnp("p", "Baseline", 1, $"{All}, {DenyPods}")], Flow("a/web", "svc:a/web"), "deny None/Deny p ingress 0 at a/web:8080"),
        With("1.2: what no rule matches is allowed", [Policy("a/np", "podSelector: {}, policyTypes: [Ingress, Egress]"), Cnp("p", "Admin", 1, $"{All}, {PassPods}")], Flow("a/web", "svc:a/web"), "allow None/None at a/web:8080"),
        With("1.2: a headless Service is the pod's own address", [Cnp("p", "Admin", 1, $"{All}, {DenyPods}")], Flow("a/web", "svc:a/front", 8080), "allow None/None at a/web:8080"),

        // 1.3: nodes and hostNetwork.
        With("1.3: hostNetwork pods are never subjects", [Cnp("p", "Admin", 1, $"{All}, {DenyPods}, {DenyAny}")], Flow("b/agent", "203.0.113.9"), "allow None/None"),
        With("1.3: nor matched by pod peers", [Cnp("p", "Admin", 1, $"{All}, egress: [{{action: Deny, {ToAll}}}]")], Flow("a/web", "b/agent"), "allow Allow/None kns.a egress 0"),
        With("1.3: hostNetwork sources match no ingress rule", [Cnp("p", "Admin", 1, $"{All}, {DenyPods}")], Flow("b/agent", "a/web"), "allow None/Allow kns.a ingress 0"),
        With("1.3: nor do nodes", [Cnp("p", "Admin", 1, $"{All}, {DenyPods}")], Flow("host:far", "a/web"), "allow None/Allow kns.a ingress 0"),
        With("1.3: nor does the outside", [Cnp("p", "Admin", 1, $"{All}, {DenyPods}")], Flow("203.0.113.9", "a/web"), "allow None/Allow kns.a ingress 0"),
        With("1.3: such traffic goes on to NetworkPolicy", [Cnp("p", "Admin", 1, $"{All}, {AcceptPods}"), Policy("a/np", "podSelector: {}")], Flow("203.0.113.9", "a/web"), "deny None/Deny np ingress -1"),
        With("1.3: an Accept does not open for the outside", [Cnp("p", "Baseline", 1, $"{All}, {AcceptPods}"), Policy("a/np", "podSelector: {}")], Flow("host:far", "a/web"), "deny None/Deny np ingress -1"),
        With("1.3: networks match hostNetwork pods", [Cnp("p", "Admin", 1, $"{All}, egress: [{{action: Deny, to: [{{networks: [192.0.2.0/24]}}]}}]")], Flow("a/web", "b/agent"), "deny Deny/None p egress 0"),
        With("1.3: nodes match hostNetwork pods", [Cnp("p", "Admin", 1, $"{All}, egress: [{{action: Deny, to: [{{nodes: {{}}}}]}}]")], Flow("a/web", "b/agent"), "deny Deny/None p egress 0"),
        With("1.3: the own node is no exception on egress", [Cnp("p", "Admin", 1, $"{All}, egress: [{{action: Deny, to: [{{nodes: {{}}}}]}}]")], Flow("a/web", "host:own"), "deny Deny/None p egress 0"),
        With("1.3: a NetworkPolicy neither decides nor hides Baseline for the own node", [Policy("a/np", "podSelector: {}, policyTypes: [Egress]"), Cnp("p", "Baseline", 1, $"{All}, egress: [{{action: Deny, to: [{{nodes: {{}}}}]}}]")], Flow("a/web", "host:own"), "deny Deny/None p egress 0"),
        With("1.3: the own node reaches its pod", [Cnp("p", "Admin", 1, $"{All}, {DenyPods}")], Flow("host:own", "a/web"), "allow None/None"),

        // 2.1: subjects.
        With("2.1: namespaces are a selector", [Cnp("p", "Admin", 1, $"subject: {{namespaces: {{matchLabels: {{team: red}}}}}}, {DenyPods}")], Flow("a/web", "b/web"), "allow None/None"),
        With("2.1: of all their pods", [Cnp("p", "Admin", 1, $"subject: {{namespaces: {{matchLabels: {{team: red}}}}}}, {DenyPods}")], Flow("b/web", "a/api"), "deny None/Deny p ingress 0"),
        With("2.1: pods need both selectors", [Cnp("p", "Admin", 1, $"subject: {{pods: {{namespaceSelector: {{matchLabels: {{team: red}}}}, podSelector: {{matchLabels: {{app: web}}}}}}}}, {DenyPods}")], Flow("b/web", "a/api"), "allow None/None"),
        With("2.1: and have them", [Cnp("p", "Admin", 1, $"{Web}, {DenyPods}")], Flow("a/api", "b/web"), "deny None/Deny p ingress 0"),
        With("2.1: an absent namespaceSelector is every namespace", [Cnp("p", "Admin", 1, $"subject: {{pods: {{podSelector: {{matchLabels: {{app: web}}}}}}}}, {DenyPods}")], Flow("a/api", "b/web"), "deny None/Deny p ingress 0"),

        // 2.2: peers.
        With("2.2: a namespaces peer", [Cnp("p", "Admin", 1, $"{All}, ingress: [{{action: Deny, from: [{{namespaces: {{matchLabels: {{team: blue}}}}}}]}}]")], Flow("a/api", "a/web"), "allow None/Allow kns.a ingress 0"),
        With("2.2: a pods peer needs both selectors", [Cnp("p", "Admin", 1, $"{All}, ingress: [{{action: Deny, from: [{{pods: {{namespaceSelector: {{matchLabels: {{team: red}}}}, podSelector: {{matchLabels: {{app: web}}}}}}}}]}}]")], Flow("b/web", "a/web"), "allow None/Allow kns.a ingress 0"),
        With("2.2: a nodes peer selects by the labels of Nodes", [Cnp("p", "Admin", 1, $"{All}, egress: [{{action: Deny, to: [{{nodes: {{matchLabels: {{zone: west}}}}}}]}}]")], Flow("a/web", "host:far"), "deny Deny/None p egress 0"),
        With("2.2: and not those of others", [Cnp("p", "Admin", 1, $"{All}, egress: [{{action: Deny, to: [{{nodes: {{matchLabels: {{zone: west}}}}}}]}}]")], Flow("a/web", "host:own"), "allow Allow/None kns.a egress 0"),
        With("2.2: every InternalIP and ExternalIP counts", [Cnp("p", "Admin", 1, $"{All}, egress: [{{action: Deny, to: [{{nodes: {{matchLabels: {{zone: west}}}}}}]}}]")], Flow("a/web", "198.51.100.2"), "deny Deny/None p egress 0"),
        With("2.2: of both families", [Cnp("p", "Admin", 1, $"{All}, egress: [{{action: Deny, to: [{{nodes: {{}}}}]}}]")], Flow("a/web", "host:own") with { IpFamily = 6 }, "deny Deny/None p egress 0"),
        With("2.2: networks are any of several", [Cnp("p", "Admin", 1, $"{All}, egress: [{{action: Deny, to: [{{networks: [198.51.100.0/24, 203.0.113.0/24]}}]}}]")], Flow("a/web", "203.0.113.9"), "deny Deny/None p egress 0"),
        With("2.2: and cover pods by address", [Cnp("p", "Admin", 1, $"{All}, egress: [{{action: Deny, to: [{{networks: [0.0.0.0/0]}}]}}]")], Flow("a/web", "b/web"), "deny Deny/None p egress 0"),
        With("2.2: of their family", [Cnp("p", "Admin", 1, $"{All}, egress: [{{action: Deny, to: [{{networks: [0.0.0.0/0]}}]}}]")], Flow("a/web", "b/web") with { IpFamily = 6 }, "allow Allow/None kns.a egress 0"),
        With("2.2: an earlier rule takes pods out", [Cnp("p", "Admin", 1, $"{All}, egress: [{{action: Accept, {ToAll}}}, {{action: Deny, {ToAny}}}]")], Flow("a/web", "b/web"), "allow Allow/None p egress 0"),
        With("2.2: networks match ICMP", [Cnp("p", "Admin", 1, $"{All}, egress: [{{action: Deny, {ToAny}}}]")], Flow("a/web", "203.0.113.9", null, "ICMP"), "deny Deny/None p egress 0"),
        With("2.2: and ICMPv6", [Cnp("p", "Admin", 1, $"{All}, egress: [{{action: Deny, {ToAny}}}]")], Flow("a/web", "2001:db8::9", null, "ICMPv6"), "deny Deny/None p egress 0"),
        With("6: host bits are masked", [Cnp("p", "Admin", 1, $"{All}, egress: [{{action: Deny, to: [{{networks: [203.0.113.77/24]}}]}}]")], Flow("a/web", "203.0.113.9"), "deny Deny/None p egress 0"),
        With("2.2: a peer without known field accepts nothing", [Cnp("p", "Admin", 1, $"{All}, ingress: [{{action: Accept, from: [{{}}, {{namespaces: {{}}}}]}}]"), Policy("a/np", "podSelector: {}")], Flow("b/web", "a/web"), "deny None/Deny np ingress -1"),
        With("2.2: and denies everything in a Deny rule", [Cnp("p", "Admin", 1, $"{All}, egress: [{{action: Deny, to: [{{}}], protocols: [{{tcp: {{destinationPort: {{number: 1}}}}}}]}}]")], Flow("a/web", "203.0.113.9"), "deny Deny/None p egress 0"),
        With("2.2: and in a Pass rule", [Cnp("p", "Admin", 1, $"{All}, egress: [{{action: Pass, to: [{{}}]}}]")], Flow("a/web", "203.0.113.9", null, "ICMP"), "deny Deny/None p egress 0"),
        With("2.2: of what its policy could see", [Cnp("p", "Admin", 1, $"{All}, ingress: [{{action: Pass, from: [{{}}]}}]")], Flow("b/web", "a/web"), "deny None/Deny p ingress 0"),
        With("2.2: which the outside is not part of in ingress", [Cnp("p", "Admin", 1, $"{All}, ingress: [{{action: Pass, from: [{{}}]}}]")], Flow("203.0.113.9", "a/web"), "allow None/Allow kns.a ingress 0"),
        With("6: an unknown operator fails closed", [Cnp("p", "Admin", 1, $"{All}, ingress: [{{action: Pass, from: [{{namespaces: {{matchExpressions: [{{key: team, operator: Like, values: [x]}}]}}}}]}}]")], Flow("b/web", "a/web"), "deny None/Deny p ingress 0"),
        With("6: and accepts nothing", [Cnp("p", "Admin", 1, $"{All}, ingress: [{{action: Accept, from: [{{namespaces: {{matchExpressions: [{{key: team, operator: Like, values: [x]}}]}}}}]}}]"), Policy("a/np", "podSelector: {}")], Flow("b/web", "a/web"), "deny None/Deny np ingress -1"),

        // 2.3: ports of v1alpha1.
        With("2.3: a port number is TCP by default", [Anp("p", 1, Ports("{portNumber: {port: 80}}"))], Flow("b/web", "a/web"), "deny None/Deny p ingress 0"),
        With("2.3: and nothing else", [Anp("p", 1, Ports("{portNumber: {port: 80}}"))], Flow("b/web", "a/web", 80, "UDP"), "allow None/Allow kns.a ingress 0"),
        With("2.3: a port number of another protocol", [Anp("p", 1, Ports("{portNumber: {protocol: SCTP, port: 80}}"))], Flow("b/web", "a/web", 80, "SCTP"), "deny None/Deny p ingress 0"),
        With("2.3: a range includes its end", [Anp("p", 1, Ports("{portRange: {protocol: UDP, start: 80, end: 90}}"))], Flow("b/web", "a/web", 90, "UDP"), "deny None/Deny p ingress 0"),
        With("2.3: and ends there", [Anp("p", 1, Ports("{portRange: {start: 80, end: 90}}"))], Flow("b/web", "a/web", 91), "allow None/Allow kns.a ingress 0"),
        With("2.3: a range that ends before it starts matches nothing", [Anp("p", 1, Ports("{portRange: {start: 90, end: 80}}"))], Flow("b/web", "a/web", 85), "allow None/Allow kns.a ingress 0"),
        With("2.3: a named port is the destination's", [Anp("p", 1, Ports("{namedPort: http}"))], Flow("b/web", "a/web", 8080), "deny None/Deny p ingress 0"),
        With("2.3: with the container port's protocol", [Anp("p", 1, Ports("{namedPort: dns}"))], Flow("b/web", "a/web", 53, "UDP"), "deny None/Deny p ingress 0"),
        With("2.3: and no other", [Anp("p", 1, Ports("{namedPort: dns}"))], Flow("b/web", "a/web", 53), "allow None/Allow kns.a ingress 0"),
        With("2.3: each destination its own", [Anp("p", 1, $"{All}, egress: [{{action: Deny, {ToAll}, ports: [{{namedPort: dns}}]}}]")], Flow("a/web", "b/web", 5353), "deny Deny/None p egress 0"),
        With("2.3: absent ports are every protocol", [Anp("p", 1, $"{All}, {DenyPods}")], Flow("b/web", "a/web", null, "ICMP"), "deny None/Deny p ingress 0"),
        With("2.3: ports leave ICMP alone", [Anp("p", 1, Ports("{portRange: {start: 1, end: 65535}}"))], Flow("b/web", "a/web", null, "ICMP"), "allow None/Allow kns.a ingress 0"),
        With("6: an unknown protocol fails closed", [Anp("p", 1, Ports("{portNumber: {protocol: tcp, port: 81}}"))], Flow("b/web", "a/web", 80, "UDP"), "deny None/Deny p ingress 0"),

        // 2.4: protocols of v1alpha2.
        With("2.4: a port of a protocol", [Cnp("p", "Admin", 1, Protocols("{udp: {destinationPort: {number: 53}}}"))], Flow("b/web", "a/web", 53, "UDP"), "deny None/Deny p ingress 0"),
        With("2.4: and of no other", [Cnp("p", "Admin", 1, Protocols("{udp: {destinationPort: {number: 53}}}"))], Flow("b/web", "a/web", 53), "allow None/Allow kns.a ingress 0"),
        With("2.4: SCTP", [Cnp("p", "Admin", 1, Protocols("{sctp: {destinationPort: {number: 53}}}"))], Flow("b/web", "a/web", 53, "SCTP"), "deny None/Deny p ingress 0"),
        With("2.4: a range", [Cnp("p", "Admin", 1, Protocols("{tcp: {destinationPort: {range: {start: 80, end: 81}}}}"))], Flow("b/web", "a/web", 81), "deny None/Deny p ingress 0"),
        With("2.4: `tcp: {}` is every TCP port", [Cnp("p", "Admin", 1, Protocols("{tcp: {}}"))], Flow("b/web", "a/web", 7), "deny None/Deny p ingress 0"),
        With("2.4: and TCP only", [Cnp("p", "Admin", 1, Protocols("{tcp: {}}"))], Flow("b/web", "a/web", 7, "UDP"), "allow None/Allow kns.a ingress 0"),
        With("2.4: a named port of the destination", [Cnp("p", "Admin", 1, $"{All}, egress: [{{action: Deny, {ToAll}, protocols: [{{destinationNamedPort: http}}]}}]")], Flow("a/web", "b/web", 80), "deny Deny/None p egress 0"),
        With("2.4: is none of a hostNetwork pod", [Cnp("p", "Admin", 1, $"{All}, egress: [{{action: Deny, {ToAny}, protocols: [{{destinationNamedPort: http}}]}}]")], Flow("a/web", "b/agent", 80), "allow Allow/None kns.a egress 0"),
        With("2.4: absent protocols include ICMP", [Cnp("p", "Admin", 1, $"{All}, {DenyPods}")], Flow("b/web", "a/web", null, "ICMP"), "deny None/Deny p ingress 0"),

        // 2.5: domain names without data.
        With("2.5: a name without addresses accepts nothing", [Cnp("p", "Admin", 1, $"{All}, egress: [{{action: Accept, to: [{{domainNames: [example.io]}}]}}, {{action: Deny, {ToAny}}}]")], Flow("a/web", "203.0.113.9"), "deny Deny/None p egress 1"),
        With("2.5: the rule's other peers count", [Cnp("p", "Admin", 1, $"{All}, egress: [{{action: Accept, to: [{{domainNames: [example.io]}}, {{networks: [203.0.113.0/24]}}]}}, {{action: Deny, {ToAny}}}]")], Flow("a/web", "203.0.113.9"), "allow Allow/None p egress 0"),
        With("2.5: a Deny by name denies everything", [Cnp("p", "Admin", 1, $"{All}, egress: [{{action: Deny, to: [{{domainNames: [example.io]}}]}}]")], Flow("a/web", "203.0.113.9"), "deny Deny/None p egress 0"),
        With("2.5: so does a Pass", [Cnp("p", "Admin", 1, $"{All}, egress: [{{action: Pass, to: [{{domainNames: [example.io]}}]}}]")], Flow("a/web", "203.0.113.9"), "deny Deny/None p egress 0"),

        // 2.5: domain names with data.
        With("2.5: a name means its addresses", [Known, ToNames("example.io")], Flow("a/web", "203.0.113.1"), "allow Allow/None p egress 0"),
        With("2.5: of both families", [Known, ToNames("example.io")], Flow("a/web", "2001:db8::1"), "allow Allow/None p egress 0"),
        With("2.5: and no others", [Known, ToNames("example.io")], Flow("a/web", "203.0.113.2"), "deny Deny/None p egress 1"),
        With("2.5: a name is not that of what is below it", [Known, ToNames("example.io")], Flow("a/web", "203.0.113.3"), "deny Deny/None p egress 1"),
        With("2.5: a final dot and case mean nothing", [Known, ToNames("WWW.Example.IO.")], Flow("a/web", "203.0.113.2"), "allow Allow/None p egress 0"),
        With("2.5: a wildcard means one more label", [Known, ToNames("'*.example.io'")], Flow("a/web", "203.0.113.2"), "allow Allow/None p egress 0"),
        With("2.5: or several", [Known, ToNames("'*.example.io'")], Flow("a/web", "203.0.113.3"), "allow Allow/None p egress 0"),
        With("2.5: but not the name itself", [Known, ToNames("'*.example.io'")], Flow("a/web", "203.0.113.1"), "deny Deny/None p egress 1"),
        With("2.5: nor a name that only ends alike", [Known, ToNames("'*.example.io'")], Flow("a/web", "203.0.113.4"), "deny Deny/None p egress 1"),
        With("2.5: any name of the list", [Known, ToNames("other.test, example.io")], Flow("a/web", "203.0.113.1"), "allow Allow/None p egress 0"),
        With("2.5: pods have such addresses too", [Known, ToNames("inside.test")], Flow("a/web", "b/web"), "allow Allow/None p egress 0"),
        With("2.5: DNS itself is not allowed by it", [Known, ToNames("example.io")], Flow("a/web", "a/api", 53, "UDP"), "deny Deny/None p egress 1"),

        // 3, 4: v1alpha1.
        With("3: an ANP allows finally", [Anp("p", 1, $"{All}, ingress: [{{action: Allow, {FromAll}}}]"), Policy("a/np", "podSelector: {}")], Flow("b/web", "a/web"), "allow None/Allow p ingress 0"),
        With("3: an ANP passes", [Anp("p", 1, $"{All}, ingress: [{{action: Pass, {FromAll}}}]"), Banp($"{All}, ingress: [{{action: Deny, {FromAll}}}]")], Flow("b/web", "a/web"), "deny None/Deny default ingress 0"),
        With("4: the BANP allows", [Banp($"{All}, ingress: [{{action: Allow, {FromAll}}}]")], Flow("b/web", "a/web"), "allow None/Allow default ingress 0"),
        With("4: a NetworkPolicy hides the BANP", [Policy("a/np", "podSelector: {}, ingress: [{}]"), Banp($"{All}, ingress: [{{action: Deny, {FromAll}}}]")], Flow("b/web", "a/web"), "allow None/Allow np ingress 0"),
        With("5: the name `default` has no special meaning", [Cnp("default", "Admin", 1, $"{All}, {DenyPods}")], Flow("b/web", "a/web"), "deny None/Deny default ingress 0"),
        With("5: several Baseline policies may exist", [Cnp("p", "Baseline", 1, $"{All}, ingress: [{{action: Deny, from: [{{namespaces: {{matchLabels: {{team: red}}}}}}]}}]"), Cnp("q", "Baseline", 2, $"{All}, {DenyPods}")], Flow("b/web", "a/web"), "deny None/Deny q ingress 0"),

        // 7: worked interactions.
        .. Interactions,
        With("7: a Pass rule with ports passes those ports", [Cnp("p", "Admin", 1, $"{All}, ingress: [{{action: Pass, {FromAll}, protocols: [{{tcp: {{destinationPort: {{number: 80}}}}}}]}}, {{action: Deny, {FromAll}}}]")], Flow("b/web", "a/web", 80), "allow None/Allow kns.a ingress 0"),
        With("7: other ports go on to the following rules", [Cnp("p", "Admin", 1, $"{All}, ingress: [{{action: Pass, {FromAll}, protocols: [{{tcp: {{destinationPort: {{number: 80}}}}}}]}}, {{action: Deny, {FromAll}}}]")], Flow("b/web", "a/web", 81), "deny None/Deny p ingress 1"),
        With("7: moved before the Deny, the Pass decides", [Cnp("p", "Admin", 40, $"{All}, {PassPods}"), Cnp("q", "Admin", 50, $"{All}, {DenyPods}")], Flow("b/web", "a/web"), "allow None/Allow kns.a ingress 0"),
    ];

    // The table of section 7, every row with every Baseline that the row does not name.
    private static IEnumerable<Example> Interactions
    {
        get
        {
            string[] networks = ["", "podSelector: {}, ingress: [{}]", "podSelector: {}"];
            string?[] actions = ["Accept", "Deny", "Pass", null];
            foreach (string? admin in actions)
            {
                foreach (string network in networks)
                {
                    foreach (string? baseline in actions)
                    {
                        string result = admin switch
                        {
                            "Accept" => "allow None/Allow p ingress 0",
                            "Deny" => "deny None/Deny p ingress 0",
                            _ when network.EndsWith("[{}]", StringComparison.Ordinal) => "allow None/Allow np ingress 0",
                            _ when network.Length > 0 => "deny None/Deny np ingress -1",
                            _ => baseline switch
                            {
                                "Accept" => "allow None/Allow q ingress 0",
                                "Deny" => "deny None/Deny q ingress 0",
                                _ when admin is null && baseline is null => "allow None/None",
                                _ => "allow None/Allow kns.a ingress 0",
                            },
                        };
                        string[] documents =
                        [
                            .. admin is null ? Array.Empty<string>() : [Cnp("p", "Admin", 1, $"{All}, ingress: [{{action: {admin}, {FromAll}}}]")],
                            .. network.Length == 0 ? Array.Empty<string>() : [Policy("a/np", network)],
                            .. baseline is null ? Array.Empty<string>() : [Cnp("q", "Baseline", 1, $"{All}, ingress: [{{action: {baseline}, {FromAll}}}]")],
                        ];
                        string says = $"7: Admin {admin ?? "nothing"}, NetworkPolicy {(network.Length == 0 ? "none" : network)}, Baseline {baseline ?? "nothing"}";
                        yield return With(says, documents, Flow("b/web", "a/web"), result);
                    }
                }
            }
        }
    }

    private static string ToNames(string names) =>
        Cnp("p", "Admin", 1, $"{All}, egress: [{{action: Accept, to: [{{domainNames: [{names}]}}]}}, {{action: Deny, {ToAny}}}]");

    private static string Cnp(string name, string tier, int priority, string spec) =>
        Object("v1alpha2", "ClusterNetworkPolicy", name, $"tier: {tier}, priority: {priority}, {spec}");

    private static string Anp(string name, int priority, string spec) => Object("v1alpha1", "AdminNetworkPolicy", name, $"priority: {priority}, {spec}");

    private static string Banp(string spec) => Object("v1alpha1", "BaselineAdminNetworkPolicy", "default", spec);

    private static string Object(string version, string kind, string name, string spec) =>
        $"apiVersion: policy.networking.k8s.io/{version}\nkind: {kind}\nmetadata: {{name: {name}}}\nspec: {{{spec}}}";

    private static string LabelledNode(string name, string labels, string @internal, string external) =>
        $"apiVersion: v1\nkind: Node\nmetadata: {{name: {name}, labels: {{{labels}}}}}\n"
        + $"status: {{addresses: [{{type: InternalIP, address: '{@internal}'}}, {{type: ExternalIP, address: '{external}'}}, {{type: Hostname, address: {name}}}]}}";

    private static string Ports(string entries) => $"{All}, ingress: [{{action: Deny, {FromAll}, ports: [{entries}]}}]";

    private static string Protocols(string entries) => $"{All}, ingress: [{{action: Deny, {FromAll}, protocols: [{entries}]}}]";

    private static Example With(string says, string[] policies, SpecFlow flow, string answer) => new(says, [.. Cluster, .. policies], flow, answer);

    private static SpecFlow Flow(string from, string to, int? port = 80, string protocol = "TCP") => new(from, to, protocol, port);
}
