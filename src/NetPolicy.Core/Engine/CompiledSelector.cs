using NetPolicy.Policies;

namespace NetPolicy.Engine;

/// <summary>A selector that policies use, once for all of equal content. Its classes are in the snapshot, by its number.</summary>
internal sealed class CompiledSelector(int id, EndpointSelector selector)
{
    /// <summary>Dense; taken again by another selector after no policy uses this one any more.</summary>
    public readonly int Id = id;

    public readonly EndpointSelector Selector = selector;

    public override string ToString() => $"{Id}: {Selector}";
}
