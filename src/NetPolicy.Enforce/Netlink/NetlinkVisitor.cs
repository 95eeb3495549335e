namespace NetPolicy.Enforce.Netlink;

/// <summary>Takes one message of an answer.</summary>
/// <param name="type">Its type.</param>
/// <param name="attributes">Its attributes, good for the time of the call.</param>
internal delegate void NetlinkVisitor(ushort type, ReadOnlySpan<byte> attributes);
