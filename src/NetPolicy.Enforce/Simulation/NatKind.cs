namespace NetPolicy.Enforce.Simulation;

/// <summary>The translations a nat rule can ask for.</summary>
public enum NatKind : byte
{
    /// <summary>A new destination.</summary>
    Destination = 0,

    /// <summary>A new source.</summary>
    Source,

    /// <summary>The source becomes the address of the outgoing interface.</summary>
    Masquerade,

    /// <summary>The destination becomes the host itself.</summary>
    Redirect,
}
