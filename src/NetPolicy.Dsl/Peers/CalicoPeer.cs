using NetPolicy.Collections;
using NetPolicy.Diagnostics;

namespace NetPolicy.Dsl;

/// <summary>The other side of a rule, as far as only Calico can name it: host endpoints, network sets, Services, service accounts, and all that <see cref="Peer"/> can.</summary>
/// <remarks>Immutable. <c>Anywhere | x</c> is <c>Anywhere</c>.</remarks>
public class CalicoPeer
{
    internal CalicoPeer(EquatableArray<PeerTerm> terms, EquatableArray<Diagnostic> faults = default)
    {
        Terms = terms;
        Faults = faults;
    }

    internal EquatableArray<PeerTerm> Terms { get; }

    internal EquatableArray<Diagnostic> Faults { get; }

    /// <summary>Either peer.</summary>
    public static CalicoPeer operator |(CalicoPeer left, CalicoPeer right) => new(Union(left, right), FaultsOf(left, right));

    private protected static EquatableArray<PeerTerm> Union(CalicoPeer left, CalicoPeer right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return Union([.. left.Terms, .. right.Terms]);
    }

    private protected static EquatableArray<PeerTerm> Union(IReadOnlyList<PeerTerm> all)
    {
        if (all.FirstOrDefault(t => t is AnywhereTerm) is { } anywhere)
        {
            return [anywhere];
        }

        List<PeerTerm> terms = [];
        foreach (PeerTerm term in all)
        {
            if (!terms.Contains(term))
            {
                terms.Add(term);
            }
        }

        return [.. terms];
    }

    private protected static EquatableArray<Diagnostic> FaultsOf(CalicoPeer left, CalicoPeer right) => left.Faults.AddRange(right.Faults);
}
