using static NetPolicy.Spec.Tests.Yaml;

namespace NetPolicy.Spec.Tests;

/// <content>Sections 1 and 3.1 to 3.2: what documents mean, who has which labels, and whom a policy applies to.</content>
internal static partial class CalicoExamples
{
    private const string Outside = "192.0.2.200";
    private const string IsolatesWeb = "deny None/Deny p ingress -1";

    private static readonly SpecFlow WebToB = new("a/web", "b/web", "TCP", 80);
    private static readonly SpecFlow WebToDb = new("a/web", "a/db", "TCP", 80);
    private static readonly SpecOptions AsEnforced = new(StagedAsEnforced: true);

    private static string Host(string name, string spec, string labels = "") => Calico("HostEndpoint", name, spec, labels);

    private static IEnumerable<Example> Resources()
    {
        const string web = "selector: app == 'web'";
        string deny = Gnp("p", $"{web}, ingress: [{{action: Deny}}]");
        yield return World("1.2: no tier means `default`", [deny.Replace("spec: {", "spec: {order: 2, ", StringComparison.Ordinal), Gnp("q", $"{web}, tier: default, order: 1, ingress: [{{action: Allow}}]")], ToWeb(), "allow None/Allow q ingress 0");
        yield return World("1.2: no selector means every endpoint of the namespace", [Calico("NetworkPolicy", "a/p", "")], new("b/web", "a/db", "TCP", 80), "deny None/Deny p ingress -1");
        yield return World("1.2: no selector, all of them", [Calico("NetworkPolicy", "a/p", "")], ToWeb(), IsolatesWeb);
        yield return World("1.2: an order may be negative", [Gnp("p", $"{web}, order: 0, ingress: [{{action: Deny}}]"), Gnp("q", $"{web}, order: -0.5, ingress: [{{action: Allow}}]")], ToWeb(), "allow None/Allow q ingress 0");
        yield return World("1.2: performance hints decide nothing", [Gnp("p", "selector: app == 'nobody', performanceHints: [AssumeNeededOnEveryNode], ingress: [{action: Deny}]")], ToWeb(), "allow None/None");
        yield return World("1.2: performance hints add no direction", [Gnp("p", "selector: app == 'db', performanceHints: [AssumeNeededOnEveryNode], egress: [{action: Deny}]")], new("a/web", "a/db", "TCP", 80), "allow None/None");
        yield return World("1.3: a pre-DNAT policy without rules and types takes ingress", [Host("own", "node: n1, interfaceName: eth0", "role: edge"), Gnp("p", "preDNAT: true, applyOnForward: true, selector: role == 'edge'"), Gnp("q", "selector: role == 'edge', ingress: [{action: Allow}]")], new("203.0.113.9", "host:n1", "TCP", 80), "allow None/Allow q ingress 0");
        yield return World("1.4: no staged action means Set", [Calico("StagedNetworkPolicy", "a/p", "selector: app == 'web'")], ToWeb(), IsolatesWeb, AsEnforced);
        yield return World("1.4: Learn and Ignore are staged like Set", [Calico("StagedNetworkPolicy", "a/p", "stagedAction: Learn, selector: app == 'db'"), Calico("StagedGlobalNetworkPolicy", "q", $"stagedAction: Ignore, {web}")], ToWeb(), "deny None/Deny q ingress -1", AsEnforced);
        yield return World("1.4: a staged deletion of a global policy is left out", [Calico("StagedGlobalNetworkPolicy", "p", "stagedAction: Delete")], ToWeb(), "allow None/None", AsEnforced);
        yield return World("1.4: a staged deletion of a Kubernetes policy is left out", [Calico("StagedKubernetesNetworkPolicy", "a/p", "stagedAction: Delete")], ToWeb(), "allow None/None", AsEnforced);
        yield return World("1.4: a staged deletion does not take the policy away", [Calico("NetworkPolicy", "a/p", web), Calico("StagedNetworkPolicy", "a/p", "stagedAction: Delete")], ToWeb(), IsolatesWeb, AsEnforced);
        yield return World("1.4: a staged Kubernetes policy with egress rules takes both directions", [Calico("StagedKubernetesNetworkPolicy", "a/p", "podSelector: {}, egress: [{}]")], ToWeb(), IsolatesWeb, AsEnforced);
        yield return World("1.4: a staged Calico policy with egress rules takes egress only", [Calico("StagedNetworkPolicy", "a/p", "egress: [{action: Allow}]")], ToWeb(), "allow None/None", AsEnforced);
        yield return World("1.6: rules of both directions mean both", [Gnp("p", $"{web}, ingress: [{{action: Allow}}], egress: [{{action: Deny}}]")], WebToB, "deny Deny/Allow p egress 0");
        yield return World("1.6: only ingress rules mean Ingress", [Gnp("p", "selector: app == 'db', ingress: [{action: Deny}]")], new("a/db", "b/web", "TCP", 80), "allow None/None");
        yield return World("1.6: egress rules without type Egress are ignored", [Gnp("p", $"{web}, types: [Ingress], ingress: [{{action: Allow}}], egress: [{{action: Deny}}]")], new("a/web", "a/db", "TCP", 80), "allow None/None");
        yield return World("1.6: a type without rules isolates", [Gnp("p", $"{web}, types: [Ingress, Egress], ingress: [{{action: Allow}}]")], new("a/web", "a/db", "TCP", 80), "deny Deny/None p egress -1");
        yield return World("1.7: a tier without order has that of `default`, and ties go by name", [Tier("early", ""), Gnp("q", $"tier: early, {web}, ingress: [{{action: Allow}}]"), deny], ToWeb(), "deny None/Deny p ingress 0");
        yield return World("1.7: a tier without order comes before `default` if its name does", [Tier("aaa", ""), Gnp("q", $"tier: aaa, {web}, ingress: [{{action: Allow}}]"), deny], ToWeb(), "allow None/Allow q ingress 0");
        yield return World("1.7: the fixed tiers keep their order", [Tier("kube-baseline", "order: 1"), Gnp("q", $"tier: kube-baseline, {web}, ingress: [{{action: Allow}}]"), deny], ToWeb(), "deny None/Deny p ingress 0");
        yield return World("1.7: the fixed tiers keep their default action", [Tier("kube-admin", "defaultAction: Deny"), Gnp("q", $"tier: kube-admin, {web}")], ToWeb(), "allow None/Allow kns.a ingress 0");
        yield return World("1.7: the tier of administrators comes first", [Gnp("q", $"tier: kube-admin, order: 7, {web}, ingress: [{{action: Allow}}]"), deny], ToWeb(), "allow None/Allow q ingress 0");
        yield return World("1.7: a tier's default action is Deny", [Tier("t", "order: 1"), Gnp("p", $"tier: t, {web}")], ToWeb(), IsolatesWeb);
        yield return World("1.7: any default action but Pass denies", [Tier("t", "order: 1, defaultAction: pass"), Gnp("p", $"tier: t, {web}")], ToWeb(), IsolatesWeb);
        yield return World("1.7: a network set's block is masked", [Calico("GlobalNetworkSet", "s", "nets: [192.0.2.129/25]", "kind: half"), Gnp("p", $"{web}, ingress: [{{action: Allow, source: {{selector: kind == 'half'}}}}]")], ToWeb(Outside), "allow None/Allow p ingress 0");
        yield return World("1.7: a network set may hold a bare address", [Gnp("p", $"{web}, ingress: [{{action: Allow, source: {{selector: kind == 'lab'}}}}]")], ToWeb("198.51.100.77"), "allow None/Allow p ingress 0");
        yield return World("1.7: a profile's selectors are those of a global policy", [WorkloadEndpoint("[own]"), Calico("Profile", "own", "ingress: [{action: Allow, source: {selector: app == 'web'}}]")], new("b/web", "a/wep", "TCP", 80), "allow None/None");
        string[] namesakes = [Gnp("p", $"{web}, order: 1"), Calico("NetworkPolicy", "a/p", $"{web}, order: 2, ingress: [{{action: Deny, protocol: UDP}}]"), Policy("a/p", "podSelector: {}, ingress: [{}]")];
        yield return World("1.8: policies of different kinds may share a name", namesakes, ToWeb(), "allow None/Allow p ingress 0");
        yield return World("1.8: and each of them counts", namesakes, ToWeb(protocol: "UDP"), "deny None/Deny p ingress 0");
        yield return World("1.8: no name needs the tier's prefix", [Tier("t", "order: 1"), Gnp("x.p", $"tier: t, {web}, ingress: [{{action: Allow}}]")], ToWeb(), "allow None/Allow x.p ingress 0");
        yield return World("1.9: a missing profile hides the later ones", [WorkloadEndpoint("[ghost, kns.a]")], new("b/web", "a/wep", "TCP", 80), "deny None/Deny wep-x ingress -1");
        yield return World("1.9: a missing profile denies in both directions", [WorkloadEndpoint("[ghost]")], new("a/wep", "b/web", "TCP", 80), "deny Deny/None wep-x egress -1");
        yield return World("1.9: a missing profile is no matter while an earlier one decides", [WorkloadEndpoint("[kns.a, ghost]")], new("b/web", "a/wep", "TCP", 80), "allow None/None");
    }

    private static IEnumerable<Example> Labels()
    {
        Example Denied(string says, string selector, params string[] more) =>
            World("3.1: " + says, [Gnp("p", $"selector: \"{selector}\", types: [Ingress], ingress: [{{action: Deny}}]"), .. more], WebToB, "deny None/Deny p ingress 0");
        Example Untouched(string says, string selector, params string[] more) =>
            World("3.1: " + says, [Gnp("p", $"selector: \"{selector}\", types: [Ingress], ingress: [{{action: Deny}}]"), .. more], WebToB, "allow None/None");
        yield return Denied("a pod has its namespace as a label", "projectcalico.org/namespace == 'b'");
        yield return Denied("a pod has its orchestrator as a label", "app == 'web' && projectcalico.org/orchestrator == 'k8s'");
        yield return Denied("a pod has its service account as a label", "projectcalico.org/serviceaccount == 'robot'");
        yield return Denied("a pod inherits its namespace's labels", "pcns.env == 'dev'");
        yield return Denied("a pod inherits its namespace's name", "pcns.projectcalico.org/name == 'b'");
        yield return Denied("a pod inherits its service account's labels", "pcsa.level == 'high'");
        yield return Denied("a pod inherits its service account's name", "pcsa.projectcalico.org/name == 'robot'");
        yield return World("3.1: a pod without service account has no such label", [Gnp("p", "selector: has(projectcalico.org/serviceaccount) || has(pcsa.projectcalico.org/name), ingress: [{action: Deny}]")], ToWeb(), "allow None/None");
        string fake = Pod("b/fake", "pcns.env: prod, pcsa.level: low, 'projectcalico.org/serviceaccount': boss", "10.0.1.9", "n2");
        SpecFlow toFake = new("a/web", "b/fake", "TCP", 80);
        yield return World("3.1: labels under `pcns.` are taken from pods", [fake, Gnp("p", "selector: pcns.env == 'prod', ingress: [{action: Deny}]")], toFake, "allow None/None");
        yield return World("3.1: labels under `pcsa.` are taken from pods", [fake, Gnp("p", "selector: has(pcsa.level), ingress: [{action: Deny}]")], toFake, "allow None/None");
        yield return World("3.1: the service account's label comes from the spec only", [fake, Gnp("p", "selector: has(projectcalico.org/serviceaccount), ingress: [{action: Deny}]")], toFake, "allow None/None");
        string account = new('s', 70);
        yield return World("3.1: long names of service accounts work", [Pod("b/long", "", "10.0.1.8", "n2", account: account), Np("", $"{{action: Allow, source: {{namespaceSelector: all(), serviceAccounts: {{names: [{account}]}}}}}}", ToWeb(), "").Documents[^1]], ToWeb("b/long"), "allow None/Allow p ingress 0");
        string host = Host("edge", "node: n1, interfaceName: eth0, expectedIPs: [192.0.2.1]", "role: edge");
        SpecFlow toHost = new("203.0.113.9", "host:n1", "TCP", 80);
        yield return World("3.1: a host endpoint has neither namespace nor orchestrator", [host, Gnp("p", "selector: '!has(projectcalico.org/namespace) && !has(projectcalico.org/orchestrator)', ingress: [{action: Allow}]")], toHost, "allow None/Allow p ingress 0");
        yield return World("3.1: a host endpoint inherits the labels of its profiles", [Host("edge", "node: n1, interfaceName: eth0, profiles: [zoned]"), Calico("Profile", "zoned", "labelsToApply: {zone: x}"), Gnp("p", "selector: zone == 'x', ingress: [{action: Allow}]")], toHost, "allow None/Allow p ingress 0");
        string[] zoned = [Calico("Profile", "one", "labelsToApply: {zone: x, site: s}, ingress: [{action: Allow}]"), Calico("Profile", "two", "labelsToApply: {zone: z}, ingress: [{action: Allow}]")];
        SpecFlow toWep = new("b/web", "a/wep", "TCP", 80);
        yield return World("3.1: among profiles the first listed wins", [.. zoned, WorkloadEndpoint("[two, one]"), Gnp("p", "selector: zone == 'z' && site == 's', ingress: [{action: Deny}]")], toWep, "deny None/Deny p ingress 0");
        yield return World("3.1: an own label beats a profile's", [.. zoned, WorkloadEndpoint("[one]").Replace("labels: {}", "labels: {zone: own}", StringComparison.Ordinal), Gnp("p", "selector: zone == 'own', ingress: [{action: Deny}]")], toWep, "deny None/Deny p ingress 0");
        yield return World("3.1: a network set has its namespace as a label", [Gnp("p", "selector: app == 'web', types: [Ingress], ingress: [{action: Allow, source: {selector: projectcalico.org/namespace == 'b'}}]")], ToWeb("203.0.113.9"), "allow None/Allow p ingress 0");
        yield return World("3.1: a network set inherits its namespace's labels", [Gnp("p", "selector: app == 'web', types: [Ingress], ingress: [{action: Allow, source: {selector: pcns.env == 'dev' && kind == 'partner'}}]")], ToWeb("203.0.113.9"), "allow None/Allow p ingress 0");
        yield return World("3.1: a global network set has its own labels only", [Gnp("p", "selector: app == 'web', types: [Ingress], ingress: [{action: Allow, source: {selector: kind == 'lab' && !has(projectcalico.org/namespace)}}]")], ToWeb("198.18.0.1"), "allow None/Allow p ingress 0");
        yield return World("3.1: the namespace's profile allows both ways", [], WebToB, "allow None/None");
        yield return World("3.1: the service account's profile has no rules", [WorkloadEndpoint("[ksa.b.robot]")], toWep, "deny None/Deny wep-x ingress -1");
        string hosted = Pod("a/agent", "app: agent", "192.0.2.1", "n1", spec: "hostNetwork: true,");
        yield return World("3.1: a pod in the host's network is no endpoint", [hosted, Gnp("p", "selector: app == 'agent'")], new("203.0.113.9", "a/agent", "TCP", 80), "allow None/None");
        yield return World("3.1: a finished pod keeps no address", [Pod("a/done", "app: done", "10.0.0.7", "n1").Replace("phase: Running", "phase: Succeeded", StringComparison.Ordinal), Np("", "{action: Allow, source: {selector: app == 'done'}}", ToWeb(), "").Documents[^1]], ToWeb("10.0.0.7"), IsolatesWeb);
        string leaving = Pod("a/done", "app: done", "10.0.0.7", "n1").Replace("namespace: a,", "namespace: a, deletionTimestamp: '2024-01-01T00:00:00Z', annotations: {cni.projectcalico.org/podIPs: ''},", StringComparison.Ordinal);
        yield return World("3.1: a pod that its network gave up keeps no address", [leaving, Np("", "{action: Allow, source: {selector: app == 'done'}}", ToWeb(), "").Documents[^1]], ToWeb("10.0.0.7"), IsolatesWeb);
        yield return World("3.1: a pod that its network gave up in the older way keeps no address", [leaving.Replace("org/podIPs", "org/podIP", StringComparison.Ordinal), Np("", "{action: Allow, source: {selector: app == 'done'}}", ToWeb(), "").Documents[^1]], ToWeb("10.0.0.7"), IsolatesWeb);
        yield return World("3.1: a pod that is still leaving keeps its address", [leaving.Replace("podIPs: ''", "podIPs: 10.0.0.7/32", StringComparison.Ordinal), Np("", "{action: Allow, source: {selector: app == 'done'}}", ToWeb(), "").Documents[^1]], ToWeb("10.0.0.7"), "allow None/Allow p ingress 0");
        string ports = Pod("a/many", "app: many", "10.0.0.6", "n1", "{containerPort: 81}, {name: plain, containerPort: 82}").Replace("containers:", "initContainers: [{name: init, ports: [{name: setup, containerPort: 83}]}], containers:", StringComparison.Ordinal);
        Example Many(string says, int port, string answer) => World("3.1: " + says, [ports, Calico("NetworkPolicy", "a/p", "selector: app == 'many', ingress: [{action: Allow, protocol: TCP, destination: {ports: [plain, setup]}}]")], new("b/web", "a/many", "TCP", port), answer);
        yield return Many("a container port is TCP unless it says otherwise", 82, "allow None/Allow p ingress 0");
        yield return Many("ports of init containers have names too", 83, "allow None/Allow p ingress 0");
        yield return Many("a port without name is no named port", 81, "deny None/Deny p ingress -1");
        yield return Untouched("a selector is matched against the labels it names", "projectcalico.org/namespace == 'B'");
    }

    private static IEnumerable<Example> Subjects()
    {
        string host = Host("edge", "node: n1, interfaceName: eth0, profiles: [projectcalico-default-allow]", "role: edge");
        SpecFlow toHost = new("203.0.113.9", "host:n1", "TCP", 80);
        Example Hosted(string says, string spec, string answer) => World("3.2: " + says, [host, Gnp("p", spec)], toHost, answer);
        yield return World("3.2: a namespaced policy's selectors are joined", [Calico("NetworkPolicy", "b/p", "selector: app == 'db', serviceAccountSelector: level == 'high'")], WebToB, "allow None/None");
        yield return World("3.2: a namespaced policy's service accounts", [Calico("NetworkPolicy", "b/p", "selector: app == 'web', serviceAccountSelector: level == 'high'")], WebToB, "deny None/Deny p ingress -1");
        yield return World("3.2: a namespaced policy never applies to a host endpoint", [host, Calico("NetworkPolicy", "a/p", "ingress: [{action: Deny}]")], toHost, "allow None/None");
        yield return Hosted("a global policy applies to host endpoints", "", "deny None/Deny p ingress -1");
        yield return World("3.2: and to pods alike", [host, Gnp("p", "")], ToWeb(), IsolatesWeb);
        yield return Hosted("beside a namespaceSelector `all()` means what has a namespace", "selector: all(), namespaceSelector: env != 'prod'", "allow None/None");
        yield return Hosted("a namespaceSelector of `all()` leaves host endpoints out", "namespaceSelector: all()", "allow None/None");
        yield return Hosted("a negative namespaceSelector matches host endpoints", "namespaceSelector: env != 'prod'", "deny None/Deny p ingress -1");
        yield return Hosted("unless they must be of Kubernetes", "selector: projectcalico.org/orchestrator == 'k8s', namespaceSelector: env != 'prod'", "allow None/None");
        yield return Hosted("beside a serviceAccountSelector `all()` means what has a service account", "selector: all(), serviceAccountSelector: level != 'low'", "allow None/None");
        yield return World("3.2: quoted `all()` is text", [Gnp("p", "selector: \"app != 'all()'\", namespaceSelector: env == 'prod'")], ToWeb(), IsolatesWeb);
        yield return World("3.2: selector and namespaceSelector are joined", [Gnp("p", "selector: app == 'web', namespaceSelector: env == 'dev'")], ToWeb(), "allow None/None");
        yield return World("3.2: policies never apply to network sets", [Gnp("p", "selector: kind == 'partner', types: [Ingress, Egress]")], ToWeb("203.0.113.9"), "allow None/None");
    }
}
