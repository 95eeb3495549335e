namespace NetPolicy.Spec;

/// <summary>One end's decision.</summary>
public enum SpecEnd
{
    /// <summary>It has no say.</summary>
    None,

    /// <summary>A rule, a failsafe, or a profile reached by Pass lets it through.</summary>
    Allow,

    /// <summary>A rule or a default closes it.</summary>
    Deny,
}
