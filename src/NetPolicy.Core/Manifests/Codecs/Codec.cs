using NetPolicy.Manifests.Nodes;

namespace NetPolicy.Manifests.Codecs;

/// <summary>Reads and writes one type of value; the same definition serves both ways.</summary>
internal abstract class Codec<T>
{
    /// <summary>What a null list entry means: the zero value, as API servers decode it.</summary>
    public abstract T Zero { get; }

    /// <summary>The field names of an object, if it is one.</summary>
    public virtual IFieldNames? Shape => null;

    /// <summary>Reads a node that is not null. False if there is no value; that has been reported.</summary>
    public abstract bool TryRead(ManifestNode node, ReadContext context, out T value);

    /// <summary>Reads a null list entry.</summary>
    public virtual T ReadNull(ManifestNode node, ReadContext context) => Zero;

    public abstract ManifestNode Write(T value);
}
