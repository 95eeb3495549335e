using NetPolicy.Collections;
using NetPolicy.Diagnostics;
using NetPolicy.Manifests;

namespace NetPolicy.Engine;

/// <summary>A document that is not judged as it is written.</summary>
/// <param name="Id">The object; null if the text does not say which.</param>
/// <param name="Span">Where it is written.</param>
/// <param name="Treatment">What was done with it.</param>
/// <param name="Errors">Why.</param>
public sealed record SetAside(ObjectId? Id, SourceSpan Span, SetAsideTreatment Treatment, EquatableArray<Diagnostic> Errors)
{
    /// <summary>One line, such as <c>NetworkPolicy shop/web has errors, its subject is isolated</c>.</summary>
    public override string ToString() => Visible.Message(Id?.ToString() ?? "a document") + " has errors, " + Treatment switch
    {
        SetAsideTreatment.Rejected => "everything is rejected",
        SetAsideTreatment.Isolated => "its subject is isolated",
        SetAsideTreatment.Skipped => "it is left out",
        _ => throw new InvalidOperationException($"unknown treatment {Treatment}"),
    };
}
