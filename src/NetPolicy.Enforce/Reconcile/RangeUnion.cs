using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce.Reconcile;

/// <summary>Sets of ranges of addresses that change while packets look into them.</summary>
internal static class RangeUnion
{
    /// <summary>The addresses of both sets, disjoint and ascending; null if they are of something else.</summary>
    public static EquatableArray<RuleValue>? Of(RuleSet old, RuleSet @new)
    {
        List<IpRange> ranges = [];
        foreach (RuleValue value in old.Elements.Concat(@new.Elements))
        {
            if (value is not RuleValue.Addresses addresses)
            {
                return null;
            }

            ranges.Add(addresses.Range);
        }

        ranges.Sort(static (x, y) => x.First.CompareTo(y.First));
        List<IpRange> joined = [];
        foreach (IpRange range in ranges)
        {
            if (joined.Count > 0 && range.First <= joined[^1].Last)
            {
                joined[^1] = new IpRange(joined[^1].First, range.Last > joined[^1].Last ? range.Last : joined[^1].Last);
            }
            else
            {
                joined.Add(range);
            }
        }

        return [.. joined.Select(r => (RuleValue)new RuleValue.Addresses(r))];
    }
}
