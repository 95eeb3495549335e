using NetPolicy.Addresses;
using NetPolicy.Collections;

namespace NetPolicy.Enforce.Observation;

/// <summary>What a machine, or a network namespace, has: interfaces, routes, listening ports. Immutable; the moment it was read.</summary>
/// <param name="Interfaces">Interfaces in the kernel's order.</param>
/// <param name="Routes">Routes of the main table. Other tables, chosen by rules, are not followed.</param>
/// <param name="Listeners">Ports with a listening process, ascending by port.</param>
/// <param name="Unread">What could not be read, and why: one line each. Nothing may be concluded about it.</param>
public sealed record HostFacts(
    EquatableArray<HostInterface> Interfaces,
    EquatableArray<HostRoute> Routes,
    EquatableArray<ListeningPort> Listeners,
    EquatableArray<string> Unread)
{
    /// <summary>Reads this machine, or a namespace that <c>ip netns</c> named.</summary>
    /// <exception cref="Lab.LabException">The namespace does not exist, or the kernel refused to list interfaces.</exception>
    public static HostFacts Read(string? networkNamespace = null)
    {
        if (networkNamespace is null)
        {
            return HostReader.Read();
        }

        using Lab.NetworkNamespace place = Lab.NetworkNamespace.Open(networkNamespace);
        return place.Run(HostReader.Read);
    }

    /// <summary>The interface of that name, or null.</summary>
    public HostInterface? Find(string name) => Interfaces.AsEnumerable().FirstOrDefault(i => i.Name == name);

    /// <summary>The interface that has an address; null if the machine does not have it.</summary>
    public HostInterface? OwnerOf(IpAddress address) => Interfaces.AsEnumerable().FirstOrDefault(i => i.Addresses.AsEnumerable().Contains(address));

    /// <summary>True for the machine's own addresses and the loopback blocks.</summary>
    public bool IsOwn(IpAddress address) =>
        OwnerOf(address) is not null || (address.Family == IpFamily.IPv4 && address.Value >> 24 == 127) || (address.Family == IpFamily.IPv6 && address.Value == 1);

    /// <summary>The route a packet to an address takes: the longest block, then the lowest metric. Null if there is none.</summary>
    public HostRoute? RouteTo(IpAddress address) => Routes.AsEnumerable()
        .Where(r => r.Destination.Contains(address))
        .OrderByDescending(r => r.Destination.Length).ThenBy(r => r.Metric)
        .FirstOrDefault();
}
