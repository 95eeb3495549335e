namespace NetPolicy.Manifests.Inventory;

/// <summary>A Service behind an Ingress or a Route.</summary>
public sealed record ServiceBackend
{
    /// <summary>The Service's name.</summary>
    public string? Service { get; init; }

    /// <summary>An Ingress' <c>service.port</c>: the number or name of a port of the Service. Null for Routes.</summary>
    public IntOrString? ServicePort { get; init; }

    /// <summary>A Route's <c>port.targetPort</c>: the number of a pod's port, or the name of a port of the Service. Null means every port of the Service.</summary>
    public IntOrString? TargetPort { get; init; }
}
