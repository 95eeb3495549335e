using System.Globalization;
using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Diagnostics;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Inventory;
using NetPolicy.Manifests.Kubernetes;
using NetPolicy.Manifests.PolicyApi;
using NetPolicy.Policies;
using NetPolicy.Ports;

namespace NetPolicy.Analysis.Checks;

/// <summary>What the checks share: the world, what was found, and questions that several of them ask.</summary>
internal sealed class LintContext
{
    private readonly List<Diagnostic> _findings = [];

    public LintContext(Snapshot snapshot)
    {
        Snapshot = snapshot;
        Cluster = snapshot.Cluster;
        Workloads = [.. Cluster.Endpoints.Where(e => e.IsWorkload)];
        HostEndpoints = [.. Cluster.Endpoints.Where(e => e.Kind == EndpointKind.HostEndpoint)];
        HasNamespaces = snapshot.Manifests.Any(m => m is NamespaceManifest);
        HashSet<int> behindDns =
        [
            .. Cluster.Services.SelectMany(s => s.Ports).Where(p => p.Port == 53 && p.Protocol == Protocol.Udp).SelectMany(p => p.Backends).Select(b => b.Endpoint),
        ];
        DnsPods = [.. Workloads.Where(w => behindDns.Contains(w.Index) || IsDns(w))];
    }

    public Snapshot Snapshot { get; }

    public Cluster Cluster { get; }

    public Endpoint[] Workloads { get; }

    public Endpoint[] HostEndpoints { get; }

    /// <summary>Pods that answer DNS, as far as Services, ports and usual labels tell.</summary>
    public Endpoint[] DnsPods { get; }

    /// <summary>True if some Namespace is declared, so that labels of namespaces are known.</summary>
    public bool HasNamespaces { get; }

    public IReadOnlyList<Policy> Policies => Snapshot.Policies;

    /// <summary>Policies whose DNS rule was already found to reach nothing.</summary>
    public HashSet<Policy> WithoutDns { get; } = [];

    public static NetworkPolicySpec? KubernetesSpec(Policy policy) => policy.Source switch
    {
        NetworkPolicyManifest manifest => manifest.Spec ?? new NetworkPolicySpec(),
        StagedKubernetesNetworkPolicyManifest manifest => manifest.Spec ?? new NetworkPolicySpec(),
        _ => null,
    };

    public static CalicoPolicySpec? CalicoSpec(Policy policy) =>
        policy.Source is CalicoPolicyManifest manifest ? manifest.Spec ?? new CalicoPolicySpec() : null;

    /// <summary>The field of a rule that holds its ports.</summary>
    public static string PortsPath(Policy policy, Rule rule) =>
        rule.Path + (policy.Source is ClusterNetworkPolicyManifest ? ".protocols" : policy.IsKubernetes || policy.IsCluster ? ".ports" : ".destination.ports");

    /// <summary>Rules of a cluster policy as written: their peers, and whether they speak of port 53.</summary>
    public static (EquatableArray<ClusterPolicyPeer> Peers, bool IsDns)[] ClusterRules(Policy policy, Direction direction)
    {
        bool ingress = direction == Direction.Ingress;
        bool IsDns(int rule) => policy.Rules(direction)[rule].Alternatives.Any(a => a.Destination.Ports is { } ports && ports.Numbers.Contains(53));
        AdminNetworkPolicySpec? admin = (policy.Source as AdminNetworkPolicyManifest)?.Spec ?? (policy.Source as BaselineAdminNetworkPolicyManifest)?.Spec;
        ClusterNetworkPolicySpec? cluster = (policy.Source as ClusterNetworkPolicyManifest)?.Spec;
        IEnumerable<EquatableArray<ClusterPolicyPeer>?> rules = cluster is not null
            ? ((ingress ? cluster.Ingress : cluster.Egress) ?? default).Select(r => r.Peers)
            : ((ingress ? admin?.Ingress : admin?.Egress) ?? default).Select(r => r.Peers);
        return [.. rules.Select((peers, i) => (peers ?? default, IsDns(i)))];
    }

    public static string PathOf(Direction direction) => direction == Direction.Ingress ? "spec.ingress" : "spec.egress";

    /// <summary>Container ports that a workload declares; all of them, named or not.</summary>
    public static IEnumerable<ContainerPort> DeclaredPorts(Endpoint endpoint) => endpoint.Source switch
    {
        PodManifest pod => pod.Spec.Ports,
        WorkloadManifest workload => workload.Template.Ports,
        _ => [],
    };

    /// <summary><c>`a`, `b` and 3 more</c>.</summary>
    public static string List(IEnumerable<string> items, int most = 3)
    {
        string[] all = [.. items];
        string shown = string.Join(", ", all.Take(most).Select(i => $"`{i}`"));
        return all.Length <= most ? shown : string.Create(CultureInfo.InvariantCulture, $"{shown} and {all.Length - most} more");
    }

    public IEnumerable<Endpoint> SubjectsOf(Policy policy) => Cluster.Endpoints.Where(policy.Subject.Selects);

    public void Add(
        DiagnosticDescriptor descriptor, Manifest manifest, string path, string message,
        FlowRequest? witness = null, DiagnosticSeverity? severity = null, SourceSpan? related = null) =>
        _findings.Add(new Diagnostic(descriptor, message, manifest.SpanOf(path))
        {
            Path = path,
            Document = manifest.Source.Document,
            Witness = witness,
            Severity = severity ?? descriptor.Severity,
            Related = related is { IsKnown: true } place ? [place] : default,
        });

    /// <summary>The request if the world answers it so; else null.</summary>
    public FlowRequest? Confirm(Verdict verdict, string from, string to, Protocol protocol, int? port)
    {
        FlowRequest request = new() { From = from, To = to, Protocol = protocol.ToString(), Port = port };
        return Ask(request) is { } evaluation && evaluation.Verdict == verdict ? request : null;
    }

    /// <summary>The world's answer; null if the request does not fit it.</summary>
    public Evaluation? Ask(FlowRequest request) =>
        Snapshot.TryResolve(request, out Flow flow, out _) ? Snapshot.Evaluate(flow) : null;

    /// <summary>An address that is nobody's, of a family that the endpoint has.</summary>
    public static string Outside(Endpoint endpoint) =>
        endpoint.Addresses.IsEmpty || endpoint.AddressOf(IpFamily.IPv4) != default ? "203.0.113.9" : "2001:db8::9";

    public IReadOnlyList<Diagnostic> Findings() =>
    [
        .. _findings
            .OrderBy(f => f.Span.File, StringComparer.Ordinal)
            .ThenBy(f => f.Document)
            .ThenBy(f => f.Span.Line)
            .ThenBy(f => f.Span.Column)
            .ThenBy(f => f.Id, StringComparer.Ordinal)
            .ThenBy(f => f.Message, StringComparer.Ordinal),
    ];

    private static bool IsDns(Endpoint endpoint) =>
        endpoint.Labels["k8s-app"] is "kube-dns" or "coredns"
        || endpoint.Labels["app.kubernetes.io/name"] is "coredns"
        || DeclaredPorts(endpoint).Any(p => p.Number == 53 && p.Protocol == "UDP");
}
