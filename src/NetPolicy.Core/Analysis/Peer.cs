using NetPolicy.Addresses;
using NetPolicy.Engine;
using NetPolicy.Inventory;

namespace NetPolicy.Analysis;

/// <summary>What rules can see of an end: equal keys are told apart by no rule.</summary>
/// <param name="Families">Bit 0: it has IPv4; bit 1: IPv6; 4 more for a node.</param>
/// <param name="Selectors4">Number of the set of selectors that select its members in IPv4, or of those of an end without addresses.</param>
/// <param name="Selectors6">The same in IPv6.</param>
/// <param name="Nets4">The blocks around its IPv4 address.</param>
/// <param name="Nets6">The blocks around its IPv6 address.</param>
/// <param name="Ports">Number of its named ports, if rules name any.</param>
/// <param name="More">Owners with named ports and memberships in Services, where there are several or any.</param>
internal readonly record struct PeerKey(int Families, int Selectors4, int Selectors6, UInt128 Nets4, UInt128 Nets6, int Ports, string? More);

/// <summary>Ends that no rule tells apart, as rules see them.</summary>
internal sealed class Peer(int id, PeerKey key, int[] selectors)
{
    public int Id => id;

    public PeerKey Key => key;

    /// <summary>Bit 0: it has IPv4; bit 1: IPv6.</summary>
    public int Families => key.Families & 3;

    /// <summary>True if other selectors select it in IPv4 than in IPv6, or owners and Services tell it apart.</summary>
    public bool IsSplit => key.More is not null || (Families == 3 && key.Selectors4 != key.Selectors6);

    /// <summary>Selectors that select it in either family.</summary>
    public int[] Selectors => selectors;

    /// <summary>The last pass over a world that met it.</summary>
    public int Pass { get; set; } = -1;

    /// <summary>True if the pass before did not meet it.</summary>
    public bool IsFresh { get; set; }

    /// <summary>What stands for it in the world that was met last.</summary>
    public PeerFacts Facts4 { get; set; }

    public PeerFacts Facts6 { get; set; }

    public PeerFacts FactsOf(IpFamily family) => family == IpFamily.IPv6 ? Facts6 : Facts4;
}
