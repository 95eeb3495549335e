using NetPolicy.Diagnostics;
using NetPolicy.Engine;
using NetPolicy.Manifests;
using NetPolicy.Policies;

namespace NetPolicy.Enforce;

/// <summary>What a counted rule of the ruleset stands for.</summary>
/// <param name="Reason">Which decision it is.</param>
/// <param name="Rule">The policy's or profile's rule; null for defaults.</param>
/// <param name="By">The document that decides; null if it is several or none.</param>
/// <param name="Span">Where it is written.</param>
public sealed record RuleOrigin(DecisionReason Reason, Rule? Rule, Manifest? By, SourceSpan Span);
