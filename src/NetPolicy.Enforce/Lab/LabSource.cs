namespace NetPolicy.Enforce.Lab;

/// <summary>Who sends a probe. The default names nobody and is refused.</summary>
/// <param name="Kind">Pod, host or client.</param>
/// <param name="Name">The <see cref="LabPod.Id"/>, <see cref="LabNode.Name"/> or <see cref="LabClient.Id"/>.</param>
public readonly record struct LabSource(LabSourceKind Kind, string Name)
{
    /// <summary>The pod of this id.</summary>
    public static LabSource FromPod(string id) => new(LabSourceKind.Pod, id);

    /// <summary>The node of this name.</summary>
    public static LabSource FromHost(string node) => new(LabSourceKind.Host, node);

    /// <summary>The client of this id.</summary>
    public static LabSource FromClient(string id) => new(LabSourceKind.Client, id);
}
