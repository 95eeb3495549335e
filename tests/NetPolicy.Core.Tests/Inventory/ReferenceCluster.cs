using System.Globalization;
using System.Text.Json;
using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Labels;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Inventory;
using NetPolicy.Inventory;
using NetPolicy.Policies.Normalization;
using NetPolicy.Ports;

namespace NetPolicy.Core.Tests.Inventory;

/// <summary>What a <see cref="Cluster"/> must say, worked out from all documents at once and without any index.</summary>
internal sealed partial class ReferenceCluster
{
    private const string MetadataName = "kubernetes.io/metadata.name";

    private readonly Manifest[] _manifests;
    private readonly Func<string, string, int> _slots;
    private readonly SortedDictionary<string, LabelSet> _namespaces = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LabelSet> _serviceAccounts = new(StringComparer.Ordinal);

    public ReferenceCluster(IEnumerable<Manifest> manifests, Func<string, string, int> slots)
    {
        _manifests = [.. manifests];
        _slots = slots;
        CollectNamespaces();
        CollectProfiles();
        Selectables = [.. CollectSelectables().OrderBy(s => s.Name, StringComparer.Ordinal)];
        foreach (ReferenceMember selectable in Selectables)
        {
            selectable.Index = slots("selectable", selectable.Name);
        }

        HostNetworkPods = CollectHostNetworkPods();
        Nodes = CollectNodes();
        Services = CollectServices();
        SliceBackends = CollectSliceBackends();
        DomainNames = CollectDomainNames();
    }

    public IReadOnlyCollection<Manifest> Manifests => _manifests;

    public IReadOnlyList<ReferenceMember> Selectables { get; }

    public IReadOnlyList<Node> Nodes { get; }

    public IReadOnlyList<Service> Services { get; }

    public IReadOnlyDictionary<string, LabelSet> Namespaces => _namespaces;

    public Dictionary<string, Profile> Profiles { get; } = new(StringComparer.Ordinal);

    public IReadOnlyList<HostNetworkPod> HostNetworkPods { get; }

    public IReadOnlyDictionary<NetPolicy.Policies.ServiceName, EquatableArray<SliceBackend>> SliceBackends { get; }

    public IReadOnlyDictionary<string, EquatableArray<IpAddress>> DomainNames { get; }

    // Several documents add up.
    private SortedDictionary<string, EquatableArray<IpAddress>> CollectDomainNames()
    {
        SortedDictionary<string, EquatableArray<IpAddress>> names = new(StringComparer.Ordinal);
        foreach ((string name, EquatableArray<string> addresses) in _manifests.OfType<DomainNamesManifest>().SelectMany(m => m.Names))
        {
            names[name] = [.. names.GetValueOrDefault(name).Concat(Addresses(addresses)).Distinct()];
        }

        return names;
    }

    // Namespaces that are used but not declared exist with their name label only (Kubernetes specification §4, §5.10).
    private void CollectNamespaces()
    {
        foreach (Manifest manifest in _manifests)
        {
            if (manifest.EffectiveNamespace is { } used && !_namespaces.ContainsKey(used))
            {
                _namespaces[used] = LabelSet.Of((MetadataName, used));
            }
        }

        foreach (NamespaceManifest manifest in _manifests.OfType<NamespaceManifest>())
        {
            string name = manifest.Metadata.Name ?? "";
            _namespaces[name] = LabelsOf(manifest).With(MetadataName, name);
        }

        foreach (ServiceAccountManifest manifest in _manifests.OfType<ServiceAccountManifest>())
        {
            _serviceAccounts[$"{manifest.EffectiveNamespace}/{manifest.Metadata.Name}"] = LabelsOf(manifest);
        }
    }

    // Built-in profiles first (Calico specification §3.1, §7.3), documents of the same name win.
    private void CollectProfiles()
    {
        AddProfile("projectcalico-default-allow", allow: true, LabelSet.Empty);
        foreach ((string name, LabelSet labels) in _namespaces)
        {
            AddProfile("kns." + name, allow: true, Prefixed(CalicoNormalizer.NamespacePrefix, labels, name));
        }

        IEnumerable<string> accounts = _manifests
            .Select(m => m switch
            {
                PodManifest pod => Account(pod.EffectiveNamespace, pod.Spec.ServiceAccountName),
                WorkloadManifest workload => Account(workload.EffectiveNamespace, workload.Template.ServiceAccountName),
                WorkloadEndpointManifest workload => Account(workload.EffectiveNamespace, workload.Spec?.ServiceAccountName),
                _ => null,
            })
            .OfType<string>()
            .Concat(_serviceAccounts.Keys)
            .Distinct(StringComparer.Ordinal);
        foreach (string account in accounts)
        {
            string[] parts = account.Split('/', 2);
            LabelSet labels = _serviceAccounts.GetValueOrDefault(account);
            AddProfile($"ksa.{parts[0]}.{parts[1]}", allow: false, Prefixed(CalicoNormalizer.ServiceAccountPrefix, labels, parts[1]));
        }

        foreach (ProfileManifest manifest in _manifests.OfType<ProfileManifest>())
        {
            Profiles[manifest.Metadata.Name ?? ""] = BuiltInProfile.Of(manifest);
        }
    }

    private static string? Account(string? @namespace, string? name) => string.IsNullOrEmpty(name) ? null : $"{@namespace}/{name}";

    private static LabelSet Prefixed(string prefix, LabelSet labels, string name) =>
        new LabelSet(new EquatableMap<string>(labels.Entries.Select(e => new KeyValuePair<string, string>(prefix + e.Key, e.Value))))
            .With(prefix + "projectcalico.org/name", name);

    private void AddProfile(string name, bool allow, LabelSet labels)
    {
        EquatableArray<CalicoRule> rules = allow ? [new CalicoRule { Action = "Allow" }] : [];
        Profiles[name] = BuiltInProfile.Of(new ProfileManifest { Metadata = new ObjectMetadata { Name = name }, Ingress = rules, Egress = rules, LabelsToApply = labels.Entries });
    }

    private IEnumerable<ReferenceMember> CollectSelectables()
    {
        Dictionary<string, WorkloadEndpointManifest> overridden = new(StringComparer.Ordinal);
        foreach (WorkloadEndpointManifest manifest in _manifests.OfType<WorkloadEndpointManifest>())
        {
            overridden.TryAdd(NameOf(manifest), manifest);
        }

        HashSet<string> emitted = new(StringComparer.Ordinal);
        foreach (PodManifest pod in _manifests.OfType<PodManifest>())
        {
            string name = $"{pod.EffectiveNamespace}/{pod.Metadata.Name}";
            if (pod.Spec.HostNetwork)
            {
                emitted.Add(name);
            }
            else if (emitted.Add(name))
            {
                yield return overridden.TryGetValue(name, out WorkloadEndpointManifest? workload) ? ToEndpoint(workload, pod) : ToEndpoint(pod);
            }
        }

        foreach ((string name, WorkloadEndpointManifest manifest) in overridden)
        {
            if (emitted.Add(name))
            {
                yield return ToEndpoint(manifest, null);
            }
        }

        foreach (Manifest manifest in _manifests)
        {
            ReferenceMember? selectable = manifest switch
            {
                WorkloadManifest workload => ToEndpoint(workload),
                HostEndpointManifest host => ToEndpoint(host),
                NetworkSetManifest set => ToSet(set, set.Nets, set.EffectiveNamespace),
                GlobalNetworkSetManifest set => ToSet(set, set.Nets, null),
                _ => null,
            };
            if (selectable is not null && emitted.Add(selectable.Name))
            {
                yield return selectable;
            }
        }
    }

    private HostNetworkPod[] CollectHostNetworkPods()
    {
        SortedDictionary<string, PodManifest> pods = new(StringComparer.Ordinal);
        foreach (PodManifest pod in _manifests.OfType<PodManifest>().Where(p => p.Spec.HostNetwork))
        {
            pods[$"{pod.EffectiveNamespace}/{pod.Metadata.Name}"] = pod;
        }

        return
        [
            .. pods.Select(p => new HostNetworkPod(
                _slots("host", p.Key), p.Key, string.IsNullOrEmpty(p.Value.Spec.NodeName) ? null : p.Value.Spec.NodeName, IsFinished(p.Value) ? default : Addresses(p.Value.Addresses), p.Value)),
        ];
    }

    private static string NameOf(WorkloadEndpointManifest manifest) =>
        $"{manifest.EffectiveNamespace}/{(IsKubernetes(manifest) && manifest.Spec?.Pod is { Length: > 0 } pod ? pod : manifest.Metadata.Name)}";

    private static bool IsKubernetes(WorkloadEndpointManifest manifest) => (manifest.Spec?.Orchestrator ?? "k8s") == "k8s";

    private ReferenceMember ToEndpoint(PodManifest pod) => ToPodEndpoint(
        pod,
        EndpointKind.Pod,
        $"{pod.EffectiveNamespace}/{pod.Metadata.Name}",
        LabelsOf(pod),
        pod.Spec,
        IsFinished(pod) ? default : Addresses(pod.Addresses));

    private ReferenceMember ToEndpoint(WorkloadManifest workload) => ToPodEndpoint(
        workload,
        EndpointKind.Workload,
        $"{workload.Kind.ToLowerInvariant()}:{workload.EffectiveNamespace}/{workload.Metadata.Name}",
        new LabelSet(workload.TemplateLabels ?? default),
        workload.Template,
        default);

    private ReferenceMember ToPodEndpoint(
        Manifest source, EndpointKind kind, string name, LabelSet labels, PodSpec spec, EquatableArray<IpAddress> addresses)
    {
        string @namespace = source.EffectiveNamespace!;
        EquatableArray<string> profiles = ["kns." + @namespace];
        if (!string.IsNullOrEmpty(spec.ServiceAccountName))
        {
            profiles = profiles.Add($"ksa.{@namespace}.{spec.ServiceAccountName}");
        }

        return new ReferenceMember(source)
        {
            Kind = kind,
            Namespace = @namespace,
            Labels = labels,
            NamespaceLabels = _namespaces[@namespace],
            EffectiveLabels = Effective(WorkloadLabels(labels, @namespace, "k8s", spec.ServiceAccountName), profiles),
            Ports = PodPorts(spec.Ports),
            Profiles = profiles,
            Name = name,
            Node = string.IsNullOrEmpty(spec.NodeName) ? null : spec.NodeName,
            Addresses = addresses,
        };
    }

    private ReferenceMember ToEndpoint(WorkloadEndpointManifest manifest, PodManifest? pod)
    {
        WorkloadEndpointSpec spec = manifest.Spec ?? new WorkloadEndpointSpec();
        string @namespace = manifest.EffectiveNamespace!;
        EquatableArray<string> profiles = spec.Profiles ?? default;
        LabelSet labels = LabelsOf(manifest);
        return new ReferenceMember(manifest)
        {
            Kind = IsKubernetes(manifest) ? EndpointKind.Pod : EndpointKind.OtherWorkload,
            Namespace = @namespace,
            Labels = labels,
            NamespaceLabels = _namespaces[@namespace],
            EffectiveLabels = Effective(
                WorkloadLabels(labels, @namespace, spec.Orchestrator ?? "k8s", spec.ServiceAccountName), profiles),
            Ports = EndpointPorts(spec.Ports ?? default),
            Profiles = profiles,
            Name = NameOf(manifest),
            Node = string.IsNullOrEmpty(spec.Node) ? null : spec.Node,
            Addresses = pod is not null && IsFinished(pod) ? default : Addresses(spec.IpNetworks ?? default),
            InterfaceName = spec.InterfaceName,
        };
    }

    private ReferenceMember ToEndpoint(HostEndpointManifest manifest)
    {
        HostEndpointSpec spec = manifest.Spec ?? new HostEndpointSpec();
        EquatableArray<string> profiles = spec.Profiles ?? default;
        LabelSet labels = LabelsOf(manifest);
        return new ReferenceMember(manifest)
        {
            Kind = EndpointKind.HostEndpoint,
            Namespace = null,
            Labels = labels,
            EffectiveLabels = Effective(labels, profiles),
            Ports = EndpointPorts(spec.Ports ?? default),
            Profiles = profiles,
            Name = $"hostendpoint:{manifest.Metadata.Name}",
            Node = spec.Node,
            Addresses = Addresses(spec.ExpectedIPs ?? default),
            InterfaceName = string.IsNullOrEmpty(spec.InterfaceName) ? null : spec.InterfaceName,
        };
    }

    private ReferenceMember ToSet(Manifest manifest, EquatableArray<string>? nets, string? @namespace)
    {
        LabelSet labels = LabelsOf(manifest), effective = labels;
        if (@namespace is not null)
        {
            effective = Effective(labels.With(CalicoNormalizer.NamespaceLabel, @namespace), ["kns." + @namespace]);
        }

        return new ReferenceMember(manifest)
        {
            Namespace = @namespace,
            Labels = labels,
            EffectiveLabels = effective,
            Name = @namespace is null ? $"globalnetworkset:{manifest.Metadata.Name}" : $"networkset:{@namespace}/{manifest.Metadata.Name}",
            Nets = [.. (nets ?? default).Select(ToPrefix).OfType<IpPrefix>()],
        };
    }

    // §3.1: what a user writes under the profiles' prefixes is taken away.
    private static LabelSet WorkloadLabels(LabelSet labels, string @namespace, string orchestrator, string? account)
    {
        List<KeyValuePair<string, string>> own = [];
        foreach (KeyValuePair<string, string> label in labels.Entries)
        {
            if (!label.Key.StartsWith(CalicoNormalizer.NamespacePrefix, StringComparison.Ordinal)
                && !label.Key.StartsWith(CalicoNormalizer.ServiceAccountPrefix, StringComparison.Ordinal)
                && label.Key != CalicoNormalizer.ServiceAccountLabel)
            {
                own.Add(label);
            }
        }

        own.Add(new(CalicoNormalizer.NamespaceLabel, @namespace));
        own.Add(new(CalicoNormalizer.OrchestratorLabel, orchestrator));
        if (!string.IsNullOrEmpty(account))
        {
            own.Add(new(CalicoNormalizer.ServiceAccountLabel, account));
        }

        return new LabelSet(new EquatableMap<string>(own));
    }

    // Own label beats profile label; among profiles the first listed wins.
    private LabelSet Effective(LabelSet own, EquatableArray<string> profiles)
    {
        List<KeyValuePair<string, string>> merged = [];
        for (int i = profiles.Count - 1; i >= 0; i--)
        {
            merged.AddRange(Profiles.TryGetValue(profiles[i], out Profile? profile) ? profile.Labels.Entries : []);
        }

        merged.AddRange(own.Entries);
        return new LabelSet(new EquatableMap<string>(merged));
    }

    // §3.1: finished pods keep no address.
    private static bool IsFinished(PodManifest pod) =>
        pod.Phase is "Succeeded" or "Failed" or "Completed"
        || (pod.Metadata.IsDeleting
            && pod.Metadata.Annotations is { } annotations
            && (IsEmptied(annotations, "cni.projectcalico.org/podIP") || IsEmptied(annotations, "cni.projectcalico.org/podIPs")));

    private static bool IsEmptied(EquatableMap<string> annotations, string key) => annotations.TryGetValue(key, out string? left) && left.Length == 0;

    private static EquatableArray<NamedPort> PodPorts(EquatableArray<ContainerPort> ports)
    {
        List<NamedPort> named = [];
        foreach (ContainerPort port in ports)
        {
            if (!string.IsNullOrEmpty(port.Name)
                && Protocol.TryParse(port.Protocol ?? "TCP", out Protocol protocol)
                && port.Number is > 0 and <= 65535)
            {
                named.Add(new NamedPort(port.Name, protocol, (ushort)port.Number, port.OfInitContainer));
            }
        }

        return [.. named];
    }

    private static EquatableArray<NamedPort> EndpointPorts(EquatableArray<EndpointPort> ports)
    {
        List<NamedPort> named = [];
        foreach (EndpointPort port in ports)
        {
            if (port.Name is { Length: > 0 } name
                && Protocol.TryParse(port.Protocol?.ToString() ?? "TCP", out Protocol protocol)
                && port.Port is > 0 and <= 65535)
            {
                named.Add(new NamedPort(name, protocol, (ushort)port.Port.Value, OfInitContainer: false));
            }
        }

        return [.. named];
    }

    private static LabelSet LabelsOf(Manifest manifest) => new(manifest.Metadata.Labels ?? default);

    private static EquatableArray<IpAddress> Addresses(IEnumerable<string> texts)
    {
        List<IpAddress> addresses = [];
        foreach (string text in texts)
        {
            if (ToPrefix(text) is { } prefix && prefix.Length == prefix.First.Bits && !addresses.Contains(prefix.First))
            {
                addresses.Add(prefix.First);
            }
        }

        return [.. addresses];
    }

    // A block or a bare address, host bits masked.
    private static IpPrefix? ToPrefix(string text)
    {
        if (IpAddress.TryParse(text, out IpAddress address))
        {
            return IpPrefix.Single(address);
        }

        return IpPrefix.Read(text, IpLeniency.Lenient, out IpPrefix prefix) is CidrFault.NoLength or CidrFault.NotCidr ? null : prefix;
    }
}
