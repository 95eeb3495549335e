namespace NetPolicy.Enforce.Simulation;

/// <summary>A verdict with its target chain, which is bound by name once the whole text is read.</summary>
internal sealed class NftDecision
{
    internal static readonly NftDecision Drop = new(NftVerdictCode.Drop, null);
    internal static readonly NftDecision Accept = new(NftVerdictCode.Accept, null);
    internal static readonly NftDecision Continue = new(NftVerdictCode.Continue, null);
    internal static readonly NftDecision Return = new(NftVerdictCode.Return, null);

    internal NftDecision(NftVerdictCode code, string? target)
    {
        Code = code;
        TargetName = target;
    }

    internal NftVerdictCode Code { get; }

    internal string? TargetName { get; }

    /// <summary>The chain to go to; set for every jump and goto of a linked ruleset.</summary>
    internal NftChain? Target { get; set; }

    internal bool IsTerminal => Code != NftVerdictCode.Continue;

    /// <inheritdoc/>
    public override string ToString() => Code switch
    {
        NftVerdictCode.Drop => "drop",
        NftVerdictCode.Accept => "accept",
        NftVerdictCode.Continue => "continue",
        NftVerdictCode.Return => "return",
        NftVerdictCode.Jump => $"jump {TargetName}",
        NftVerdictCode.Goto => $"goto {TargetName}",
        _ => throw new InvalidOperationException($"verdict {Code}"),
    };
}
