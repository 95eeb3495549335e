using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Labels;
using NetPolicy.Manifests.Calico;
using NetPolicy.Ports;

namespace NetPolicy.Inventory;

/// <summary>A machine of the cluster.</summary>
public sealed class Node
{
    /// <summary>Its place in its <see cref="Cluster"/>: kept while something of its name exists, then free for another.</summary>
    public int Index { get; internal set; }

    /// <summary>Name.</summary>
    public required string Name { get; init; }

    /// <summary>Its addresses.</summary>
    public required EquatableArray<IpAddress> Addresses { get; init; }

    /// <summary>Labels of the Node document; none if there is no document.</summary>
    public required LabelSet Labels { get; init; }

    /// <summary>
    /// Addresses that the Node document itself publishes (<c>status.addresses</c> of types InternalIP and ExternalIP), which is what peers that select
    /// nodes mean. What other documents say about the node's addresses is in <see cref="Addresses"/> only.
    /// </summary>
    public required EquatableArray<IpAddress> PublishedAddresses { get; init; }

    /// <summary>Blocks from which its pods get their addresses.</summary>
    public required EquatableArray<IpPrefix> PodRanges { get; init; }

    /// <summary>Its interfaces in ordinal order of their names; one without a name if annotation <c>netpol/interfaces</c> is absent.</summary>
    public required EquatableArray<NodeInterface> Interfaces { get; init; }

    /// <summary>True if annotation <c>netpol/interfaces</c> tells which interface has which address; else each but loopback has all of the node's.</summary>
    public required bool HasListedInterfaces { get; init; }

    /// <summary>What becomes of traffic from its own workloads to itself, after egress policy.</summary>
    public required EndpointToHostAction EndpointToHost { get; init; }

    /// <summary>The FelixConfiguration that says so; null for the default.</summary>
    public required FelixConfigurationManifest? EndpointToHostSource { get; init; }

    /// <summary>Ports that host endpoint policy never closes, for arriving traffic.</summary>
    public required EquatableArray<Failsafe> FailsafeInbound { get; init; }

    /// <summary>Ports that host endpoint policy never closes, for leaving traffic.</summary>
    public required EquatableArray<Failsafe> FailsafeOutbound { get; init; }

    /// <summary>Which host endpoint governs which of its interfaces.</summary>
    internal HostInterfaces Governors { get; set; } = null!;

    /// <summary>True if all but the index is the same.</summary>
    internal bool IsSame(Node other) =>
        Name == other.Name && Addresses == other.Addresses && Labels == other.Labels && PublishedAddresses == other.PublishedAddresses
        && PodRanges == other.PodRanges && Interfaces == other.Interfaces && HasListedInterfaces == other.HasListedInterfaces
        && EndpointToHost == other.EndpointToHost && ReferenceEquals(EndpointToHostSource, other.EndpointToHostSource)
        && FailsafeInbound == other.FailsafeInbound && FailsafeOutbound == other.FailsafeOutbound && Governors.IsSame(other.Governors);

    /// <inheritdoc/>
    public override string ToString() => $"host:{Name}";
}

/// <summary>A network interface of a node.</summary>
/// <param name="Name">Name; null if unknown.</param>
/// <param name="Addresses">Its addresses.</param>
public sealed record NodeInterface(string? Name, EquatableArray<IpAddress> Addresses);

/// <summary>A port that host endpoint policy never closes (Calico specification §7.4).</summary>
/// <param name="Protocol">Protocol.</param>
/// <param name="Port">Destination port.</param>
/// <param name="Net">Limits the remote side; <c>default</c> means anybody.</param>
public readonly record struct Failsafe(Protocol Protocol, ushort Port, IpPrefix Net)
{
    /// <summary>True if traffic with <paramref name="remote"/> on this port is kept open.</summary>
    public bool Covers(Protocol protocol, ushort port, IpAddress remote) =>
        protocol == Protocol && port == Port && (Net.Family == IpFamily.None || Net.Contains(remote));
}
