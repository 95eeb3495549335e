namespace NetPolicy.Enforce;

/// <summary>What a step waits for.</summary>
public enum NftWait : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Packets that were under way when the step before took effect have left the rules, and ranges it added are visible.</summary>
    Settled,

    /// <summary>Some time, so that even what the kernel does later is done: 100 ms by default.</summary>
    Grace,

    /// <summary>
    /// No tracked connection carries an epoch any more: what the step before made sure of for new marks, a sweep does for old ones. Where the machine cannot do
    /// that the step is left out, and every packet is judged.
    /// </summary>
    Swept,
}
