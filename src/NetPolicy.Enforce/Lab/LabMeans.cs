namespace NetPolicy.Enforce.Lab;

/// <summary>With what a <see cref="LabComparison"/> tries the rulesets.</summary>
[Flags]
public enum LabMeans : byte
{
    /// <summary>Nothing: the engine alone.</summary>
    None = 0,

    /// <summary>The interpreter, on any machine.</summary>
    Interpreter = 1,

    /// <summary>Packets injected into a <see cref="PacketLab"/>.</summary>
    Packets = 2,

    /// <summary>Connections of a <see cref="SocketLab"/>, for TCP and UDP.</summary>
    Sockets = 4,
}
