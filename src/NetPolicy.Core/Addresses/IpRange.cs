namespace NetPolicy.Addresses;

/// <summary>An inclusive range of addresses of one family.</summary>
/// <remarks><c>default</c> is empty of any real address.</remarks>
public readonly record struct IpRange(IpAddress First, IpAddress Last)
{
    /// <summary>The range of a prefix.</summary>
    public static IpRange Of(IpPrefix prefix) => new(prefix.First, prefix.Last);

    /// <summary>True if <paramref name="address"/> is of the same family and between the ends, both included.</summary>
    public bool Contains(IpAddress address) =>
        address.Family == First.Family && address.Family != IpFamily.None && address >= First && address <= Last;

    /// <summary>The prefix that this range is, if it is one.</summary>
    public bool TryToPrefix(out IpPrefix prefix)
    {
        UInt128 differing = First.Value ^ Last.Value;
        int hostBits = 128 - (int)UInt128.LeadingZeroCount(differing);
        prefix = First.Family == IpFamily.None ? default : new IpPrefix(First, First.Bits - hostBits);
        return First.Family != IpFamily.None && prefix.First == First && prefix.Last == Last;
    }

    /// <summary>One address, a prefix where the range is one, otherwise <c>first-last</c>.</summary>
    public override string ToString() =>
        First == Last ? First.ToString() : TryToPrefix(out IpPrefix prefix) ? prefix.ToString() : $"{First}-{Last}";
}
