using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce.Reconcile;

/// <summary>Which addresses get another identity: of one family, or of both.</summary>
internal sealed class IdentityMoves
{
    /// <summary>From which identity to which.</summary>
    public HashSet<(uint Old, uint New)> Pairs { get; } = [];

    /// <summary>Elements of maps of single addresses that come, go or differ, and which identities their addresses have.</summary>
    public List<(string Map, IpAddress Address, uint? Old, uint? New, uint From, uint To)> Exact { get; } = [];

    /// <summary>From which identity to which addresses in ranges go.</summary>
    public HashSet<(uint Old, uint New)> RangePairs { get; } = [];

    /// <summary>Ranges that maps of ranges lose and gain, by the map's name.</summary>
    public List<(string Map, List<(IpRange, uint)> Removed, List<(IpRange, uint)> Added)> Ranges { get; } = [];

    public static IdentityMoves Of(RuleTable old, RuleTable @new)
    {
        IdentityMoves moves = new();
        foreach (IdentityMap exact in @new.Identities)
        {
            if (exact.IsInterval)
            {
                continue;
            }

            IdentityMap ranges = @new.Identities.First(m => m.IsInterval && m.Family == exact.Family);
            moves.Compare(old.Identities.First(m => m.Name == exact.Name), exact, old.Identities.First(m => m.Name == ranges.Name), ranges);
        }

        return moves;
    }

    /// <summary>The identity that a map of ranges gives an address; 0 if none.</summary>
    public static uint Find(EquatableArray<(IpRange Range, uint Identity)> ranges, IpAddress address)
    {
        ReadOnlySpan<(IpRange Range, uint Identity)> span = ranges.AsSpan();
        int low = 0, high = span.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            if (address < span[middle].Range.First)
            {
                high = middle - 1;
            }
            else if (address > span[middle].Range.Last)
            {
                low = middle + 1;
            }
            else
            {
                return span[middle].Identity;
            }
        }

        return 0;
    }

    private void Compare(IdentityMap oldExact, IdentityMap exact, IdentityMap oldRanges, IdentityMap ranges)
    {
        CompareExact(oldExact, exact, oldRanges, ranges);
        if (oldRanges.Elements == ranges.Elements)
        {
            return;
        }

        HashSet<(IpRange, uint)> before = [.. oldRanges.Elements], after = [.. ranges.Elements];
        Ranges.Add((ranges.Name, [.. oldRanges.Elements.Where(e => !after.Contains(e))], [.. ranges.Elements.Where(e => !before.Contains(e))]));

        // Both cover all addresses, in ascending order.
        ReadOnlySpan<(IpRange Range, uint Identity)> x = oldRanges.Elements.AsSpan(), y = ranges.Elements.AsSpan();
        for (int i = 0, j = 0; i < x.Length && j < y.Length;)
        {
            if (x[i].Identity != y[j].Identity)
            {
                RangePairs.Add((x[i].Identity, y[j].Identity));
                Pairs.Add((x[i].Identity, y[j].Identity));
            }

            IpAddress endOld = x[i].Range.Last, endNew = y[j].Range.Last;
            if (endOld <= endNew)
            {
                i++;
            }

            if (endNew <= endOld)
            {
                j++;
            }
        }
    }

    private void CompareExact(IdentityMap oldExact, IdentityMap exact, IdentityMap oldRanges, IdentityMap ranges)
    {
        // Both in ascending order.
        ReadOnlySpan<(IpRange Addresses, uint Identity)> x = oldExact.Elements.AsSpan(), y = exact.Elements.AsSpan();
        if (x == y && oldRanges.Elements.AsSpan() == ranges.Elements.AsSpan())
        {
            return;
        }

        // Where ranges are as they were most of two long lists is alike at both ends, byte for byte.
        int i = 0, j = 0;
        if (oldRanges.Elements.AsSpan() == ranges.Elements.AsSpan())
        {
            int alike = MemoryMarshal.AsBytes(x).CommonPrefixLength(MemoryMarshal.AsBytes(y)) / Unsafe.SizeOf<(IpRange, uint)>();
            x = x[alike..];
            y = y[alike..];
            while (x.Length > 0 && y.Length > 0 && x[^1] == y[^1])
            {
                x = x[..^1];
                y = y[..^1];
            }
        }

        while (i < x.Length || j < y.Length)
        {
            int order = i == x.Length ? 1 : j == y.Length ? -1 : x[i].Addresses.First.CompareTo(y[j].Addresses.First);
            IpAddress address = order <= 0 ? x[i].Addresses.First : y[j].Addresses.First;
            uint? old = order <= 0 ? x[i].Identity : null, @new = order >= 0 ? y[j].Identity : null;
            i += order <= 0 ? 1 : 0;
            j += order >= 0 ? 1 : 0;
            if (old != @new)
            {
                uint from = old ?? Find(oldRanges.Elements, address), to = @new ?? Find(ranges.Elements, address);
                Exact.Add((exact.Name, address, old, @new, from, to));
                if (from != to)
                {
                    Pairs.Add((from, to));
                }
            }
        }
    }
}
