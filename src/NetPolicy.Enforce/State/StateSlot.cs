namespace NetPolicy.Enforce.State;

/// <summary>Which ruleset is meant of those that are kept.</summary>
public enum StateSlot : byte
{
    /// <summary>The last that was confirmed: what the machine should have, and what it gets back.</summary>
    Confirmed = 0,

    /// <summary>The one confirmed before that.</summary>
    Previous,

    /// <summary>The one that is being applied or waits for its confirmation.</summary>
    Pending,
}
