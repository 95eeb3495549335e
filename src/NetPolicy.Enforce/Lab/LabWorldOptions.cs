using NetPolicy.Addresses;
using NetPolicy.Engine;

namespace NetPolicy.Enforce.Lab;

/// <summary>What a <see cref="LabWorld"/> cannot know from a snapshot.</summary>
public sealed record LabWorldOptions
{
    /// <summary>The defaults.</summary>
    public static LabWorldOptions Default { get; } = new();

    /// <summary>Addresses outside that flows come from or go to; default one of each family, <c>203.0.113.9</c> and <c>2001:db8:ffff::9</c>.</summary>
    /// <remarks>Injected packets may have any source; only real sockets need theirs to be listed here or in <see cref="Flows"/>.</remarks>
    public IReadOnlyList<IpAddress> OutsideAddresses { get; init; } =
        [IpAddress.Parse("203.0.113.9"), IpAddress.Parse("2001:db8:ffff::9")];

    /// <summary>Flows that will be asked for: their outside addresses are added, behind the interface by which they are to be reached. Default none.</summary>
    public IReadOnlyList<FlowRequest> Flows { get; init; } = [];
}
