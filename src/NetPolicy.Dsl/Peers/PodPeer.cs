using NetPolicy.Collections;
using NetPolicy.Diagnostics;

namespace NetPolicy.Dsl;

/// <summary>Pods as the other side of a rule, or as the subject of a global policy.</summary>
public class PodPeer : Peer
{
    internal PodPeer(EquatableArray<PeerTerm> terms, EquatableArray<Diagnostic> faults = default)
        : base(terms, faults)
    {
    }

    /// <summary>Pods of either.</summary>
    public static PodPeer operator |(PodPeer left, PodPeer right) => new(Union(left, right), FaultsOf(left, right));

    internal static PodPeer OfAll(IEnumerable<PodPeer> peers, SourceLine line)
    {
        ArgumentNullException.ThrowIfNull(peers);
        List<PeerTerm> terms = [];
        List<Diagnostic> faults = [];
        foreach (PodPeer peer in peers)
        {
            ArgumentNullException.ThrowIfNull(peer, nameof(peers));
            terms.AddRange(peer.Terms);
            faults.AddRange(peer.Faults);
        }

        if (terms.Count == 0 && faults.Count == 0)
        {
            faults.Add(new Diagnostic(DslDiagnostics.NoPeer, "`AnyOf` was given no peer, expected at least one: a rule without peers would mean anywhere", line.ToSpan()));
        }

        return new PodPeer(Union(terms), [.. faults]);
    }
}
