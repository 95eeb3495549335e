namespace NetPolicy.Conformance;

/// <summary>What became of one mutation.</summary>
internal enum Outcome
{
    /// <summary>It could not be judged.</summary>
    Broken,

    /// <summary>The test did not notice.</summary>
    Survived,

    /// <summary>The test failed, as it must.</summary>
    Killed,
}
