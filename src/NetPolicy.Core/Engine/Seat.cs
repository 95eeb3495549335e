using NetPolicy.Addresses;
using NetPolicy.Inventory;

namespace NetPolicy.Engine;

/// <summary>What evaluation needs to know of an endpoint or network set, side by side in memory. <c>default</c> is nobody's.</summary>
internal readonly struct Seat
{
    private readonly int _class;
    private readonly int _node;
    private readonly uint _ipv4;
    private readonly byte _families;
    private readonly bool _isWorkload;
    private readonly bool _hasIPv4;

    private Seat(int endpointClass, Endpoint? endpoint, Cluster cluster)
    {
        _class = endpointClass + 1;
        if (endpoint is not null)
        {
            _node = endpoint.NodeIn(cluster) + 1;
            _families = (byte)endpoint.Families;
            _isWorkload = endpoint.IsWorkload;
            IpAddress address = endpoint.AddressOf(IpFamily.IPv4);
            _hasIPv4 = address != default;
            _ipv4 = (uint)address.Value;
        }
    }

    private Seat(in Seat other, int endpointClass)
    {
        this = other;
        _class = endpointClass + 1;
    }

    /// <summary>The number of its class; -1 if nobody has the seat.</summary>
    public int Class => _class - 1;

    /// <summary>The place of its node; -1 if it is on none that is known.</summary>
    public int Node => _node - 1;

    /// <summary>True for endpoints that are not a host's.</summary>
    public bool IsWorkload => _isWorkload;

    /// <summary>As of <see cref="Endpoint.Families"/>.</summary>
    public int Families => _families;

    /// <summary>Its IPv4 address; none if it has none that is known.</summary>
    public IpAddress IPv4 => _hasIPv4 ? IpAddress.FromIPv4(_ipv4) : default;

    public static Seat Of(Selectable selectable, Cluster cluster) => new(-1, selectable as Endpoint, cluster);

    public Seat In(int endpointClass) => new(this, endpointClass);
}
