using NetPolicy.Analysis;
using System.Globalization;
using System.Text;
using NetPolicy.Engine;
using NetPolicy.Manifests;
using Xunit;

namespace NetPolicy.Core.Tests.Analysis;

/// <summary>Small clusters whose names, labels, ports and blocks collide often; one seed, one cluster.</summary>
internal sealed class RandomCluster
{
    private static readonly string[] Namespaces = ["a", "b"];
    private static readonly string[] Labels = ["app: x", "app: w", "tier: t", "app: x, tier: t", ""];
    private static readonly string[] KubernetesSelectors = ["{}", "{matchLabels: {app: x}}", "{matchLabels: {app: w}}", "{matchExpressions: [{key: tier, operator: Exists}]}", "{matchExpressions: [{key: app, operator: NotIn, values: [x]}]}"];
    private static readonly string[] NamespaceSelectors = ["{}", "{matchLabels: {team: red}}", "{matchLabels: {kubernetes.io/metadata.name: b}}"];
    private static readonly string[] CalicoSelectors = ["all()", "app == 'x'", "app != 'x'", "has(tier)", "!has(projectcalico.org/namespace)", "role == 'edge'", "set == 's1'", "projectcalico.org/namespace == 'a'"];
    private static readonly string[] Blocks = ["10.0.0.0/24", "10.0.0.0/30", "10.0.0.2/32", "0.0.0.0/0", "192.0.2.0/24", "203.0.113.0/25", "fd00::/64", "::/0", "fd00::2/128"];
    private static readonly string[] Ports = ["80", "443", "8000", "http", "8080", "1", "65535"];

    private readonly Random _random;
    private readonly bool _hosts;

    /// <param name="seed">Decides everything.</param>
    /// <param name="hosts">True for host endpoints and the policies that only they know.</param>
    public RandomCluster(int seed, bool hosts)
    {
        _random = new Random(seed);
        _hosts = hosts;
        int pods = 2 + _random.Next(5);
        for (int i = 0; i < pods; i++)
        {
            Inventory.Add(Pod(i));
        }

        Inventory.Add("{apiVersion: v1, kind: Namespace, metadata: {name: a, labels: {team: red}}}");
        Inventory.Add(Node("n1", "192.0.2.1", "fd01::1"));
        Inventory.Add(Node("n2", "192.0.2.2", _random.Next(3) == 0 ? null : "fd01::2"));
        if (_random.Next(2) == 0)
        {
            Inventory.Add("{apiVersion: apps/v1, kind: Deployment, metadata: {name: d, namespace: a}, spec: {template: {metadata: {labels: {app: x}}, spec: {containers: [{name: c, ports: [{name: http, containerPort: 8080}]}]}}}}");
        }

        Inventory.Add("{apiVersion: v1, kind: Service, metadata: {name: s, namespace: a}, spec: {clusterIP: 10.96.0.1, selector: {app: x}, type: NodePort, ports: [{port: 80, targetPort: 8080, nodePort: 30080}]}}");
        if (_random.Next(2) == 0)
        {
            Inventory.Add("{apiVersion: v1, kind: Service, metadata: {name: t, namespace: b}, spec: {clusterIP: 10.96.0.2, externalIPs: [198.51.100.7], selector: {tier: t}, ports: [{port: 443, targetPort: http}]}}");
        }

        if (_random.Next(3) == 0)
        {
            Inventory.Add("{apiVersion: v1, kind: Pod, metadata: {name: onhost, namespace: a, labels: {app: x}}, spec: {hostNetwork: true, nodeName: n1}, status: {phase: Running, podIPs: [{ip: 192.0.2.1}]}}");
        }

        Inventory.Add("{apiVersion: projectcalico.org/v3, kind: GlobalNetworkSet, metadata: {name: gs, labels: {set: s1}}, spec: {nets: [203.0.113.0/26, 10.0.0.2/31]}}");
        if (hosts)
        {
            AddHosts();
        }

        int policies = _random.Next(5);
        for (int i = 0; i < policies; i++)
        {
            Policies.Add(Policy(i));
        }
    }

    public List<string> Inventory { get; } = [];

    public List<string> Policies { get; } = [];

    public string Text => string.Join("\n---\n", Inventory.Concat(Policies));

    public Snapshot Snapshot => Load(Text);

    public static Snapshot Load(string text)
    {
        ManifestReadResult read = ManifestReader.Read(text, "cluster.yaml");
        Assert.True(!read.HasErrors, string.Join('\n', read.Diagnostics) + "\n" + text);
        return Snapshot.Of(read.Manifests);
    }

    /// <summary>Another cluster: a policy added, removed or replaced, and sometimes a pod more or less.</summary>
    public string Changed()
    {
        List<string> inventory = [.. Inventory], policies = [.. Policies];
        if (policies.Count > 0 && _random.Next(3) > 0)
        {
            policies.RemoveAt(_random.Next(policies.Count));
        }

        if (_random.Next(3) > 0)
        {
            policies.Add(Policy(7));
        }

        switch (_random.Next(4))
        {
            case 0:
                inventory.Add(Pod(9));
                break;
            case 1:
                inventory.RemoveAt(0);
                break;
            default:
                break;
        }

        return string.Join("\n---\n", inventory.Concat(policies));
    }

    private static string Node(string name, string v4, string? v6) =>
        $"{{apiVersion: v1, kind: Node, metadata: {{name: {name}}}, status: {{addresses: [{{type: InternalIP, address: {v4}}}{(v6 is null ? "" : $", {{type: InternalIP, address: '{v6}'}}")}]}}}}";

    private string Pod(int index)
    {
        string number = (index + 1).ToString(CultureInfo.InvariantCulture);
        string ips = _random.Next(6) switch
        {
            0 => $"[{{ip: 10.0.0.{number}}}]",
            1 => $"[{{ip: 'fd00::{number}'}}]",
            _ => $"[{{ip: 10.0.0.{number}}}, {{ip: 'fd00::{number}'}}]",
        };
        string port = Pick("{name: http, containerPort: 8080}", "{name: http, containerPort: 80}", "{containerPort: 80}", "{name: http, containerPort: 80, protocol: UDP}");
        string node = _random.Next(8) == 0 ? "" : $"nodeName: {Pick("n1", "n2")}, ";
        return $"{{apiVersion: v1, kind: Pod, metadata: {{name: p{number}, namespace: {Pick(Namespaces)}, labels: {{{Pick(Labels)}}}}}, "
            + $"spec: {{{node}containers: [{{name: c, ports: [{port}]}}]}}, status: {{phase: {(_random.Next(12) == 0 ? "Succeeded" : "Running")}, podIPs: {ips}}}}}";
    }

    private void AddHosts()
    {
        string name = Pick("'*'", "eth0");
        Inventory.Add($"{{apiVersion: projectcalico.org/v3, kind: HostEndpoint, metadata: {{name: h1, labels: {{role: edge}}}}, spec: {{node: n1, interfaceName: {name}, expectedIPs: [192.0.2.1], profiles: [{Pick("projectcalico-default-allow", "")}]}}}}");
        if (_random.Next(3) == 0)
        {
            Inventory.Add("{apiVersion: projectcalico.org/v3, kind: FelixConfiguration, metadata: {name: default}, spec: {defaultEndpointToHostAction: Drop}}");
        }
    }

    private string Policy(int index)
    {
        string name = "policy-" + index.ToString(CultureInfo.InvariantCulture);
        return _random.Next(_hosts ? 4 : 3) switch
        {
            0 or 1 => Kubernetes(name),
            2 => Calico(name, global: false),
            _ => Calico(name, global: true),
        };
    }

    private string Kubernetes(string name)
    {
        StringBuilder text = new($"{{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {{name: {name}, namespace: {Pick(Namespaces)}}}, spec: {{podSelector: {Pick(KubernetesSelectors)}, policyTypes: [{Pick("Ingress", "Egress", "Ingress, Egress")}]");
        text.Append(CultureInfo.InvariantCulture, $", ingress: [{Many(() => KubernetesRule("from"))}], egress: [{Many(() => KubernetesRule("to"))}]}}}}");
        return text.ToString();
    }

    private string KubernetesRule(string side)
    {
        string peers = _random.Next(4) == 0 ? "" : $"{side}: [{Peer()}{(_random.Next(2) == 0 ? ", " + Peer() : "")}]";
        string ports = _random.Next(3) == 0 ? "" : $"ports: [{KubernetesPort()}{(_random.Next(3) == 0 ? ", " + KubernetesPort() : "")}]";
        return "{" + string.Join(", ", new[] { peers, ports }.Where(p => p.Length > 0)) + "}";
    }

    private string Peer() => _random.Next(4) switch
    {
        0 => $"{{podSelector: {Pick(KubernetesSelectors)}}}",
        1 => $"{{namespaceSelector: {Pick(NamespaceSelectors)}}}",
        2 => $"{{namespaceSelector: {Pick(NamespaceSelectors)}, podSelector: {Pick(KubernetesSelectors)}}}",
        _ => Pick("{ipBlock: {cidr: 10.0.0.0/8, except: [10.0.0.2/31]}}", $"{{ipBlock: {{cidr: '{Pick(Blocks)}'}}}}"),
    };

    private string KubernetesPort() => _random.Next(5) switch
    {
        0 => "{port: 8000, endPort: 8100}",
        1 => "{protocol: UDP, port: 80}",
        2 => "{protocol: SCTP}",
        _ => $"{{port: {Pick(Ports)}}}",
    };

    private string Calico(string name, bool global)
    {
        string extra = !global ? "" : Pick("", "", ", preDNAT: true, applyOnForward: true", ", applyOnForward: true", ", doNotTrack: true, applyOnForward: true");
        bool preDnat = extra.StartsWith(", preDNAT", StringComparison.Ordinal);
        string egress = preDnat ? "" : $", egress: [{Many(CalicoRule)}]";
        string types = preDnat ? "Ingress" : Pick("Ingress", "Egress", "Ingress, Egress");
        string place = global ? "" : $", namespace: {Pick(Namespaces)}";
        return $"{{apiVersion: projectcalico.org/v3, kind: {(global ? "GlobalNetworkPolicy" : "NetworkPolicy")}, metadata: {{name: {name}{place}}}, "
            + $"spec: {{order: {Pick("1", "1000", "2000")}, selector: \"{Pick(CalicoSelectors)}\", types: [{types}], ingress: [{Many(CalicoRule)}]{egress}{extra}}}}}";
    }

    private string CalicoRule()
    {
        List<string> clauses = [$"action: {Pick("Allow", "Allow", "Deny", "Pass", "Log")}"];
        string protocol = Pick("", "TCP", "TCP", "UDP", "ICMP");
        if (protocol.Length > 0)
        {
            clauses.Add("protocol: " + protocol);
        }

        if (protocol == "ICMP" && _random.Next(2) == 0)
        {
            clauses.Add(Pick("icmp: {type: 8}", "notICMP: {type: 8}", "icmp: {type: 3, code: 4}"));
        }

        if (_random.Next(2) == 0)
        {
            clauses.Add($"source: {{{End(ports: false)}}}");
        }

        if (_random.Next(2) == 0)
        {
            clauses.Add($"destination: {{{End(ports: protocol is "TCP" or "UDP")}}}");
        }

        return "{" + string.Join(", ", clauses) + "}";
    }

    private string End(bool ports)
    {
        List<string> clauses = [];
        switch (_random.Next(6))
        {
            case 0:
                clauses.Add($"nets: ['{Pick(Blocks)}']");
                break;
            case 1:
                clauses.Add($"notNets: ['{Pick(Blocks)}']");
                break;
            case 2:
                clauses.Add($"selector: \"{Pick(CalicoSelectors)}\"");
                break;
            case 3:
                clauses.Add($"notSelector: \"{Pick(CalicoSelectors)}\"");
                break;
            case 4:
                clauses.Add("namespaceSelector: \"team == 'red'\"");
                break;
            default:
                break;
        }

        if (ports && _random.Next(3) > 0)
        {
            clauses.Add($"{Pick("ports", "ports", "notPorts")}: [{Pick(Ports)}, {Pick("'8000:8100'", "443", "http")}]");
        }

        return string.Join(", ", clauses);
    }

    private string Many(Func<string> one) => string.Join(", ", Enumerable.Range(0, _random.Next(3)).Select(_ => one()));

    private string Pick(params string[] choices) => choices[_random.Next(choices.Length)];
}
