using NetPolicy.Collections;

namespace NetPolicy.Enforce.Observation;

/// <summary>What else on a machine looks at packets, or sends them past the packet filter's hooks. Immutable; the moment it was read.</summary>
/// <param name="Chains">Chains of other tables, those that <c>iptables-nft</c> writes included.</param>
/// <param name="Flowtables">Flowtables of other tables: established connections in them skip the forward hook.</param>
/// <param name="Programs">Programs on interfaces.</param>
/// <param name="IpvsServices">Addresses of IPVS services: what they forward never passes the forward hook.</param>
/// <param name="LegacyTables">Tables of <c>iptables-legacy</c>, as <c>family name</c>.</param>
/// <param name="LegacyChains">Their chains, where the program <c>iptables-legacy-save</c> could list them.</param>
/// <param name="BridgedPacketsAreFiltered">By family name (<c>ip</c>, <c>ip6</c>): whether packets between ports of a bridge meet the hooks; absent without bridges' module.</param>
/// <param name="Unread">What could not be read, and why: one line each. Nothing may be concluded about it.</param>
public sealed record FilterFacts(
    EquatableArray<ForeignChain> Chains,
    EquatableArray<string> Flowtables,
    EquatableArray<PacketProgram> Programs,
    EquatableArray<string> IpvsServices,
    EquatableArray<string> LegacyTables,
    EquatableArray<string> LegacyChains,
    EquatableArray<string> BridgedPacketsAreFiltered,
    EquatableArray<string> Unread)
{
    /// <summary>True if the kernel can hand packets between ports of a bridge to the hooks: <c>br_netfilter</c> is there.</summary>
    public bool HasBridgeFilter { get; init; }

    /// <summary>Reads this machine, or a namespace that <c>ip netns</c> named.</summary>
    /// <param name="networkNamespace">The namespace; null for this machine.</param>
    /// <param name="ownTable">Our own table, which is left out.</param>
    /// <exception cref="Lab.LabException">The namespace does not exist, or the kernel refused to list interfaces.</exception>
    public static FilterFacts Read(string? networkNamespace = null, string ownTable = "netpol")
    {
        if (networkNamespace is null)
        {
            return new FilterReader().Read(ownTable);
        }

        using Lab.NetworkNamespace place = Lab.NetworkNamespace.Open(networkNamespace);
        return place.Run(() => new FilterReader().Read(ownTable));
    }
}
