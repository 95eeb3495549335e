namespace NetPolicy.Enforce.Netlink;

/// <summary>A call of a netlink socket.</summary>
internal enum NetlinkCall : byte
{
    /// <summary>Messages are sent.</summary>
    Send = 0,

    /// <summary>A datagram is received.</summary>
    Receive,
}
