using NetPolicy.Manifests.Nodes;

namespace NetPolicy.Manifests.Codecs;

/// <summary>A kind of document that can be read and written.</summary>
internal abstract class ManifestKind(string kind, UnknownFields unknownFields, params string[] apiVersions)
{
    public string Kind => kind;

    public UnknownFields UnknownFields => unknownFields;

    /// <summary>What the API server calls a value of the wrong type; null where it cannot decode the document at all.</summary>
    public string? TypeReason { get; init; }

    /// <summary>The versions that are read; the first is the one written.</summary>
    public IReadOnlyList<string> ApiVersions => apiVersions;

    /// <summary>What is read of an object of this kind.</summary>
    public NodeFilter Filter => new(Shape, unknownFields == UnknownFields.Refuse);

    protected abstract IFieldNames Shape { get; }

    /// <summary>Reads an object; places are taken from what is left of its nodes.</summary>
    public abstract Manifest Read(MappingNode node, ReadContext context);

    public abstract MappingNode Write(Manifest manifest);
}

/// <summary>The kind whose documents are <typeparamref name="T"/>.</summary>
internal sealed class ManifestKind<T> : ManifestKind
    where T : Manifest
{
    private readonly ObjectCodec<T> _codec;

    public ManifestKind(T empty, UnknownFields unknownFields, IEnumerable<string> olderVersions, params Field<T>[] fields)
        : base(empty.Kind, unknownFields, [empty.ApiVersion, .. olderVersions])
    {
        _codec = new ObjectCodec<T>(
            empty,
            [
                new TypeField("apiVersion", manifest => manifest.ApiVersion),
                new TypeField("kind", manifest => manifest.Kind),
                MetadataCodec.Of<T>(),
                .. fields,
                .. fields.Any(field => field.Name == "status") ? Array.Empty<Field<T>>() : [Fields<T>.Ignored("status")],
            ]);
    }

    protected override IFieldNames Shape => _codec;

    public override Manifest Read(MappingNode node, ReadContext context)
    {
        _codec.TryRead(node, context, out T manifest);
        return manifest with { Source = context.State.PlacesOf(node) };
    }

    public override MappingNode Write(Manifest manifest) => (MappingNode)_codec.Write((T)manifest);

    // `apiVersion` and `kind` have chosen this codec already.
    private sealed class TypeField(string name, Func<Manifest, string> text) : Field<T>(name)
    {
        public override T Read(T target, ManifestNode node, ReadContext context) => target;

        public override ManifestNode? Write(T source) => text(source) is { Length: > 0 } written ? ScalarNode.OfText(written) : null;
    }
}
