using NetPolicy.Manifests.Expectations;

namespace NetPolicy.Analysis.Expectations;

/// <summary>An expectation cannot be run as written: a file it names is unusable, or a step changes what is not there.</summary>
public sealed class ExpectationException : Exception
{
    internal ExpectationException(ExpectationManifest expectation, string message)
        : base($"{expectation.SpanOf("")}: {expectation.Name}: {message}")
    {
    }
}
