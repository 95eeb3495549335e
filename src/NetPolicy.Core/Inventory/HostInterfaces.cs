
namespace NetPolicy.Inventory;

/// <summary>Which host endpoint governs which interface of one node (Calico specification §7.2).</summary>
internal sealed class HostInterfaces
{
    private readonly (string? Name, int HostEndpoint)[] _interfaces;
    private readonly int _other;
    private readonly int _default;

    /// <param name="node">The node.</param>
    /// <param name="own">Its host endpoints, in ordinal order of their names.</param>
    public HostInterfaces(Node node, Endpoint[] own)
    {
        Star = own.FirstOrDefault(e => e.InterfaceName == "*")?.Index ?? -1;
        _interfaces = [.. node.Interfaces.Select(i => (i.Name, FirstOf(own, i)))];
        _other = node.HasListedInterfaces ? -1 : FirstOf(own, new NodeInterface(null, node.Addresses));
        _default = DefaultOf();
        IsUnguarded = own.Length == 0;
    }

    /// <summary>True if the node has no host endpoint.</summary>
    public bool IsUnguarded { get; }

    /// <summary>The host endpoint of all interfaces without one of their own; -1 if there is none.</summary>
    public int Star { get; }

    /// <summary>The own host endpoint of an interface, of the node's default one if null; -1 if it has none.</summary>
    public int OwnOf(string? name)
    {
        if (name is null)
        {
            return _default;
        }

        foreach ((string? known, int hostEndpoint) in _interfaces)
        {
            if (known == name)
            {
                return hostEndpoint;
            }
        }

        return name == "lo" ? -1 : _other;
    }

    /// <summary>True if every interface has the same host endpoint in both.</summary>
    public bool IsSame(HostInterfaces other) =>
        Star == other.Star && IsUnguarded == other.IsUnguarded && _other == other._other && _default == other._default && _interfaces.AsSpan().SequenceEqual(other._interfaces);

    /// <summary>The host endpoint that governs an interface in the stages that see every one: its own, or else <see cref="Star"/>.</summary>
    public int Governing(string? name) => OwnOf(name) is >= 0 and int own ? own : Star;

    private static int FirstOf(Endpoint[] own, NodeInterface @interface) => own.FirstOrDefault(e => Governs(e, @interface))?.Index ?? -1;

    private static bool Governs(Endpoint hostEndpoint, NodeInterface @interface) =>
        hostEndpoint.InterfaceName is { } name
            ? name == @interface.Name
            : hostEndpoint.Addresses.Any(a => @interface.Addresses.Contains(a));

    // The first by name that a host endpoint governs. Loopback is never chosen.
    private int DefaultOf()
    {
        (string? Name, int HostEndpoint)[] candidates = [.. _interfaces.Where(i => i.Name != "lo")];
        if (candidates.Length == 0)
        {
            return _other;
        }

        return Star >= 0 ? candidates[0].HostEndpoint : candidates.FirstOrDefault(i => i.HostEndpoint >= 0, (null, -1)).HostEndpoint;
    }
}
