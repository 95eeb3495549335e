namespace NetPolicy.Enforce.Rules;

/// <summary>Where a packet goes next.</summary>
/// <param name="Kind">What happens.</param>
/// <param name="Chain">The chain to go to; null unless the kind needs one.</param>
/// <remarks><c>default</c> drops.</remarks>
public readonly record struct RuleVerdict(RuleVerdictKind Kind, string? Chain = null)
{
    /// <summary>The packet is dropped.</summary>
    public static RuleVerdict Drop => default;

    /// <summary>The hook is done with the packet.</summary>
    public static RuleVerdict Accept => new(RuleVerdictKind.Accept);

    /// <summary>Back to the chain that jumped here.</summary>
    public static RuleVerdict Return => new(RuleVerdictKind.Return);

    /// <summary>Into a chain, and back when it ends.</summary>
    public static RuleVerdict Jump(string chain) => new(RuleVerdictKind.Jump, chain);

    /// <summary>Into a chain for good.</summary>
    public static RuleVerdict Goto(string chain) => new(RuleVerdictKind.Goto, chain);
}
