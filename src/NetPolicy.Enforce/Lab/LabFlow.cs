namespace NetPolicy.Enforce.Lab;

/// <summary>A probe on its way.</summary>
internal sealed class LabFlow
{
    internal required LabProbe Probe { get; init; }

    internal required Packet Packet { get; init; }

    internal required int Index { get; init; }

    /// <summary>The node it is sent into next, or was last.</summary>
    internal required LabTap Tap { get; set; }

    /// <summary>The interface it enters by; 0 if the node sends it itself.</summary>
    internal required int Entry { get; set; }

    /// <summary>The packet as it left the last node; null before the first.</summary>
    internal byte[]? Relayed { get; set; }

    internal int Hops { get; set; }

    internal LabVerdict Verdict { get; set; }

    internal LabPlace Place { get; set; } = LabPlace.Nowhere;
}
