using System.Runtime.InteropServices;
using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Inventory;
using NetPolicy.Policies;
using NetPolicy.Ports;

namespace NetPolicy.Inventory;

/// <summary>Services and their backends (Kubernetes specification §5.8; Calico specification §3.4).</summary>
internal sealed partial class ClusterStore
{
    private readonly SlotTable<ServiceName, Service> _services = new();
    private readonly PersistentMap<ServiceName, EquatableArray<SliceBackend>>.Builder _sliceBackends = PersistentMap<ServiceName, EquatableArray<SliceBackend>>.Empty.ToBuilder();
    private readonly FrontTable _fronts;
    private readonly Dictionary<ServiceName, ServiceState> _serviceStates = [];

    // Services by place, and those whose slices name an address.
    private readonly List<ServiceState?> _stateOfService = [];
    private readonly Dictionary<IpAddress, HashSet<ServiceState>> _watchers = [];
    private readonly List<ServiceState> _listedServices = [];
    private readonly List<ServiceName> _changedBackends = [];

    private ServiceState ServiceOf(ServiceName name)
    {
        if (!_serviceStates.TryGetValue(name, out ServiceState? state))
        {
            _serviceStates[name] = state = new ServiceState(name);
        }

        return state;
    }

    private void List(ServiceState service)
    {
        if (!service.IsListed)
        {
            service.IsListed = true;
            _listedServices.Add(service);
        }
    }

    private void SetSlice(EndpointSliceManifest? old, EndpointSliceManifest? now)
    {
        if (old?.ServiceName is { } left)
        {
            ServiceState service = ServiceOf(new ServiceName(old.EffectiveNamespace!, left));
            service.Slices.RemoveAll(s => ReferenceEquals(s, old));
            List(service);
        }

        if (now?.ServiceName is { } entered)
        {
            ServiceState service = ServiceOf(new ServiceName(now.EffectiveNamespace!, entered));
            service.Slices.Add(now);
            service.Slices.Sort((x, y) => string.CompareOrdinal(x.Metadata.Name, y.Metadata.Name));
            List(service);
        }
    }

    private void ListWatchers(IpAddress address)
    {
        if (_watchers.Count > 0 && _watchers.TryGetValue(address, out HashSet<ServiceState>? services))
        {
            foreach (ServiceState service in services)
            {
                List(service);
            }
        }
    }

    // Services that select an endpoint as it was or as it is.
    private void ListServicesOf(Endpoint? old, Endpoint? now)
    {
        if ((old ?? now) is { Namespace: { } space } && !(ReferenceEquals(old?.Source, now?.Source) && ReferenceEquals(old?.Companion, now?.Companion)))
        {
            ListServicesOf(NamespaceOf(space), old is { IsPod: true } ? old.Labels.Entries : null, now is { IsPod: true } ? now.Labels.Entries : null);
        }
    }

    private void ListServicesOf(PodManifest? old, PodManifest? now) =>
        ListServicesOf(NamespaceOf((old ?? now)!.EffectiveNamespace!), old is null ? null : old.Metadata.Labels ?? default, now is null ? null : now.Metadata.Labels ?? default);

    private void ListServicesOf(NamespaceState space, EquatableMap<string>? old, EquatableMap<string>? now)
    {
        foreach (int slot in space.Services.Slots)
        {
            ServiceState service = _stateOfService[slot]!;
            if (!service.IsListed
                && service.Declared?.Selector is { IsEmpty: false } selector
                && ((old is { } left && DocumentFacts.Carries(left, selector)) || (now is { } entered && DocumentFacts.Carries(entered, selector))))
            {
                List(service);
            }
        }
    }

    private void ResolveServices()
    {
        if (_listedServices.Count == 0)
        {
            return;
        }

        Dictionary<NamespaceState, PodsByLabel> pods = [];
        foreach (ServiceState state in _listedServices)
        {
            state.IsListed = false;
            Resolve(state, pods);
        }

        foreach (SlotChange<Service> change in _services.Changes)
        {
            if (change.Old is not null && !ReferenceEquals(change.Old, _services[change.Index]))
            {
                _fronts.Remove(change.Old);
            }
        }

        foreach (SlotChange<Service> change in _services.Changes)
        {
            if (_services[change.Index] is { } now && !ReferenceEquals(change.Old, now))
            {
                _fronts.Add(now);
            }
        }

        _listedServices.Clear();
        if (_listedServices.Capacity > 1024)
        {
            _listedServices.Capacity = 0;
        }
    }

    private void Resolve(ServiceState state, Dictionary<NamespaceState, PodsByLabel> pods)
    {
        Watch(state);
        SelectedPod[] selected = state.Declared is { Selector: { IsEmpty: false } selector } manifest ? SelectedPods(manifest, selector, pods) : [];
        if (state.Declared is null)
        {
            if (state.Slot >= 0)
            {
                _services.Remove(state.Name);
                NamespaceOf(state.Name.Namespace).Services.Remove(state.Slot);
                _stateOfService[state.Slot] = null;
                state.Slot = -1;
            }

            if (state.Slices.Count == 0)
            {
                _serviceStates.Remove(state.Name);
            }
        }
        else
        {
            Service service = ToService(state, state.Declared, selected);
            if (state.Slot < 0)
            {
                state.Slot = _services.Place(state.Name);
                NamespaceOf(state.Name.Namespace).Services.Add(state.Slot);
                while (_stateOfService.Count <= state.Slot)
                {
                    _stateOfService.Add(null);
                }

                _stateOfService[state.Slot] = state;
            }

            if (_services[state.Slot] is not { } before || !service.IsSame(before))
            {
                service.Index = state.Slot;
                _services.Set(state.Slot, service);
            }
        }

        SetSliceBackends(state, selected);
    }

    private void Watch(ServiceState state)
    {
        IpAddress[] watched = state.Declared is { Selector: null or { IsEmpty: true } }
            ? [.. state.Slices.SelectMany(s => s.Endpoints).SelectMany(e => DocumentFacts.Addresses(e.Addresses)).Distinct()]
            : [];
        if (watched.AsSpan().SequenceEqual(state.Watched))
        {
            return;
        }

        foreach (IpAddress address in state.Watched)
        {
            if (_watchers.TryGetValue(address, out HashSet<ServiceState>? services) && services.Remove(state) && services.Count == 0)
            {
                _watchers.Remove(address);
            }
        }

        foreach (IpAddress address in watched)
        {
            (CollectionsMarshal.GetValueRefOrAddDefault(_watchers, address, out _) ??= []).Add(state);
        }

        state.Watched = watched;
    }

    private Service ToService(ServiceState state, ServiceManifest source, SelectedPod[] selected)
    {
        bool headless = source.ClusterIPs.Contains("None");
        EquatableArray<IpAddress> cluster = headless ? default : DocumentFacts.Addresses(source.ClusterIPs);
        EquatableArray<IpAddress> outer = [.. DocumentFacts.Addresses(source.LoadBalancerIPs).Concat(DocumentFacts.Addresses(source.ExternalIPs)).Distinct()];
        return new Service
        {
            Source = source,
            Namespace = state.Name.Namespace,
            Name = state.Name.Name,
            IsHeadless = headless,
            ClusterAddresses = cluster,
            Addresses = outer.IsEmpty ? cluster : [.. cluster.Concat(outer).Distinct()],
            OuterAddresses = outer,
            HeadlessBackends = headless ? HeadlessBackends(state, source, selected) : [],
            Ports = [.. source.Ports.Select(port => ToServicePort(state, source, port, selected)).OfType<ServicePort>()],
        };
    }

    // No port is mapped (§5.8).
    private EquatableArray<Backend> HeadlessBackends(ServiceState state, ServiceManifest source, SelectedPod[] selected) => Sorted(source.Selector is { IsEmpty: false }
        ? selected.SelectMany(pod => PodBackends(source, pod, 0))
        : from slice in state.Slices
          from endpoint in slice.Endpoints
          from address in DocumentFacts.Addresses(endpoint.Addresses)
          from owner in OwnersOf(address)
          select new Backend(owner, address, 0, endpoint.IsReady || source.PublishNotReadyAddresses));

    private ServicePort? ToServicePort(ServiceState state, ServiceManifest service, ServicePortSpec port, SelectedPod[] selected)
    {
        if (!Protocol.TryParse(port.EffectiveProtocol, out Protocol protocol) || port.Port is < 1 or > 65535)
        {
            return null;
        }

        IEnumerable<Backend> backends = service.Type == "ExternalName" ? []
            : service.Selector is { IsEmpty: false }
                ? selected.SelectMany(pod => TargetPorts(port, protocol, pod).SelectMany(target => PodBackends(service, pod, target)))
                : SliceEndpoints(state, service, port, protocol);
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
        backend.Endpoint >= 0 ? Key(_members[backend.Endpoint]!.Name)
        : backend.HostNetworkPod >= 0 ? Key(_hostNetworkPods[backend.HostNetworkPod]!.Name)
        : "1" + backend.Address;

    // `namespace/name` first, whatever the kind.
    private static string Key(string name) => $"0{name[(name.IndexOf(':', StringComparison.Ordinal) + 1)..]} {name}";

    // Pods with every pair that are not finished and have, or will have, an address; by name, those in their node's network last.
    private SelectedPod[] SelectedPods(ServiceManifest service, EquatableMap<string> selector, Dictionary<NamespaceState, PodsByLabel> pods)
    {
        if (service.Type == "ExternalName")
        {
            return [];
        }

        NamespaceState space = NamespaceOf(service.EffectiveNamespace!);
        List<SelectedPod> selected = [];
        foreach (int slot in CandidatesOf(space, selector, pods))
        {
            if (_members[slot] is not Endpoint { IsPod: true } pod || !DocumentFacts.Carries(pod.Labels.Entries, selector))
            {
                continue;
            }

            PodManifest? source = pod.Source as PodManifest ?? pod.Companion;
            bool isUnknown = pod.Source switch
            {
                PodManifest own => DocumentFacts.IsAddressUnknown(own),
                Manifests.Calico.WorkloadEndpointManifest => false,
                _ => true,
            };
            if ((isUnknown || !pod.Addresses.IsEmpty) && (source is null || !DocumentFacts.IsFinished(source)))
            {
                selected.Add(new SelectedPod(pod.Name, slot, -1, pod.Addresses, pod.Ports, source is null || DocumentFacts.IsTarget(source), isUnknown));
            }
        }

        foreach (int slot in space.HostNetworkPods.Slots)
        {
            HostNetworkPod pod = _hostNetworkPods[slot]!;
            bool isUnknown = DocumentFacts.IsAddressUnknown(pod.Source);
            if (DocumentFacts.Carries(pod.Source.Metadata.Labels ?? default, selector) && (isUnknown || !pod.Addresses.IsEmpty) && !DocumentFacts.IsFinished(pod.Source))
            {
                selected.Add(new SelectedPod(
                    pod.Name, -1, slot, pod.Addresses, DocumentFacts.PodPorts(pod.Source.Spec.Ports), DocumentFacts.IsTarget(pod.Source), isUnknown));
            }
        }

        selected.Sort((x, y) => x.Endpoint >= 0 != y.Endpoint >= 0 ? (x.Endpoint >= 0 ? -1 : 1) : string.CompareOrdinal(x.Name, y.Name));
        return [.. selected];
    }

    // Where many Services look for pods in a large namespace at once, a table by label pays.
    private ReadOnlySpan<int> CandidatesOf(NamespaceState space, EquatableMap<string> selector, Dictionary<NamespaceState, PodsByLabel> tables)
    {
        if (_listedServices.Count < 4 || space.Members.Count < 64 || space.Services.Count < 4)
        {
            return space.Members.Slots;
        }

        if (!tables.TryGetValue(space, out PodsByLabel? table))
        {
            tables[space] = table = new PodsByLabel(_members.List, space.Members.Slots);
        }

        return table.Carrying(selector);
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

    private IEnumerable<Backend> SliceEndpoints(ServiceState state, ServiceManifest service, ServicePortSpec port, Protocol protocol) =>
        from slice in state.Slices
        from target in slice.Ports
        where (target.Name ?? "") == (port.Name ?? "") && (target.Protocol ?? "TCP") == protocol.ToString() && target.Port is > 0 and <= 65535
        from endpoint in slice.Endpoints
        from address in DocumentFacts.Addresses(endpoint.Addresses)
        from owner in OwnersOf(address)
        select new Backend(owner, address, (ushort)target.Port, endpoint.IsReady || service.PublishNotReadyAddresses);

    // Every workload that has the address; -1 if none has.
    private int[] OwnersOf(IpAddress address) => _addresses.WorkloadsOf(address) is { Length: > 0 } owners ? owners : [-1];

    // What the slices list; where a Service has none, what the control plane would write into them. Ports count for destinations only.
    private void SetSliceBackends(ServiceState state, SelectedPod[] selected)
    {
        bool had = _sliceBackends.TryGetValue(state.Name, out EquatableArray<SliceBackend> before);
        if (state.Slices.Count == 0 && state.Declared is null)
        {
            if (had)
            {
                _sliceBackends.Remove(state.Name);
                _changedBackends.Add(state.Name);
            }

            return;
        }

        List<SliceBackend> backends = [];
        foreach (EndpointSliceManifest slice in state.Slices)
        {
            foreach (SliceEndpoint endpoint in slice.Endpoints)
            {
                foreach (IpAddress address in DocumentFacts.Addresses(endpoint.Addresses))
                {
                    backends.Add(new SliceBackend(-1, address, default, 0));
                    backends.AddRange(NumberedPorts(slice).Select(p => new SliceBackend(-1, address, p.Protocol, p.Number)));
                }
            }
        }

        if (state.Slices.Count == 0)
        {
            foreach (SelectedPod pod in selected)
            {
                IEnumerable<IpAddress> addresses = pod.IsAddressUnknown ? [default] : pod.Addresses;
                foreach (IpAddress address in addresses)
                {
                    int endpoint = pod.IsAddressUnknown ? pod.Endpoint : -1;
                    backends.Add(new SliceBackend(endpoint, address, default, 0));
                    backends.AddRange(PortsOf(state.Declared!, pod).Select(p => new SliceBackend(endpoint, address, p.Protocol, p.Number)));
                }
            }
        }

        EquatableArray<SliceBackend> now = [.. backends];
        if (!had || before != now)
        {
            _sliceBackends.Set(state.Name, now);
            _changedBackends.Add(state.Name);
        }
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
            if (Protocol.TryParse(port.EffectiveProtocol, out Protocol protocol))
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
        string Name, int Endpoint, int HostNetworkPod, EquatableArray<IpAddress> Addresses, EquatableArray<NamedPort> Ports, bool IsTarget, bool IsAddressUnknown);
}
