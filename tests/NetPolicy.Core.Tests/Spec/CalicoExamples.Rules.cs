using static NetPolicy.Spec.Tests.Yaml;

namespace NetPolicy.Spec.Tests;

/// <content>Sections 1.5, 3.3 to 3.5 and 4: what a rule matches.</content>
internal static partial class CalicoExamples
{
    private const string Allowed = "allow None/Allow p ingress 0";

    private static Example Rule(string says, string rule, SpecFlow flow, bool matches, params string[] more) =>
        Np(says, rule, flow, matches ? Allowed : IsolatesWeb, more);

    private static Example Global(string says, string rule, SpecFlow flow, bool matches, params string[] more) =>
        World(says, [Gnp("p", $"selector: app == 'web', types: [Ingress], ingress: [{rule}]"), .. more], flow, matches ? Allowed : IsolatesWeb);

    private static string From(string source) => $"{{action: Allow, source: {{{source}}}}}";

    private static IEnumerable<Example> Peers()
    {
        string host = Host("edge", "node: n2, interfaceName: eth0, expectedIPs: [192.0.2.2], profiles: [projectcalico-default-allow]", "role: edge");
        string bare = Host("bare", "node: n2, interfaceName: eth0, profiles: [projectcalico-default-allow]", "role: edge");
        SpecFlow fromHost = ToWeb("192.0.2.2");
        yield return Rule("3.3: an own-namespace selector is no host endpoint's", From("selector: \"role == 'edge'\""), fromHost, false, host);
        yield return Rule("3.3: an own-namespace selector is no global network set's", From("selector: \"kind == 'lab'\""), ToWeb("198.18.0.1"), false);
        yield return Rule("3.3: an own-namespace selector finds sets of the namespace", From("selector: \"kind == 'friend'\""), ToWeb("198.51.100.9"), true, Calico("NetworkSet", "a/friends", "nets: [198.51.100.9]", "kind: friend"));
        yield return Rule("3.3: an own-namespace selector finds no set of another namespace", From("selector: \"kind == 'partner'\""), ToWeb("203.0.113.9"), false);
        yield return Rule("3.3: `all()` finds sets of every namespace", From("namespaceSelector: all(), selector: \"kind == 'partner'\""), ToWeb("203.0.113.9"), true);
        yield return Rule("3.3: `all()` finds no host endpoint", From("namespaceSelector: all()"), fromHost, false, host);
        yield return Rule("3.3: `all()` finds no global network set", From("namespaceSelector: all()"), ToWeb("198.18.0.1"), false);
        yield return Rule("3.3: `global()` finds host endpoints", From("namespaceSelector: global(), selector: \"role == 'edge'\""), fromHost, true, host);
        yield return Rule("3.3: `global()` alone finds every one", From("namespaceSelector: global()"), ToWeb("198.18.0.1"), true);
        yield return Rule("3.3: `global()` finds no pod", From("namespaceSelector: global()"), ToWeb(), false);
        yield return Rule("3.3: `global()` is not the outside", From("namespaceSelector: global()"), ToWeb("192.0.2.200"), false);
        yield return Rule("3.3: a namespaceSelector of absent labels finds host endpoints", From("namespaceSelector: \"env != 'prod'\""), fromHost, true, host);
        yield return Rule("3.3: a namespaceSelector of absent labels finds global network sets", From("namespaceSelector: \"env != 'prod'\""), ToWeb("198.18.0.1"), true);
        yield return Rule("3.3: a namespaceSelector finds pods of its namespaces only", From("namespaceSelector: \"env == 'dev'\""), ToWeb("a/db"), false);
        yield return Rule("3.3: a service account of the own namespace", From("serviceAccounts: {names: [keeper]}"), ToWeb("a/kept"), true, Pod("a/kept", "", "10.0.0.5", "n1", account: "keeper"));
        yield return Rule("3.3: service account names and selector are joined", From("namespaceSelector: all(), serviceAccounts: {names: [robot], selector: \"level == 'low'\"}"), ToWeb(), false);
        yield return Rule("3.3: service accounts and selector are joined", From("namespaceSelector: all(), serviceAccounts: {names: [robot]}, selector: \"app == 'db'\""), ToWeb(), false);
        yield return Global("3.3: a service account selector of `all()` matches who has none", From("serviceAccounts: {selector: all()}"), ToWeb("a/db"), true);
        yield return Rule("3.3: `!all()` of namespaces means what has none", From("namespaceSelector: \"!all()\""), ToWeb("198.18.0.1"), true);
        yield return Rule("3.3: and no pod", From("namespaceSelector: \"!all()\""), ToWeb(), false);
        yield return Rule("3.3: `all()` beside another term keeps both", From("namespaceSelector: \"all() && env == 'dev'\""), ToWeb(), true);
        yield return Rule("3.3: `all()` beside another term", From("namespaceSelector: \"all() && env == 'dev'\""), ToWeb("a/db"), false);
        foreach ((string what, string from, string[] more) in ((string, string, string[])[])
            [("pods", "a/web2", [Pod("a/web2", "x: z", "10.0.0.3", "n1")]), ("host endpoints", "192.0.2.2", [Host("edge", "node: n2, interfaceName: eth0, expectedIPs: [192.0.2.2], profiles: [projectcalico-default-allow]", "x: z")]),
             ("network sets", "198.51.100.9", [Calico("NetworkSet", "b/s", "nets: [198.51.100.9]", "x: z")]), ("global network sets", "198.51.100.9", [Calico("GlobalNetworkSet", "s", "nets: [198.51.100.9]", "x: z")])])
        {
            yield return Global($"3.3: a global policy's selector finds {what}", From("selector: \"x == 'z'\""), ToWeb(from), true, more);
            yield return Global($"3.3: a global policy's `all()` finds {what}", From("selector: all()"), ToWeb(from), true, more);
        }

        yield return Global("3.3: a global policy's notSelector leaves its own out", From("notSelector: \"app == 'db'\""), ToWeb("a/db"), false);
        yield return Global("3.3: a global policy without selector means anyone", From(""), ToWeb(Outside), true);
        yield return Global("3.3: a host endpoint's addresses are its expected ones", From("selector: \"role == 'edge'\""), fromHost, false, bare);
        string[] twins = [Pod("a/one", "x: one, w: s", "10.0.0.5", "n1"), Pod("a/two", "x: two", "10.0.0.5", "n1")];
        yield return Global("3.3: of several owners of an address one suffices", From("selector: \"x == 'two'\""), ToWeb("a/one"), true, twins);
        yield return Global("3.3: selector and notSelector speak of one and the same endpoint", From("selector: has(x), notSelector: \"x == 'one'\""), ToWeb("a/one"), true, twins);
        yield return Global("3.3: and deny if that endpoint is neither", From("selector: has(w), notSelector: \"x == 'one'\""), ToWeb("a/one"), false, twins);
        yield return Global("3.3: notSelector alone speaks of the address", From("notSelector: \"x == 'one'\""), ToWeb("a/two"), false, twins);
        yield return Global("3.3: a set of everything holds every address", From("selector: \"kind == 'world'\""), ToWeb(Outside), true, Calico("GlobalNetworkSet", "world", "nets: [0.0.0.0/0]", "kind: world"));
        yield return Global("3.3: a smaller block keeps the labels of the larger", From("selector: \"kind == 'large'\""), ToWeb("203.0.113.9"), true, Calico("GlobalNetworkSet", "large", "nets: [203.0.0.0/16]", "kind: large"));
        yield return Global("3.3: nets and selector must both hold", From("nets: [198.18.0.0/16], selector: \"kind == 'lab'\""), ToWeb("198.19.0.1"), false);
        yield return Global("3.3: nets and selector hold together", From("nets: [198.18.0.0/16], selector: \"kind == 'lab'\""), ToWeb("198.18.0.1"), true);
        yield return Rule("3.3: notNets and selector must both hold", From("notNets: [10.0.0.2/32], selector: \"app == 'db'\""), ToWeb("a/db"), false);
    }

    private static string Slice(string ports, string addresses = "10.0.0.1", string labels = "kubernetes.io/service-name: web", string type = "IPv4") =>
        $"apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {{name: web-1, namespace: a, labels: {{{labels}}}}}\naddressType: {type}\nendpoints: [{{addresses: ['{addresses}'], conditions: {{ready: true}}}}]\nports: [{ports}]";

    private static IEnumerable<Example> Ports()
    {
        string egress = Calico("NetworkPolicy", "a/p", "selector: app == 'db', types: [Egress], egress: [{action: Allow, destination: {services: {name: web}}}]");
        Example Service(string says, string slice, SpecFlow flow, bool matches) =>
            World("3.4: " + says, [egress, slice], flow, matches ? "allow Allow/None p egress 0" : "deny Deny/None p egress -1");
        SpecFlow fromDb = new("a/db", "a/web", "TCP", 8080);
        yield return Service("a slice's port without protocol is TCP", Slice("{port: 8080}"), fromDb, true);
        yield return Service("a slice's protocol must be the packet's", Slice("{port: 8080, protocol: UDP}"), fromDb, false);
        yield return Service("a slice's protocol is carried by the rule", Slice("{port: 53, protocol: UDP}"), fromDb with { Protocol = "UDP", Port = 53 }, true);
        yield return Service("a slice's port without number gives nothing", Slice("{name: any}"), fromDb, false);
        yield return Service("a slice of names gives nothing", Slice("{port: 8080}", "web.example.org", type: "FQDN"), fromDb, false);
        yield return Service("a slice of another Service gives nothing", Slice("{port: 8080}", labels: "kubernetes.io/service-name: other"), fromDb, false);
        yield return Service("an address of no pod may be a backend", Slice("{port: 443}", "203.0.113.9"), fromDb with { To = "203.0.113.9", Port = 443 }, true);
        yield return World("3.4: a Service's cluster address is matched by its backends", [egress, Slice("{port: 8080}"), Yaml.Service("a/web", "app: web", "{port: 80, targetPort: http}", "10.96.0.1")], fromDb with { To = "10.96.0.1", Port = 80 }, "allow Allow/None p egress 0 at a/web:8080");
        yield return World("3.4: a Service's cluster address itself is no member", [Calico("NetworkPolicy", "b/p", "types: [Egress], egress: [{action: Allow, destination: {nets: [10.96.0.0/16]}}]"), Yaml.Service("a/web", "app: web", "{port: 80, targetPort: http}", "10.96.0.1")], new("b/web", "10.96.0.1", "TCP", 80), "deny Deny/None p egress -1 at a/web:8080");
        string ingress = Calico("NetworkPolicy", "b/p", "ingress: [{action: Allow, protocol: TCP, source: {services: {name: web, namespace: a}, ports: [1000]}, destination: {ports: [80]}}]");
        SpecFlow toB = new("a/web", "b/web", "TCP", 80, SourcePort: 1000);
        yield return World("3.4: ports beside a source Service still apply", [ingress, Slice("{port: 8080}")], toB, "allow None/Allow p ingress 0");
        yield return World("3.4: a source port beside a source Service", [ingress, Slice("{port: 8080}")], toB with { SourcePort = 1001 }, "deny None/Deny p ingress -1");
        yield return World("3.4: a destination port beside a source Service", [ingress, Slice("{port: 8080}")], toB with { Port = 81 }, "deny None/Deny p ingress -1");
        yield return World("3.4: a source Service matches its backends only", [ingress, Slice("{port: 8080}")], toB with { From = "a/db" }, "deny None/Deny p ingress -1");
        yield return World("1.5: a Service without namespace is of the policy's own", [Calico("NetworkPolicy", "b/p", "ingress: [{action: Allow, source: {services: {name: web}}}]"), Slice("{port: 8080}")], new("a/web", "b/web", "TCP", 80), "deny None/Deny p ingress -1");

        string named = "{action: Allow, protocol: TCP, destination: {ports: [80, http, '9000:9001']}}";
        foreach ((int port, bool matches) in ((int, bool)[])[(80, true), (8080, true), (9001, true), (9002, false)])
        {
            yield return Rule($"3.5: numbers, ranges and names are one list: {port}", named, ToWeb(port: port), matches);
        }

        string dns = Pod("a/dns", "app: web", "10.0.0.4", "n1", "{name: dns, containerPort: 53, protocol: UDP}, {name: http, containerPort: 8081}, {name: ss, containerPort: 54, protocol: SCTP}");
        SpecFlow toDns = new("b/web", "a/dns", "UDP", 53);
        yield return Rule("3.5: a name's protocol must be the rule's", "{action: Allow, protocol: TCP, destination: {ports: [dns]}}", toDns with { Protocol = "TCP" }, false, dns);
        yield return Rule("3.5: a name of the rule's protocol", "{action: Allow, protocol: UDP, destination: {ports: [dns]}}", toDns, true, dns);
        yield return Rule("3.5: without protocol a name counts for UDP", "{action: Allow, destination: {ports: [dns]}}", toDns, true, dns);
        yield return Rule("3.5: without protocol a name counts for SCTP", "{action: Allow, destination: {ports: [ss]}}", toDns with { Protocol = "SCTP", Port = 54 }, true, dns);
        yield return Rule("3.5: without protocol a name counts for its own protocol only", "{action: Allow, destination: {ports: [dns]}}", toDns with { Protocol = "TCP" }, false, dns);
        yield return Rule("3.5: a name means each endpoint's own number", "{action: Allow, protocol: TCP, destination: {ports: [http]}}", new("b/web", "a/dns", "TCP", 8081), true, dns);
        yield return Rule("3.5: and not another endpoint's", "{action: Allow, protocol: TCP, destination: {ports: [http]}}", new("b/web", "a/dns", "TCP", 8080), false, dns);
        yield return Rule("3.5: a name is looked up among those that the selector matches", "{action: Allow, protocol: TCP, destination: {selector: \"app == 'db'\", ports: [http]}}", ToWeb(port: 8080), false);
        yield return Rule("3.5: a name that nobody has matches nothing", "{action: Allow, protocol: TCP, destination: {ports: [ghost]}}", ToWeb(port: 8080), false);
        yield return Rule("3.5: notPorts exclude by name", "{action: Allow, protocol: TCP, destination: {notPorts: [http]}}", ToWeb(port: 8080), false);
        yield return Rule("3.5: notPorts exclude a name of those that the selector matches", "{action: Allow, protocol: TCP, source: {selector: \"app == 'db'\"}, destination: {selector: \"app == 'web'\", notPorts: [http]}}", ToWeb("a/db", 8080), false);
        yield return World("3.5: a host endpoint's ports have names", [Host("edge", "node: n2, interfaceName: eth0, expectedIPs: [192.0.2.2], ports: [{name: api, protocol: TCP, port: 6000}], profiles: [projectcalico-default-allow]"), Gnp("p", "selector: app == 'db', types: [Egress], egress: [{action: Allow, protocol: TCP, destination: {ports: [api]}}]")], new("a/db", "host:n2", "TCP", 6000), "allow Allow/None p egress 0");
        yield return World("3.5: without expected addresses they mean nothing", [Host("edge", "node: n2, interfaceName: eth0, ports: [{name: api, protocol: TCP, port: 6000}], profiles: [projectcalico-default-allow]"), Gnp("p", "selector: app == 'db', types: [Egress], egress: [{action: Allow, protocol: TCP, destination: {ports: [api]}}]")], new("a/db", "host:n2", "TCP", 6000), "deny Deny/None p egress -1");
        yield return Rule("1.5: a port in digits is its number", "{action: Allow, protocol: TCP, destination: {ports: ['80']}}", ToWeb(), true);
        foreach ((int port, bool matches) in ((int, bool)[])[(89, false), (90, true), (100, true), (101, false)])
        {
            yield return Rule($"1.5: a range holds its ends: {port}", "{action: Allow, protocol: TCP, destination: {ports: ['90:100']}}", ToWeb(port: port), matches);
        }
    }

    private static IEnumerable<Example> Clauses()
    {
        SpecFlow icmp = ToWeb(port: null, protocol: "ICMP") with { IcmpType = 8, IcmpCode = 0 };
        SpecFlow icmp6 = ToWeb(port: null, protocol: "ICMPv6") with { IcmpType = 128, IcmpCode = 0, IpFamily = 6 };
        yield return Rule("1.5: a protocol in digits is its number", "{action: Allow, protocol: '6'}", ToWeb(), true);
        yield return Rule("1.5: a protocol by number", "{action: Allow, protocol: 17}", ToWeb(protocol: "UDP"), true);
        yield return Rule("1.5: UDPLite is 136", "{action: Allow, protocol: UDPLite}", ToWeb(port: null, protocol: "136"), true);
        yield return Rule("1.5: SCTP is 132", "{action: Allow, protocol: 132}", ToWeb(protocol: "SCTP"), true);
        yield return Rule("4: notProtocol excludes", "{action: Allow, notProtocol: TCP}", ToWeb(), false);
        yield return Rule("4: notProtocol by number", "{action: Allow, notProtocol: 6}", ToWeb(), false);
        yield return Rule("4: protocol and notProtocol must both hold", "{action: Allow, protocol: UDP, notProtocol: TCP}", ToWeb(), false);
        yield return Rule("4: ipVersion 4 is not IPv6", "{action: Allow, ipVersion: 4}", ToWeb() with { IpFamily = 6 }, false);
        yield return Rule("4: without ipVersion both families match", "{action: Allow}", ToWeb() with { IpFamily = 6 }, true);
        yield return Rule("4: the name ICMP means IPv4", "{action: Allow, protocol: ICMP}", ToWeb(port: null, protocol: "1") with { IpFamily = 6 }, false);
        yield return Rule("4: the number 1 does not", "{action: Allow, protocol: 1}", ToWeb(port: null, protocol: "1") with { IpFamily = 6 }, true);
        yield return Rule("4: the name ICMPv6 means IPv6", "{action: Allow, protocol: ICMPv6}", ToWeb(port: null, protocol: "58"), false);
        yield return Rule("4: the number 58 does not", "{action: Allow, protocol: 58}", ToWeb(port: null, protocol: "58"), true);
        yield return Rule("4: icmp in IPv6 is of ICMPv6", "{action: Allow, protocol: ICMPv6, icmp: {type: 128}}", icmp6, true);
        yield return Rule("4: icmp with another code", "{action: Allow, protocol: ICMP, icmp: {type: 8, code: 1}}", icmp, false);
        yield return Rule("4: icmp without code is of every code", "{action: Allow, protocol: ICMP, icmp: {type: 8}}", icmp with { IcmpCode = 5 }, true);
        yield return Rule("4: notICMP excludes its type", "{action: Allow, notICMP: {type: 8}}", icmp, false);
        yield return Rule("4: notICMP excludes its type and code", "{action: Allow, protocol: ICMP, notICMP: {type: 8, code: 0}}", icmp, false);
        yield return Rule("4: notICMP says nothing of other protocols", "{action: Allow, notICMP: {type: 8}}", ToWeb(), true);
        yield return Rule("4: nets are one list", "{action: Allow, source: {nets: [192.0.2.0/24, 10.0.1.0/24]}}", ToWeb(), true);
        yield return Rule("4: nets of nobody", "{action: Allow, source: {nets: [192.0.2.0/24]}}", ToWeb(), false);
        yield return Rule("4: notNets exclude each", "{action: Allow, source: {notNets: [192.0.2.0/24, 10.0.1.0/24]}}", ToWeb(), false);
        yield return Rule("4: nets without notNets", "{action: Allow, source: {nets: [10.0.0.0/8], notNets: [10.0.1.0/24]}}", ToWeb(), false);
        yield return Rule("4: nets of the destination", "{action: Allow, destination: {nets: [10.0.0.2/32]}}", ToWeb(), false);
        yield return World("4: lists of nets that begin alike are not alike", [Calico("GlobalNetworkPolicy", "p", "ingress: [{action: Deny, source: {nets: [192.0.2.0/24, 10.0.1.0/24]}}, {action: Allow, source: {nets: [192.0.2.0/24, 198.51.100.0/24]}}]")], ToWeb("198.51.100.9"), "allow None/Allow p ingress 1");
        yield return World("4: lists of notNets that begin alike are not alike", [Calico("GlobalNetworkPolicy", "p", "ingress: [{action: Deny, source: {notNets: [192.0.2.0/24, 198.51.100.0/24]}}, {action: Allow, source: {notNets: [192.0.2.0/24, 10.0.1.0/24]}}]")], ToWeb("198.51.100.9"), "allow None/Allow p ingress 1");
        yield return Rule("4: source and destination must both hold", "{action: Allow, source: {nets: [10.0.1.0/24]}, destination: {nets: [10.0.0.2/32]}}", ToWeb(), false);
        yield return Rule("4: ports are of protocols that have them", "{action: Allow, destination: {notPorts: [ghost]}}", icmp, false);
        yield return Rule("4: ports and notPorts must both hold", "{action: Allow, protocol: TCP, destination: {ports: ['1:100'], notPorts: [80]}}", ToWeb(), false);
        yield return Rule("4: notPorts hold for every port they do not list", "{action: Allow, protocol: TCP, destination: {notPorts: ['81:90', 443]}}", ToWeb(), true);
        yield return Np("4: a rule whose nets are IPv6 is none for IPv4", "{action: Deny, destination: {nets: ['fd00::/8']}}, {action: Allow}", ToWeb(), "allow None/Allow p ingress 1");
        yield return Np("4: a rule whose notNets hold everything is none", "{action: Deny, source: {notNets: [0.0.0.0/0]}}, {action: Allow}", ToWeb(), "allow None/Allow p ingress 1");
        yield return Np("4: of a mixed list the packet's family counts", "{action: Allow, source: {nets: ['fd00::/8', 10.0.1.0/24]}}", ToWeb(), Allowed);
        yield return Np("4: of a mixed list the other family is left out", "{action: Allow, source: {notNets: ['::/0', 10.0.9.0/24]}}", ToWeb(), Allowed);
    }

    private static IEnumerable<Example> Http()
    {
        const string pub = "{action: Allow, protocol: TCP, http: {paths: [{prefix: /pub}, {exact: /one/two}]}}";
        Example Path(string says, string path, bool matches, string rule = pub) => Rule("1.5: " + says, rule, ToWeb() with { HttpMethod = "GET", HttpPath = path }, matches);
        yield return Rule("1.5: http without a request is not judged", "{action: Allow, http: {methods: [PUT], paths: [{exact: /x}]}}", ToWeb(), true);
        yield return Rule("1.5: http methods are one list", "{action: Allow, http: {methods: [PUT, GET]}}", ToWeb() with { HttpMethod = "GET" }, true);
        yield return Rule("1.5: http method `*` is any", "{action: Allow, http: {methods: ['*']}}", ToWeb() with { HttpMethod = "PATCH" }, true);
        yield return Rule("1.5: http methods and paths must both hold", "{action: Allow, http: {methods: [PUT], paths: [{prefix: /pub}]}}", ToWeb() with { HttpMethod = "GET", HttpPath = "/pub" }, false);
        yield return Path("http paths are one list", "/one/two", true);
        yield return Path("an exact http path has nothing below", "/one/two/three", false);
        yield return Path("a prefix is a path itself", "/pub", true);
        yield return Path("a prefix has everything below", "/pub/x/y", true);
        yield return Path("a prefix ends with its segment", "/publish", false);
        yield return Path("a request's query is left out", "/one/two?x=/pub", true);
        yield return Path("a request's fragment is left out", "/one/two#x", true);
        yield return Path("a request's escapes are decoded", "/%70ub", true);
        yield return Path("a request's escapes are decoded once", "/%2570ub", false);
        foreach (string residue in (string[])["%252e%252e", "%252F", "%255c", "%00", "%zz"])
        {
            yield return Path($"a request with `{residue}` matches no path", $"/pub/{residue}", false);
        }

        yield return Path("a backslash is a slash", "\\pub\\x", true);
        yield return Path("parameters of a segment are left out", "/pub;v=1/x;y", true);
        yield return Path("dot segments are resolved", "/pub/../one/./two", true);
        yield return Path("dot segments leave a prefix", "/pub/../secret", false);
        yield return Path("a rule's own path is normalised too", "/pub/x", true, "{action: Allow, http: {paths: [{prefix: '/x/../%70ub'}]}}");
    }
}
