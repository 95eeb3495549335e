namespace NetPolicy.Enforce.Lab;

/// <summary>What kind of thing sends a probe.</summary>
public enum LabSourceKind : byte
{
    /// <summary>Nothing: a probe without a source is refused.</summary>
    None = 0,

    /// <summary>A pod of the topology.</summary>
    Pod,

    /// <summary>A node under test itself; its packets pass the output hook.</summary>
    Host,

    /// <summary>A client behind the outside interface.</summary>
    Client,
}
