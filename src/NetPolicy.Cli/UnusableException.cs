namespace NetPolicy.Cli;

/// <summary>Input or usage that cannot be used; the message is for the person who wrote it.</summary>
internal sealed class UnusableException(string message) : Exception(message);
