using NetPolicy.Diagnostics;
using NetPolicy.Manifests.Nodes;

namespace NetPolicy.Manifests.Codecs;

/// <summary>An object, defined by its fields in the order in which they are written.</summary>
internal sealed class ObjectCodec<T> : Codec<T>, IFieldNames
    where T : class
{
    // Beyond this many findings a text is no policy with a typing error, and guessing what was meant only takes time.
    private const int MostHints = 500;

    private readonly T? _zero;
    private readonly Field<T>[] _fields;
    private readonly Dictionary<string, Field<T>> _byName;

    /// <param name="zero">The object without fields; null for codecs that only read into an existing one.</param>
    /// <param name="fields">Its fields.</param>
    public ObjectCodec(T? zero, params Field<T>[] fields)
    {
        _zero = zero;
        _fields = fields;
        _byName = new Dictionary<string, Field<T>>(fields.Length);
        foreach (Field<T> field in fields)
        {
            _byName.Add(field.Name, field);
        }
    }

    public override T Zero => _zero ?? throw new InvalidOperationException("this object is part of another");

    public override IFieldNames? Shape => this;

    public IEnumerable<string> Names => _fields.Select(f => f.Name);

    public FieldUse UseOf(string name) => !_byName.TryGetValue(name, out Field<T>? field) ? FieldUse.Unknown : field.IsIgnored ? FieldUse.Ignored : FieldUse.Read;

    public IFieldNames? Inside(string name) => _byName.TryGetValue(name, out Field<T>? field) ? field.Shape : null;

    public override bool TryRead(ManifestNode node, ReadContext context, out T value)
    {
        value = ReadInto(Zero, node, context);
        return node is MappingNode;
    }

    /// <summary>Reads the fields into <paramref name="target"/>.</summary>
    public T ReadInto(T target, ManifestNode node, ReadContext context)
    {
        if (node is not MappingNode mapping)
        {
            context.Report(Findings.WrongType, node.Span, $"found {node.Description}, expected an object");
            return target;
        }

        context.Shapes.Add(this);
        bool hasUnread = false;
        foreach (MappingEntry entry in mapping.Entries)
        {
            context.Enter(entry.Key);
            if (!_byName.TryGetValue(entry.Key, out Field<T>? field))
            {
                ReportUnknown(entry, context);
                hasUnread |= context.UnknownFields == UnknownFields.Ignore;
            }
            else if (field.IsIgnored)
            {
                hasUnread = true;
            }
            else if (!entry.Value.IsNull)
            {
                target = field.Read(target, entry.Value, context);
            }

            context.Leave();
        }

        context.Shapes.RemoveAt(context.Shapes.Count - 1);
        if (hasUnread)
        {
            mapping.Discard(new NodeFilter(this, context.UnknownFields == UnknownFields.Refuse));
        }

        return target;
    }

    public override ManifestNode Write(T value)
    {
        List<MappingEntry> entries = [];
        foreach (Field<T> field in _fields)
        {
            if (field.Write(value) is { } node)
            {
                entries.Add(new MappingEntry(field.Name, default, node));
            }
        }

        return new MappingNode(default, entries);
    }

    private void ReportUnknown(MappingEntry entry, ReadContext context)
    {
        if (context.UnknownFields == UnknownFields.Ignore)
        {
            return;
        }

        string key = ScalarNode.Shorten(entry.Key);
        bool isFlood = context.State.FindingCount > MostHints;
        string expected = isFlood ? "" : $", expected one of {string.Join(", ", Names.Select(name => $"`{name}`"))}";
        bool isDropped = context.State.Options.FieldMode == FieldMode.Lenient;
        context.Report(
            isDropped ? Findings.UnknownFieldDropped : Findings.UnknownField,
            entry.KeySpan,
            $"unknown field `{key}`{(isDropped ? " is dropped" : "")}{expected}",
            isFlood ? null : FieldHint.For(entry.Key, context.Shapes));
    }
}
