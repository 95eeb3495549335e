namespace NetPolicy.Enforce.Lab;

/// <summary>What became of a probe.</summary>
public enum LabVerdict : byte
{
    /// <summary>It came out nowhere, and nothing was said about it. Zero, so that what was not observed never counts as passed.</summary>
    Dropped = 0,

    /// <summary>It came out.</summary>
    Passed,

    /// <summary>It came out nowhere, and its sender was told (TCP reset or ICMP error).</summary>
    Rejected,
}
