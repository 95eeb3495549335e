using static NetPolicy.Spec.Tests.Yaml;

namespace NetPolicy.Spec.Tests;

/// <content>Ways through Services and host endpoints on which two things meet.</content>
internal static partial class CalicoExamples
{
    private static string NodePort(string id) =>
        Service(id, "app: web", "{port: 80, targetPort: 8080, nodePort: 30080}", "10.96.0.1", "type: NodePort");

    private static string SliceOf(string name, string type, string address, string ready) =>
        $"apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {{name: {name}, namespace: a, labels: {{kubernetes.io/service-name: far}}}}\naddressType: {type}\nendpoints: [{{addresses: ['{address}'], conditions: {{ready: {ready}}}}}]\nports: [{{port: 8080}}]";

    private static IEnumerable<Example> Unknowns()
    {
        SpecFlow icmp = ToWeb(port: null, protocol: "ICMP");
        yield return Rule("4: a source port that nobody knows is in no list", "{action: Allow, protocol: TCP, source: {ports: [1]}}", ToWeb(), false);
        yield return Rule("4: a port that nobody knows is in no list", "{action: Allow, protocol: TCP, destination: {ports: [1]}}", ToWeb(port: null), false);
        yield return Rule("4: an ICMP type that nobody knows is no type", "{action: Allow, protocol: ICMP, icmp: {type: 1}}", icmp, false);
        yield return Rule("4: an ICMP code that nobody knows is no code", "{action: Allow, protocol: ICMP, icmp: {type: 8, code: 1}}", icmp with { IcmpType = 8 }, false);
    }

    private static IEnumerable<Example> Translations()
    {
        string balanced = Service("a/web", "app: web", "{port: 80, targetPort: 8080}", "10.96.0.1", "type: LoadBalancer") + "\nstatus: {loadBalancer: {ingress: [{ip: 198.51.100.9}]}}";
        string plain = Service("a/web", "app: web", "{port: 80, targetPort: 8080}", "10.96.0.1");
        string To(string net) => $"ingress: [{{action: Deny, destination: {{nets: [{net}]}}}}]";
        SpecFlow byName = new("203.0.113.9", "svc:a/web", "TCP", 80);
        yield return At("7: from outside a Service's name means its load balancer's address", byName, "deny None/Deny p ingress 0 at a/web:8080", balanced, Edge, PreDnat("p", To("198.51.100.9/32")));
        yield return At("7: from outside a Service's name means its cluster address if it has no other", byName, "deny None/Deny p ingress 0 at a/web:8080", plain, Edge, PreDnat("p", To("10.96.0.1/32")));
        yield return At("7: from inside a Service's name means its cluster address", byName with { From = "a/db" }, "deny Deny/None p ingress 0 at a/web:8080", balanced, Every, PreDnat("p", To("10.96.0.1/32"), "all"));
        yield return At("7: what a host sends to another node's port is not translated yet", new("host:n1", "192.0.2.2", "TCP", 30080), "allow Allow/None p egress 0 at a/web:8080", NodePort("a/web"), Edge, Normal("p", "egress: [{action: Allow, protocol: TCP, destination: {nets: [192.0.2.2/32], ports: [30080]}}]"), Host("two", "node: n2, interfaceName: eth0, profiles: [projectcalico-default-allow]"));
        yield return At("7: on its way to another node's backend a packet leaves by forward egress", new("203.0.113.9", "192.0.2.1", "TCP", 30080), "deny None/Deny p egress 0 at b/web:8080", NodePort("b/web"), Edge, Forward("p", "egress: [{action: Deny}]"));
        yield return World("7.9: an outer address of a Service leads to its backends even if the sender has it, too", [Service("a/out", "app: web", "{port: 80, targetPort: 8080}", "10.96.0.1", "externalIPs: [10.0.0.2]"), Gnp("q", $"{Web}, {Closed}")], new("a/db", "10.0.0.2", "TCP", 80), "deny None/Deny q ingress 0 at a/web:8080");
        yield return At("5: a hostNetwork backend is its node without address, too", new("a/db", "svc:b/agents", "TCP", 8080), "deny None/Deny two ingress -1 at b/agent:8080", Service("b/agents", "app: agent", "{port: 8080}", "10.96.0.7"), "apiVersion: v1\nkind: Pod\nmetadata: {name: agent, namespace: b, labels: {app: agent}}\nspec: {nodeName: n2, hostNetwork: true}", Host("two", "node: n2, interfaceName: eth0"));
        yield return At("5: a hostNetwork pod speaks the families of its addresses", new("b/agent", "a/web", "TCP", 80), "allow None/Allow q ingress 0", Pod("b/agent", "app: agent", "fd00:2::9", "n2", spec: "hostNetwork: true,"), Gnp("q", $"{Web}, ingress: [{{action: Allow, source: {{nets: ['fd00:2::9/128']}}}}]"));
    }

    private static IEnumerable<Example> Returns()
    {
        string deny = ClusterPolicy("ClusterNetworkPolicy", "p", "tier: Admin, priority: 1, subject: {pods: {namespaceSelector: {}, podSelector: {matchLabels: {role: self}}}}, ingress: [{action: Deny, from: [{namespaces: {}}]}]");
        string one = Pod("a/one", "role: self", "10.0.0.5", "n1"), two = Pod("a/two", "role: twin", "10.0.0.5", "n1");
        yield return World("7.9: a pod reaches itself among the owners of an address", [deny, one, two], new("a/one", "10.0.0.5", "TCP", 80), "allow None/None");
        string closed = Normal("q", "egress: [{action: Deny}]", "all");
        yield return At("5: a node reaches its own pod by a Service without address, whatever its host endpoints say", new("host:n1", "svc:a/self", "TCP", 80), "allow None/None at a/one:80", one, Service("a/self", "role: self", "{port: 80}", "None"), Every, closed);
        yield return At("5: a node reaches its own pod among the owners of an address", new("host:n1", "10.0.0.5", "TCP", 80), "allow None/None", one, Pod("a/two", "role: twin", "10.0.0.5", "n2"), Every, Normal("q", "egress: [{action: Allow}]", "all"));
        yield return World("7.9: a pod reaches itself by a Service without address", [deny, one, Service("a/self", "role: self", "{port: 80}", "None")], new("a/one", "svc:a/self", "TCP", 80), "allow None/None at a/one:80");
    }

    private static IEnumerable<Example> Families()
    {
        string far = Service("a/far", "", "{port: 8080}", "None"), six = SliceOf("far-6", "IPv6", "fd00::1:1", "true");
        SpecFlow toFar = new("a/web", "svc:a/far", "TCP", 8080);
        yield return World("7.9: a Service without address speaks the families of its backends", [far, six], toFar, "allow None/None at b/web:8080");
        yield return World("7.9: a Service without address speaks the families of those that are ready", [far, six, SliceOf("far-4", "IPv4", "10.0.1.1", "false")], toFar, "allow None/None at b/web:8080");
    }

    // The first endpoint of all is one like any other.
    private static IEnumerable<Example> Firsts()
    {
        string[] Host0(params string[] more) => [Host("own", "node: n1, interfaceName: eth0, profiles: [projectcalico-default-allow]", "role: edge"), Cluster[0], .. more];
        yield return new("Calico 7.1: the first host endpoint has an untracked stage in", Host0(Raw("p", Closed)), ToHost, "deny None/Deny p ingress 0");
        yield return new("Calico 7.1: the first host endpoint has an untracked stage out", Host0(Raw("p", "egress: [{action: Deny}]")), FromHost, "deny Deny/None p egress 0");
        yield return new("Calico 7.1: the first host endpoint has a pre-DNAT stage", Host0(PreDnat("p", Closed)), ToHost, "deny None/Deny p ingress 0");
        yield return new("Calico 7.2: the first host endpoint shadows `*` in the pre-DNAT stage", Host0(Every, PreDnat("p", "ingress: [{action: Deny, protocol: UDP}]"), PreDnat("q", Closed, "all")), ToHost, "allow None/None");
        string web = Pod("a/web", "app: web", "10.0.0.1", "n1"), service = Service("a/web", "app: web", "{port: 80, targetPort: 8080}", "10.96.0.1");
        yield return new("Calico 7.2: the first `*` meets what a pod sends to itself by a Service", [Every, Cluster[0], web, service, PreDnat("p", Closed, "all")], new("a/web", "10.96.0.1", "TCP", 80), "deny Deny/None p ingress 0 at a/web:8080");
        yield return new("Calico 7.5: the own node reaches the first pod by a Service", [web, Cluster[0], service, Gnp("q", $"{Web}, {Closed}"), Every, Normal("p", "egress: [{action: Deny}]", "all")], new("host:n1", "10.96.0.1", "TCP", 80), "allow None/None at a/web:8080");
    }
}
