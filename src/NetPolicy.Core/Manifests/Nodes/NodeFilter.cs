using NetPolicy.Manifests.Codecs;

namespace NetPolicy.Manifests.Nodes;

/// <summary>Which fields of an object somebody reads, so that no nodes are made of the others. The default keeps everything.</summary>
/// <param name="Shape">The object's fields; null if everything is kept.</param>
/// <param name="KeepsUnknown">True if fields that the shape does not have are reported.</param>
internal readonly record struct NodeFilter(IFieldNames? Shape, bool KeepsUnknown)
{
    /// <summary>True if nobody reads field <paramref name="name"/>.</summary>
    public bool Skips(string name) => Shape is not null && Shape.UseOf(name) switch
    {
        FieldUse.Read => false,
        FieldUse.Ignored => true,
        FieldUse.Unknown => !KeepsUnknown,
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };

    /// <summary>The filter for what is inside field <paramref name="name"/>.</summary>
    public NodeFilter Inside(string name) => Shape?.Inside(name) is { } inside ? this with { Shape = inside } : default;
}
