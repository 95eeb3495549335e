using NetPolicy.Collections;
using NetPolicy.Diagnostics;

namespace NetPolicy.Dsl;

/// <summary>Traffic that only Calico can name: ICMP, protocol numbers, exceptions, source ports, and all that <see cref="Ports"/> can.</summary>
/// <remarks>Immutable. A union never loses a term: <c>AllTcp | Tcp(80)</c> is still all of TCP.</remarks>
public class Traffic
{
    internal Traffic(EquatableArray<TrafficTerm> terms, EquatableArray<Diagnostic> faults = default)
    {
        Terms = terms;
        Faults = faults;
    }

    internal EquatableArray<TrafficTerm> Terms { get; }

    internal EquatableArray<Diagnostic> Faults { get; }

    /// <summary>Either traffic.</summary>
    public static Traffic operator |(Traffic left, Traffic right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new Traffic(Union(left, right), left.Faults.AddRange(right.Faults));
    }

    private protected static EquatableArray<TrafficTerm> Union(Traffic left, Traffic right)
    {
        List<TrafficTerm> terms = [.. left.Terms];
        foreach (TrafficTerm term in right.Terms)
        {
            if (!terms.Contains(term))
            {
                terms.Add(term);
            }
        }

        return [.. terms];
    }
}
