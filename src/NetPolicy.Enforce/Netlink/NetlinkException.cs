namespace NetPolicy.Enforce.Netlink;

/// <summary>The kernel refused a request, or answered what cannot be understood.</summary>
public sealed class NetlinkException : Exception
{
    /// <summary>Creates an empty one.</summary>
    public NetlinkException()
    {
    }

    /// <summary>Creates one that carries only a message.</summary>
    public NetlinkException(string message)
        : base(message)
    {
    }

    /// <summary>Creates one that carries a message and its cause.</summary>
    public NetlinkException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal NetlinkException(string what, int error, string detail = "")
        : base(detail.Length > 0 ? $"{what}: {KernelError.Text(error)} ({detail})" : $"{what}: {KernelError.Text(error)}")
    {
        Error = error;
    }

    /// <summary>The kernel's error number, positive; 0 if the failure is not one of the kernel's.</summary>
    public int Error { get; }

    /// <summary>The operation that was refused, as the program <c>nft</c> would be told it; empty if it is none of a transaction.</summary>
    internal string Refused { get; init; } = "";

    /// <summary>
    /// True if the kernel does not know what was asked for: something that others have in their kernels, or that a module would bring. Names of a transaction are
    /// there, so that what is missing is never one of them.
    /// </summary>
    internal bool IsMissingFeature => Refused.Length > 0
        && Error is KernelError.NotSupported or KernelError.NoAddressFamily or KernelError.NoProtocol or KernelError.NoEntry;

    /// <summary>True if the same may succeed a moment later, or may even have, or somebody changed the table between two transactions: what is there must be read again.</summary>
    internal bool IsPassing => Error is KernelError.Busy or KernelError.TryAgain or KernelError.NoBufferSpace or KernelError.Interrupted
        or KernelError.NoEntry or KernelError.Exists;

    /// <summary>True if somebody else changed the rules between reading and writing, so that nothing was applied and reading again may help.</summary>
    public bool IsChangedMeanwhile => Error == KernelError.Restart;
}
