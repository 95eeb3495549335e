namespace NetPolicy.Enforce.Safety;

/// <summary>Capabilities of a process that enforcing needs, by the kernel's numbers.</summary>
public enum Capability : byte
{
    /// <summary>No capability that is needed; the kernel's first is another one's.</summary>
    None = 0,

    /// <summary>To change the packet filter and to read it.</summary>
    NetAdmin = 12,

    /// <summary>To send and receive packets as they are, which a canary does in namespaces of its own.</summary>
    NetRaw = 13,

    /// <summary>To see which process listens on a port, and the environment of the caller's session behind <c>sudo</c>.</summary>
    SystemTrace = 19,

    /// <summary>To enter another network namespace, and to make some.</summary>
    SystemAdmin = 21,
}
