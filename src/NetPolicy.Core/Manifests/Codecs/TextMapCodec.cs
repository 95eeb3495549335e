using NetPolicy.Collections;
using NetPolicy.Manifests.Nodes;

namespace NetPolicy.Manifests.Codecs;

/// <summary>A map from text to text; equal ones of a reading are one object.</summary>
internal sealed class TextMapCodec : Codec<EquatableMap<string>>
{
    private readonly MapCodec<string> _inner = new(ScalarCodecs.Text);

    public override EquatableMap<string> Zero => _inner.Zero;

    public override bool TryRead(ManifestNode node, ReadContext context, out EquatableMap<string> value)
    {
        bool read = _inner.TryRead(node, context, out value);
        value = context.State.Session.Maps.Get(value);
        return read;
    }

    public override ManifestNode Write(EquatableMap<string> value) => _inner.Write(value);
}
