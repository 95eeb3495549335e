using NetPolicy.Collections;
using NetPolicy.Diagnostics;

namespace NetPolicy.Dsl;

/// <summary>The other side of a rule as a Kubernetes NetworkPolicy can name it: pods, address blocks, anywhere.</summary>
public class Peer : CalicoPeer
{
    internal Peer(EquatableArray<PeerTerm> terms, EquatableArray<Diagnostic> faults = default)
        : base(terms, faults)
    {
    }

    /// <summary>Either peer.</summary>
    public static Peer operator |(Peer left, Peer right) => new(Union(left, right), FaultsOf(left, right));
}
