using NetPolicy.Addresses;
using NetPolicy.Collections;

namespace NetPolicy.Policies;

/// <summary>Conditions on one end of a flow; all that are given must hold.</summary>
public sealed record EndMatch
{
    /// <summary>No condition.</summary>
    public static EndMatch Anything { get; } = new();

    /// <summary>The address is in one of these; null for no condition.</summary>
    public EquatableArray<IpPrefix>? Nets { get; init; }

    /// <summary>The address is in none of these; null for no condition.</summary>
    public EquatableArray<IpPrefix>? NotNets { get; init; }

    /// <summary>The address belongs to an endpoint or set that this selects; null for no condition.</summary>
    public EndpointSelector? Selector { get; init; }

    /// <summary>The address belongs to no endpoint or set that this selects; null for no condition.</summary>
    public EndpointSelector? NotSelector { get; init; }

    /// <summary>The address (and for destinations protocol and port) is a backend of this Service; null for no condition.</summary>
    public ServiceName? Service { get; init; }

    /// <summary>
    /// The address is a published one (<see cref="Inventory.Node.PublishedAddresses"/>) of a node whose labels this selects; null for no condition.
    /// Not together with <see cref="Nets"/> or <see cref="DomainNames"/>.
    /// </summary>
    public Labels.Selector? Nodes { get; init; }

    /// <summary>
    /// The address is known to belong to a name that one of these patterns means (see <see cref="DomainPattern"/>); null for no condition.
    /// Not together with <see cref="Nets"/> or <see cref="Nodes"/>.
    /// </summary>
    public EquatableArray<string>? DomainNames { get; init; }

    /// <summary>The port is one of these; null for no condition.</summary>
    public PortMatch? Ports { get; init; }

    /// <summary>The port is none of these; null for no condition.</summary>
    public PortMatch? NotPorts { get; init; }

    /// <summary>True if the end is not restricted at all, ports aside.</summary>
    public bool IsAnyAddress =>
        Nets is null && NotNets is null && Selector is null && NotSelector is null && Service is null && Nodes is null && DomainNames is null;

    internal bool AppliesTo(IpFamily family) => HasFamily(Nets, family) && HasFamily(NotNets, family) && !HasCatchAll(NotNets, family);

    private static bool HasFamily(EquatableArray<IpPrefix>? nets, IpFamily family)
    {
        if (nets is not { IsEmpty: false } list)
        {
            return true;
        }

        foreach (IpPrefix prefix in list)
        {
            if (prefix.Family == family)
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasCatchAll(EquatableArray<IpPrefix>? nets, IpFamily family)
    {
        foreach (IpPrefix prefix in nets ?? default)
        {
            if (prefix.Family == family && prefix.Length == 0)
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>The name of a Service.</summary>
public readonly record struct ServiceName(string Namespace, string Name);
