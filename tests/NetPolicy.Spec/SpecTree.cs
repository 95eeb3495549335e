using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace NetPolicy.Spec;

/// <summary>One node of a document as written: null, a scalar with its text, a list or a map.</summary>
/// <remarks>An absent field reads as the null node, because every API of the specifications treats absent and null alike.</remarks>
internal sealed class SpecNode
{
    public static readonly SpecNode Null = new();

    private readonly List<SpecNode>? items;
    private readonly Dictionary<string, SpecNode>? fields;

    private SpecNode() { }

    private SpecNode(string text, bool quoted)
    {
        Text = text;
        IsQuoted = quoted;
    }

    private SpecNode(List<SpecNode> items) => this.items = items;

    private SpecNode(Dictionary<string, SpecNode> fields) => this.fields = fields;

    /// <summary>The scalar's text; null for anything else.</summary>
    public string? Text { get; }

    /// <summary>True for a scalar that is a string whatever it looks like: <c>"80"</c>, not <c>80</c>.</summary>
    public bool IsQuoted { get; }

    public bool IsNull => Text is null && items is null && fields is null;

    /// <summary>Null, an empty list, an empty map.</summary>
    public bool IsEmpty => Text is null && (items is null || items.Count == 0) && (fields is null || fields.Count == 0);

    /// <summary>The elements of a list; nothing for null.</summary>
    public IReadOnlyList<SpecNode> Items =>
        items ?? (IsNull ? [] : throw new FormatException("expected a list, found " + Describe()));

    /// <summary>The fields of a map; nothing for null.</summary>
    public IReadOnlyDictionary<string, SpecNode> Fields =>
        fields ?? (IsNull ? new Dictionary<string, SpecNode>() : throw new FormatException("expected a map, found " + Describe()));

    public SpecNode this[string field] => Fields.TryGetValue(field, out SpecNode? value) ? value : Null;

    /// <summary>The texts of a list of scalars; an entry that is null decodes to the zero value (Kubernetes 2), the empty text.</summary>
    public List<string> Texts() => [.. Items.Select(item => item.Text ?? (item.IsNull ? "" : throw new FormatException("expected text, found " + item.Describe())))];

    /// <summary>A map of scalars, as labels and annotations are.</summary>
    public Dictionary<string, string> Map()
    {
        Dictionary<string, string> map = new(StringComparer.Ordinal);
        foreach ((string key, SpecNode value) in Fields)
        {
            map[key] = value.Text ?? (value.IsNull ? "" : throw new FormatException("expected text, found " + value.Describe()));
        }

        return map;
    }

    public bool IsTrue => Text is "true" or "True" or "TRUE";

    public int? Integer()
    {
        if (IsNull)
        {
            return null;
        }

        return !IsQuoted && int.TryParse(Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw new FormatException("expected an integer, found " + Describe());
    }

    public double? Number()
    {
        if (IsNull)
        {
            return null;
        }

        return !IsQuoted && double.TryParse(Text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            ? number
            : throw new FormatException("expected a number, found " + Describe());
    }

    /// <summary>True if both say the same, whatever the order of fields.</summary>
    public bool Same(SpecNode other)
    {
        if (Text is not null || other.Text is not null)
        {
            return Text == other.Text && IsQuoted == other.IsQuoted;
        }

        if (items is not null && other.items is not null)
        {
            return items.Count == other.items.Count && items.Zip(other.items).All(pair => pair.First.Same(pair.Second));
        }

        if (fields is not null && other.fields is not null)
        {
            return fields.Count == other.fields.Count
                && fields.All(field => other.fields.TryGetValue(field.Key, out SpecNode? value) && field.Value.Same(value));
        }

        return IsNull && other.IsNull;
    }

    public string Describe() => Text is not null ? $"`{Text}`" : items is not null ? "a list" : fields is not null ? "a map" : "nothing";

    /// <summary>All documents of one text, Lists opened (Kubernetes 1: <c>NetworkPolicyList</c> or <c>v1</c> <c>List</c>).</summary>
    public static List<SpecNode> ReadDocuments(string text)
    {
        try
        {
            return ReadStream(text);
        }
        catch (Exception refused) when (refused is YamlException or InvalidOperationException)
        {
            // The scanner throws the latter for a plain scalar in the first column of a flow collection.
            throw new FormatException(refused.Message, refused);
        }
    }

    private static List<SpecNode> ReadStream(string text)
    {
        List<SpecNode> documents = [];
        Parser parser = new(new StringReader(text));
        parser.Consume<StreamStart>();
        while (!parser.TryConsume<StreamEnd>(out _))
        {
            parser.Consume<DocumentStart>();
            SpecNode document = ReadNode(parser, new Dictionary<string, SpecNode>(StringComparer.Ordinal));
            parser.Consume<DocumentEnd>();
            OpenLists(document, documents);
        }

        return documents;
    }

    /// <summary>One value that stands in a text, as an annotation holds JSON.</summary>
    public static SpecNode ReadValue(string text) => ReadDocuments(text).FirstOrDefault() ?? Null;

    private static void OpenLists(SpecNode document, List<SpecNode> documents)
    {
        if (document.fields is null)
        {
            return;
        }

        string kind = document["kind"].Text ?? "";
        if (!kind.EndsWith("List", StringComparison.Ordinal) || document["items"].items is not { } items)
        {
            documents.Add(document);
            return;
        }

        foreach (SpecNode item in items)
        {
            // The elements of a typed list may leave out what the list's own kind says.
            if (item.fields is not null && kind != "List")
            {
                item.fields.TryAdd("kind", new SpecNode(kind[..^"List".Length], false));
                item.fields.TryAdd("apiVersion", document["apiVersion"]);
            }

            OpenLists(item, documents);
        }
    }

    private static SpecNode ReadNode(Parser parser, Dictionary<string, SpecNode> anchors)
    {
        if (parser.Accept<AnchorAlias>(out _))
        {
            string name = parser.Consume<AnchorAlias>().Value.Value;
            return anchors.TryGetValue(name, out SpecNode? anchored) ? anchored : throw new FormatException($"alias `{name}` names nothing");
        }

        if (parser.Current is not NodeEvent start)
        {
            throw new FormatException("unexpected " + parser.Current);
        }

        SpecNode node = start switch
        {
            Scalar => ReadScalar(parser.Consume<Scalar>()),
            SequenceStart => ReadSequence(parser, anchors),
            MappingStart => ReadMapping(parser, anchors),
            _ => throw new FormatException("unexpected " + start),
        };
        if (!start.Anchor.IsEmpty)
        {
            anchors[start.Anchor.Value] = node;
        }

        return node;
    }

    private static SpecNode ReadScalar(Scalar scalar)
    {
        bool quoted = scalar.Style != ScalarStyle.Plain;
        return !quoted && scalar.Value is ("" or "~" or "null" or "Null" or "NULL") ? Null : new SpecNode(scalar.Value, quoted);
    }

    private static SpecNode ReadSequence(Parser parser, Dictionary<string, SpecNode> anchors)
    {
        parser.Consume<SequenceStart>();
        List<SpecNode> items = [];
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            items.Add(ReadNode(parser, anchors));
        }

        return new SpecNode(items);
    }

    private static SpecNode ReadMapping(Parser parser, Dictionary<string, SpecNode> anchors)
    {
        parser.Consume<MappingStart>();
        Dictionary<string, SpecNode> fields = new(StringComparer.Ordinal);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            Scalar key = parser.Consume<Scalar>();
            if (!fields.TryAdd(key.Value, ReadNode(parser, anchors)))
            {
                throw new FormatException($"field `{key.Value}` is written twice");
            }
        }

        return new SpecNode(fields);
    }
}
