using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Labels;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Inventory;
using NetPolicy.Ports;

namespace NetPolicy.Inventory;

/// <summary>Something that policies apply to: a pod, a workload of unknown address, or a host endpoint.</summary>
public sealed class Endpoint : Selectable
{
    // Two more than the index, 0 while not known.
    private int _node;

    private byte _families;

    internal Endpoint(Manifest source, LabelShape shape)
        : base(source, shape)
    {
    }

    /// <summary>What it is.</summary>
    public EndpointKind Kind => Shape.Kind!.Value;

    /// <summary>True if Kubernetes selectors can mean it.</summary>
    public bool IsPod => Kind is EndpointKind.Pod or EndpointKind.Workload;

    /// <summary>True for everything but host endpoints.</summary>
    public bool IsWorkload => Kind != EndpointKind.HostEndpoint;

    /// <summary>Labels as written on the object.</summary>
    public LabelSet Labels => Shape.Labels;

    /// <summary>Labels of its Namespace, with <c>kubernetes.io/metadata.name</c>; empty if it has none.</summary>
    public LabelSet NamespaceLabels => Shape.NamespaceLabels;

    /// <summary>The node it is on; null if unknown.</summary>
    public required string? Node { get; init; }

    /// <summary>Addresses, at most one per family for pods; empty if unknown or given up.</summary>
    public required EquatableArray<IpAddress> Addresses { get; init; }

    /// <summary>Named ports.</summary>
    public EquatableArray<NamedPort> Ports => Shape.Ports;

    /// <summary>Names of its profiles, in order.</summary>
    public EquatableArray<string> Profiles => Shape.Profiles;

    /// <summary>The interface on the node: of a workload if it is known, of a host endpoint as written (null if it names none).</summary>
    public string? InterfaceName { get; init; }

    /// <summary>The pod whose workload endpoint it comes from, if that is known.</summary>
    internal PodManifest? Companion { get; init; }

    /// <summary>The index of its node in a cluster that has it; -1 if it has none. A node keeps its index as long as an endpoint names it.</summary>
    internal int NodeIn(Cluster cluster)
    {
        if (_node == 0)
        {
            _node = (Node is { } name ? cluster.FindNode(name)!.Index : -1) + 2;
        }

        return _node - 2;
    }

    /// <summary>Bit 0: it can speak IPv4; bit 1: IPv6; one of unknown address can speak both.</summary>
    internal int Families => _families != 0 ? _families : _families = FamiliesOf(Addresses.AsSpan());

    private static byte FamiliesOf(ReadOnlySpan<IpAddress> addresses)
    {
        int families = addresses.IsEmpty ? 3 : 0;
        foreach (IpAddress address in addresses)
        {
            families |= address.Family == IpFamily.IPv6 ? 2 : 1;
        }

        return (byte)families;
    }

    /// <summary>The address of <paramref name="family"/>; <c>default</c> if it has none.</summary>
    public IpAddress AddressOf(IpFamily family)
    {
        foreach (IpAddress address in Addresses)
        {
            if (address.Family == family)
            {
                return address;
            }
        }

        return default;
    }

    /// <inheritdoc/>
    internal override Endpoint With(LabelShape shape) => new(Source, shape)
    {
        Name = Name,
        Node = Node,
        Addresses = Addresses,
        InterfaceName = InterfaceName,
        Companion = Companion,
        Index = Index,
        Alone = Alone,
    };
}

/// <summary>A port that an endpoint gives a name.</summary>
/// <param name="Name">Name.</param>
/// <param name="Protocol">Protocol.</param>
/// <param name="Number">Port.</param>
/// <param name="OfInitContainer">True if only a plain init container declares it: Calico counts it, Kubernetes does not.</param>
public readonly record struct NamedPort(string Name, Protocol Protocol, ushort Number, bool OfInitContainer);
