namespace NetPolicy.Enforce.Simulation;

/// <summary>One rule that matched (or the policy that applied) on a packet's way through a hook.</summary>
/// <param name="Chain">The chain.</param>
/// <param name="Rule">The rule; null: the chain's policy.</param>
/// <param name="Verdict">The verdict as text: <c>accept</c>, <c>drop</c>, <c>continue</c>, <c>return</c>, <c>jump c</c>, <c>goto c</c>.</param>
public sealed record TraceStep(NftChain Chain, NftRule? Rule, string Verdict)
{
    /// <inheritdoc/>
    public override string ToString() => Rule is null
        ? $"{Chain.Table.Name} {Chain.Name} policy {Verdict}"
        : $"{Chain.Table.Name} {Chain.Name} rule {Rule.Text} (verdict {Verdict})";
}
