using NetPolicy.Manifests.Nodes;

namespace NetPolicy.Manifests.Codecs;

/// <summary>A codec over another shape of the same value.</summary>
internal sealed class MappedCodec<TWritten, T>(Codec<TWritten> inner, Func<TWritten, T> read, Func<T, TWritten> write) : Codec<T>
{
    public override T Zero => read(inner.Zero);

    public override IFieldNames? Shape => inner.Shape;

    public override bool TryRead(ManifestNode node, ReadContext context, out T value)
    {
        bool success = inner.TryRead(node, context, out TWritten written);
        value = read(success ? written : inner.Zero);
        return success;
    }

    public override ManifestNode Write(T value) => inner.Write(write(value));
}
