using NetPolicy.Manifests.Nodes;

namespace NetPolicy.Manifests.Codecs;

/// <summary>One field of an object: how it is read into <typeparamref name="T"/> and written from it.</summary>
internal abstract class Field<T>(string name)
{
    public string Name => name;

    public virtual IFieldNames? Shape => null;

    /// <summary>True if nobody looks at the value, so that it need not be kept.</summary>
    public virtual bool IsIgnored => false;

    /// <summary>Puts the value of a node that is not null into <paramref name="target"/>.</summary>
    public abstract T Read(T target, ManifestNode node, ReadContext context);

    /// <summary>The node to write, or null to leave the field out.</summary>
    public abstract ManifestNode? Write(T source);
}
