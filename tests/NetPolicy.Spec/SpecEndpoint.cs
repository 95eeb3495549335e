namespace NetPolicy.Spec;

using Labels = IReadOnlyDictionary<string, string>;

/// <summary>A named port of an endpoint; several may share the name (Kubernetes 5.4, Calico 3.5).</summary>
internal sealed record SpecNamedPort(string Name, int Protocol, int Port);

/// <summary>What policies apply to: a workload or a host endpoint (Calico 3.1).</summary>
internal abstract class SpecSubject
{
    public required string Kind { get; init; }

    /// <summary>Null for host endpoints.</summary>
    public string? Namespace { get; init; }

    /// <summary>The document's name.</summary>
    public required string Name { get; init; }

    /// <summary>Calico's effective labels: own ones, then those of the profiles, the first listed winning.</summary>
    public required Labels Labels { get; init; }

    /// <summary>Profiles in order.</summary>
    public IReadOnlyList<string> Profiles { get; init; } = [];

    /// <summary>Ports that a Calico policy may name.</summary>
    public IReadOnlyList<SpecNamedPort> Ports { get; init; } = [];
}

/// <summary>A pod, a workload that will make pods, or a WorkloadEndpoint.</summary>
internal sealed class SpecEndpoint : SpecSubject
{
    /// <summary><c>ns/pod</c>, or <c>kind:ns/name</c> for workload kinds.</summary>
    public required string Id { get; init; }

    /// <summary>Order by <c>namespace/name</c>, then by id.</summary>
    public string SortKey => Id[(Id.IndexOf(':', StringComparison.Ordinal) + 1)..] + " " + Id;

    /// <summary>Labels as written on the object: what Kubernetes looks at.</summary>
    public required Labels RealLabels { get; init; }

    /// <summary>False for a WorkloadEndpoint of another orchestrator, which Kubernetes knows nothing of.</summary>
    public bool IsPod { get; init; } = true;

    /// <summary>Null if unknown.</summary>
    public string? Node { get; init; }

    public IReadOnlyList<SpecAddress> Addresses { get; init; } = [];

    /// <summary>True for what has no status yet: it will have an address, but which is unknown.</summary>
    public bool AddressUnknown { get; init; }

    public bool IsHostNetwork { get; init; }

    public bool IsFinished { get; init; }

    public bool IsReady { get; init; } = true;

    public bool IsBeingDeleted { get; init; }

    /// <summary>Ports that a Kubernetes policy or a Service may name: containers and restartable init containers.</summary>
    public IReadOnlyList<SpecNamedPort> ContainerPorts { get; init; } = [];
}

/// <summary>A HostEndpoint (Calico 1.7).</summary>
internal sealed class SpecHostEndpoint : SpecSubject
{
    public required string Node { get; init; }

    /// <summary><c>*</c>, a name, or empty.</summary>
    public required string Interface { get; init; }

    public IReadOnlyList<SpecAddress> ExpectedIPs { get; init; } = [];
}

/// <summary>A NetworkSet or GlobalNetworkSet (Calico 1.7, 3.1): labelled nets that act in rule selectors only.</summary>
internal sealed record SpecNetworkSet(Labels Labels, IReadOnlyList<SpecCidr> Nets);

/// <summary>A Node: its addresses, and its interfaces if the annotation tells them.</summary>
internal sealed class SpecHost
{
    public required string Name { get; init; }

    public List<SpecAddress> Addresses { get; } = [];

    /// <summary>Labels of the Node document; null if there is none.</summary>
    public Dictionary<string, string>? Labels { get; set; }

    /// <summary>InternalIP and ExternalIP addresses of the Node document.</summary>
    public List<SpecAddress> StatusAddresses { get; } = [];

    public List<(string Name, List<SpecAddress> Addresses)> Interfaces { get; } = [];

    public bool HasInterfaceAnnotation { get; set; }
}

/// <summary>One end of a packet as policy sees it at one place: who it is, and which address it shows there.</summary>
internal sealed class SpecPeer
{
    /// <summary>The workload, if the end is one.</summary>
    public SpecEndpoint? Workload { get; init; }

    /// <summary>The node, if the end is a host.</summary>
    public string? Host { get; init; }

    /// <summary>The address in the packet; null if unknown.</summary>
    public SpecAddress? Address { get; init; }

    /// <summary>Every endpoint and set that the packet's end belongs to: the workload itself and each owner of the address (Calico 3.3).</summary>
    public required IReadOnlyList<SpecOwner> Owners { get; init; }

    /// <summary>The node it is on; null if outside or unknown.</summary>
    public string? Node => Workload is not null ? Workload.Node : Host;

    public bool IsOnHost(string node) => Workload is null && Host == node;
}

/// <summary>An endpoint or set by which selectors see an end.</summary>
internal readonly record struct SpecOwner(SpecEndpoint? Workload, Labels Labels, IReadOnlyList<SpecNamedPort> Ports);

/// <summary>The first packet of a flow at one place of its way.</summary>
internal sealed record SpecPacket(SpecPeer Source, SpecPeer Destination, int? Port, int Family, int Protocol, SpecFlow Flow)
{
    public int? SourcePort => Flow.SourcePort;

    /// <summary>Only TCP, UDP and SCTP have ports that policy may look at (Kubernetes 5.4, Calico 4).</summary>
    public bool HasPorts => Protocol is 6 or 17 or 132;
}
