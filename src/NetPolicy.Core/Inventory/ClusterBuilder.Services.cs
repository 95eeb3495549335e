using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Manifests.Inventory;
using NetPolicy.Policies;
using NetPolicy.Ports;

namespace NetPolicy.Inventory;

/// <summary>Services and their backends (Kubernetes specification §5.8; Calico specification §3.4).</summary>
internal sealed partial class ClusterBuilder
{
    private Service[] CollectServices() =>
    [
        .. _manifests.OfType<ServiceManifest>()
            .Where(s => s.Type != "ExternalName")
            .OrderBy(s => s.EffectiveNamespace, StringComparer.Ordinal)
            .ThenBy(s => s.Metadata.Name, StringComparer.Ordinal)
            .Select(ToService),
    ];

    private Service ToService(ServiceManifest source)
    {
        bool headless = source.ClusterIPs.Contains("None");
        EquatableArray<IpAddress> cluster = headless ? default : Addresses(source.ClusterIPs);
        return new Service
        {
            Source = source,
            Namespace = source.EffectiveNamespace!,
            Name = source.Metadata.Name ?? "",
            IsHeadless = headless,
            ClusterAddresses = cluster,
            Addresses = [.. cluster.Concat(Addresses(source.LoadBalancerIPs)).Concat(Addresses(source.ExternalIPs)).Distinct()],
            HeadlessBackends = headless ? HeadlessBackends(source) : [],
            Ports = [.. source.Ports.Select(port => ToServicePort(source, port)).OfType<ServicePort>()],
        };
    }

    // No port is mapped, so the backends are those of a port that every pod has (§5.8).
    private EquatableArray<Backend> HeadlessBackends(ServiceManifest source)
    {
        ServicePortSpec anyPort = new() { Port = 1 };
        IEnumerable<Backend> backends = source.Selector is { IsEmpty: false } selector
            ? SelectedPods(source.EffectiveNamespace!, selector).SelectMany(pod => PodBackends(source, anyPort, Protocol.Tcp, pod))
                .Concat(HostBackends(source, anyPort, selector))
            : from slice in Slices(source.EffectiveNamespace!, source.Metadata.Name ?? "")
              from endpoint in slice.Endpoints
              from address in Addresses(endpoint.Addresses)
              select new Backend(OwnerOf(address), address, 0, endpoint.IsReady);
        return
        [
            .. backends.Select(b => b with { Port = 0 }).Distinct().OrderBy(BackendName, StringComparer.Ordinal).ThenBy(b => b.Address),
        ];
    }

    private ServicePort? ToServicePort(ServiceManifest service, ServicePortSpec port)
    {
        if (!Protocol.TryParse(port.Protocol ?? "TCP", out Protocol protocol) || port.Port is < 1 or > 65535)
        {
            return null;
        }

        IEnumerable<Backend> backends = service.Selector is { IsEmpty: false } selector
            ? SelectedPods(service.EffectiveNamespace!, selector).SelectMany(pod => PodBackends(service, port, protocol, pod))
                .Concat(HostBackends(service, port, selector))
            : SliceEndpoints(service, port, protocol);
        return new ServicePort(
            protocol,
            (ushort)port.Port,
            service.Type is "NodePort" or "LoadBalancer" && port.NodePort is > 0 and <= 65535 ? (ushort)port.NodePort.Value : (ushort)0,
            [.. backends.Distinct().OrderBy(BackendName, StringComparer.Ordinal).ThenBy(b => b.Port).ThenBy(b => b.Address)]);
    }

    // Owned addresses by name; others last, as text.
    private string BackendName(Backend backend) =>
        backend.Endpoint >= 0 ? "0" + Selectables[backend.Endpoint].Name : "1" + backend.Address;

    private IEnumerable<Endpoint> SelectedPods(string @namespace, EquatableMap<string> selector) =>
        Selectables.OfType<Endpoint>().Where(e => e.IsPod && e.Namespace == @namespace && Carries(e.Labels.Entries, selector));

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

    private IEnumerable<Backend> PodBackends(ServiceManifest service, ServicePortSpec port, Protocol protocol, Endpoint pod)
    {
        PodManifest? source = pod.Source as PodManifest
            ?? _manifests.OfType<PodManifest>().FirstOrDefault(p => $"{p.EffectiveNamespace}/{p.Metadata.Name}" == pod.Name);
        if (source is not null && IsFinished(source))
        {
            yield break;
        }

        bool ready = source is null || service.PublishNotReadyAddresses || (source.IsReady && !source.Metadata.IsDeleting);
        foreach (ushort target in TargetPorts(port, protocol, pod))
        {
            if (pod.Addresses.IsEmpty && source?.Phase is null)
            {
                yield return new Backend(pod.Index, default, target, ready);
            }

            for (int i = 0; i < pod.Addresses.Count; i++)
            {
                yield return new Backend(pod.Index, pod.Addresses[i], target, ready);
            }
        }
    }

    // A pod in its node's network is a backend at its own address, which is the node's.
    private IEnumerable<Backend> HostBackends(ServiceManifest service, ServicePortSpec port, EquatableMap<string> selector) =>
        from pod in _manifests.OfType<PodManifest>()
        where pod.Spec.HostNetwork && pod.EffectiveNamespace == service.EffectiveNamespace && !IsFinished(pod)
            && Carries(pod.Metadata.Labels ?? default, selector) && port.TargetPort is not { IsNumber: false }
        from address in Addresses(pod.Addresses)
        let target = port.TargetPort is { } number ? number.Number : port.Port
        where target is > 0 and <= 65535
        select new Backend(
            -1, address, (ushort)target, service.PublishNotReadyAddresses || (pod.IsReady && !pod.Metadata.IsDeleting));

    private static IEnumerable<ushort> TargetPorts(ServicePortSpec port, Protocol protocol, Endpoint pod)
    {
        if (port.TargetPort is { IsNumber: false } name)
        {
            return pod.Ports
                .Where(p => p.Name == name.Text && p.Protocol == protocol && !p.OfInitContainer)
                .Select(p => p.Number)
                .Take(1);
        }

        int number = port.TargetPort is { } target ? target.Number : port.Port;
        return number is > 0 and <= 65535 ? [(ushort)number] : [];
    }

    private IEnumerable<Backend> SliceEndpoints(ServiceManifest service, ServicePortSpec port, Protocol protocol) =>
        from slice in Slices(service.EffectiveNamespace!, service.Metadata.Name ?? "")
        from target in slice.Ports
        where (target.Name ?? "") == (port.Name ?? "") && (target.Protocol ?? "TCP") == protocol.ToString() && target.Port is > 0 and <= 65535
        from endpoint in slice.Endpoints
        from address in Addresses(endpoint.Addresses)
        select new Backend(OwnerOf(address), address, (ushort)target.Port, endpoint.IsReady);

    private IEnumerable<EndpointSliceManifest> Slices(string @namespace, string service) =>
        _manifests.OfType<EndpointSliceManifest>().Where(s => s.EffectiveNamespace == @namespace && s.ServiceName == service);

    private int OwnerOf(IpAddress address) =>
        Selectables.OfType<Endpoint>().FirstOrDefault(e => e.IsWorkload && e.Addresses.Contains(address))?.Index ?? -1;

    // What the slices list; where a Service has none, what the control plane would write into them.
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
                   from port in slice.Ports
                   where port.Port is > 0 and <= 65535 && Protocol.TryParse(port.Protocol ?? "TCP", out _)
                   from endpoint in slice.Endpoints
                   from address in Addresses(endpoint.Addresses)
                   select new SliceBackend(-1, address, ParseProtocol(port.Protocol), (ushort)port.Port),
            ];
        }

        foreach (Service service in Services)
        {
            ServiceName name = new(service.Namespace, service.Name);
            if (!backends.ContainsKey(name))
            {
                backends[name] =
                [
                    .. from port in service.Ports
                       from backend in port.Backends
                       select new SliceBackend(
                           backend.Address == default ? backend.Endpoint : -1, backend.Address, port.Protocol, backend.Port),
                ];
            }
        }

        return backends;
    }

    private static Protocol ParseProtocol(string? text) => Protocol.TryParse(text ?? "TCP", out Protocol protocol) ? protocol : default;
}
