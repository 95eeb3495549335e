using NetPolicy.Addresses;

namespace NetPolicy.Engine;

/// <summary>An end of a flow on the short way.</summary>
internal struct DirectPeer(int index, int endpointClass, int[]? members, IpAddress address)
{
    /// <summary>The address; none if it is not known.</summary>
    public IpAddress Address = address;

    /// <summary>Who has the address, if it is not that workload alone, or nobody.</summary>
    public int[]? Members = members;

    /// <summary>The place of the workload; -1 for an address outside.</summary>
    public int Index = index;

    /// <summary>Its class; -1 for an address outside.</summary>
    public int Class = endpointClass;
}
