namespace NetPolicy.Enforce.Lab;

/// <summary>How a lab is built.</summary>
public sealed record LabOptions
{
    /// <summary>Every node's namespace anonymous: the default.</summary>
    public static LabOptions Default { get; } = new();

    /// <summary>Whether the nodes' namespaces get names, so that other programs (<c>ip netns exec</c>, <c>netpol apply --netns</c>) can enter them. Default no.</summary>
    public bool NameHosts { get; init; }
}
