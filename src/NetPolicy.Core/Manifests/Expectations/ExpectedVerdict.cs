namespace NetPolicy.Manifests.Expectations;

/// <summary>What a test wants to come out.</summary>
public enum ExpectedVerdict : byte
{
    /// <summary>Nothing said; such an expectation is refused when it is read.</summary>
    None = 0,

    /// <summary><c>allow</c>.</summary>
    Allow,

    /// <summary><c>deny</c>.</summary>
    Deny,
}
