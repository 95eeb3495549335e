using NetPolicy.Diagnostics;

namespace NetPolicy.Manifests.Nodes;

/// <summary>A text cannot be read in pieces, or only with what comes later in it; never leaves the reader.</summary>
/// <param name="descriptor">What it is if the text cannot be read once more.</param>
/// <param name="message">One line that says so.</param>
internal sealed class RereadException(DiagnosticDescriptor descriptor, string message) : Exception(message)
{
    public DiagnosticDescriptor Descriptor => descriptor;
}
