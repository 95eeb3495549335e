using NetPolicy.Addresses;
using NetPolicy.Manifests.Inventory;
using NetPolicy.Policies;

namespace NetPolicy.Inventory;

/// <summary>What the store knows of a Service or of slices for one.</summary>
internal sealed class ServiceState(ServiceName name)
{
    public readonly ServiceName Name = name;
    public ServiceManifest? Declared;

    /// <summary>Slices for it, in ordinal order of their names.</summary>
    public readonly List<EndpointSliceManifest> Slices = [];

    /// <summary>Addresses of slices whose owners matter.</summary>
    public IpAddress[] Watched = [];
    public int Slot = -1;
    public bool IsListed;
}
