using NetPolicy.Collections;
using NetPolicy.Diagnostics;
using NetPolicy.Manifests.Nodes;

namespace NetPolicy.Manifests.Codecs;

/// <summary>A map from text, such as labels. A null value is the zero value of its type.</summary>
internal sealed class MapCodec<T>(Codec<T> item) : Codec<EquatableMap<T>>
{
    public override EquatableMap<T> Zero => default;

    public override bool TryRead(ManifestNode node, ReadContext context, out EquatableMap<T> value)
    {
        value = default;
        if (node is not MappingNode mapping)
        {
            context.Report(Findings.WrongType, node.Span, $"found {node.Description}, expected `key: value` pairs");
            return false;
        }

        List<KeyValuePair<string, T>> entries = new(mapping.Entries.Count);
        foreach (MappingEntry entry in mapping.Entries)
        {
            context.Enter(entry.Key);
            if (entry.Value.IsNull)
            {
                entries.Add(new(entry.Key, item.Zero));
            }
            else if (item.TryRead(entry.Value, context, out T read))
            {
                entries.Add(new(entry.Key, read));
            }

            context.Leave();
        }

        value = new EquatableMap<T>(entries);
        return true;
    }

    public override ManifestNode Write(EquatableMap<T> value)
    {
        List<MappingEntry> entries = new(value.Count);
        foreach ((string key, T entry) in value)
        {
            entries.Add(new MappingEntry(key, default, item.Write(entry)));
        }

        return new MappingNode(default, entries);
    }
}
