namespace NetPolicy.Dsl;

/// <summary>The other side of an egress rule of a ClusterPolicy, as far as only that dialect can name it: nodes, domain names, and all that <see cref="Peer"/> can.</summary>
/// <remarks>Immutable. <c>Anywhere | x</c> is <c>Anywhere</c>.</remarks>
public sealed class ClusterPeer
{
    internal ClusterPeer(CalicoPeer terms)
    {
        Terms = terms;
    }

    /// <summary>The terms; no other dialect is given them.</summary>
    internal CalicoPeer Terms { get; }

    /// <summary>What every dialect can name, here too.</summary>
    public static implicit operator ClusterPeer(Peer peer)
    {
        ArgumentNullException.ThrowIfNull(peer);
        return new ClusterPeer(peer);
    }

    /// <summary>Either peer.</summary>
    public static ClusterPeer operator |(ClusterPeer left, ClusterPeer right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new ClusterPeer(left.Terms | right.Terms);
    }
}
