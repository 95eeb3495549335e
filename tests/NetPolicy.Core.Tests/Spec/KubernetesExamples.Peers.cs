using static NetPolicy.Spec.Tests.Yaml;

namespace NetPolicy.Spec.Tests;

/// <content>Peers, address blocks and ports (sections 5.2 to 5.4).</content>
internal static partial class KubernetesExamples
{
    private static IEnumerable<Example> Peers() =>
    [
        In("5.2: podSelector alone needs its labels", "podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}]}]", Flow("a/api", "a/web"), Denied),
        In("5.2: entries of one list are united", "podSelector: {}, ingress: [{from: [{podSelector: {}}, {namespaceSelector: {matchLabels: {team: blue}}}]}]", ToWeb(), Allowed),
        In("5.2: a namespaceSelector that matches the own namespace includes it", "podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: red}}}]}]", Flow("a/api", "a/web"), Allowed),
        In("5.2: a namespaceSelector leaves the own namespace out if it does not match", "podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: blue}}}]}]", Flow("a/api", "a/web"), Denied),
        In("5.2: both selectors, pod does not match", "podSelector: {}, ingress: [{from: [{namespaceSelector: {}, podSelector: {matchLabels: {app: api}}}]}]", ToWeb(), Denied),
        In("5.2: selectors match by every address", "podSelector: {}, ingress: [{from: [{namespaceSelector: {}}]}]", ToWeb() with { IpFamily = 6 }, Allowed),
        In("5.2: an address of a pod is the pod", "podSelector: {}, ingress: [{from: [{namespaceSelector: {}}]}]", Flow("fd00::1:1", "a/web"), Allowed),
        In("5.2: selectors never match nodes", "podSelector: {}, ingress: [{from: [{namespaceSelector: {}}]}]", Flow("host:n2", "a/web"), Denied),
        In("5.2: selectors never match Service addresses", "podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {}}]}]", Flow("a/api", "10.96.0.1", 81), EgressDenied, Service("a/web", "app: web", "{port: 80}", "10.96.0.1")),
        In("5.2: egress selectors never match outside addresses", "podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {}}]}]", Flow("a/web", Outside), EgressDenied),
        In("5.2: an absent `from` includes everything outside", "podSelector: {}, ingress: [{ports: [{port: 80}]}]", Flow(Outside, "a/web"), Allowed),
        In("5.10: namespaceSelector sees labels of namespaces, not of pods", "podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {app: web}}}]}]", ToWeb(), Denied),
        In("5.10: podSelector sees labels of pods, not of namespaces", "podSelector: {matchLabels: {team: red}}", ToWeb(), "allow None/None"),
        With("5.10: a policy of an undeclared namespace applies there", [], Flow("b/web", "x/p"), "deny None/Deny p ingress -1", null, Policy("x/p", "podSelector: {}"), Pod("x/p", "", "10.0.4.1")),
        In("5.10: an undeclared namespace has its name label", "podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: x}}}]}]", Flow("x/p", "a/web"), Allowed, Pod("x/p", "", "10.0.4.1")),
        In("5.10: an undeclared namespace has no other label", "podSelector: {}, ingress: [{from: [{namespaceSelector: {matchExpressions: [{key: team, operator: Exists}]}}]}]", Flow("x/p", "a/web"), Denied, Pod("x/p", "team: red", "10.0.4.1")),
    ];

    private static IEnumerable<Example> Blocks() =>
    [
        In("5.3: ingress sees the source address", "podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 203.0.113.0/24}}]}]", Flow(Outside, "a/web"), Allowed),
        In("5.3: ingress does not see the destination address", "podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.1/32}}]}]", Flow(Outside, "a/web"), Denied),
        In("5.3: egress sees the destination address", "podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 203.0.113.0/24}}]}]", Flow("a/web", Outside), EgressAllowed),
        In("5.3: a block ends", "podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 203.0.113.0/29}}]}]", Flow(Outside, "a/web"), Denied),
        In("5.3: except takes away outside addresses", "podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 203.0.0.0/16, except: [203.0.113.0/24, 203.0.112.0/24]}}]}]", Flow("a/web", Outside), EgressDenied),
        In("5.3: except takes only its own range away", "podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 203.0.0.0/16, except: [203.0.112.0/24]}}]}]", Flow("a/web", Outside), EgressAllowed),
        With("5.3: another rule allows what except took away", ["podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0, except: [203.0.113.0/24]}}]}, {from: [{ipBlock: {cidr: 203.0.113.9/32}}]}]"], Flow(Outside, "a/web"), "allow None/Allow p0 ingress 1"),
        With("5.3: another policy allows what except took away", ["podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0, except: [203.0.113.0/24]}}]}]", "podSelector: {}, ingress: [{}]"], Flow(Outside, "a/web"), "allow None/Allow p1 ingress 0"),
        In("5.3: `0.0.0.0/0` includes pods", "podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0}}]}]", ToWeb(), Allowed),
        In("5.3: `::/0` matches no IPv4 address", "podSelector: {}, ingress: [{from: [{ipBlock: {cidr: '::/0'}}]}]", ToWeb(), Denied),
        In("5.3: `::/0` matches IPv6", "podSelector: {}, ingress: [{from: [{ipBlock: {cidr: '::/0'}}]}]", ToWeb() with { IpFamily = 6 }, Allowed),
        In("5.3: both families are needed for everywhere", "podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0}}, {ipBlock: {cidr: '::/0'}}]}]", Flow("2001:db8::9", "a/web"), Allowed),
        In("5.3: a rule without peers matches IPv6 too", "podSelector: {}, ingress: [{}]", Flow("2001:db8::9", "a/web"), Allowed),
        In("5.9: IPv4 blocks alone deny IPv6 egress", "podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0}}]}]", Flow("a/web", "2001:db8::9"), EgressDenied),
        In("2.2: host bits are masked", "podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 203.0.113.77/24}}]}]", Flow(Outside, "a/web"), Allowed),
        In("2.2: leading zeros are decimal", "podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 010.0.1.0/24}}]}]", ToWeb(), Allowed),
        In("2.2: a mapped block is the IPv4 block", "podSelector: {}, ingress: [{from: [{ipBlock: {cidr: '::ffff:10.0.1.0/120'}}]}]", ToWeb(), Allowed),
    ];

    private static IEnumerable<Example> Ports()
    {
        string twice = Pod("a/twin", "app: twin", "10.0.0.4").Replace("containers: [{name: main, ports: []}]",
            "containers: [{name: one, ports: [{name: http, containerPort: 8001}]}, {name: two, ports: [{name: http, containerPort: 8002}]}]", StringComparison.Ordinal);
        string sidecar = Pod("a/car", "app: car", "10.0.0.5", spec: "initContainers: [{name: side, restartPolicy: Always, ports: [{name: side, containerPort: 15001}]}, {name: once, ports: [{name: once, containerPort: 15002}]}],");
        string hostPort = Pod("a/hp", "app: hp", "10.0.0.6", ports: "{name: http, containerPort: 8080, hostPort: 80}");
        return
        [
            In("5.4: a protocol without port is all its ports", "podSelector: {}, ingress: [{ports: [{protocol: UDP}]}]", ToWeb(7, "UDP"), Allowed),
            In("5.4: and no other protocol", "podSelector: {}, ingress: [{ports: [{protocol: UDP}]}]", ToWeb(7), Denied),
            In("5.4: another number", "podSelector: {}, ingress: [{ports: [{port: 80}]}]", ToWeb(81), Denied),
            In("5.4: port entries are united", "podSelector: {}, ingress: [{ports: [{port: 80}, {protocol: UDP, port: 53}]}]", ToWeb(53, "UDP"), Allowed),
            In("5.4: a range begins", "podSelector: {}, ingress: [{ports: [{port: 80, endPort: 90}]}]", ToWeb(80), Allowed),
            In("5.4: below a range", "podSelector: {}, ingress: [{ports: [{port: 80, endPort: 90}]}]", ToWeb(79), Denied),
            In("5.4: a range is of its protocol", "podSelector: {}, ingress: [{ports: [{protocol: UDP, port: 80, endPort: 90}]}]", ToWeb(85), Denied),
            In("5.4: a range inside in egress", "podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 80, endPort: 90}]}]", Flow("a/web", Outside, 85), EgressAllowed),
            In("5.4: a name of its protocol", "podSelector: {}, ingress: [{ports: [{protocol: UDP, port: dns}]}]", ToWeb(53, "UDP"), Allowed),
            In("5.4: a name is another number on another subject", "podSelector: {}, ingress: [{ports: [{port: http}]}]", Flow("b/web", "a/api", 9090), Allowed),
            In("5.4: a name is not the number of another subject", "podSelector: {}, ingress: [{ports: [{port: http}]}]", Flow("b/web", "a/api", 8080), Denied),
            In("5.4: a name is another number on another peer", "podSelector: {matchLabels: {app: web}}, policyTypes: [Egress], egress: [{ports: [{port: http}]}]", Flow("a/web", "a/api", 9090), EgressAllowed),
            In("5.4: an egress name is not the subject's own", "podSelector: {matchLabels: {app: web}}, policyTypes: [Egress], egress: [{ports: [{port: http}]}]", Flow("a/web", "a/api", 8080), EgressDenied),
            In("5.4: a destination without the name is not matched", "podSelector: {}, ingress: [{ports: [{port: http}]}]", Flow("b/web", "a/bare"), Denied, Pod("a/bare", "", "10.0.0.3")),
            In("5.4: a name in two containers, the first", "podSelector: {}, ingress: [{ports: [{port: http}]}]", Flow("b/web", "a/twin", 8001), Allowed, twice),
            In("5.4: a name in two containers, the second", "podSelector: {}, ingress: [{ports: [{port: http}]}]", Flow("b/web", "a/twin", 8002), Allowed, twice),
            In("5.4: a sidecar's name counts", "podSelector: {}, ingress: [{ports: [{port: side}]}]", Flow("b/web", "a/car", 15001), Allowed, sidecar),
            In("5.4: an init container's name does not", "podSelector: {}, ingress: [{ports: [{port: once}]}]", Flow("b/web", "a/car", 15002), Denied, sidecar),
            In("5.4: a number need not be declared", "podSelector: {}, ingress: [{ports: [{port: 12345}]}]", ToWeb(12345), Allowed),
            In("5.4: hostPort plays no role for names", "podSelector: {}, ingress: [{ports: [{port: http}]}]", Flow("b/web", "a/hp", 80), Denied, hostPort),
            In("5.4: hostPort plays no role for numbers", "podSelector: {}, ingress: [{ports: [{port: 80}]}]", Flow("b/web", "a/hp", 8080), Denied, hostPort),
            In("5.4: a block and a name match a pod in the block", "podSelector: {matchLabels: {app: web}}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 10.0.0.0/16}}], ports: [{port: http}]}]", Flow("a/web", "10.0.0.2", 9090), EgressAllowed),
            In("5.4: a block and a name match nothing outside", "podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 203.0.113.0/24}}], ports: [{port: http}]}]", Flow("a/web", Outside, 8080), EgressDenied),
            In("5.4: SCTP is matched", "podSelector: {}, ingress: [{ports: [{protocol: SCTP, port: 80}]}]", ToWeb(80, "SCTP"), Allowed),
            In("5.4: a rule of SCTP isolates for TCP", "podSelector: {}, ingress: [{ports: [{protocol: SCTP, port: 80}]}]", ToWeb(), Denied),
            In("5.4: a rule of UDP isolates for TCP", "podSelector: {}, ingress: [{ports: [{protocol: UDP, port: 80}]}]", ToWeb(), Denied),
            In("5.4: UDP-Lite is not UDP", "podSelector: {}, ingress: [{ports: [{protocol: UDP}]}]", ToWeb(80, "UDPLite"), Denied),
            In("5.4: a rule without ports covers ICMP", "podSelector: {}, ingress: [{from: [{namespaceSelector: {}}]}]", ToWeb(null, "ICMP"), Allowed),
        ];
    }
}
