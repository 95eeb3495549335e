using System.Globalization;
using static NetPolicy.Spec.Tests.Yaml;

namespace NetPolicy.Spec.Tests;

/// <content>Section 7: host endpoints and the way of a packet.</content>
internal static partial class CalicoExamples
{
    private static readonly string Edge = Host("own", "node: n1, interfaceName: eth0", "role: edge");
    private static readonly string Every = Host("every", "node: n1, interfaceName: '*', profiles: [projectcalico-default-allow]", "role: all");
    private static readonly SpecFlow ToHost = new("203.0.113.9", "host:n1", "TCP", 80);
    private static readonly SpecFlow FromHost = new("host:n1", "203.0.113.9", "TCP", 80);
    private static readonly SpecFlow Forwarded = ToWeb("203.0.113.9");

    private static string Stage(string name, string stage, string rest, string role = "edge") =>
        Gnp(name, $"selector: role == '{role}', {(stage.Length > 0 ? $"applyOnForward: true, {stage}" : "")}{rest}");

    private static string Raw(string name, string rest, string role = "edge") => Stage(name, "doNotTrack: true, ", rest, role);

    private static string PreDnat(string name, string rest, string role = "edge") => Stage(name, "preDNAT: true, ", rest, role);

    private static string Forward(string name, string rest, string role = "edge") => Gnp(name, $"selector: role == '{role}', applyOnForward: true, {rest}");

    private static string Normal(string name, string rest, string role = "edge") => Stage(name, "", rest, role);

    private static Example At(string says, SpecFlow flow, string answer, params string[] documents) => World("7." + says, documents, flow, answer);

    private static IEnumerable<Example> HostStages()
    {
        yield return At("1: untracked is asked before pre-DNAT", ToHost, "allow None/Allow p ingress 0", Edge, Raw("p", Open), PreDnat("q", Closed));
        yield return At("1: an untracked Deny drops", ToHost, "deny None/Deny p ingress 0", Edge, Raw("p", Closed), Normal("q", Open));
        yield return At("1: an untracked Deny drops what is forwarded", Forwarded, "deny None/Deny p ingress 0", Edge, Raw("p", Closed));
        yield return At("1: a pre-DNAT Deny drops what is for the host", ToHost, "deny None/Deny p ingress 0", Edge, PreDnat("p", Closed), Normal("q", Open));
        yield return At("1: pre-DNAT is asked before the normal list", ToHost, "allow None/Allow p ingress 0", Edge, PreDnat("p", Open), Normal("q", Closed));
        yield return At("1: an untracked Allow skips the normal list", ToHost, "allow None/Allow p ingress 0", Edge, Raw("p", Open), Normal("q", Closed));
        yield return At("1: an untracked Allow skips forward ingress", Forwarded, "allow None/Allow p ingress 0", Edge, Raw("p", Open), Forward("q", Closed));
        yield return At("1: an untracked Allow does not skip the workload's policy", Forwarded, "deny None/Deny q ingress 0", Edge, Raw("p", Open), Gnp("q", $"{Web}, {Closed}"));
        yield return At("1: an untracked Allow out of the host skips its normal list", FromHost, "allow Allow/None p egress 0", Edge, Raw("p", "egress: [{action: Allow}]"), Normal("q", "egress: [{action: Deny}]"));
        yield return At("1: an untracked Deny out of the host drops", FromHost, "deny Deny/None p egress 0", Edge, Raw("p", "egress: [{action: Deny}]"), Normal("q", "egress: [{action: Allow}]"));
        yield return At("1: normal policy judges what the host sends", FromHost, "allow Allow/None p egress 0", Edge, Normal("p", "egress: [{action: Allow}]"));
        yield return At("1: no forward egress on what the host sends", FromHost, "allow None/None", Every, Forward("p", "egress: [{action: Deny}]", "none"));
        yield return At("1: a pre-DNAT Allow does not skip forward egress", Forwarded, "deny None/Deny q egress 0", Every, PreDnat("p", Open, "all"), Forward("q", "egress: [{action: Deny}]", "all"));
        yield return At("1: forward ingress is asked before the workload", Forwarded, "deny None/Deny p ingress 0", Edge, Forward("p", Closed), Gnp("q", $"{Web}, {Closed}"));
        yield return At("1: the workload is asked before forward egress", Forwarded, "deny None/Deny p ingress 0", Every, Forward("q", "egress: [{action: Deny}]", "all"), Gnp("p", $"{Web}, {Closed}"));
        yield return At("3: the end of an untracked tier goes on", ToHost, "allow None/Allow q ingress 0", Edge, Raw("p", "types: [Ingress]"), Normal("q", Open));
        yield return At("3: the end of a pre-DNAT tier goes on to the normal list", ToHost, "allow None/Allow q ingress 0", Edge, PreDnat("p", "ingress: [{action: Deny, protocol: UDP}]"), Normal("q", Open));
        yield return At("3: the end of a normal tier drops", ToHost, "deny None/Deny p ingress -1", Edge, Normal("p", ""));
        yield return At("3: a normal tier may end in the profiles", ToHost, "allow None/Allow projectcalico-default-allow ingress 0", Every, Normal("p", "ingress: [{action: Pass}]", "all"));
        yield return At("3: a host endpoint's profile decides", ToHost, "deny None/Deny closed ingress 0", Host("own", "node: n1, interfaceName: eth0, profiles: [closed]"), Calico("Profile", "closed", Closed));
        yield return At("3: a missing profile of a host endpoint denies", ToHost, "deny None/Deny own ingress -1", Host("own", "node: n1, interfaceName: eth0, profiles: [ghost, projectcalico-default-allow]"));
        yield return At("3: `projectcalico-default-allow` allows both ways", FromHost, "allow None/None", Every);
        yield return At("3: forward has no profiles", Forwarded, "allow None/None", Edge, Forward("p", "ingress: [{action: Pass}]"));
        yield return At("3: forward after all tiers goes on", Forwarded, "deny None/Deny q ingress 0", Edge, Forward("p", "ingress: [{action: Pass}]"), Gnp("q", $"{Web}, {Closed}"));
        yield return At("3: forward without any policy accepts", Forwarded, "allow None/None", Edge);
        yield return At("3: forward of the ingress direction only lets egress pass", new("a/web", "203.0.113.9", "TCP", 80, OutInterface: "eth0"), "allow None/None", Edge, Forward("p", "types: [Ingress]"));
        yield return At("3: a normal policy without applyOnForward is none of forward", new("a/web", "203.0.113.9", "TCP", 80, OutInterface: "eth0"), "allow None/None", Edge, Normal("p", "types: [Egress]"));
        yield return At("3: without policy and profile nothing leaves", FromHost, "deny Deny/None own egress -1", Edge);
        yield return At("3: an untracked policy is none of the normal list", ToHost, "deny None/Deny own ingress -1", Edge, Raw("p", "ingress: [{action: Pass}]"));
        yield return At("3: an applyOnForward policy is of the normal list too", ToHost, "allow None/Allow p ingress 0", Edge, Forward("p", Open));
        yield return World("5.3: a policy with both flags is untracked", [Edge, Gnp("p", $"selector: role == 'edge', applyOnForward: true, doNotTrack: true, preDNAT: true, types: [Ingress], {Open}"), PreDnat("q", Closed)], ToHost, "allow None/Allow p ingress 0");
        yield return World("5.3: untracked policies join their list by types", [Edge, Raw("p", "types: [Ingress], ingress: [{action: Deny}], egress: [{action: Deny}]"), Normal("q", "egress: [{action: Allow}]")], FromHost, "allow Allow/None q egress 0");
    }

    private static IEnumerable<Example> HostInterfaces()
    {
        string other = Host("aaa", "node: n2, interfaceName: eth0");
        SpecFlow byEth1 = ToHost with { InInterface = "eth1" };
        yield return At("2: the first of two host endpoints by name", ToHost, "deny None/Deny abc ingress -1", Host("abd", "node: n1, interfaceName: eth0, profiles: [projectcalico-default-allow]"), Host("abc", "node: n1, interfaceName: eth0"));
        yield return At("2: by name, whether it names the interface or an address", ToHost, "deny None/Deny abc ingress -1", Host("abd", "node: n1, interfaceName: eth0, profiles: [projectcalico-default-allow]"), Host("abc", "node: n1, expectedIPs: [192.0.2.1]"));
        yield return At("2: a name that does not match is not made good by an address", byEth1, "allow None/None", Host("abc", "node: n1, interfaceName: eth0, expectedIPs: [198.51.100.1]"));
        yield return At("2: an expected address finds its interface only", ToHost with { InInterface = "eth0" }, "allow None/None", Host("ip", "node: n1, expectedIPs: [198.51.100.1]"));
        yield return At("2: one expected address suffices", byEth1, "deny None/Deny ip ingress -1", Host("ip", "node: n1, expectedIPs: [198.51.100.99, 198.51.100.1]"));
        yield return At("2: host endpoints of other nodes are no matter", ToHost, "allow None/None", other);
        yield return At("2: the first of two `*` by name", byEth1, "deny None/Deny aaa ingress -1", Every, Host("aaa", "node: n1, interfaceName: '*'"));
        yield return At("2: an own host endpoint shadows `*` in the normal list", ToHost, "deny None/Deny own ingress -1", Edge, Every, Normal("p", Open, "all"));
        yield return At("2: an own host endpoint shadows `*` in the forward list", Forwarded, "allow None/None", Edge, Every, Forward("p", Closed, "all"));
        yield return At("2: an own host endpoint with pre-DNAT policies shadows `*` there", Forwarded, "allow None/None", Edge, Every, PreDnat("p", "ingress: [{action: Deny, protocol: UDP}]"), PreDnat("q", Closed, "all"));
        yield return At("2: an own host endpoint without them leaves that stage to `*`", Forwarded, "deny None/Deny q ingress 0", Edge, Every, PreDnat("q", Closed, "all"));
        yield return At("2: `*` has no untracked stage out of the host", FromHost, "allow None/None", Every, Raw("p", "egress: [{action: Deny}]", "all"));
        yield return At("2: without any host endpoint nothing is judged", ToHost, "allow None/None", Gnp("p", "selector: all(), types: [Ingress, Egress], namespaceSelector: env == 'ghost'"));
        yield return At("2: a host endpoint of a workload's interface is never asked", new("a/wep", "host:n1", "TCP", 80), "allow None/None", WorkloadEndpoint("[kns.a], interfaceName: cali1"), Host("own", "node: n1, interfaceName: cali1"));
        yield return At("2: loopback is judged on its way out", new("host:n1", "192.0.2.1", "TCP", 80), "deny Deny/None q egress 0", Every, Normal("q", "egress: [{action: Deny}]", "all"));
        yield return At("2: loopback with a host endpoint of its own", new("host:n1", "192.0.2.1", "TCP", 80), "deny Deny/Deny lo egress -1", Every, Host("lo", "node: n1, interfaceName: lo"));
    }

    private static IEnumerable<Example> Failsafes()
    {
        (string Protocol, int Port)[] inbound = [("TCP", 22), ("UDP", 68), ("TCP", 179), ("TCP", 2379), ("TCP", 2380), ("TCP", 5473), ("TCP", 6443), ("TCP", 6666), ("TCP", 6667)];
        (string Protocol, int Port)[] outbound = [("UDP", 53), ("UDP", 67), ("TCP", 179), ("TCP", 2379), ("TCP", 2380), ("TCP", 5473), ("TCP", 6443), ("TCP", 6666), ("TCP", 6667)];
        foreach ((string protocol, int port) in inbound)
        {
            yield return At($"4: {protocol} {port.ToString(CultureInfo.InvariantCulture)} comes in", ToHost with { Protocol = protocol, Port = port }, "allow None/Allow", Edge);
        }

        foreach ((string protocol, int port) in outbound)
        {
            yield return At($"4: {protocol} {port.ToString(CultureInfo.InvariantCulture)} goes out", FromHost with { Protocol = protocol, Port = port }, "allow Allow/None", Edge);
        }

        yield return At("4: the lists are each for its direction", FromHost with { Port = 22 }, "deny Deny/None own egress -1", Edge);
        yield return At("4: a failsafe is of its protocol", ToHost with { Protocol = "UDP", Port = 22 }, "deny None/Deny own ingress -1", Edge);
        yield return At("4: a failsafe comes before policy", ToHost with { Port = 22 }, "allow None/Allow", Edge, Normal("p", Closed));
        yield return At("4: a failsafe comes before untracked policy", ToHost with { Port = 22 }, "allow None/Allow", Edge, Raw("p", Closed));
        yield return At("4: a failsafe comes before pre-DNAT policy", ToHost with { Port = 22 }, "allow None/Allow", Edge, PreDnat("p", Closed));
        yield return At("4: a failsafe in raw sets no mark", ToHost with { Protocol = "UDP", Port = 999, SourcePort = 53 }, "deny None/Deny q ingress 0", Edge, Raw("p", Closed), Normal("q", Closed));
        yield return At("4: raw accepts replies of failsafes on their way out", FromHost with { Port = 999, SourcePort = 22 }, "allow Allow/None q egress 0", Edge, Raw("p", "egress: [{action: Deny}]"), Normal("q", "egress: [{action: Allow}]"));
        yield return At("4: outside raw a source port is no failsafe", ToHost with { Protocol = "UDP", Port = 999, SourcePort = 53 }, "deny None/Deny own ingress -1", Edge);
        yield return At("4: no failsafe for what is forwarded", Forwarded with { Port = 22 }, "deny None/Deny p ingress 0", Edge, Forward("p", Closed));
        yield return At("4: no failsafe for workloads", Forwarded with { Port = 22 }, "deny None/Deny q ingress 0", Gnp("q", $"{Web}, {Closed}"));
        string Felix(string spec, string name = "default") => Calico("FelixConfiguration", name, spec);
        yield return At("4: a failsafe without protocol is TCP", ToHost with { Port = 7 }, "allow None/Allow", Edge, Felix("failsafeInboundHostPorts: [{port: 7}]"));
        yield return At("4: a failsafe's protocol is written in any case", ToHost with { Protocol = "UDP", Port = 7 }, "allow None/Allow", Edge, Felix("failsafeInboundHostPorts: [{protocol: udp, port: 7}]"));
        yield return At("4: an empty list disables them", ToHost with { Port = 22 }, "deny None/Deny own ingress -1", Edge, Felix("failsafeInboundHostPorts: []"));
        yield return At("4: the other list stays", FromHost with { Protocol = "UDP", Port = 53 }, "allow Allow/None", Edge, Felix("failsafeInboundHostPorts: []"));
        yield return At("4: a failsafe's net limits who comes in", ToHost with { Port = 7 }, "deny None/Deny own ingress -1", Edge, Felix("failsafeInboundHostPorts: [{port: 7, net: 198.18.0.0/16}]"));
        yield return At("4: a failsafe's net limits where it goes", FromHost with { Port = 7 }, "deny Deny/None own egress -1", Edge, Felix("failsafeOutboundHostPorts: [{port: 7, net: 198.18.0.0/16}]"));
        yield return At("4: a failsafe's net may be an address", FromHost with { Port = 7 }, "allow Allow/None", Edge, Felix("failsafeOutboundHostPorts: [{port: 7, net: 203.0.113.9}]"));
        yield return At("4: a failsafe's net is of one family", ToHost with { Port = 7 }, "deny None/Deny own ingress -1", Edge, Felix("failsafeInboundHostPorts: [{port: 7, net: '::/0'}]"));
        yield return At("4: a node's own settings come first", ToHost with { Port = 22 }, "allow None/Allow", Edge, Felix("failsafeInboundHostPorts: []"), Felix("failsafeInboundHostPorts: [{port: 22}]", "node.n1"));
    }

    private static IEnumerable<Example> HostPaths()
    {
        SpecFlow podToHost = new("a/web", "host:n1", "TCP", 80);
        string action(string value) => Calico("FelixConfiguration", "default", $"defaultEndpointToHostAction: {value}");
        yield return At("5: a pod's egress policy judges what it sends to its host", podToHost, "deny Deny/None q egress 0", Gnp("q", $"{Web}, egress: [{{action: Deny}}]"), action("Accept"));
        yield return At("5: then the host's own choice", podToHost, "deny Allow/Deny default ingress -1", Gnp("q", $"{Web}, egress: [{{action: Allow}}]"), action("Drop"));
        yield return At("5: a host endpoint's normal policy is not asked", podToHost, "allow None/None", Every, Normal("q", Closed, "all"), action("Accept"));
        yield return At("5: a pre-DNAT Allow does not get round that choice", podToHost, "deny Allow/Deny default ingress -1", Every, PreDnat("q", Open, "all"), action("DROP"));
        yield return At("5: untracked policy does not see what pods send", podToHost, "allow None/None", Edge, Every, Raw("p", Closed), Raw("q", Closed, "all"));
        foreach (int type in (int[])[130, 131, 132, 133, 135, 136])
        {
            yield return At($"5: ICMPv6 {type.ToString(CultureInfo.InvariantCulture)} reaches the host", new("a/web", "host:n1", "ICMPv6", IcmpType: type, IpFamily: 6), "allow None/None", Host("h", "node: n1, interfaceName: eth0, expectedIPs: ['fd00:1::1']"), Gnp("q", $"{Web}, types: [Egress]"), action("Drop"));
        }

        yield return At("5: ICMPv6 134 does not", new("a/web", "host:n1", "ICMPv6", IcmpType: 134, IpFamily: 6), "deny Deny/Deny q egress -1", Host("h", "node: n1, interfaceName: eth0, expectedIPs: ['fd00:1::1']"), Gnp("q", $"{Web}, types: [Egress]"), action("Drop"));
        yield return At("5: the own node reaches a pod whatever its policy", ToWeb("host:n1"), "allow None/None", Gnp("q", $"{Web}, {Closed}"));
        yield return At("5: another node does not", ToWeb("host:n2"), "deny None/Deny q ingress 0", Gnp("q", $"{Web}, {Closed}"));
        yield return At("5: another node is matched by its address", ToWeb("host:n2"), "allow None/Allow q ingress 0", Gnp("q", $"{Web}, ingress: [{{action: Allow, source: {{nets: [192.0.2.2/32]}}}}]"));
        yield return At("5: a `*` forward ingress meets a pod that sends", new("a/web", "a/db", "TCP", 80), "deny Deny/None p ingress 0", Every, Forward("p", Closed, "all"));
        yield return At("5: a `*` forward egress meets a pod that receives", ToWeb("a/db"), "deny None/Deny p egress 0", Every, Forward("p", "egress: [{action: Deny}]", "all"));
        yield return At("5: a `*` forward policy leaves an own interface alone", Forwarded, "deny None/Deny p egress 0", Edge, Every, Forward("p", $"{Closed}, egress: [{{action: Deny}}]", "all"));
        yield return At("5: the own host endpoint of one interface does not meet pods of one node", ToWeb("a/db"), "allow None/None", Edge, Forward("p", $"{Closed}, egress: [{{action: Deny}}]"));
        yield return At("5: a pre-DNAT Allow skips a `*` forward ingress of pods", new("a/web", "a/db", "TCP", 80), "allow Allow/None q ingress 0", Every, PreDnat("q", Open, "all"), Forward("p", Closed, "all"));
        string service = "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: a}\nspec: {type: NodePort, selector: {app: web}, clusterIP: 10.96.0.1, ports: [{port: 80, targetPort: http, nodePort: 30080}]}";
        SpecFlow toNodePort = new("203.0.113.9", "192.0.2.1", "TCP", 30080);
        string Port(int port) => $"ingress: [{{action: Deny, protocol: TCP, destination: {{ports: [{port.ToString(CultureInfo.InvariantCulture)}]}}}}]";
        yield return At("7: pre-DNAT sees the node port", toNodePort, "deny None/Deny p ingress 0 at a/web:8080", service, Edge, PreDnat("p", Port(30080)));
        yield return At("7: pre-DNAT does not see the pod's port", toNodePort, "allow None/None at a/web:8080", service, Edge, PreDnat("p", Port(8080)));
        yield return At("7: pre-DNAT sees the address that was dialled", toNodePort, "deny None/Deny p ingress 0 at a/web:8080", service, Edge, PreDnat("p", "ingress: [{action: Deny, destination: {nets: [192.0.2.1/32]}}]"));
        yield return At("7: forward sees the pod's port", toNodePort, "deny None/Deny p ingress 0 at a/web:8080", service, Edge, Forward("p", Port(8080)));
        yield return At("7: forward does not see the node port", toNodePort, "deny None/Deny p ingress -1 at a/web:8080", service, Edge, Forward("p", "ingress: [{action: Allow, protocol: TCP, destination: {ports: [30080]}}]"));
        yield return At("7: the pod's policy sees its own port", toNodePort, "allow None/Allow p ingress 0 at a/web:8080", service, Gnp("p", $"{Web}, ingress: [{{action: Allow, protocol: TCP, destination: {{ports: [8080]}}}}]"));
        yield return At("7: pre-DNAT judges what is for the host too", ToHost, "deny None/Deny p ingress 0", Edge, PreDnat("p", Port(80)), Normal("q", Open));
    }
}
