namespace NetPolicy.Engine;

/// <summary>How staged policies are taken.</summary>
public enum StagedMode : byte
{
    /// <summary>They change no verdict.</summary>
    Ignored = 0,

    /// <summary>As if they were enforced, in their place in the order.</summary>
    AsEnforced,
}
