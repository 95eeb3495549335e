namespace NetPolicy.Spec;

/// <summary>One rule of a cluster policy: any peer matches, and ports are absent or any entry matches (Cluster 1, 2).</summary>
internal sealed class ClusterRuleSpec
{
    private readonly SpecDirection direction;
    private readonly SpecAction action;
    private readonly List<ClusterPeerSpec> peers;
    private readonly List<ClusterPortSpec>? ports;

    private ClusterRuleSpec(SpecDirection direction, SpecAction action, List<ClusterPeerSpec> peers, List<ClusterPortSpec>? ports)
    {
        this.direction = direction;
        this.action = action;
        this.peers = peers;
        this.ports = ports;
    }

    public static ClusterRuleSpec Read(
        SpecInventory inventory, DomainNameSpec domainNames, ClusterDialect dialect, SpecNode node, SpecDirection direction)
    {
        SpecAction action = dialect.ReadAction(node["action"]);
        bool ingress = direction == SpecDirection.Ingress;
        List<ClusterPeerSpec> peers =
        [
            .. node[ingress ? "from" : "to"].Items.Select(peer =>
                ingress ? ClusterPeerSpec.ReadIngress(inventory, peer) : ClusterPeerSpec.ReadEgress(inventory, domainNames, dialect, action, peer)),
        ];
        SpecNode entries = node[dialect.IsAlpha1 ? "ports" : "protocols"];
        if (!entries.IsNull && entries.Items.Count == 0)
        {
            throw new FormatException("an empty list of ports");
        }

        List<ClusterPortSpec>? ports = entries.IsNull
            ? null
            : [.. entries.Items.Select(entry => dialect.IsAlpha1 ? ClusterPortSpec.ReadPort(entry) : ClusterPortSpec.ReadProtocol(entry))];
        return new ClusterRuleSpec(direction, action, peers, ports);
    }

    /// <summary>What the rule does with the packet: its action, or Deny where it fails closed; null if it does not match.</summary>
    public SpecAction? Match(SpecPacket packet, SpecTrace trace)
    {
        SpecPeer peer = direction == SpecDirection.Ingress ? packet.Source : packet.Destination;
        if (direction == SpecDirection.Ingress && !IsPod(peer))
        {
            // 1.3: such traffic is matched by no ingress rule, whatever its action.
            trace.Add("ingress:notPod");
            return null;
        }

        // 2.2, fail closed.
        if (peers.Exists(entry => entry.IsUnknown) || ports?.Exists(entry => entry.IsUnknown) == true)
        {
            trace.Add(action == SpecAction.Allow ? "failClosed:accept" : "failClosed:deny");
            return action == SpecAction.Allow ? null : SpecAction.Deny;
        }

        foreach (ClusterPeerSpec entry in peers)
        {
            if (!entry.Matches(peer))
            {
                continue;
            }

            if (ports is null)
            {
                return Matched(entry, "ports:none", trace);
            }

            foreach (ClusterPortSpec port in ports)
            {
                if (port.Matches(packet, direction == SpecDirection.Egress ? entry : null))
                {
                    return Matched(entry, port.Branch, trace);
                }
            }
        }

        return null;
    }

    private SpecAction Matched(ClusterPeerSpec peer, string port, SpecTrace trace)
    {
        trace.Add((direction == SpecDirection.Ingress ? "from:" : "to:") + peer.Branch);
        trace.Add(port);
        trace.Add("rule:" + action);
        return action;
    }

    private static bool IsPod(SpecPeer peer) => peer.Owners.Any(owner => owner.Workload is { IsPod: true, IsHostNetwork: false });
}

/// <summary>An entry of <c>from</c> or <c>to</c>: exactly one field (Cluster 2.2).</summary>
internal sealed class ClusterPeerSpec
{
    private static readonly string[] IngressFields = ["namespaces", "pods"];
    private static readonly string[] EgressFields = ["namespaces", "pods", "nodes", "networks", "domainNames"];

    private ClusterPodsSpec? pods;
    private List<SpecAddress>? nodeAddresses;
    private List<SpecCidr>? networks;
    private List<string>? names;
    private DomainNameSpec? known;

    public required string Branch { get; init; }

    /// <summary>True if no known field is set, or a selector is invalid: the rule fails closed.</summary>
    public bool IsUnknown => Branch == "unknown";

    /// <summary>The entry selects pods, so that a named port is looked up on them.</summary>
    public ClusterPodsSpec? Pods => pods;

    private static ClusterPeerSpec Unknown => new() { Branch = "unknown" };

    /// <summary>Cluster 1.3, 2.2: ingress peers can only select pods.</summary>
    public static ClusterPeerSpec ReadIngress(SpecInventory inventory, SpecNode node)
    {
        RefuseTwo(node, IngressFields);
        return ReadPods(inventory, node) ?? Unknown;
    }

    public static ClusterPeerSpec ReadEgress(
        SpecInventory inventory, DomainNameSpec domainNames, ClusterDialect dialect, SpecAction action, SpecNode node)
    {
        RefuseTwo(node, EgressFields);
        if (!node["nodes"].IsNull)
        {
            return SpecLabelSelector.IsValid(node["nodes"])
                ? new ClusterPeerSpec { Branch = "nodes", nodeAddresses = NodeAddresses(inventory, new SpecLabelSelector(node["nodes"])) }
                : Unknown;
        }

        if (!node["networks"].IsNull)
        {
            return new ClusterPeerSpec { Branch = "networks", networks = [.. node["networks"].Texts().Select(SpecCidr.Parse)] };
        }

        if (!node["domainNames"].IsNull)
        {
            // 2.5: only for Allow and Accept rules; 4: not in the BaselineAdminNetworkPolicy.
            return dialect.HasDomainNames && action == SpecAction.Allow
                ? new ClusterPeerSpec { Branch = "domainNames", names = node["domainNames"].Texts(), known = domainNames }
                : Unknown;
        }

        return ReadPods(inventory, node) ?? Unknown;
    }

    private static void RefuseTwo(SpecNode node, string[] fields)
    {
        if (fields.Count(field => !node[field].IsNull) > 1)
        {
            throw new FormatException("a peer with two fields");
        }
    }

    private static ClusterPeerSpec? ReadPods(SpecInventory inventory, SpecNode node) =>
        ClusterPodsSpec.Read(inventory, node) is { } selected ? new ClusterPeerSpec { Branch = selected.Shape, pods = selected } : null;

    /// <summary>Cluster 2.2: any address in the matching nodes' <c>status.addresses</c>.</summary>
    private static List<SpecAddress> NodeAddresses(SpecInventory inventory, SpecLabelSelector selector) =>
        [.. inventory.Hosts.Values.Where(host => host.Labels is { } labels && selector.Matches(labels)).SelectMany(host => host.StatusAddresses)];

    public bool Matches(SpecPeer peer)
    {
        if (pods is not null)
        {
            return peer.Owners.Any(owner => pods.Matches(owner.Workload));
        }

        if (peer.Address is not { } address)
        {
            return false;
        }

        return nodeAddresses?.Contains(address) == true
            || networks?.Exists(network => network.Contains(address)) == true
            || names?.Exists(name => known!.Matches(name, address)) == true;
    }
}

/// <summary>An entry of <c>ports</c> (v1alpha1, Cluster 2.3) or <c>protocols</c> (v1alpha2, Cluster 2.4): exactly one field.</summary>
internal sealed record ClusterPortSpec(int Protocol, int? First, int? Last, string? Name, string Branch)
{
    private static readonly string[] PortFields = ["portNumber", "portRange", "namedPort"];
    private static readonly string[] ProtocolFields = ["tcp", "udp", "sctp", "destinationNamedPort"];
    private static readonly string[] PortShapes = ["number", "range"];

    private static ClusterPortSpec Unknown { get; } = new(0, null, null, null, "ports:unknown");

    public bool IsUnknown => this == Unknown;

    /// <summary>Cluster 2.3, the table.</summary>
    public static ClusterPortSpec ReadPort(SpecNode node)
    {
        RefuseTwo(node, PortFields);
        SpecNode number = node["portNumber"];
        SpecNode range = node["portRange"];
        if (!number.IsNull)
        {
            int port = Required(number["port"]);
            return ReadProtocolName(number) is { } protocol ? new ClusterPortSpec(protocol, port, port, null, "ports:portNumber") : Unknown;
        }

        if (!range.IsNull)
        {
            (int start, int end) = (Required(range["start"]), Required(range["end"]));
            return ReadProtocolName(range) is { } protocol ? new ClusterPortSpec(protocol, start, end, null, "ports:portRange") : Unknown;
        }

        return node["namedPort"].Text is { } name ? new ClusterPortSpec(0, null, null, name, "ports:namedPort") : Unknown;
    }

    /// <summary>Cluster 2.3: absent = TCP; 6: any other text may stand here.</summary>
    private static int? ReadProtocolName(SpecNode node) => (node["protocol"].Text ?? "TCP") switch
    {
        "TCP" => 6,
        "UDP" => 17,
        "SCTP" => 132,
        _ => null,
    };

    /// <summary>Cluster 2.4, the table.</summary>
    public static ClusterPortSpec ReadProtocol(SpecNode node)
    {
        RefuseTwo(node, ProtocolFields);
        foreach ((string field, int protocol) in (ReadOnlySpan<(string, int)>)[("tcp", 6), ("udp", 17), ("sctp", 132)])
        {
            if (!node[field].IsNull)
            {
                return ReadDestinationPort(node[field]["destinationPort"], protocol);
            }
        }

        return node["destinationNamedPort"].Text is { } name ? new ClusterPortSpec(0, null, null, name, "protocols:destinationNamedPort") : Unknown;
    }

    private static ClusterPortSpec ReadDestinationPort(SpecNode node, int protocol)
    {
        // 2.4: omitted means all ports of the protocol.
        if (node.IsNull)
        {
            return new ClusterPortSpec(protocol, null, null, null, "protocols:all");
        }

        RefuseTwo(node, PortShapes);
        if (!node["number"].IsNull)
        {
            int port = Required(node["number"]);
            return new ClusterPortSpec(protocol, port, port, null, "protocols:number");
        }

        SpecNode range = node["range"];
        return new ClusterPortSpec(protocol, Required(range["start"]), Required(range["end"]), null, "protocols:range");
    }

    private static int Required(SpecNode node) => node.Integer() ?? throw new FormatException("a port without its number");

    private static void RefuseTwo(SpecNode node, string[] fields)
    {
        if (fields.Count(field => !node[field].IsNull) > 1)
        {
            throw new FormatException("a port entry with two fields");
        }
    }

    /// <summary>Cluster 2.3, 2.4; a name is looked up on the pods that the entry for the destination means, if there is one.</summary>
    public bool Matches(SpecPacket packet, ClusterPeerSpec? destination)
    {
        if (Name is not null)
        {
            return packet.Destination.Owners.Any(owner => owner.Workload is { IsPod: true, IsHostNetwork: false } pod
                && (destination?.Pods is not { } selected || selected.Matches(pod))
                && pod.ContainerPorts.Any(port => port.Name == Name && port.Protocol == packet.Protocol && port.Port == packet.Port));
        }

        return packet.Protocol == Protocol && (First is null || (packet.Port is { } port && First <= port && port <= Last));
    }
}
