namespace NetPolicy.Spec;

/// <summary>A port of a Service (Kubernetes 5.8).</summary>
internal sealed record SpecServicePort(string Name, int Protocol, int Port, int? TargetNumber, string? TargetName, int? NodePort);

/// <summary>A Service (Kubernetes 5.8).</summary>
internal sealed class SpecService
{
    public required string Namespace { get; init; }

    public required string Name { get; init; }

    public required string Type { get; init; }

    /// <summary>Empty: no endpoints are computed.</summary>
    public required Dictionary<string, string> Selector { get; init; }

    public required List<SpecServicePort> Ports { get; init; }

    public required List<SpecAddress> ClusterIPs { get; init; }

    /// <summary>Addresses assigned by a load balancer.</summary>
    public required List<SpecAddress> LoadBalancerIPs { get; init; }

    public required List<SpecAddress> ExternalIPs { get; init; }

    public required List<int> IpFamilies { get; init; }

    public bool IsHeadless { get; init; }

    public bool PublishesNotReady { get; init; }

    public SpecServicePort? PortFor(int protocol, int? port) => Ports.FirstOrDefault(p => p.Protocol == protocol && p.Port == port);

    public static SpecService Read(SpecDocument document)
    {
        SpecNode spec = document.Spec;
        List<string> clusterIPs = spec["clusterIPs"].Texts();
        if (clusterIPs.Count == 0 && spec["clusterIP"].Text is { Length: > 0 } only)
        {
            clusterIPs.Add(only);
        }

        return new SpecService
        {
            Namespace = document.Namespace!,
            Name = document.Name,
            Type = spec["type"].Text ?? "ClusterIP",
            Selector = spec["selector"].Map(),
            Ports = [.. spec["ports"].Items.Select(ReadPort)],
            ClusterIPs = [.. clusterIPs.Where(text => text != "None").Select(SpecAddress.Parse)],
            ExternalIPs = [.. spec["externalIPs"].Texts().Select(SpecAddress.Parse)],
            LoadBalancerIPs = [.. document.Node["status"]["loadBalancer"]["ingress"].Items
                .Select(item => item["ip"].Text).OfType<string>().Select(SpecAddress.Parse)],
            IpFamilies = [.. spec["ipFamilies"].Texts().Select(text => text == "IPv6" ? 6 : 4)],
            IsHeadless = clusterIPs.Contains("None"),
            PublishesNotReady = spec["publishNotReadyAddresses"].IsTrue,
        };
    }

    /// <summary>Kubernetes 5.8: protocol default TCP, targetPort default = port.</summary>
    private static SpecServicePort ReadPort(SpecNode node)
    {
        SpecNode target = node["targetPort"];
        int port = node["port"].Integer() ?? throw new FormatException("a Service port without a number");
        bool named = target.Text is not null && (target.IsQuoted || !target.Text.All(char.IsAsciiDigit));
        return new SpecServicePort(
            node["name"].Text ?? "",
            SpecProtocol.ParseOrTcp(node["protocol"]),
            port,
            named ? null : target.Integer() is { } number and not 0 ? number : port,
            named ? target.Text : null,
            node["nodePort"].Integer());
    }
}

/// <summary>An EndpointSlice (Kubernetes 5.8, Calico 3.4).</summary>
internal sealed record SpecSlice(
    string Namespace, string Service, List<(List<SpecAddress> Addresses, bool Ready)> Endpoints, List<(string Name, int Protocol, int? Port)> Ports)
{
    public static SpecSlice Read(SpecDocument document) => new(
        document.Namespace!,
        document.Metadata["labels"]["kubernetes.io/service-name"].Text ?? "",
        [.. document.Node["endpoints"].Items.Select(item => (
            item["addresses"].Texts().Select(SpecAddress.TryParse).OfType<SpecAddress>().ToList(),
            item["conditions"]["ready"].Text != "false"))],
        [.. document.Node["ports"].Items.Select(item => (
            item["name"].Text ?? "", SpecProtocol.Parse(item["protocol"], "TCP"), item["port"].Integer()))]);
}

/// <summary>A place a Service sends a connection to: a pod, or an address that a slice lists.</summary>
internal sealed record SpecBackend(SpecEndpoint? Pod, SpecAddress? Address, int? Port);

/// <summary>Services and their slices (Kubernetes 5.8; Calico 3.4).</summary>
internal sealed class SpecServices
{
    private readonly SpecInventory inventory;
    private readonly List<SpecSlice> slices = [];

    public SpecServices(SpecInventory inventory, IReadOnlyList<SpecDocument> documents)
    {
        this.inventory = inventory;
        foreach (SpecDocument document in documents)
        {
            if (document.Kind == "Service")
            {
                ByName[document.Id] = SpecService.Read(document);
            }
            else if (document.Kind == "EndpointSlice")
            {
                slices.Add(SpecSlice.Read(document));
            }
        }
    }

    public SortedDictionary<string, SpecService> ByName { get; } = new(StringComparer.Ordinal);

    /// <summary>Calico 3.4: <paramref name="destination"/> = the packet's protocol and port for <c>destination.services</c>, null for <c>source.services</c>.</summary>
    public bool RuleMatches(string ns, string name, SpecPeer peer, (int Protocol, int? Port)? destination)
    {
        List<SpecSlice> own = [.. slices.Where(slice => slice.Namespace == ns && slice.Service == name)];
        if (own.Count == 0)
        {
            return ByName.TryGetValue(ns + "/" + name, out SpecService? service) && SelectedMatches(service, peer, destination);
        }

        foreach (SpecSlice slice in own)
        {
            bool port = destination is not { } wanted
                || slice.Ports.Any(p => p.Port is not null && p.Protocol == wanted.Protocol && p.Port == wanted.Port);
            if (port && peer.Address is { } address && slice.Endpoints.Any(endpoint => endpoint.Addresses.Contains(address)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The slices that the control plane would make; readiness is not consulted.</summary>
    private bool SelectedMatches(SpecService service, SpecPeer peer, (int Protocol, int? Port)? destination)
    {
        foreach (SpecEndpoint pod in Selected(service))
        {
            bool isPeer = (peer.Address is { } address && pod.Addresses.Contains(address)) || (pod.AddressUnknown && peer.Workload == pod);
            if (!isPeer)
            {
                continue;
            }

            if (destination is not { } wanted
                || service.Ports.Any(port => port.Protocol == wanted.Protocol && TargetPorts(port, pod).Any(target => target == wanted.Port)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Kubernetes 5.8, row <c>selector</c> non-empty: pods of the Service's namespace having every pair, not terminal.</summary>
    private IEnumerable<SpecEndpoint> Selected(SpecService service)
    {
        if (service.Selector.Count == 0 || service.Type == "ExternalName")
        {
            return [];
        }

        return inventory.Endpoints.Values.Where(pod =>
            pod.IsPod
            && pod.Namespace == service.Namespace
            && !pod.IsFinished
            && (pod.Addresses.Count > 0 || pod.AddressUnknown)
            && service.Selector.All(pair => pod.RealLabels.TryGetValue(pair.Key, out string? value) && value == pair.Value));
    }

    /// <summary>
    /// Kubernetes 5.8, the table of targetPort: a pod lacking the name has none; of several numbers of one name the control plane takes the first.
    /// </summary>
    private static IEnumerable<int> TargetPorts(SpecServicePort port, SpecEndpoint pod) =>
        port.TargetName is { } name
            ? pod.ContainerPorts.Where(p => p.Name == name && p.Protocol == port.Protocol).Select(p => p.Port).Take(1)
            : [port.TargetNumber!.Value];

    /// <summary>
    /// Where a connection to a port of the Service may arrive in one family, in order of <c>namespace/name</c>
    /// (Kubernetes 5.8). <paramref name="port"/> is null for a headless Service: the dialled port stays.
    /// </summary>
    public List<SpecBackend> Backends(SpecService service, SpecServicePort? port, int? dialled, int family)
    {
        if (service.Selector.Count == 0)
        {
            return Listed(service, port, dialled, family);
        }

        List<SpecBackend> backends = [];
        foreach (SpecEndpoint pod in Selected(service).OrderBy(pod => pod.SortKey, StringComparer.Ordinal))
        {
            bool isTarget = (pod.IsReady && !pod.IsBeingDeleted) || service.PublishesNotReady;
            bool hasAddress = pod.AddressUnknown || pod.Addresses.Any(address => address.Family == family);
            if (!isTarget || !hasAddress)
            {
                continue;
            }

            if (port is null)
            {
                backends.Add(new SpecBackend(pod, null, dialled));
                continue;
            }

            foreach (int target in TargetPorts(port, pod))
            {
                backends.Add(new SpecBackend(pod, null, target));
            }
        }

        return backends;
    }

    /// <summary>Kubernetes 5.8, row <c>selector</c> absent: whatever EndpointSlices list by hand.</summary>
    private List<SpecBackend> Listed(SpecService service, SpecServicePort? port, int? dialled, int family)
    {
        List<SpecBackend> backends = [];
        foreach (SpecSlice slice in slices.Where(slice => slice.Namespace == service.Namespace && slice.Service == service.Name))
        {
            List<int?> targets = port is null
                ? [dialled]
                : [.. slice.Ports.Where(p => p.Name == port.Name && p.Protocol == port.Protocol && p.Port is not null).Select(p => p.Port)];
            foreach ((List<SpecAddress> addresses, bool ready) in slice.Endpoints)
            {
                if (!ready && !service.PublishesNotReady)
                {
                    continue;
                }

                foreach (SpecAddress address in addresses.Where(address => address.Family == family))
                {
                    backends.AddRange(targets.Select(target => new SpecBackend(null, address, target)));
                }
            }
        }

        return backends;
    }

    /// <summary>The families in which the Service can be reached: of its ClusterIPs, else <c>ipFamilies</c>, else of its backends.</summary>
    public bool Speaks(SpecService service, SpecServicePort? port, int? dialled, int family)
    {
        if (service.ClusterIPs.Count > 0)
        {
            return service.ClusterIPs.Any(address => address.Family == family);
        }

        return service.IpFamilies.Count > 0
            ? service.IpFamilies.Contains(family)
            : Backends(service, port, dialled, family).Count > 0;
    }
}
