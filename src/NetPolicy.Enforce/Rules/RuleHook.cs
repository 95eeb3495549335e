namespace NetPolicy.Enforce.Rules;

/// <summary>Where in the packet's way a base chain sits. Its policy is always to accept: denials are rules.</summary>
/// <param name="Point">The hook.</param>
/// <param name="Priority">Order among the chains of the hook; lower is earlier.</param>
public sealed record RuleHook(RuleHookPoint Point, int Priority);
