namespace NetPolicy.Enforce.Simulation;

/// <summary>What a verdict statement or a verdict map element says.</summary>
internal enum NftVerdictCode : byte
{
    Drop = 0,
    Accept,
    Continue,
    Return,
    Jump,
    Goto,
}
