namespace NetPolicy.Enforce.Simulation;

/// <summary>The IP version of a simulated packet.</summary>
public enum PacketFamily : byte
{
    /// <summary>IPv4; addresses use the low 32 bits.</summary>
    IPv4 = 0,

    /// <summary>IPv6.</summary>
    IPv6,

    /// <summary>Neither: a frame with something else, which only tables of bridges see.</summary>
    Other,
}
