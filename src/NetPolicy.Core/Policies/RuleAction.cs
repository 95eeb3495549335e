namespace NetPolicy.Policies;

/// <summary>What a rule asks for (Calico specification §4).</summary>
public enum RuleAction : byte
{
    /// <summary>Drop the flow. Zero, so that a forgotten action never allows.</summary>
    Deny = 0,

    /// <summary>Accept the flow for this endpoint and direction.</summary>
    Allow,

    /// <summary>Leave this tier and ask the next one; after the last tier the profiles.</summary>
    Pass,

    /// <summary>Log and go on with the next rule.</summary>
    Log,
}
