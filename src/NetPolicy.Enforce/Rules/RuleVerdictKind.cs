namespace NetPolicy.Enforce.Rules;

/// <summary>What becomes of a packet at the end of a rule.</summary>
public enum RuleVerdictKind : byte
{
    /// <summary>Dropped. Zero, so that a forgotten verdict never lets anything through.</summary>
    Drop = 0,

    /// <summary>Accepted by this hook.</summary>
    Accept,

    /// <summary>Back to the calling chain.</summary>
    Return,

    /// <summary>Into another chain and back.</summary>
    Jump,

    /// <summary>Into another chain.</summary>
    Goto,
}
