using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Inventory;
using NetPolicy.Policies;
using NetPolicy.Inventory;
using NetPolicy.Ports;

namespace NetPolicy.Core.Tests.Inventory;

/// <summary>Services and their backends (Kubernetes specification §5.8; Calico specification §3.4).</summary>
internal sealed partial class ReferenceCluster
{
    private Service[] CollectServices() =>
    [
        .. _manifests.OfType<ServiceManifest>()
            .OrderBy(s => s.EffectiveNamespace, StringComparer.Ordinal)
            .ThenBy(s => s.Metadata.Name, StringComparer.Ordinal)
            .Select(ToService),
    ];

    private Service ToService(ServiceManifest source)
    {
        bool headless = source.ClusterIPs.Contains("None");
        EquatableArray<IpAddress> cluster = headless ? default : Addresses(source.ClusterIPs);
        EquatableArray<IpAddress> outer = [.. Addresses(source.LoadBalancerIPs).Concat(Addresses(source.ExternalIPs)).Distinct()];
        return new Service
        {
            Index = _slots("service", $"{source.EffectiveNamespace}/{source.Metadata.Name}"),
            Source = source,
            Namespace = source.EffectiveNamespace!,
            Name = source.Metadata.Name ?? "",
            IsHeadless = headless,
            ClusterAddresses = cluster,
            Addresses = [.. cluster.Concat(outer).Distinct()],
            OuterAddresses = outer,
            HeadlessBackends = headless ? HeadlessBackends(source) : [],
            Ports = [.. source.Ports.Select(port => ToServicePort(source, port)).OfType<ServicePort>()],
        };
    }

    // No port is mapped (§5.8).
    private EquatableArray<Backend> HeadlessBackends(ServiceManifest source) => Sorted(source.Selector is { IsEmpty: false } selector
        ? SelectedPods(source, selector).SelectMany(pod => PodBackends(source, pod, 0))
        : from slice in Slices(source.EffectiveNamespace!, source.Metadata.Name ?? "")
          from endpoint in slice.Endpoints
          from address in Addresses(endpoint.Addresses)
          from owner in OwnersOf(address)
          select new Backend(owner, address, 0, endpoint.IsReady || source.PublishNotReadyAddresses));

    private ServicePort? ToServicePort(ServiceManifest service, ServicePortSpec port)
    {
        if (!Protocol.TryParse(port.Protocol ?? "TCP", out Protocol protocol) || port.Port is < 1 or > 65535)
        {
            return null;
        }

        IEnumerable<Backend> backends = service.Type == "ExternalName" ? []
            : service.Selector is { IsEmpty: false } selector
                ? SelectedPods(service, selector).SelectMany(pod => TargetPorts(port, protocol, pod).SelectMany(target => PodBackends(service, pod, target)))
                : SliceEndpoints(service, port, protocol);
        return new ServicePort(
            protocol,
            (ushort)port.Port,
            service.Type is "NodePort" or "LoadBalancer" && port.NodePort is > 0 and <= 65535 ? (ushort)port.NodePort.Value : (ushort)0,
            Sorted(backends));
    }

    private EquatableArray<Backend> Sorted(IEnumerable<Backend> backends) =>
        [.. backends.Distinct().OrderBy(BackendName, StringComparer.Ordinal).ThenBy(b => b.Port).ThenBy(b => b.Address)];

    // Pods by name, others last, as text.
    private string BackendName(Backend backend) =>
        backend.Endpoint >= 0 ? Key(Selectables.First(m => m.Index == backend.Endpoint).Name)
        : backend.HostNetworkPod >= 0 ? Key(HostNetworkPods.First(p => p.Index == backend.HostNetworkPod).Name)
        : "1" + backend.Address;

    // `namespace/name` first, whatever the kind.
    private static string Key(string name) => $"0{name[(name.IndexOf(':', StringComparison.Ordinal) + 1)..]} {name}";

    // Pods with every pair that are not finished and have, or will have, an address.
    private IEnumerable<SelectedPod> SelectedPods(ServiceManifest service, EquatableMap<string> selector)
    {
        if (service.Type == "ExternalName")
        {
            yield break;
        }

        foreach (ReferenceMember pod in Selectables.Where(e => e.Kind is not null).Where(e => e.IsPod && e.Namespace == service.EffectiveNamespace && Carries(e.Labels.Entries, selector)))
        {
            PodManifest? source = pod.Source switch
            {
                PodManifest own => own,
                WorkloadEndpointManifest => _manifests.OfType<PodManifest>().FirstOrDefault(p => $"{p.EffectiveNamespace}/{p.Metadata.Name}" == pod.Name),
                _ => null,
            };
            bool isUnknown = pod.Source switch
            {
                PodManifest own => IsAddressUnknown(own),
                WorkloadEndpointManifest => false,
                _ => true,
            };
            if ((isUnknown || !pod.Addresses.IsEmpty) && (source is null || !IsFinished(source)))
            {
                yield return new SelectedPod(pod.Index, -1, pod.Addresses, pod.Ports, source is null || IsTarget(source), isUnknown);
            }
        }

        foreach (HostNetworkPod pod in HostNetworkPods.Where(p => p.Source.EffectiveNamespace == service.EffectiveNamespace))
        {
            bool isUnknown = IsAddressUnknown(pod.Source);
            if (Carries(pod.Source.Metadata.Labels ?? default, selector) && (isUnknown || !pod.Addresses.IsEmpty) && !IsFinished(pod.Source))
            {
                yield return new SelectedPod(-1, pod.Index, pod.Addresses, PodPorts(pod.Source.Spec.Ports), IsTarget(pod.Source), isUnknown);
            }
        }
    }

    private static bool IsTarget(PodManifest pod) => pod.IsReady && !pod.Metadata.IsDeleting;

    // No status yet: it will have an address, but which is unknown.
    private static bool IsAddressUnknown(PodManifest pod) => pod.Phase is null && pod.Addresses.IsEmpty && pod.IsReady;

    private static bool Carries(EquatableMap<string> labels, EquatableMap<string> selector)
    {
        foreach ((string key, string value) in selector)
        {
            if (!labels.TryGetValue(key, out string? actual) || actual != value)
            {
                return false;
            }
        }

        return true;
    }

    private static IEnumerable<Backend> PodBackends(ServiceManifest service, SelectedPod pod, ushort target)
    {
        bool ready = pod.IsTarget || service.PublishNotReadyAddresses;
        IEnumerable<IpAddress> addresses = pod.IsAddressUnknown ? [default] : pod.Addresses;
        return addresses.Select(address => new Backend(pod.Endpoint, address, target, ready, pod.HostNetworkPod));
    }

    // The first of several numbers of one name is the one that the control plane takes.
    private static IEnumerable<ushort> TargetPorts(ServicePortSpec port, Protocol protocol, SelectedPod pod)
    {
        if (port.TargetPort is { IsNumber: false } name)
        {
            return pod.Ports
                .Where(p => p.Name == name.Text && p.Protocol == protocol && !p.OfInitContainer)
                .Select(p => p.Number)
                .Take(1);
        }

        int number = port.TargetPort is { Number: not 0 } target ? target.Number : port.Port;
        return number is > 0 and <= 65535 ? [(ushort)number] : [];
    }

    private IEnumerable<Backend> SliceEndpoints(ServiceManifest service, ServicePortSpec port, Protocol protocol) =>
        from slice in Slices(service.EffectiveNamespace!, service.Metadata.Name ?? "")
        from target in slice.Ports
        where (target.Name ?? "") == (port.Name ?? "") && (target.Protocol ?? "TCP") == protocol.ToString() && target.Port is > 0 and <= 65535
        from endpoint in slice.Endpoints
        from address in Addresses(endpoint.Addresses)
        from owner in OwnersOf(address)
        select new Backend(owner, address, (ushort)target.Port, endpoint.IsReady || service.PublishNotReadyAddresses);

    private IEnumerable<EndpointSliceManifest> Slices(string @namespace, string service) =>
        _manifests.OfType<EndpointSliceManifest>().Where(s => s.EffectiveNamespace == @namespace && s.ServiceName == service);

    // Every workload that has the address; -1 if none has.
    private int[] OwnersOf(IpAddress address) =>
        Selectables.Where(e => e.Kind is not null).Where(e => e.IsWorkload && e.Addresses.Contains(address)).Select(e => e.Index).ToArray() is { Length: > 0 } owners
            ? owners
            : [-1];

    // What the slices list; where a Service has none, what the control plane would write into them. Ports count for destinations only.
    private Dictionary<ServiceName, EquatableArray<SliceBackend>> CollectSliceBackends()
    {
        Dictionary<ServiceName, EquatableArray<SliceBackend>> backends = [];
        foreach (IGrouping<ServiceName, EndpointSliceManifest> slices in _manifests.OfType<EndpointSliceManifest>()
            .Where(s => s.ServiceName is not null)
            .GroupBy(s => new ServiceName(s.EffectiveNamespace!, s.ServiceName!)))
        {
            backends[slices.Key] =
            [
                .. from slice in slices
                   from endpoint in slice.Endpoints
                   from address in Addresses(endpoint.Addresses)
                   from port in NumberedPorts(slice).Prepend(default)
                   select new SliceBackend(-1, address, port.Protocol, port.Number),
            ];
        }

        foreach (Service service in Services)
        {
            ServiceName name = new(service.Namespace, service.Name);
            if (!backends.ContainsKey(name))
            {
                backends[name] =
                [
                    .. from pod in service.Source.Selector is { IsEmpty: false } selector ? SelectedPods(service.Source, selector) : []
                       from address in pod.IsAddressUnknown ? [default] : pod.Addresses
                       from port in PortsOf(service.Source, pod).Prepend(default)
                       select new SliceBackend(pod.IsAddressUnknown ? pod.Endpoint : -1, address, port.Protocol, port.Number),
                ];
            }
        }

        return backends;
    }

    private static IEnumerable<(Protocol Protocol, ushort Number)> NumberedPorts(EndpointSliceManifest slice)
    {
        foreach (ServicePortSpec port in slice.Ports.ToArray())
        {
            if (port.Port is > 0 and <= 65535 && Protocol.TryParse(port.Protocol ?? "TCP", out Protocol protocol))
            {
                yield return (protocol, (ushort)port.Port);
            }
        }
    }

    private static IEnumerable<(Protocol Protocol, ushort Number)> PortsOf(ServiceManifest service, SelectedPod pod)
    {
        foreach (ServicePortSpec port in service.Ports.ToArray())
        {
            if (Protocol.TryParse(port.Protocol ?? "TCP", out Protocol protocol))
            {
                foreach (ushort target in TargetPorts(port, protocol, pod))
                {
                    yield return (protocol, target);
                }
            }
        }
    }

    /// <summary>A pod that a Service selects.</summary>
    private sealed record SelectedPod(
        int Endpoint, int HostNetworkPod, EquatableArray<IpAddress> Addresses, EquatableArray<NamedPort> Ports, bool IsTarget, bool IsAddressUnknown);
}
