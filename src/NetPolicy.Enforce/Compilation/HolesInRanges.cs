using NetPolicy.Addresses;
using NetPolicy.Collections;

namespace NetPolicy.Enforce.Compilation;

/// <summary>Ranges of addresses of one family, and what is left of them between addresses that somebody has.</summary>
internal sealed class HolesInRanges
{
    private readonly IpFamily _family;
    private readonly IpPrefix[] _blocks;

    // By address, how many have it.
    private readonly SortedDictionary<IpAddress, int> _holes = [];

    public HolesInRanges(EquatableArray<IpPrefix> ranges, IpFamily family)
    {
        _family = family;
        IpPrefix[] blocks = [.. ranges.Where(p => p.Family == family).Distinct().Order()];
        _blocks = [.. blocks.Where(b => !blocks.Any(o => o != b && o.Contains(b)))];
    }

    /// <summary>True if there are no ranges.</summary>
    public bool HasNone => _blocks.Length == 0;

    /// <summary>Somebody comes who has these addresses, or goes.</summary>
    /// <returns>True if something is left that was not, or the other way round.</returns>
    public bool Change(EquatableArray<IpAddress> addresses, bool isCome)
    {
        bool isOther = false;
        foreach (IpAddress address in addresses.AsSpan())
        {
            if (address.Family == _family && IsInside(address))
            {
                int owners = _holes.GetValueOrDefault(address) + (isCome ? 1 : -1);
                if (owners > 0)
                {
                    _holes[address] = owners;
                }
                else
                {
                    _holes.Remove(address);
                }

                isOther |= owners == (isCome ? 1 : 0);
            }
        }

        return isOther;
    }

    /// <summary>What is left, disjoint and ascending.</summary>
    public IEnumerable<IpRange> Rest()
    {
        using SortedDictionary<IpAddress, int>.KeyCollection.Enumerator holes = _holes.Keys.GetEnumerator();
        bool isHole = holes.MoveNext();
        foreach (IpPrefix block in _blocks)
        {
            UInt128 next = block.First.Value;
            for (; isHole && holes.Current <= block.Last; isHole = holes.MoveNext())
            {
                if (holes.Current.Value > next)
                {
                    yield return new IpRange(IpAddress.From(_family, next), IpAddress.From(_family, holes.Current.Value - 1));
                }

                next = holes.Current.Value + 1;
            }

            if (next <= block.Last.Value)
            {
                yield return new IpRange(IpAddress.From(_family, next), block.Last);
            }
        }
    }

    private bool IsInside(IpAddress address)
    {
        foreach (IpPrefix block in _blocks)
        {
            if (block.Contains(address))
            {
                return true;
            }
        }

        return false;
    }
}
