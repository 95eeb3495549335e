using NetPolicy.Collections;
using NetPolicy.Engine;
using NetPolicy.Laws.Texts;

namespace NetPolicy.Laws;

/// <summary>A world, how it is judged, and flows in it.</summary>
public sealed record Case(World World, Choices Choices, EquatableArray<FlowRequest> Flows)
{
    /// <summary>As a file for <c>tests/corpus/regressions</c>; the expectations are to be filled in from the specification.</summary>
    public override string ToString() => CorpusFile.Write(this);
}
