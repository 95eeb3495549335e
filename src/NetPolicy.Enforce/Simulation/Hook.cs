namespace NetPolicy.Enforce.Simulation;

/// <summary>A netfilter hook of the inet family, in no particular order: a packet meets three of them at most.</summary>
public enum Hook : byte
{
    /// <summary>Every packet that arrives on an interface, before routing.</summary>
    Prerouting = 0,

    /// <summary>Packets routed to a local process.</summary>
    Input,

    /// <summary>Packets routed through the host.</summary>
    Forward,

    /// <summary>Packets that a local process sends.</summary>
    Output,

    /// <summary>Every packet that leaves on an interface, after routing.</summary>
    Postrouting,
}
