using NetPolicy.Addresses;
using NetPolicy.Collections;

namespace NetPolicy.Manifests.Expectations;

/// <summary>
/// One probe of every ordered pair of different pods: exactly the listed pairs must not connect. A pod always reaches itself and is never listed.
/// </summary>
public sealed record ExpectedCheck
{
    /// <summary><c>protocol</c>: a name or a number; TCP if absent.</summary>
    public IntOrString Protocol { get; init; } = IntOrString.Of("TCP");

    /// <summary><c>port</c>: the pod's port; null if the protocol has none.</summary>
    public int? Port { get; init; }

    /// <summary><c>ipFamily</c>: the address used; IPv4 if absent.</summary>
    public IpFamily IpFamily { get; init; } = IpFamily.IPv4;

    /// <summary><c>denied</c>.</summary>
    public EquatableArray<ExpectedPair> Denied { get; init; }
}
