using NetPolicy.Collections;
using NetPolicy.Engine;

namespace NetPolicy.Laws;

/// <summary>Documents as text, some of them damaged, and flows among what they describe.</summary>
public sealed record DamagedCase(EquatableArray<string> Documents, Choices Choices, EquatableArray<FlowRequest> Flows)
{
    /// <summary>All documents.</summary>
    public string Text => string.Join("\n---\n", Documents);

    /// <inheritdoc/>
    public override string ToString() => $"{string.Join("\n", Flows.Select(flow => "{" + flow.Describe() + "}"))}\n{Choices}\n{Text}";
}
