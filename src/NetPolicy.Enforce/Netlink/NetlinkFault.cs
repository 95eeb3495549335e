namespace NetPolicy.Enforce.Netlink;

/// <summary>Stands between a socket and the kernel, for tests of what happens when that refuses.</summary>
/// <param name="call">The call.</param>
/// <param name="messages">What is sent, and may be changed; nothing for what is received.</param>
/// <returns>The error that the call ends with without reaching the kernel; 0 to let it go on.</returns>
internal delegate int NetlinkFault(NetlinkCall call, Span<byte> messages);
