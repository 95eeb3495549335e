namespace NetPolicy.Enforce.Simulation;

/// <summary>What a hook decided about a packet.</summary>
public enum NftVerdict : byte
{
    /// <summary>The packet is gone, silently or with a rejection. Zero, so that a forgotten assignment can never pass a packet.</summary>
    Drop = 0,

    /// <summary>The packet goes on to the next hook.</summary>
    Accept,
}
