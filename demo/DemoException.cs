namespace NetPolicy.Demo;

/// <summary>The demo's own files cannot be used.</summary>
internal sealed class DemoException(string message) : Exception(message);
