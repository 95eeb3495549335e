namespace NetPolicy.Enforce.Simulation;

/// <summary>Where a packet goes after the routing decision. The default value goes nowhere.</summary>
public readonly record struct RouteDecision
{
    private RouteDecision(bool isLocal, string? outputInterface)
    {
        IsLocal = isLocal;
        OutputInterface = outputInterface;
    }

    /// <summary>No route: the packet is lost.</summary>
    public static RouteDecision Unreachable => default;

    /// <summary>A process of this host; for a locally generated packet, over the loopback.</summary>
    public static RouteDecision Local => new(isLocal: true, null);

    /// <summary>Whether a process of this host gets the packet.</summary>
    public bool IsLocal { get; }

    /// <summary>The interface the packet leaves on; null: none.</summary>
    public string? OutputInterface { get; }

    /// <summary>Out of an interface.</summary>
    public static RouteDecision Through(string outputInterface) => new(isLocal: false, outputInterface);
}
