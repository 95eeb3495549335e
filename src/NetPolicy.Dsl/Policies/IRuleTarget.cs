namespace NetPolicy.Dsl;

/// <summary>What a rule is added to once its traffic is known.</summary>
internal interface IRuleTarget<out TPolicy>
{
    /// <summary>The sentence so far.</summary>
    PolicyLink Chain { get; }

    /// <summary>The finished policy that ends with a link.</summary>
    TPolicy Finish(PolicyLink chain);
}
