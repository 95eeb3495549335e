namespace NetPolicy.Enforce.Simulation;

/// <summary>The bits of <c>ct status</c>, with the kernel's values.</summary>
[Flags]
public enum ConntrackStatus
{
    /// <summary>No bit set.</summary>
    None = 0,

    /// <summary>The connection was announced by another one.</summary>
    Expected = 0x1,

    /// <summary>A packet of the reply direction has passed.</summary>
    SeenReply = 0x2,

    /// <summary>The entry is not dropped early.</summary>
    Assured = 0x4,

    /// <summary>The first packet has left the host or reached a process: the entry is in the table.</summary>
    Confirmed = 0x8,

    /// <summary>The source is translated.</summary>
    SourceNat = 0x10,

    /// <summary>The destination is translated.</summary>
    DestinationNat = 0x20,

    /// <summary>Source translation has been decided (maybe to none).</summary>
    SourceNatDone = 0x80,

    /// <summary>Destination translation has been decided (maybe to none).</summary>
    DestinationNatDone = 0x100,

    /// <summary>The entry is being removed.</summary>
    Dying = 0x200,
}
