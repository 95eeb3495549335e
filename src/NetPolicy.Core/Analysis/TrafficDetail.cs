namespace NetPolicy.Analysis;

/// <summary>How much of an answer counts when two are compared.</summary>
internal enum TrafficDetail : byte
{
    /// <summary>The verdict alone.</summary>
    Verdict = 0,

    /// <summary>What each end decided, too.</summary>
    Ends,
}
