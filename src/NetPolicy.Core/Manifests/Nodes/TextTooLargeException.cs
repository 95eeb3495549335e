namespace NetPolicy.Manifests.Nodes;

/// <summary>There is more text than the limit; never leaves the reader.</summary>
internal sealed class TextTooLargeException : Exception;
