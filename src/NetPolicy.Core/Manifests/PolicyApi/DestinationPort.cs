namespace NetPolicy.Manifests.PolicyApi;

/// <summary>A port or a range of ports: exactly one field is set.</summary>
public sealed record DestinationPort
{
    /// <summary><c>number</c>, 1 to 65535.</summary>
    public int? Number { get; init; }

    /// <summary><c>range</c>.</summary>
    public DestinationPortRange? Range { get; init; }
}
