namespace NetPolicy.Manifests.Nodes;

/// <summary>One value of a YAML text is longer than the limit; never leaves the reader.</summary>
internal sealed class ValueTooLongException : Exception;
