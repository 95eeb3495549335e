namespace NetPolicy.Enforce.Netlink;

/// <summary>A change of the packet filter that somebody made.</summary>
/// <param name="Generation">The generation it made; 0 if messages were lost, so that any number of changes may have been made.</param>
/// <param name="Process">The thread that made it, by its number; 0 if unknown.</param>
/// <param name="ProcessName">The thread's name; empty if unknown.</param>
/// <param name="IsOurTable">True if the table that is listened to was among what was changed.</param>
internal sealed record NetlinkChange(uint Generation, int Process, string ProcessName, bool IsOurTable);
