using System.Globalization;

namespace NetPolicy.Spec;

/// <summary>The documents of one world, and the judge of its flows.</summary>
public sealed class SpecWorld
{
    private readonly SpecInventory inventory;
    private readonly SpecServices services;
    private readonly FlowSpec flows;

    private SpecWorld(IReadOnlyList<SpecDocument> documents, SpecOptions options)
    {
        inventory = new SpecInventory(documents);
        services = new SpecServices(inventory, documents);
        TierSpec tiers = new(documents, ReadPolicies(documents, new DomainNameSpec(documents)), inventory.Profiles, services, options.StagedAsEnforced);
        HostEndpointSpec hosts = new(inventory, tiers, documents);
        flows = new FlowSpec(tiers, hosts, options);
    }

    /// <summary>Reads documents: YAML or JSON texts of any number of documents and Lists; unknown kinds are left out.</summary>
    /// <exception cref="FormatException">A document has no meaning.</exception>
    public static SpecWorld Load(IEnumerable<string> texts, SpecOptions? options = null) =>
        new(SpecDocument.Read(texts), options ?? new SpecOptions());

    private List<SpecPolicy> ReadPolicies(IReadOnlyList<SpecDocument> documents, DomainNameSpec domainNames)
    {
        List<SpecPolicy> policies = [];
        foreach (SpecDocument document in documents)
        {
            // Calico 1.4: `Delete` is not sent to the calculation at all.
            if (document.Kind.StartsWith("Staged", StringComparison.Ordinal) && document.Spec["stagedAction"].Text == "Delete")
            {
                continue;
            }

            if (document.Kind == "StagedKubernetesNetworkPolicy" || (document.Kind == "NetworkPolicy" && !document.IsCalico))
            {
                policies.Add(KubernetesPolicySpec.Read(inventory, document));
            }
            else if (document.IsCluster)
            {
                policies.Add(ClusterPolicySpec.Read(inventory, domainNames, document));
            }
            else if (document.Kind.EndsWith("NetworkPolicy", StringComparison.Ordinal))
            {
                policies.Add(CalicoPolicySpec.Read(services, document));
            }
        }

        return policies;
    }

    /// <summary>The answer of the specifications for one flow.</summary>
    /// <exception cref="ArgumentException">An end, the protocol or the family of the flow is unknown.</exception>
    public SpecAnswer Evaluate(SpecFlow flow)
    {
        int protocol = SpecProtocol.ParseFlow(flow.Protocol);
        if (flow.IpFamily is not (null or 4 or 6))
        {
            throw new ArgumentException($"`{flow.IpFamily}` is not an address family", nameof(flow));
        }

        SpecAddress? loopback = SpecAddress.TryParse(flow.To) is { IsLoopback: true } own && Names(flow.From, flow).TrueForAll(IsInside) ? own : null;
        ServiceTarget? target = loopback is null ? FindService(flow, protocol) : null;
        List<EndName> destinations = target is null ? Names(flow.To, flow) : [];
        SpecAnswer? first = null;
        foreach (EndName source in Names(flow.From, flow))
        {
            IEnumerable<SpecAnswer> answers = target is null
                ? (loopback is { } self ? [Loopback(source, self)] : destinations).Select(destination => Direct(source, destination, flow, protocol))
                : ThroughService(source, target, flow, protocol);
            foreach (SpecAnswer answer in answers)
            {
                if (!answer.Allowed)
                {
                    return answer;
                }

                first ??= answer;
            }
        }

        return first!;
    }

    private static bool IsInside(EndName name) => name.Workload is not null || name.Host is not null;

    /// <summary>Kubernetes 5.5: a pod (and likewise a node) that dials loopback talks to itself.</summary>
    private static EndName Loopback(EndName source, SpecAddress address) => source with { Addresses = [address], LiteralFamily = address.Family };

    private SpecAnswer Direct(EndName source, EndName destination, SpecFlow flow, int protocol)
    {
        int?[] families = [flow.IpFamily, source.LiteralFamily, destination.LiteralFamily];
        if (families.OfType<int>().Distinct().Count() > 1)
        {
            return Unreachable("family:none");
        }

        if (FlowSpec.IsSelf(source.Workload, destination.Workload))
        {
            return new SpecAnswer(true, SpecEnd.None, SpecEnd.None, null, ["self"], null);
        }

        if (FlowSpec.IsOwnNode(source.Host, destination.Workload))
        {
            return new SpecAnswer(true, SpecEnd.None, SpecEnd.None, null, ["ownNode"], null);
        }

        if (CommonFamily(flow, source.Speaks, destination.Speaks) is not { } family)
        {
            return Unreachable("family:none");
        }

        SpecPeer from = PeerOf(source, family);
        SpecPeer to = PeerOf(destination, family);
        return flows.Judge(new FlowPath(from, to, flow.Port, to, Translation.None, null), flow, family, protocol, null);
    }

    private SpecPeer PeerOf(EndName name, int family) => inventory.Peer(name.Workload, name.Host, name.AddressIn(family));

    private static SpecAnswer Unreachable(string branch) => new(false, SpecEnd.None, SpecEnd.None, null, [branch], null);

    /// <summary>Families are judged apart: the one asked for, else IPv4 if both ends have it, otherwise IPv6.</summary>
    private static int? CommonFamily(SpecFlow flow, Func<int, bool> source, Func<int, bool> destination)
    {
        foreach (int family in flow.IpFamily is { } wanted ? [wanted] : (int[])[4, 6])
        {
            if (source(family) && destination(family))
            {
                return family;
            }
        }

        return null;
    }

    /// <summary>Kubernetes 5.8: judged as a connection to each backend pod and its target port.</summary>
    private IEnumerable<SpecAnswer> ThroughService(EndName source, ServiceTarget target, SpecFlow flow, int protocol)
    {
        SpecService service = target.Service;
        bool mapped = target.Port is not null || service.IsHeadless;
        Func<int, bool> speaks = target.Address is { } address
            ? family => address.Family == family
            : family => target.Dialled?.Speaks(family) != false && services.Speaks(service, target.Port, flow.Port, family);
        if (!mapped || service.Type == "ExternalName" || CommonFamily(flow, source.Speaks, speaks) is not { } family)
        {
            yield return Unreachable("service:noBackend");
            yield break;
        }

        bool any = false;
        foreach ((EndName backend, int? port) in BackendNames(service, target.Port, flow, family))
        {
            any = true;
            SpecAnswer answer = ToBackend(source, target, backend, port, flow, family, protocol);
            yield return answer with { Branches = [.. answer.Branches, target.Branch] };
        }

        if (!any)
        {
            yield return Unreachable("service:noBackend");
        }
    }

    private List<(EndName Name, int? Port)> BackendNames(SpecService service, SpecServicePort? port, SpecFlow flow, int family)
    {
        List<(EndName Name, int? Port)> names = [];
        foreach (SpecBackend backend in services.Backends(service, port, flow.Port, family))
        {
            if (backend.Pod is { } pod)
            {
                names.Add((NameOf(pod), backend.Port));
            }
            else
            {
                names.AddRange(NamesOf(backend.Address!.Value).Select(name => (name, backend.Port)));
            }
        }

        return [.. names.OrderBy(n => n.Name.Workload is null && !n.Name.IsPod).ThenBy(n => n.Name.SortKey, StringComparer.Ordinal).ThenBy(n => n.Port ?? 0)];
    }

    /// <summary>Calico 7.7, 7.9 step 3: where the destination is rewritten, and what the packet says before.</summary>
    private SpecAnswer ToBackend(
        EndName source, ServiceTarget target, EndName backend, int? port, SpecFlow flow, int family, int protocol)
    {
        string translated = backend.Text(family) + (port is { } number ? ":" + number.ToString(CultureInfo.InvariantCulture) : "");
        SpecPeer from = PeerOf(source, family);
        SpecPeer to = PeerOf(backend, family);
        bool fromInside = source.Workload is not null || source.Host is not null;
        (Translation place, string? entered) = target.Way switch
        {
            ServiceWay.Headless => (Translation.None, null),
            ServiceWay.NodePort when from.Node == target.Node => (Translation.OnSourceNode, null),
            ServiceWay.NodePort => (Translation.OnEnteredNode, target.Node),
            ServiceWay.Cluster when fromInside => (Translation.OnSourceNode, null),
            ServiceWay.Cluster or ServiceWay.External => (Translation.OnEnteredNode, to.Node),
            _ => throw new InvalidOperationException(target.Way.ToString()),
        };
        SpecPeer original = place == Translation.None
            ? to
            : inventory.Peer(null, target.Node, target.Address ?? (target.Dialled is { } dialled
                ? dialled.AddressIn(family)
                : OwnAddress(target.Service, family, fromInside)));
        FlowPath path = new(from, original, flow.Port, to, place, entered, port);
        return FlowSpec.IsSelf(source.Workload, backend.Workload)
            ? flows.JudgeReturn(path, flow, family, protocol, translated)
            : flows.Judge(path, flow, family, protocol, translated);
    }

    /// <summary>The address a client dials for <c>svc:ns/name</c>.</summary>
    private static SpecAddress? OwnAddress(SpecService service, int family, bool fromInside)
    {
        List<SpecAddress> addresses = fromInside
            ? service.ClusterIPs
            : [.. service.LoadBalancerIPs, .. service.ExternalIPs, .. service.ClusterIPs];
        return addresses.Where(address => address.Family == family).Cast<SpecAddress?>().FirstOrDefault();
    }

    private enum ServiceWay
    {
        Headless,
        Cluster,
        External,
        NodePort,
    }

    private sealed record ServiceTarget(SpecService Service, SpecServicePort? Port, ServiceWay Way, SpecAddress? Address, string? Node)
    {
        /// <summary>The node or hostNetwork pod that was dialled by name.</summary>
        public EndName? Dialled { get; init; }

        public string Branch => Way switch
        {
            ServiceWay.Headless => "service:headless",
            ServiceWay.Cluster => "service:cluster",
            ServiceWay.External => "service:external",
            ServiceWay.NodePort => "service:nodePort",
            _ => throw new InvalidOperationException(Way.ToString()),
        };
    }

    /// <summary>The Service that the destination names, if any.</summary>
    private ServiceTarget? FindService(SpecFlow flow, int protocol)
    {
        if (flow.To.StartsWith("svc:", StringComparison.Ordinal))
        {
            SpecService named = services.ByName.GetValueOrDefault(flow.To["svc:".Length..])
                ?? throw new ArgumentException($"there is no Service `{flow.To}`", nameof(flow));
            return named.IsHeadless
                ? new ServiceTarget(named, null, ServiceWay.Headless, null, null)
                : new ServiceTarget(named, named.PortFor(protocol, flow.Port), ServiceWay.Cluster, null, null);
        }

        string? host = flow.To.StartsWith("host:", StringComparison.Ordinal) ? flow.To["host:".Length..]
            : inventory.Endpoints.TryGetValue(flow.To, out SpecEndpoint? pod) && pod.IsHostNetwork ? pod.Node
            : null;
        SpecAddress? address = host is null ? SpecAddress.TryParse(flow.To) : null;
        if (address is null && host is null)
        {
            return null;
        }

        foreach (SpecService service in services.ByName.Values)
        {
            if (ServiceAt(service, address, host, flow.Port, protocol) is { } target)
            {
                return host is null ? target : target with { Dialled = Names(flow.To, flow).Single() };
            }
        }

        return null;
    }

    /// <summary>The Service's addresses with one of its ports, or a node with one of its NodePorts.</summary>
    private ServiceTarget? ServiceAt(SpecService service, SpecAddress? address, string? host, int? port, int protocol)
    {
        if (address is { } dialled && service.PortFor(protocol, port) is { } servicePort)
        {
            if (service.ClusterIPs.Contains(dialled))
            {
                return new ServiceTarget(service, servicePort, ServiceWay.Cluster, dialled, null);
            }

            if (service.ExternalIPs.Contains(dialled) || service.LoadBalancerIPs.Contains(dialled))
            {
                return new ServiceTarget(service, servicePort, ServiceWay.External, dialled, null);
            }
        }

        if (service.Type is not ("NodePort" or "LoadBalancer")
            || service.Ports.Find(p => p.Protocol == protocol && p.NodePort is not null && p.NodePort == port) is not { } nodePort)
        {
            return null;
        }

        if (host is not null)
        {
            return inventory.Hosts.ContainsKey(host) ? new ServiceTarget(service, nodePort, ServiceWay.NodePort, null, host) : null;
        }

        SpecHost? owner = inventory.Hosts.Values.FirstOrDefault(h => h.Addresses.Contains(address!.Value));
        return owner is null ? null : new ServiceTarget(service, nodePort, ServiceWay.NodePort, address, owner.Name);
    }

    /// <summary>An end as the flow names it, before a family is chosen. No address means an unknown one, of either family.</summary>
    private sealed record EndName(string Id, string SortKey, SpecEndpoint? Workload, string? Host, IReadOnlyList<SpecAddress> Addresses, bool IsPod)
    {
        /// <summary>The family that a literal address fixes.</summary>
        public int? LiteralFamily { get; init; }

        public bool Speaks(int family) => Addresses.Count == 0 || Addresses.Any(address => address.Family == family);

        public SpecAddress? AddressIn(int family) =>
            Addresses.Where(address => address.Family == family).Cast<SpecAddress?>().FirstOrDefault();

        public string Text(int family) => IsPod ? Id : AddressIn(family) is { Family: 6 } six ? $"[{six}]" : Id;
    }

    private List<EndName> Names(string text, SpecFlow flow)
    {
        if (text.StartsWith("host:", StringComparison.Ordinal))
        {
            SpecHost host = inventory.Hosts.GetValueOrDefault(text["host:".Length..])
                ?? throw new ArgumentException($"there is no node `{text}`", nameof(flow));
            return [new EndName(text, text, null, host.Name, host.Addresses, false)];
        }

        if (inventory.Endpoints.TryGetValue(text, out SpecEndpoint? endpoint))
        {
            return [NameOf(endpoint)];
        }

        return SpecAddress.TryParse(text) is { } address
            ? NamesOf(address)
            : throw new ArgumentException($"there is no endpoint `{text}`", nameof(flow));
    }

    /// <summary>Kubernetes 5.7: a hostNetwork pod is its node.</summary>
    private EndName NameOf(SpecEndpoint endpoint)
    {
        if (!endpoint.IsHostNetwork)
        {
            return new EndName(endpoint.Id, endpoint.SortKey, endpoint, null, endpoint.Addresses, true);
        }

        IReadOnlyList<SpecAddress> addresses = endpoint.Addresses.Count > 0 || endpoint.Node is null
            ? endpoint.Addresses
            : inventory.Hosts[endpoint.Node].Addresses;
        return new EndName(endpoint.Id, endpoint.SortKey, null, endpoint.Node, addresses, true);
    }

    /// <summary>Who has an address: every workload, else every node, else nobody we know.</summary>
    private List<EndName> NamesOf(SpecAddress address)
    {
        List<EndName> names = [.. inventory.Endpoints.Values
            .Where(e => !e.IsHostNetwork && e.Addresses.Contains(address))
            .OrderBy(e => e.SortKey, StringComparer.Ordinal)
            .Select(e => new EndName(e.Id, e.SortKey, e, null, [address], true) { LiteralFamily = address.Family })];
        if (names.Count == 0)
        {
            names.AddRange(inventory.Hosts.Values
                .Where(host => host.Addresses.Contains(address))
                .Select(host => new EndName(address.ToString(), address.ToString(), null, host.Name, [address], false) { LiteralFamily = address.Family }));
        }

        return names.Count > 0 ? names : [new EndName(address.ToString(), address.ToString(), null, null, [address], false) { LiteralFamily = address.Family }];
    }
}
