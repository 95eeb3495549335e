namespace NetPolicy.Enforce;

/// <summary>What to do with a ruleset that enforces less than policy says.</summary>
public enum UnenforcedPolicy : byte
{
    /// <summary>Refuse to apply it.</summary>
    Refuse = 0,

    /// <summary>Apply it; whoever asks has seen its diagnostics.</summary>
    Accept,
}
