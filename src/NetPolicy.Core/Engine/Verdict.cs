namespace NetPolicy.Engine;

/// <summary>What evaluation concluded about a flow.</summary>
public enum Verdict : byte
{
    /// <summary>Nothing has been evaluated. Zero, so that a forgotten assignment can never allow traffic.</summary>
    Undecided = 0,

    /// <summary>The flow passes.</summary>
    Allow,

    /// <summary>The flow is dropped.</summary>
    Deny,
}
