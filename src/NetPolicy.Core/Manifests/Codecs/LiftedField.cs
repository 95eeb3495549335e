using NetPolicy.Manifests.Nodes;

namespace NetPolicy.Manifests.Codecs;

/// <summary>A field of an inner value, written as a field of the outer one.</summary>
internal sealed class LiftedField<TOuter, TInner>(Field<TInner> inner, Func<TOuter, TInner> get, Func<TOuter, TInner, TOuter> with) : Field<TOuter>(inner.Name)
{
    public override IFieldNames? Shape => inner.Shape;

    public override TOuter Read(TOuter target, ManifestNode node, ReadContext context) => with(target, inner.Read(get(target), node, context));

    public override ManifestNode? Write(TOuter source) => inner.Write(get(source));
}
