namespace NetPolicy.Enforce.Simulation;

/// <summary>What one expression leaves in the verdict register.</summary>
internal enum Step : byte
{
    /// <summary>Go on with the next expression of the rule.</summary>
    Continue = 0,

    /// <summary>No match: the next rule. What the rule did before stays done.</summary>
    Break,

    /// <summary>The rule has decided; the decision is in the execution.</summary>
    Verdict,
}
