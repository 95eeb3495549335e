using System.Numerics;

namespace NetPolicy.Enforce.Rules;

/// <summary>
/// Sizes of hash maps. A map with a size is looked up faster than one that grows by itself, but takes no element more: it is made for twice what it holds.
/// </summary>
internal static class HashSize
{
    private const int MinOfAddresses = 1024;
    private const int MinOfClass = 64;

    /// <summary>The size of a new map with the elements of <paramref name="map"/>.</summary>
    public static int Of(IdentityMap map) => map.IsInterval ? 0 : For(map.Elements.Count, MinOfAddresses);

    /// <summary>The size of a new map with the elements of <paramref name="map"/>; 0 for maps by interface, which are few and small.</summary>
    public static int Of(RuleMap map) => map.IsInterval || !IsByIdentity(map) ? 0 : For(map.Elements.Count, MinOfClass);

    /// <summary>True if the map's keys begin with an identity, so that it is part of a class's tables.</summary>
    public static bool IsByIdentity(RuleMap map) => map.Fields.Count > 0 && map.Fields[0] == RuleField.Identity;

    private static int For(int count, int least) => (int)Math.Max((uint)least, BitOperations.RoundUpToPowerOf2((uint)count * 2));
}
