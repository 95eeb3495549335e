namespace NetPolicy.Enforce.Simulation;

/// <summary>A connection tracking entry. Mutable: rules write <see cref="Mark"/>, the stack writes the rest.</summary>
public sealed class Connection
{
    /// <summary>Makes an unconfirmed entry for the packet that opens a connection.</summary>
    public Connection(ConnectionTuple original)
    {
        Original = original;
        Reply = original.Inverted();
    }

    /// <summary>The opening direction as the first packet was sent, before any translation.</summary>
    public ConnectionTuple Original { get; }

    /// <summary>The answering direction as the other side sends it: differs from the inverse of <see cref="Original"/> under NAT.</summary>
    public ConnectionTuple Reply { get; set; }

    /// <summary>The connection mark, all 32 bits.</summary>
    public uint Mark { get; set; }

    /// <summary>The status bits.</summary>
    public ConntrackStatus Status { get; set; }
}
