using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using NetPolicy.Ports;

namespace NetPolicy.Dsl;

/// <summary>The words that sentences begin with. Use it with <c>using static NetPolicy.Dsl.Syntax;</c>.</summary>
/// <remarks>
/// Words that take <c>file</c> and <c>line</c> remember the line of the call; a helper method reports its own line unless it forwards the two.
/// </remarks>
public static class Syntax
{
    internal const string NamespaceNameKey = "kubernetes.io/metadata.name";

    /// <summary>Every namespace.</summary>
    public static NamespaceGroup EveryNamespace { get; } = new(NamespaceScope.Every, default, []);

    /// <summary>The label that every namespace carries with its own name, <c>kubernetes.io/metadata.name</c>.</summary>
    public static LabelKey NamespaceName { get; } = new(NamespaceNameKey, default);

    /// <summary>Every pod of the policy's own namespace; in a global policy every pod.</summary>
    public static PodPeer AllPods { get; } = new([new PodsTerm(NamespaceScope.Own, SelectorNode.All, null, default)]);

    /// <summary>Every host endpoint.</summary>
    public static HostEndpointGroup AllHostEndpoints { get; } = new(LabelSelector.All);

    /// <summary>Every pod and every host endpoint.</summary>
    public static EndpointGroup AllEndpoints { get; } = new(LabelSelector.All);

    /// <summary>Every node: traffic to the nodes' own addresses. Only for egress rules of a <see cref="ClusterPolicy"/>.</summary>
    public static ClusterPeer AllNodes { get; } = new(new CalicoPeer([new NodesTerm(SelectorNode.All, default)]));

    /// <summary>Every address, inside the cluster and outside.</summary>
    public static Peer Anywhere { get; } = new([new AnywhereTerm()]);

    /// <summary>Every TCP port.</summary>
    public static AllPortsOf AllTcp { get; } = new(Protocol.Tcp);

    /// <summary>Every UDP port.</summary>
    public static AllPortsOf AllUdp { get; } = new(Protocol.Udp);

    /// <summary>Every SCTP port.</summary>
    public static AllPortsOf AllSctp { get; } = new(Protocol.Sctp);

    /// <summary>UDP 53 and TCP 53.</summary>
    public static Ports Dns { get; } = new(
    [
        new PortRangeTerm(Protocol.Udp, 53, 53, default),
        new PortRangeTerm(Protocol.Tcp, 53, 53, default),
    ]);

    /// <summary>The cluster's resolver: pods <c>k8s-app: kube-dns</c> in the namespace named <c>kube-system</c>.</summary>
    public static Workload KubeDns { get; } =
        new(new NamespaceRef("kube-system", default), "kube-dns", new LabelPairs([new LabelPair("k8s-app", "kube-dns", default)]), Dns, default);

    /// <summary>The tier of policies that name none; <see cref="Dsl.Tier.Default"/> under a name that the word <c>Tier(…)</c> does not hide.</summary>
    public static Tier DefaultTier => Dsl.Tier.Default;

    /// <summary>The fixed tier before <see cref="DefaultTier"/>.</summary>
    public static Tier KubeAdminTier => Dsl.Tier.KubeAdmin;

    /// <summary>The fixed tier after <see cref="DefaultTier"/>.</summary>
    public static Tier KubeBaselineTier => Dsl.Tier.KubeBaseline;

    /// <summary>The part that adds nothing: the other branch of <c>condition ? part : Nothing</c>.</summary>
    public static IPolicyPart Nothing => NothingPart.Instance;

    /// <summary>The namespace of that name.</summary>
    public static NamespaceRef Namespace(string name, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new NamespaceRef(name, new SourceLine(file, line));
    }

    /// <summary>The namespaces that carry the labels.</summary>
    public static NamespaceGroup Namespaces(LabelSelector selector, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(selector);
        return new NamespaceGroup(new NamespaceScope(null, selector.Node), selector.Line.Or(new SourceLine(file, line)), selector.Faults);
    }

    /// <summary>Every namespace but these, which are told by their names or by the one label they are known by.</summary>
    public static NamespaceGroup EveryNamespaceExcept(NamespaceRef ns, params ReadOnlySpan<NamespaceRef> more) =>
        NamespaceExceptions.GroupWithout([ns, .. more]);

    /// <summary>A label's key.</summary>
    public static LabelKey Label(string key, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => new(key, new SourceLine(file, line));

    /// <summary>The pods that carry the labels, in the policy's own namespace; in a global policy in every namespace.</summary>
    public static PodPeer Pods(LabelSelector selector)
    {
        ArgumentNullException.ThrowIfNull(selector);
        return new PodPeer([new PodsTerm(NamespaceScope.Own, selector.Node, null, selector.Line)], selector.Faults);
    }

    /// <summary>The pods that the condition selects, in the policy's own namespace; in a global policy in every namespace. Calico only.</summary>
    public static CalicoPeer Pods(Selector selector)
    {
        ArgumentNullException.ThrowIfNull(selector);
        return new CalicoPeer([new PodsTerm(NamespaceScope.Own, selector.Node, null, selector.Line)], selector.Faults);
    }

    /// <summary>An address block in CIDR notation, IPv4 or IPv6, without bits beyond its length.</summary>
    public static IpBlock Cidr([StringSyntax("cidr")] string cidr, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(cidr);
        return new IpBlock(new BlockTerm(cidr, [], new SourceLine(file, line)));
    }

    /// <summary>The host endpoints that the condition selects.</summary>
    public static HostEndpointGroup HostEndpoints(Selector selector)
    {
        ArgumentNullException.ThrowIfNull(selector);
        return new HostEndpointGroup(selector);
    }

    /// <summary>The pods and host endpoints alike that the condition selects.</summary>
    public static EndpointGroup Endpoints(Selector selector)
    {
        ArgumentNullException.ThrowIfNull(selector);
        return new EndpointGroup(selector);
    }

    /// <summary>The nodes that carry the labels: traffic to their own addresses. Only for egress rules of a <see cref="ClusterPolicy"/>.</summary>
    public static ClusterPeer Nodes(LabelSelector selector)
    {
        ArgumentNullException.ThrowIfNull(selector);
        return new ClusterPeer(new CalicoPeer([new NodesTerm(selector.Node, selector.Line)], selector.Faults));
    }

    /// <summary>The addresses that a domain name resolves to, or names below one: <c>example.io</c>, <c>*.example.io</c>. Only for egress rules of a <see cref="ClusterPolicy"/>.</summary>
    public static ClusterPeer Domain(string pattern, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        return new ClusterPeer(new CalicoPeer([new DomainTerm(pattern, new SourceLine(file, line))]));
    }

    /// <summary>Any of these peers. Of none it is an error: a rule without peers would mean anywhere.</summary>
    public static PodPeer AnyOf(IEnumerable<PodPeer> peers, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        PodPeer.OfAll(peers, new SourceLine(file, line));

    /// <summary>A TCP port, 1 to 65535.</summary>
    public static Port Tcp(ushort number, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        new(new PortRangeTerm(Protocol.Tcp, number, number, new SourceLine(file, line)));

    /// <summary>A UDP port, 1 to 65535.</summary>
    public static Port Udp(ushort number, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        new(new PortRangeTerm(Protocol.Udp, number, number, new SourceLine(file, line)));

    /// <summary>An SCTP port, 1 to 65535.</summary>
    public static Port Sctp(ushort number, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        new(new PortRangeTerm(Protocol.Sctp, number, number, new SourceLine(file, line)));

    /// <summary>The TCP port of that name; each pod decides the number.</summary>
    public static Ports Tcp(string name, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Named(Protocol.Tcp, name, new SourceLine(file, line));

    /// <summary>The UDP port of that name; each pod decides the number.</summary>
    public static Ports Udp(string name, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Named(Protocol.Udp, name, new SourceLine(file, line));

    /// <summary>The SCTP port of that name; each pod decides the number.</summary>
    public static Ports Sctp(string name, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Named(Protocol.Sctp, name, new SourceLine(file, line));

    /// <summary>An IP protocol by its number, 1 to 255. Calico only.</summary>
    public static Traffic IpProtocol(byte number, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        new([new ProtocolTerm(number, new SourceLine(file, line))]);

    /// <summary>HTTP requests on a TCP port. Only for ingress rules of Calico that allow.</summary>
    public static HttpTraffic Http(ushort port, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        new(new PortRangeTerm(Protocol.Tcp, port, port, new SourceLine(file, line)));

    /// <summary>A Service's port and the pod's port behind it.</summary>
    public static ServicePort ServicePort(ushort number, Ports target) => new(number, target);

    /// <summary>A connection from one workload to another, opened at both ends.</summary>
    public static ConnectionWithoutTarget Connect(Workload from, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(from);
        return new ConnectionWithoutTarget(from, new SourceLine(file, line));
    }

    /// <summary>A Calico GlobalNetworkPolicy.</summary>
    public static GlobalPolicyWithoutSubject GlobalPolicy(string name, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new GlobalPolicyWithoutSubject(new NameLink(name, null, new SourceLine(file, line)));
    }

    /// <summary>A ClusterNetworkPolicy (<c>policy.networking.k8s.io/v1alpha2</c>).</summary>
    public static ClusterPolicyWithoutTier ClusterPolicy(string name, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new ClusterPolicyWithoutTier(new NameLink(name, null, new SourceLine(file, line)));
    }

    /// <summary>A Calico HostEndpoint.</summary>
    public static HostEndpointWithoutNode HostEndpoint(string name, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new HostEndpointWithoutNode(name, new SourceLine(file, line));
    }

    /// <summary>A Calico GlobalNetworkSet.</summary>
    public static NetworkSetWithoutLabels GlobalNetworkSet(string name, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new NetworkSetWithoutLabels(null, name, new SourceLine(file, line));
    }

    /// <summary>A Calico tier.</summary>
    public static Tier Tier(string name, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new Tier(name, new SourceLine(file, line));
    }

    /// <summary>A range of orders kept for one purpose, both ends included.</summary>
    public static OrderBand OrderBand(string name, int first, int last, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new OrderBand(name, first, last, new SourceLine(file, line));
    }

    /// <summary>
    /// YAML of documents that have no word here yet. Findings in it are told at the C# line where the YAML line stands, exactly for raw string
    /// literals that open on the call's line and approximately otherwise.
    /// </summary>
    public static RawYaml Raw([StringSyntax("yaml")] string yaml, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(yaml);
        return new RawYaml(yaml, new SourceLine(file, line));
    }

    private static Ports Named(Protocol protocol, string name, SourceLine line)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new Ports([new PortNameTerm(protocol, name, null, line)]);
    }
}
