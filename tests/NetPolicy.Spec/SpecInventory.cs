namespace NetPolicy.Spec;

/// <summary>The objects that are not policies: who exists, with which labels, addresses and ports (Calico 3.1; Kubernetes 4, 5.7, 5.9, 5.10).</summary>
internal sealed class SpecInventory
{
    private const string NamespaceLabel = "projectcalico.org/namespace";
    private const string OrchestratorLabel = "projectcalico.org/orchestrator";
    private const string ServiceAccountLabel = "projectcalico.org/serviceaccount";

    private static readonly string[] TemplateKinds =
        ["Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "CronJob", "ReplicationController"];

    private readonly Dictionary<string, Dictionary<string, string>> namespaceLabels = new(StringComparer.Ordinal);

    /// <summary>Every endpoint, host-networked pods included, by id.</summary>
    public SortedDictionary<string, SpecEndpoint> Endpoints { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, SpecHost> Hosts { get; } = new(StringComparer.Ordinal);

    /// <summary>By name, which is the order in which they are asked (Calico 7.2).</summary>
    public SortedDictionary<string, SpecHostEndpoint> HostEndpoints { get; } = new(StringComparer.Ordinal);

    public List<SpecNetworkSet> NetworkSets { get; } = [];

    public Dictionary<string, SpecProfile> Profiles { get; } = new(StringComparer.Ordinal);

    public SpecInventory(IReadOnlyList<SpecDocument> documents)
    {
        ReadNamespaces(documents);
        ReadProfiles(documents);
        ReadWorkloads(documents);
        ReadHosts(documents);
        ReadNetworkSets(documents);
    }

    /// <summary>Labels of the Namespace object; one that is not declared has its name only (Kubernetes 4, 5.10).</summary>
    public Dictionary<string, string> NamespaceLabels(string name)
    {
        if (!namespaceLabels.TryGetValue(name, out Dictionary<string, string>? labels))
        {
            labels = new(StringComparer.Ordinal) { ["kubernetes.io/metadata.name"] = name };
            namespaceLabels[name] = labels;
        }

        return labels;
    }

    private void ReadNamespaces(IReadOnlyList<SpecDocument> documents)
    {
        foreach (SpecDocument document in documents.Where(d => d.Kind == "Namespace"))
        {
            Dictionary<string, string> labels = document.Labels;
            labels["kubernetes.io/metadata.name"] = document.Name;
            namespaceLabels[document.Name] = labels;
        }
    }

    /// <summary>Calico 3.1: the profiles of namespaces and service accounts; 7.3: <c>projectcalico-default-allow</c>; 1.7: written ones.</summary>
    private void ReadProfiles(IReadOnlyList<SpecDocument> documents)
    {
        foreach (string name in documents.Where(d => d.Namespace is not null).Select(d => d.Namespace!).Concat(namespaceLabels.Keys).Distinct().ToList())
        {
            Dictionary<string, string> labels = new(StringComparer.Ordinal);
            foreach ((string key, string value) in NamespaceLabels(name))
            {
                labels["pcns." + key] = value;
            }

            labels["pcns.projectcalico.org/name"] = name;
            Profiles["kns." + name] = SpecProfile.AllowAll("kns." + name, labels);
        }

        foreach (SpecDocument document in documents)
        {
            if (document.Kind == "ServiceAccount")
            {
                AddServiceAccount(document.Namespace!, document.Name, document.Labels);
            }
            else if (ServiceAccountOf(document) is { Length: > 0 } used && !Profiles.ContainsKey($"ksa.{document.Namespace}.{used}"))
            {
                AddServiceAccount(document.Namespace!, used, []);
            }
        }

        Profiles["projectcalico-default-allow"] = SpecProfile.AllowAll("projectcalico-default-allow", []);
        foreach (SpecDocument document in documents.Where(d => d.Kind == "Profile"))
        {
            Profiles[document.Name] = new SpecProfile(document.Name, document.Spec);
        }
    }

    /// <summary>Calico 3.1: the profile <c>ksa.</c> has labels and no rules.</summary>
    private void AddServiceAccount(string ns, string name, Dictionary<string, string> own)
    {
        Dictionary<string, string> labels = new(StringComparer.Ordinal);
        foreach ((string key, string value) in own)
        {
            labels["pcsa." + key] = value;
        }

        labels["pcsa.projectcalico.org/name"] = name;
        Profiles[$"ksa.{ns}.{name}"] = SpecProfile.LabelsOnly($"ksa.{ns}.{name}", labels);
    }

    private static string? ServiceAccountOf(SpecDocument document) =>
        document.Kind == "WorkloadEndpoint" ? document.Spec["serviceAccountName"].Text
        : document.Kind == "Pod" || TemplateKinds.Contains(document.Kind) ? PodSpec(document)["serviceAccountName"].Text
        : null;

    private static SpecNode Template(SpecDocument document) =>
        document.Kind == "CronJob" ? document.Spec["jobTemplate"]["spec"]["template"] : document.Spec["template"];

    private static SpecNode PodSpec(SpecDocument document) => document.Kind == "Pod" ? document.Spec : Template(document)["spec"];

    private void ReadWorkloads(IReadOnlyList<SpecDocument> documents)
    {
        foreach (SpecDocument document in documents.Where(d => d.Kind == "Pod"))
        {
            SpecEndpoint pod = ReadPod(document);
            Endpoints[pod.Id] = pod;
        }

        foreach (SpecDocument document in documents.Where(d => TemplateKinds.Contains(d.Kind)))
        {
            SpecEndpoint workload = ReadTemplate(document);
            Endpoints[workload.Id] = workload;
        }

        foreach (SpecDocument document in documents.Where(d => d.Kind == "WorkloadEndpoint"))
        {
            SpecEndpoint workload = ReadWorkloadEndpoint(document);
            Endpoints[workload.Id] = workload;
        }
    }

    /// <summary>Kubernetes 5.7, 5.9; Calico 3.1.</summary>
    private SpecEndpoint ReadPod(SpecDocument document)
    {
        SpecNode status = document.Node["status"];

        // Calico 3.1: also a pod that is being deleted and whose addresses the network plugin has taken back.
        SpecNode annotations = document.Metadata["annotations"];
        bool finished = status["phase"].Text is "Succeeded" or "Failed" or "Completed"
            || (document.Metadata["deletionTimestamp"].Text is not null
                && (annotations["cni.projectcalico.org/podIP"].Text == "" || annotations["cni.projectcalico.org/podIPs"].Text == ""));
        List<SpecAddress> addresses = [.. status["podIPs"].Items.Select(item => SpecAddress.Parse(item["ip"].Text ?? ""))];
        if (addresses.Count == 0 && status["podIP"].Text is { Length: > 0 } only)
        {
            addresses.Add(SpecAddress.Parse(only));
        }

        return Workload(document, document.Id, document.Labels, document.Spec, finished ? [] : addresses, new Condition(
            AddressUnknown: status.IsEmpty,
            IsFinished: finished,
            IsReady: status["conditions"].Items.All(c => c["type"].Text != "Ready" || c["status"].Text == "True"),
            IsBeingDeleted: document.Metadata["deletionTimestamp"].Text is not null));
    }

    /// <summary>Workload kinds are endpoints of unknown address, seen by selectors through their pod template.</summary>
    private SpecEndpoint ReadTemplate(SpecDocument document)
    {
        Dictionary<string, string> labels = Template(document)["metadata"]["labels"].Map();
        string id = document.Kind.ToLowerInvariant() + ":" + document.Id;
        return Workload(document, id, labels, PodSpec(document), [], new Condition(true, false, true, false));
    }

    private SpecEndpoint Workload(
        SpecDocument document, string id, Dictionary<string, string> labels, SpecNode spec, List<SpecAddress> addresses, Condition condition)
    {
        string ns = document.Namespace!;
        string account = spec["serviceAccountName"].Text ?? "";
        List<string> profiles = account.Length == 0 ? ["kns." + ns] : ["kns." + ns, $"ksa.{ns}.{account}"];
        List<SpecNode> initial = [.. spec["initContainers"].Items];
        List<SpecNode> regular = [.. spec["containers"].Items];
        return new SpecEndpoint
        {
            Kind = document.Kind,
            Id = id,
            Namespace = ns,
            Name = document.Name,
            RealLabels = labels,
            Labels = WorkloadLabels(labels, ns, "k8s", account, profiles),
            Profiles = profiles,
            Node = spec["nodeName"].Text is { Length: > 0 } node ? node : null,
            Addresses = addresses,
            AddressUnknown = condition.AddressUnknown,
            IsFinished = condition.IsFinished,
            IsReady = condition.IsReady,
            IsBeingDeleted = condition.IsBeingDeleted,
            IsHostNetwork = spec["hostNetwork"].IsTrue,
            Ports = ContainerPorts([.. regular, .. initial]),
            ContainerPorts = ContainerPorts([.. regular, .. initial.Where(c => c["restartPolicy"].Text == "Always")]),
        };
    }

    private readonly record struct Condition(bool AddressUnknown, bool IsFinished, bool IsReady, bool IsBeingDeleted);

    private static List<SpecNamedPort> ContainerPorts(List<SpecNode> containers)
    {
        List<SpecNamedPort> ports = [];
        foreach (SpecNode container in containers)
        {
            foreach (SpecNode port in container["ports"].Items)
            {
                if (port["name"].Text is { Length: > 0 } name)
                {
                    ports.Add(new SpecNamedPort(name, SpecProtocol.ParseOrTcp(port["protocol"]), port["containerPort"].Integer() ?? 0));
                }
            }
        }

        return ports;
    }

    /// <summary>A WorkloadEndpoint wins over the Pod of its name; the Pod still tells its condition.</summary>
    private SpecEndpoint ReadWorkloadEndpoint(SpecDocument document)
    {
        SpecNode spec = document.Spec;
        string ns = document.Namespace!;
        string orchestrator = spec["orchestrator"].Text ?? "k8s";
        bool isPod = orchestrator == "k8s";
        string name = isPod && spec["pod"].Text is { Length: > 0 } podName ? podName : document.Name;
        string id = ns + "/" + name;
        SpecEndpoint? pod = isPod ? Endpoints.GetValueOrDefault(id) : null;
        string account = spec["serviceAccountName"].Text ?? "";
        List<string> profiles = spec["profiles"].Texts();
        List<SpecNamedPort> ports = [];
        foreach (SpecNode port in spec["ports"].Items)
        {
            if (port["name"].Text is { Length: > 0 } portName)
            {
                ports.Add(new SpecNamedPort(portName, SpecProtocol.Parse(port["protocol"], "TCP"), port["port"].Integer() ?? 0));
            }
        }

        bool finished = pod?.IsFinished ?? false;
        return new SpecEndpoint
        {
            Kind = document.Kind,
            Id = id,
            Namespace = ns,
            Name = document.Name,
            IsPod = isPod,
            RealLabels = document.Labels,
            Labels = WorkloadLabels(document.Labels, ns, orchestrator, account, profiles),
            Profiles = profiles,
            Node = spec["node"].Text is { Length: > 0 } node ? node : null,
            Addresses = finished ? [] : [.. spec["ipNetworks"].Texts().Select(text => SpecAddress.Parse(text.Split('/')[0]))],
            IsFinished = finished,
            IsReady = pod?.IsReady ?? true,
            IsBeingDeleted = pod?.IsBeingDeleted ?? false,
            Ports = ports,
            ContainerPorts = ports,
        };
    }

    /// <summary>Calico 3.1, row WEP: own labels without the reserved prefixes, what the system sets, what the profiles give.</summary>
    private Dictionary<string, string> WorkloadLabels(
        IReadOnlyDictionary<string, string> own, string ns, string orchestrator, string account, List<string> profiles)
    {
        Dictionary<string, string> labels = new(StringComparer.Ordinal);
        foreach ((string key, string value) in own)
        {
            if (!key.StartsWith("pcns.", StringComparison.Ordinal) && !key.StartsWith("pcsa.", StringComparison.Ordinal))
            {
                labels[key] = value;
            }
        }

        labels[NamespaceLabel] = ns;
        labels[OrchestratorLabel] = orchestrator;
        labels.Remove(ServiceAccountLabel);
        if (account.Length > 0)
        {
            labels[ServiceAccountLabel] = account;
        }

        return Inherit(labels, profiles);
    }

    /// <summary>Calico 3.1: own label beats profile label; among profiles the first listed wins.</summary>
    private Dictionary<string, string> Inherit(Dictionary<string, string> labels, IEnumerable<string> profiles)
    {
        foreach (string name in profiles)
        {
            if (Profiles.TryGetValue(name, out SpecProfile? profile))
            {
                foreach ((string key, string value) in profile.Labels)
                {
                    labels.TryAdd(key, value);
                }
            }
        }

        return labels;
    }

    /// <summary>Nodes, their HostEndpoints, and the addresses that belong to them.</summary>
    private void ReadHosts(IReadOnlyList<SpecDocument> documents)
    {
        foreach (SpecDocument document in documents.Where(d => d.Kind == "Node"))
        {
            ReadHost(document);
        }

        foreach (SpecDocument document in documents.Where(d => d.Kind == "HostEndpoint"))
        {
            ReadHostEndpoint(document);
        }

        foreach (SpecHostEndpoint hostEndpoint in HostEndpoints.Values)
        {
            AddAddresses(HostNamed(hostEndpoint.Node), hostEndpoint.ExpectedIPs);
        }

        foreach (SpecEndpoint pod in Endpoints.Values.Where(e => e.Node is not null))
        {
            SpecHost host = HostNamed(pod.Node!);
            if (pod.IsHostNetwork)
            {
                AddAddresses(host, pod.Addresses);
            }
        }
    }

    private SpecHost HostNamed(string name)
    {
        if (!Hosts.TryGetValue(name, out SpecHost? host))
        {
            host = new SpecHost { Name = name };
            Hosts[name] = host;
        }

        return host;
    }

    private static void AddAddresses(SpecHost host, IEnumerable<SpecAddress> addresses)
    {
        foreach (SpecAddress address in addresses)
        {
            if (!host.Addresses.Contains(address))
            {
                host.Addresses.Add(address);
            }
        }
    }

    private void ReadHost(SpecDocument document)
    {
        SpecHost host = HostNamed(document.Name);
        host.Labels = document.Labels;
        foreach (string type in (string[])["InternalIP", "ExternalIP"])
        {
            AddAddresses(host, document.Node["status"]["addresses"].Items
                .Where(item => item["type"].Text == type)
                .Select(item => SpecAddress.Parse(item["address"].Text ?? "")));
        }

        host.StatusAddresses.AddRange(host.Addresses);

        if (document.Metadata["annotations"]["netpol/interfaces"].Text is { } text)
        {
            host.HasInterfaceAnnotation = true;
            foreach ((string name, SpecNode addresses) in SpecNode.ReadValue(text).Fields.OrderBy(field => field.Key, StringComparer.Ordinal))
            {
                List<SpecAddress> held = [.. addresses.Texts().Select(SpecAddress.Parse)];
                host.Interfaces.Add((name, held));
                AddAddresses(host, held);
            }
        }
    }

    /// <summary>Calico 1.7; 3.1, row HEP: its own labels and those of the listed profiles, no namespace.</summary>
    private void ReadHostEndpoint(SpecDocument document)
    {
        SpecNode spec = document.Spec;
        List<string> profiles = spec["profiles"].Texts();
        HostEndpoints[document.Name] = new SpecHostEndpoint
        {
            Kind = document.Kind,
            Name = document.Name,
            Node = spec["node"].Text ?? throw new FormatException($"host endpoint `{document.Name}` has no node"),
            Interface = spec["interfaceName"].Text ?? "",
            ExpectedIPs = [.. spec["expectedIPs"].Texts().Select(SpecAddress.Parse)],
            Profiles = profiles,
            Labels = Inherit(document.Labels, profiles),
            Ports = [.. spec["ports"].Items.Select(port => new SpecNamedPort(
                port["name"].Text ?? "", SpecProtocol.Parse(port["protocol"], "TCP"), port["port"].Integer() ?? 0))],
        };
    }

    /// <summary>Calico 3.1, rows NetworkSet and GlobalNetworkSet.</summary>
    private void ReadNetworkSets(IReadOnlyList<SpecDocument> documents)
    {
        foreach (SpecDocument document in documents.Where(d => d.Kind is "NetworkSet" or "GlobalNetworkSet"))
        {
            Dictionary<string, string> labels = document.Labels;
            if (document.Kind == "NetworkSet")
            {
                labels[NamespaceLabel] = document.Namespace!;
                Inherit(labels, ["kns." + document.Namespace]);
            }

            NetworkSets.Add(new SpecNetworkSet(labels, [.. document.Spec["nets"].Texts().Select(SpecCidr.ParseNet)]));
        }
    }

    /// <summary>The end of a packet with every owner of its address (Calico 3.3).</summary>
    public SpecPeer Peer(SpecEndpoint? workload, string? host, SpecAddress? address)
    {
        List<SpecOwner> owners = [];
        if (workload is not null)
        {
            owners.Add(new SpecOwner(workload, workload.Labels, workload.Ports));
        }

        if (address is { } held)
        {
            foreach (SpecEndpoint endpoint in Endpoints.Values)
            {
                if (endpoint != workload && !endpoint.IsHostNetwork && endpoint.Addresses.Contains(held))
                {
                    owners.Add(new SpecOwner(endpoint, endpoint.Labels, endpoint.Ports));
                }
            }

            foreach (SpecHostEndpoint endpoint in HostEndpoints.Values)
            {
                if (endpoint.ExpectedIPs.Contains(held))
                {
                    owners.Add(new SpecOwner(null, endpoint.Labels, endpoint.Ports));
                }
            }

            foreach (SpecNetworkSet set in NetworkSets)
            {
                if (set.Nets.Any(net => net.Contains(held)))
                {
                    owners.Add(new SpecOwner(null, set.Labels, []));
                }
            }
        }

        return new SpecPeer { Workload = workload, Host = host, Address = address, Owners = owners };
    }
}
