namespace NetPolicy.Enforce.State;

/// <summary>How far a change is that must be confirmed.</summary>
public enum ArmedPhase : byte
{
    /// <summary>There is none.</summary>
    None = 0,

    /// <summary>The new rules decide until their time runs out.</summary>
    Armed,

    /// <summary>The time ran out: the rules of before decide again, by the kernel alone.</summary>
    RolledBack,
}
