namespace NetPolicy.Enforce.Simulation;

/// <summary>The route types that <c>fib ... type</c> yields, with the kernel's values.</summary>
public enum FibAddressType : byte
{
    /// <summary>No route type.</summary>
    Unspecified = 0,

    /// <summary>Reachable through a gateway or link.</summary>
    Unicast = 1,

    /// <summary>An address of this host.</summary>
    Local = 2,

    /// <summary>Broadcast, received and sent.</summary>
    Broadcast = 3,

    /// <summary>Anycast.</summary>
    Anycast = 4,

    /// <summary>Multicast.</summary>
    Multicast = 5,

    /// <summary>Discarded silently.</summary>
    Blackhole = 6,

    /// <summary>Answered with an unreachable error.</summary>
    Unreachable = 7,

    /// <summary>Answered with a prohibited error.</summary>
    Prohibit = 8,
}
