namespace NetPolicy.Engine;

/// <summary>What was done with a document that has errors.</summary>
public enum SetAsideTreatment : byte
{
    /// <summary>It rejected everything.</summary>
    Rejected = 0,

    /// <summary>Its subject is isolated in its place.</summary>
    Isolated,

    /// <summary>It was left out.</summary>
    Skipped,
}
