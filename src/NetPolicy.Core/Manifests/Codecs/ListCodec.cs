using NetPolicy.Collections;
using NetPolicy.Diagnostics;
using NetPolicy.Manifests.Nodes;

namespace NetPolicy.Manifests.Codecs;

/// <summary>A list. A null entry is the zero value of its type.</summary>
internal sealed class ListCodec<T>(Codec<T> item) : Codec<EquatableArray<T>>
{
    public override EquatableArray<T> Zero => [];

    public override IFieldNames? Shape => item.Shape;

    public override bool TryRead(ManifestNode node, ReadContext context, out EquatableArray<T> value)
    {
        value = [];
        if (node is not SequenceNode sequence)
        {
            context.Report(Findings.WrongType, node.Span, $"found {node.Description}, expected a list", node is MappingNode ? "start each entry with `- `" : null);
            return false;
        }

        List<T> items = new(sequence.Items.Count);
        for (int i = 0; i < sequence.Items.Count; i++)
        {
            context.Enter(i);
            ManifestNode entry = sequence.Items[i];
            if (entry.IsNull)
            {
                items.Add(item.ReadNull(entry, context));
            }
            else if (item.TryRead(entry, context, out T read))
            {
                items.Add(read);
            }

            context.Leave();
        }

        value = items.ToEquatableArray();
        return true;
    }

    public override ManifestNode Write(EquatableArray<T> value)
    {
        List<ManifestNode> items = new(value.Count);
        foreach (T entry in value)
        {
            items.Add(item.Write(entry));
        }

        return new SequenceNode(default, items);
    }
}
