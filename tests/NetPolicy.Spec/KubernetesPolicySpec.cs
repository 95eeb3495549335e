using System.Globalization;

namespace NetPolicy.Spec;

/// <summary>A Kubernetes NetworkPolicy, or one staged (Kubernetes 1, 3, 5). It is in tier <c>default</c> at order 1000 (Calico 6.1).</summary>
internal sealed class KubernetesPolicySpec : SpecPolicy
{
    private readonly SpecInventory inventory;
    private readonly SpecLabelSelector subject;
    private readonly List<RuleEntry> ingress;
    private readonly List<RuleEntry> egress;

    private KubernetesPolicySpec(SpecInventory inventory, SpecNode spec)
    {
        this.inventory = inventory;
        subject = new SpecLabelSelector(spec["podSelector"]);
        ingress = [.. spec["ingress"].Items.Select(rule => ReadRule(rule, "from"))];
        egress = [.. spec["egress"].Items.Select(rule => ReadRule(rule, "to"))];
        Order = 1000;
    }

    public override bool IsKubernetes => true;

    public static KubernetesPolicySpec Read(SpecInventory inventory, SpecDocument document)
    {
        (List<SpecDirection> types, bool defaulted) = ReadTypes(document.Spec);
        bool staged = document.Kind == "StagedKubernetesNetworkPolicy";
        return new KubernetesPolicySpec(inventory, document.Spec)
        {
            Kind = document.Kind,
            SortKind = staged ? document.Kind : "KubernetesNetworkPolicy",
            Namespace = document.Namespace,
            Name = document.Name,
            IsStaged = staged,
            Types = types,
            TypesAreDefaulted = defaulted,
        };
    }

    /// <summary>Kubernetes 3: absent or empty ⇒ Ingress, plus Egress iff there are egress rules.</summary>
    private static (List<SpecDirection> Types, bool Defaulted) ReadTypes(SpecNode spec)
    {
        List<SpecDirection> types = [];
        foreach (string type in spec["policyTypes"].Texts())
        {
            types.Add(type switch
            {
                "Ingress" => SpecDirection.Ingress,
                "Egress" => SpecDirection.Egress,
                _ => throw new FormatException($"`{type}` is not a policy type"),
            });
        }

        if (types.Count > 0)
        {
            return (types, false);
        }

        return (spec["egress"].Items.Count > 0 ? [SpecDirection.Ingress, SpecDirection.Egress] : [SpecDirection.Ingress], true);
    }

    /// <summary>Kubernetes 5.1: a policy selects only pods of its own namespace.</summary>
    public override bool AppliesTo(SpecSubject subject) =>
        subject is SpecEndpoint { IsPod: true } pod && pod.Namespace == Namespace && this.subject.Matches(pod.RealLabels);

    /// <summary>Kubernetes 5.1: allowed sets are unioned over rules; the first that matches stands for them.</summary>
    public override (SpecAction Action, int Index)? FirstMatch(SpecDirection direction, SpecPacket packet, SpecTrace trace)
    {
        List<RuleEntry> rules = direction == SpecDirection.Ingress ? ingress : egress;
        SpecPeer peer = direction == SpecDirection.Ingress ? packet.Source : packet.Destination;
        for (int index = 0; index < rules.Count; index++)
        {
            // 5.1: list absent/empty, or any entry matches; one of each.
            foreach (PeerEntry? entry in rules[index].Peers.DefaultIfEmpty())
            {
                if (PeerMatches(entry, peer) && PortsMatch(rules[index], packet, direction == SpecDirection.Egress ? entry : null) is { } portBranches)
                {
                    trace.Add(entry?.Branch ?? "peer:none");
                    trace.Add(portBranches);
                    trace.Add("action:Allow");
                    return (SpecAction.Allow, index);
                }
            }
        }

        return null;
    }

    /// <summary>Kubernetes 5.2, 5.3; no entry restricts nothing.</summary>
    private bool PeerMatches(PeerEntry? entry, SpecPeer peer)
    {
        if (entry is null)
        {
            return true;
        }

        if (entry.Cidr is { } cidr)
        {
            return peer.Address is { } address && cidr.Contains(address) && !entry.Except.Any(except => except.Contains(address));
        }

        return peer.Owners.Any(owner => owner.Workload is { IsPod: true } pod && Selects(entry, pod));
    }

    /// <summary>Kubernetes 5.2: by label and namespace.</summary>
    private bool Selects(PeerEntry entry, SpecEndpoint pod)
    {
        bool inNamespace = entry.Namespaces is null
            ? pod.Namespace == Namespace
            : entry.Namespaces.Matches(inventory.NamespaceLabels(pod.Namespace!));
        return inNamespace && (entry.Pods is null || entry.Pods.Matches(pod.RealLabels));
    }

    /// <summary>Kubernetes 5.1: list absent/empty, or any port entry matches.</summary>
    private string[]? PortsMatch(RuleEntry rule, SpecPacket packet, PeerEntry? destination)
    {
        if (rule.Ports.Count == 0)
        {
            return ["port:none"];
        }

        foreach (PortEntry entry in rule.Ports)
        {
            if (PortMatches(entry, packet, destination))
            {
                return entry.ProtocolIsDefaulted ? [entry.Branch, "default:protocol"] : [entry.Branch];
            }
        }

        return null;
    }

    /// <summary>Kubernetes 5.4, the table. A name is looked up on the pods that the entry for the destination means, if there is one.</summary>
    private bool PortMatches(PortEntry entry, SpecPacket packet, PeerEntry? destination)
    {
        if (entry.Protocol != packet.Protocol)
        {
            return false;
        }

        if (entry.Name is { } name)
        {
            foreach (SpecOwner owner in packet.Destination.Owners)
            {
                if (owner.Workload is { IsPod: true } pod
                    && (destination is not { Cidr: null } || Selects(destination, pod))
                    && pod.ContainerPorts.Any(p => p.Name == name && p.Protocol == entry.Protocol && p.Port == packet.Port))
                {
                    return true;
                }
            }

            return false;
        }

        return entry.Number is not { } number || (packet.Port is { } port && number <= port && port <= (entry.End ?? number));
    }

    private static RuleEntry ReadRule(SpecNode node, string peersField) =>
        new([.. node[peersField].Items.Select(ReadPeer)], [.. node["ports"].Items.Select(ReadPort)]);

    /// <summary>Kubernetes 1 (absent and empty selectors differ), 2.1 rows 14 and 15.</summary>
    private static PeerEntry ReadPeer(SpecNode node)
    {
        SpecNode block = node["ipBlock"];
        SpecLabelSelector? pods = node["podSelector"].IsNull ? null : new SpecLabelSelector(node["podSelector"]);
        SpecLabelSelector? namespaces = node["namespaceSelector"].IsNull ? null : new SpecLabelSelector(node["namespaceSelector"]);
        if (!block.IsNull)
        {
            if (pods is not null || namespaces is not null)
            {
                throw new FormatException("`ipBlock` stands together with a selector");
            }

            return new PeerEntry(null, null, SpecCidr.Parse(block["cidr"].Text ?? ""), [.. block["except"].Texts().Select(SpecCidr.Parse)], "peer:ipBlock");
        }

        return (pods, namespaces) switch
        {
            (null, null) => throw new FormatException("a peer without a field"),
            (_, null) => new PeerEntry(pods, null, null, [], "peer:podSelector"),
            (null, _) => new PeerEntry(null, namespaces, null, [], "peer:namespaceSelector"),
            _ => new PeerEntry(pods, namespaces, null, [], "peer:both"),
        };
    }

    /// <summary>Kubernetes 1 and 3: protocol absent ⇒ TCP; the YAML type decides between number and name.</summary>
    private static PortEntry ReadPort(SpecNode node)
    {
        string protocol = node["protocol"].Text ?? "TCP";
        if (protocol is not ("TCP" or "UDP" or "SCTP"))
        {
            throw new FormatException($"`{protocol}` is not a protocol of a NetworkPolicy");
        }

        int number = SpecProtocol.Parse(node["protocol"], "TCP");
        bool defaulted = node["protocol"].IsNull;
        SpecNode port = node["port"];
        if (port.IsNull)
        {
            return new PortEntry(number, defaulted, null, null, null, "port:protocolOnly");
        }

        if (!port.IsQuoted && int.TryParse(port.Text, NumberStyles.None, CultureInfo.InvariantCulture, out int first))
        {
            int? end = node["endPort"].Integer();
            return new PortEntry(number, defaulted, first, end, null, end is null ? "port:number" : "port:range");
        }

        string name = port.Text ?? throw new FormatException("a port that is neither number nor name");
        return name.Any(char.IsAsciiLetter)
            ? new PortEntry(number, defaulted, null, null, name, "port:name")
            : throw new FormatException($"`{name}` is not a port name");
    }

    private sealed record RuleEntry(List<PeerEntry> Peers, List<PortEntry> Ports);

    private sealed record PeerEntry(SpecLabelSelector? Pods, SpecLabelSelector? Namespaces, SpecCidr? Cidr, List<SpecCidr> Except, string Branch);

    private sealed record PortEntry(int Protocol, bool ProtocolIsDefaulted, int? Number, int? End, string? Name, string Branch);
}
