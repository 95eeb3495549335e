using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;

namespace NetPolicy.Dsl;

/// <summary>What one Calico rule says of its traffic; fields that are null say nothing.</summary>
internal sealed record CalicoClause
{
    public static CalicoClause AllTraffic { get; } = new();

    public IntOrString? Protocol { get; init; }

    public IcmpMatch? Icmp { get; init; }

    public IcmpMatch? NotIcmp { get; init; }

    public EquatableArray<IntOrString>? Ports { get; init; }

    public EquatableArray<IntOrString>? NotPorts { get; init; }

    public EquatableArray<IntOrString>? SourcePorts { get; init; }

    public HttpMatch? Http { get; init; }

    /// <summary>The only address family it can match, or null for both.</summary>
    public IpFamily? Family { get; init; }

    /// <summary>Lines of fields below the rule, such as <c>destination.ports[0]</c>.</summary>
    public IReadOnlyList<(string Path, SourceLine Line)> Lines { get; init; } = [];
}
