using NetPolicy.Engine;

namespace NetPolicy.Analysis.Expectations;

/// <summary>How one check or flow of an expectation came out.</summary>
/// <param name="World">Name of the world.</param>
/// <param name="What">The check or flow in words.</param>
/// <param name="Passed">True if everything was as expected.</param>
/// <param name="Failures">What was not, one line each; empty if it passed.</param>
public sealed record ExpectationResult(string World, string What, bool Passed, IReadOnlyList<ExpectationFailure> Failures);

/// <summary>One flow that came out otherwise.</summary>
/// <param name="Message">What was expected and what came.</param>
/// <param name="Explanation">Why; null if the flow could not be used.</param>
public sealed record ExpectationFailure(string Message, Explanation? Explanation);
