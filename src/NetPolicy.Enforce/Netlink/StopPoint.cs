namespace NetPolicy.Enforce.Netlink;

/// <summary>A moment of applying at which a process may end, whether it wants to or not.</summary>
internal enum StopPoint : byte
{
    /// <summary>A transaction is written, nothing of it was sent.</summary>
    BeforeTransaction = 0,

    /// <summary>A transaction is about to be handed to the kernel, which works on it while the call lasts.</summary>
    Sending,

    /// <summary>All of a transaction was sent; the kernel's answer was not read.</summary>
    Sent,

    /// <summary>The kernel's answer was read.</summary>
    Acknowledged,

    /// <summary>A transaction of a plan is done and another follows.</summary>
    BetweenTransactions,

    /// <summary>The rules are in force; connections of addresses that changed their owner are not reset yet.</summary>
    BeforeReset,

    /// <summary>All is loaded; what was loaded is not kept on disk yet.</summary>
    BeforeState,

    /// <summary>Half of a file of the state was written beside its place.</summary>
    StateHalfWritten,

    /// <summary>A file of the state was written and not moved to its place.</summary>
    StateWritten,

    /// <summary>A file of the state is in its place; what comes after it was not done.</summary>
    StateMoved,
}
