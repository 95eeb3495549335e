using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce;

/// <summary>One transaction of a plan.</summary>
/// <param name="Kind">What it is for.</param>
/// <param name="Wait">What must have happened since the transaction before it.</param>
/// <param name="Transaction">The operations.</param>
public sealed record NftStep(NftStepKind Kind, NftWait Wait, RuleTransaction Transaction);
