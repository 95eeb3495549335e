namespace NetPolicy.Enforce.Lab;

/// <summary>How a lab is built.</summary>
public sealed record LabOptions
{
    /// <summary>Every node's namespace anonymous: the default.</summary>
    public static LabOptions Default { get; } = new();

    /// <summary>Whether the nodes' namespaces get names, so that other programs (<c>ip netns exec</c>, <c>netpol apply --netns</c>) can enter them. Default no.</summary>
    public bool NameHosts { get; init; }

    /// <summary>How long a <see cref="SocketLab"/> waits for an answer before it calls a packet dropped. Default two seconds; a probe that passes waits for microseconds.</summary>
    /// <remarks>A rejection may take as long: what reaches a TCP socket while it is still sending is noted, and asked for when patience has ended.</remarks>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(2);
}
