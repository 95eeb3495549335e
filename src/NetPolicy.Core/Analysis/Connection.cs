using NetPolicy.Addresses;

namespace NetPolicy.Analysis;

/// <summary>What each member of one group may open to each member of another.</summary>
/// <param name="From">The sources.</param>
/// <param name="To">The destinations; the same group as <paramref name="From"/> for two different members of it.</param>
/// <param name="Allow">Traffic that passes in at least one IP version that both ends have; never empty.</param>
public sealed record Connection(ConnectivityGroup From, ConnectivityGroup To, AllowedTraffic Allow)
{
    /// <summary>The same for each IP version, if they differ; else null.</summary>
    public FamilyTraffic? Families { get; init; }
}

/// <summary>Traffic that passes, where IPv4 and IPv6 differ.</summary>
/// <param name="IPv4">What passes in IPv4.</param>
/// <param name="IPv6">What passes in IPv6.</param>
public sealed record FamilyTraffic(AllowedTraffic IPv4, AllowedTraffic IPv6)
{
    /// <summary>The traffic of one family.</summary>
    public AllowedTraffic Of(IpFamily family) => family == IpFamily.IPv6 ? IPv6 : IPv4;
}
