using NetPolicy.Inventory;
using NetPolicy.Policies;

namespace NetPolicy.Engine;

/// <summary>Which host endpoint governs which interface of one node (Calico specification §7.2).</summary>
internal sealed class HostInterfaces
{
    private readonly (string? Name, int HostEndpoint)[] _interfaces;
    private readonly int _star = -1;
    private readonly int _loopback = -1;
    private readonly int _default = -1;

    public HostInterfaces(Node node, IEnumerable<Endpoint> hostEndpoints)
    {
        Endpoint[] own = [.. hostEndpoints.Where(e => e.Node == node.Name).OrderBy(e => e.Name, StringComparer.Ordinal)];
        _star = own.FirstOrDefault(e => e.InterfaceName == "*")?.Index ?? -1;
        _interfaces = [.. node.Interfaces.Select(i => (i.Name, own.FirstOrDefault(e => Governs(e, i))?.Index ?? -1))];
        _loopback = own.FirstOrDefault(e => e.InterfaceName == "lo")?.Index ?? -1;
        _default = DefaultInterface();
    }

    /// <summary>The host endpoint of all interfaces without one of their own; -1 if there is none.</summary>
    public int Star => _star;

    /// <summary>The own host endpoint of an interface, the node's default one if null; -1 if it has none.</summary>
    /// <param name="name">Interface name, or null for the default one.</param>
    /// <param name="exists">False if the name is null and the node has no interface to speak of.</param>
    public int OwnOf(string? name, out bool exists)
    {
        exists = true;
        if (name is null)
        {
            exists = _default >= 0;
            return exists ? _interfaces[_default].HostEndpoint : -1;
        }

        foreach ((string? known, int hostEndpoint) in _interfaces)
        {
            if (known == name)
            {
                return hostEndpoint;
            }
        }

        return name == "lo" ? _loopback : -1;
    }

    private static bool Governs(Endpoint hostEndpoint, NodeInterface @interface) =>
        hostEndpoint.InterfaceName is { } name
            ? name == @interface.Name
            : hostEndpoint.Addresses.Any(a => @interface.Addresses.Contains(a));

    // The only known one, or else the first that a host endpoint governs. Loopback is never chosen.
    private int DefaultInterface()
    {
        int[] candidates = [.. Enumerable.Range(0, _interfaces.Length).Where(i => _interfaces[i].Name != "lo")];
        if (candidates.Length == 1)
        {
            return candidates[0];
        }

        foreach (int candidate in candidates)
        {
            if (_interfaces[candidate].HostEndpoint >= 0 || _star >= 0)
            {
                return candidate;
            }
        }

        return -1;
    }
}
