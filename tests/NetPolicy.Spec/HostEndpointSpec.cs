using System.Globalization;

namespace NetPolicy.Spec;

/// <summary>What a stage says: a final action with its rule, or nothing.</summary>
internal readonly record struct SpecStage(SpecAction? Action, SpecRule? Rule);

/// <summary>Host endpoints: which governs an interface, and what each of its stages says (Calico 7.1 to 7.4).</summary>
internal sealed class HostEndpointSpec
{
    private static readonly List<Failsafe> DefaultInbound =
        [new(6, null, 22), new(17, null, 68), new(6, null, 179), new(6, null, 2379), new(6, null, 2380), new(6, null, 5473), new(6, null, 6443), new(6, null, 6666), new(6, null, 6667)];

    private static readonly List<Failsafe> DefaultOutbound =
        [new(17, null, 53), new(17, null, 67), new(6, null, 179), new(6, null, 2379), new(6, null, 2380), new(6, null, 5473), new(6, null, 6443), new(6, null, 6666), new(6, null, 6667)];

    private readonly SpecInventory inventory;
    private readonly TierSpec tiers;
    private readonly Dictionary<string, SpecNode> felix = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (List<Failsafe> Inbound, List<Failsafe> Outbound)> failsafes = new(StringComparer.Ordinal);

    public HostEndpointSpec(SpecInventory inventory, TierSpec tiers, IReadOnlyList<SpecDocument> documents)
    {
        this.inventory = inventory;
        this.tiers = tiers;
        foreach (SpecDocument document in documents.Where(d => d.Kind == "FelixConfiguration"))
        {
            felix[document.Name] = document.Spec;
        }

        foreach (string node in inventory.Hosts.Keys)
        {
            failsafes[node] = (
                ReadFailsafes(Setting(node, "failsafeInboundHostPorts").Value, DefaultInbound),
                ReadFailsafes(Setting(node, "failsafeOutboundHostPorts").Value, DefaultOutbound));
        }
    }

    /// <summary>A field of <c>node.NAME</c>, else of <c>default</c>, and the document that has it.</summary>
    private (string Document, SpecNode Value) Setting(string node, string field)
    {
        foreach (string document in (string[])["node." + node, "default"])
        {
            if (felix.TryGetValue(document, out SpecNode? spec) && !spec[field].IsNull)
            {
                return (document, spec[field]);
            }
        }

        return ("default", SpecNode.Null);
    }

    /// <summary>Calico 7.2: per host interface the alphabetically first HostEndpoint by name, or by an expected address. The <c>*</c> ones apart.</summary>
    public SpecHostEndpoint? OfInterface(string node, string name)
    {
        foreach (SpecHostEndpoint endpoint in inventory.HostEndpoints.Values.Where(e => e.Node == node && e.Interface != "*"))
        {
            bool governs = endpoint.Interface.Length > 0
                ? endpoint.Interface == name
                : AddressesOf(node, name).Any(address => endpoint.ExpectedIPs.Contains(address));
            if (governs)
            {
                return endpoint;
            }
        }

        return null;
    }

    /// <summary>Calico 7.2: among <c>*</c> HostEndpoints the alphabetically first is active.</summary>
    public SpecHostEndpoint? OfEveryInterface(string node) =>
        inventory.HostEndpoints.Values.FirstOrDefault(e => e.Node == node && e.Interface == "*");

    /// <summary>Calico 7.2: in the filter stages an interface HostEndpoint always shadows <c>*</c>.</summary>
    public SpecHostEndpoint? ForFilter(string node, string name) => OfInterface(node, name) ?? OfEveryInterface(node);

    /// <summary>Calico 7.2: one without preDNAT policies falls back to <c>*</c>.</summary>
    public SpecHostEndpoint? ForPreDnat(string node, string name) =>
        OfInterface(node, name) is { } own && tiers.AnyApplies(own, SpecList.PreDnat, SpecDirection.Ingress) ? own : OfEveryInterface(node);

    private List<string> KnownInterfaces(string node)
    {
        SortedSet<string> names = new(StringComparer.Ordinal);
        names.UnionWith(inventory.Hosts[node].Interfaces.Select(i => i.Name));
        names.UnionWith(inventory.HostEndpoints.Values.Where(e => e.Node == node && e.Interface is not ("" or "*")).Select(e => e.Interface));
        names.Remove("lo");
        return names.Count > 0 ? [.. names] : [""];
    }

    private List<SpecAddress> AddressesOf(string node, string name)
    {
        SpecHost host = inventory.Hosts[node];
        foreach ((string known, List<SpecAddress> addresses) in host.Interfaces)
        {
            if (known == name)
            {
                return addresses;
            }
        }

        return name == "lo" || host.HasInterfaceAnnotation ? [] : host.Addresses;
    }

    /// <summary>The interface through which a packet enters or leaves when the flow does not say.</summary>
    public string DefaultInterface(string node)
    {
        List<string> known = KnownInterfaces(node);
        return known.Find(name => ForFilter(node, name) is not null) ?? known[0];
    }

    /// <summary>Calico 7.3, row untracked: failsafes, then tiers; no match continues.</summary>
    public SpecStage Untracked(SpecHostEndpoint? endpoint, SpecDirection direction, SpecPacket packet, SpecTrace trace)
    {
        if (endpoint is null || !tiers.AnyApplies(endpoint, SpecList.Untracked, direction))
        {
            return default;
        }

        trace.Add("stage:untracked");
        if (IsFailsafe(endpoint.Node, direction, packet) || IsFailsafeReply(endpoint.Node, direction, packet))
        {
            trace.Add("stage:failsafe");
            return default;
        }

        return Ask(endpoint, SpecList.Untracked, direction, packet, trace);
    }

    /// <summary>Calico 7.3, row preDNAT; 7.7: the original destination.</summary>
    public SpecStage PreDnat(SpecHostEndpoint? endpoint, SpecPacket packet, SpecTrace trace)
    {
        if (endpoint is null || !tiers.AnyApplies(endpoint, SpecList.PreDnat, SpecDirection.Ingress))
        {
            return default;
        }

        trace.Add("stage:preDNAT");
        if (IsFailsafe(endpoint.Node, SpecDirection.Ingress, packet))
        {
            trace.Add("stage:failsafe");
            return default;
        }

        return Ask(endpoint, SpecList.PreDnat, SpecDirection.Ingress, packet, trace);
    }

    /// <summary>Calico 7.3, row forward: no profiles, no failsafes; after the tiers the packet continues.</summary>
    public SpecStage Forward(SpecHostEndpoint? endpoint, SpecDirection direction, SpecPacket packet, SpecTrace trace)
    {
        if (endpoint is null)
        {
            return default;
        }

        trace.Add("stage:forward");
        return Ask(endpoint, SpecList.Forward, direction, packet, trace);
    }

    private SpecStage Ask(SpecHostEndpoint endpoint, SpecList list, SpecDirection direction, SpecPacket packet, SpecTrace trace)
    {
        TierSpec.Outcome outcome = tiers.AskTiers(endpoint, list, direction, packet, exemptKubernetes: false, trace);
        return new SpecStage(outcome.Action, outcome.Rule);
    }

    /// <summary>Calico 7.3, row normal: failsafes, tiers, profiles, drop.</summary>
    public SpecDecision Normal(SpecHostEndpoint endpoint, SpecDirection direction, SpecPacket packet, SpecTrace trace)
    {
        trace.Add("stage:normal");
        if (IsFailsafe(endpoint.Node, direction, packet))
        {
            trace.Add("stage:failsafe");
            return new SpecDecision(SpecEnd.Allow, null);
        }

        return tiers.Normal(endpoint, direction, packet, exemptKubernetes: false, trace);
    }

    /// <summary>Calico 7.5, <c>DefaultEndpointToHostAction</c>: what the host says to its own workload.</summary>
    public SpecDecision EndpointToHost(string node, bool hostInputAccepts, SpecTrace trace)
    {
        (string document, SpecNode value) = Setting(node, "defaultEndpointToHostAction");
        switch ((value.Text ?? "Accept").ToUpperInvariant())
        {
            case "ACCEPT":
                trace.Add("endpointToHost:Accept");
                return default;
            case "DROP":
                trace.Add("endpointToHost:Drop");
                return new SpecDecision(SpecEnd.Deny, new SpecRule("FelixConfiguration", null, document, "ingress", -1));
            case "RETURN":
                trace.Add("endpointToHost:Return");
                return HostInput(hostInputAccepts, trace);
            default:
                throw new FormatException($"`{value.Text}` is not an endpoint-to-host action");
        }
    }

    /// <summary>What the host's own input rules do with what policy returns to them.</summary>
    public static SpecDecision HostInput(bool accepts, SpecTrace trace)
    {
        trace.Add("hostInput");
        return accepts ? default : new SpecDecision(SpecEnd.Deny, null);
    }

    /// <summary>Calico 7.4: protocol and destination port, and the remote side within the net.</summary>
    private bool IsFailsafe(string node, SpecDirection direction, SpecPacket packet)
    {
        (List<Failsafe> inbound, List<Failsafe> outbound) = failsafes[node];
        return direction == SpecDirection.Ingress
            ? inbound.Any(entry => entry.Matches(packet.Protocol, packet.Port, packet.Source.Address))
            : outbound.Any(entry => entry.Matches(packet.Protocol, packet.Port, packet.Destination.Address));
    }

    /// <summary>Calico 7.4: raw also accepts replies, by source port.</summary>
    private bool IsFailsafeReply(string node, SpecDirection direction, SpecPacket packet)
    {
        (List<Failsafe> inbound, List<Failsafe> outbound) = failsafes[node];
        return direction == SpecDirection.Ingress
            ? outbound.Any(entry => entry.Matches(packet.Protocol, packet.SourcePort, packet.Source.Address))
            : inbound.Any(entry => entry.Matches(packet.Protocol, packet.SourcePort, packet.Destination.Address));
    }

    private static List<Failsafe> ReadFailsafes(SpecNode node, List<Failsafe> absent)
    {
        if (node.IsNull)
        {
            return absent;
        }

        if (node.Text is { } text)
        {
            return text.Trim() is "none" or "" ? [] : [.. text.Split(',').Select(entry => Failsafe.Parse(entry.Trim()))];
        }

        return [.. node.Items.Select(item => item.Text is { } entry ? Failsafe.Parse(entry) : Failsafe.Read(item))];
    }

    private sealed record Failsafe(int Protocol, SpecCidr? Net, int Port)
    {
        public bool Matches(int protocol, int? port, SpecAddress? remote) =>
            protocol == Protocol && port == Port && (Net is not { } net || (remote is { } address && net.Contains(address)));

        public static Failsafe Read(SpecNode node) => new(
            ReadProtocol(node["protocol"].Text ?? "tcp"),
            node["net"].Text is { Length: > 0 } net ? SpecCidr.ParseNet(net) : null,
            node["port"].Integer() ?? throw new FormatException("a failsafe without a port"));

        /// <summary>Calico 7.4: <c>[proto:[net:]]port</c>, an IPv6 net in brackets.</summary>
        public static Failsafe Parse(string text)
        {
            int last = text.LastIndexOf(':');
            int port = int.Parse(text[(last + 1)..], NumberStyles.None, CultureInfo.InvariantCulture);
            if (last < 0)
            {
                return new Failsafe(6, null, port);
            }

            int first = text.IndexOf(':', StringComparison.Ordinal);
            int protocol = ReadProtocol(text[..first]);
            return first == last
                ? new Failsafe(protocol, null, port)
                : new Failsafe(protocol, SpecCidr.ParseNet(text[(first + 1)..last].Trim('[', ']')), port);
        }

        private static int ReadProtocol(string text) => text.ToUpperInvariant() switch
        {
            "TCP" => 6,
            "UDP" => 17,
            _ => throw new FormatException($"`{text}` is not a protocol of a failsafe"),
        };
    }
}
