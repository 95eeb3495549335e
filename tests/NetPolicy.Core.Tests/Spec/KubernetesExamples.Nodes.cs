using static NetPolicy.Spec.Tests.Yaml;

namespace NetPolicy.Spec.Tests;

/// <content>Self traffic, nodes, special pods and addresses (sections 5.5, 5.7 and 5.9).</content>
internal static partial class KubernetesExamples
{
    private const string Closed = "podSelector: {}, policyTypes: [Ingress, Egress]";

    private static IEnumerable<Example> Nodes()
    {
        string agent = Pod("a/agent", "app: agent", "192.0.2.1", "n1", spec: "hostNetwork: true,");
        return
        [
            In("5.5: a pod talks to its second address", Closed, Flow("a/web", "fd00::1"), "allow None/None"),
            In("5.5: a pod talks to loopback", Closed, Flow("a/web", "127.0.0.1"), "allow None/None"),
            In("5.5: a pod talks to IPv6 loopback", Closed, Flow("a/web", "::1"), "allow None/None"),
            In("5.5: a pod talks to itself by any protocol", Closed, Flow("a/web", "a/web", null, "ICMP"), "allow None/None"),
            In("5.5: a pod reaches itself through a Service", Closed, Flow("a/web", "svc:a/web"), "allow None/None at a/web:8080", Service("a/web", "app: web", "{port: 80, targetPort: http}", "10.96.0.1")),
            In("5.7: a hostNetwork pod counts as the resident node", Closed, Flow("a/agent", "a/web"), "allow None/None", agent),
            In("5.7: a pod reaches a hostNetwork pod on its own node", Closed, Flow("a/web", "a/agent"), "allow None/None", agent),
            In("5.7: a hostNetwork pod of another node does not", Closed, Flow("b/agent", "a/web"), Denied),
            In("5.7: a hostNetwork pod is no subject", Closed, Flow("a/agent", Outside), "allow None/None", agent),
            In("5.7: a hostNetwork pod has no ingress policy", Closed, Flow(Outside, "a/agent"), "allow None/None", agent),
            In("5.7: podSelector never sees a hostNetwork pod", "podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {}, podSelector: {matchLabels: {app: agent}}}]}]", Flow("a/web", "b/agent"), EgressDenied),
            In("5.7: ipBlock matches another node in egress", "podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 192.0.2.2/32}}]}]", Flow("a/web", "host:n2"), EgressAllowed),
            In("5.7: a node's other address is the node", Closed, Flow("198.51.100.1", "a/far"), "allow None/None", Node("n3", "192.0.2.3", """{"eth1":["198.51.100.1"]}"""), Pod("a/far", "", "10.0.3.1", "n3")),
            In("5.7: a pod without node has no own node", Closed, Flow("host:n1", "a/pending"), Denied, Pod("a/pending", "", "10.0.0.9", "''")),
        ];
    }

    private static IEnumerable<Example> Endpoints()
    {
        string pending = Pod("a/new", "app: new", "").Replace("Running", "Pending", StringComparison.Ordinal);
        string finished = Pod("a/done", "app: done", "10.0.0.7").Replace("Running", "Succeeded", StringComparison.Ordinal);
        string failed = Pod("a/done", "app: done", "10.0.0.7").Replace("Running", "Failed", StringComparison.Ordinal);
        string leaving = Pod("a/old", "app: old", "10.0.0.8").Replace("labels:", "deletionTimestamp: \"2024-01-01T00:00:00Z\", labels:", StringComparison.Ordinal);
        string heir = Pod("b/heir", "app: heir", "10.0.0.7");
        return
        [
            In("5.7: a pod without address is isolated from the start", "podSelector: {}", Flow("b/web", "a/new"), Denied, pending),
            In("5.7: a pod without address is in no block", "podSelector: {matchLabels: {app: web}}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0}}]}]", Flow("a/new", "a/web"), Denied, pending),
            In("5.7: the address of a failed pod is nobody's", "podSelector: {}, ingress: [{from: [{podSelector: {}}]}]", Flow("10.0.0.7", "a/web"), Denied, failed),
            In("5.7: the address of a finished pod is no subject", "podSelector: {}", Flow("b/web", "10.0.0.7"), "allow None/None", finished),
            In("5.7: an address that a finished pod left is its heir's", "podSelector: {matchLabels: {app: web}}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: blue}}, podSelector: {matchLabels: {app: heir}}}]}]", Flow("10.0.0.7", "a/web"), Allowed, finished, heir),
            In("5.7: and not the finished pod's any more", "podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {matchLabels: {app: done}}}]}]", Flow("10.0.0.7", "a/web"), Denied, finished, heir),
            In("5.7: a terminating pod is still a subject", "podSelector: {matchLabels: {app: old}}", Flow("b/web", "10.0.0.8"), Denied, leaving),
            In("5.7: a terminating pod is still a peer", "podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {matchLabels: {app: old}}}]}]", Flow("10.0.0.8", "a/web"), Allowed, leaving),
            In("5.7: an unknown address is no pod", "podSelector: {}, ingress: [{from: [{namespaceSelector: {}}]}]", Flow("10.0.0.200", "a/web"), Denied),
            In("5.7: an unknown address is matched by ipBlock", "podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/24}}]}]", Flow("10.0.0.200", "a/web"), Allowed),
            In("5.9: podIPs wins over podIP", "podSelector: {}", Flow("b/web", "10.0.0.66"), "allow None/None", Pod("a/two", "", "10.0.0.65").Replace("podIPs:", "podIP: 10.0.0.66, podIPs:", StringComparison.Ordinal)),
            In("5.9: podIP counts where podIPs is missing", "podSelector: {}", Flow("b/web", "10.0.0.66"), Denied, Pod("a/two", "", "10.0.0.65").Replace("podIPs: [{ip: '10.0.0.65'}]", "podIP: 10.0.0.66", StringComparison.Ordinal)),
            In("5.9: an address in another spelling is the same", "podSelector: {}, ingress: [{from: [{namespaceSelector: {}}]}]", Flow("FD00:0:0::0001:1", "a/web"), Allowed),
            In("5.9: a mapped address is the IPv4 address", "podSelector: {}, ingress: [{from: [{namespaceSelector: {}}]}]", Flow("::ffff:10.0.1.1", "a/web"), Allowed),
            In("5.9: selector peers cover both families", "podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {}}]}]", Flow("a/web", "fd00::1:1"), EgressAllowed),
            In("5.9: an address of two pods: one denied owner denies", "podSelector: {matchLabels: {app: twin}}", Flow("b/web", "10.0.0.30"), Denied, Pod("a/one", "app: one", "10.0.0.30"), Pod("a/twin", "app: twin", "10.0.0.30")),
            In("5.9: an address of two pods: one peer is enough", "podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {matchLabels: {app: twin}}}]}]", Flow("10.0.0.30", "a/web"), Allowed, Pod("a/one", "app: one", "10.0.0.30"), Pod("a/twin", "app: twin", "10.0.0.30")),
        ];
    }
}
