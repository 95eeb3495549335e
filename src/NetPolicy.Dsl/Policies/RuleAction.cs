namespace NetPolicy.Dsl;

/// <summary>What a rule asks for. Zero denies, so that a forgotten action can never allow.</summary>
internal enum RuleAction : byte
{
    Deny = 0,
    Allow,
    Pass,
    Log,
}
