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

    /// <summary>True if somebody else changed the rules between reading and writing, so that nothing was applied and reading again may help.</summary>
    public bool IsChangedMeanwhile => Error == KernelError.Restart;
}
