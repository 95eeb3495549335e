using NetPolicy.Diagnostics;

namespace NetPolicy.Manifests.Nodes;

/// <summary>What an object says it is, while its fields come one after the other; from then on it is known what is read of it.</summary>
internal struct ObjectType
{
    private readonly IDocumentSink? _sink;
    private bool _hasItems;
    private bool _hasVersion;
    private bool _hasKind;

    /// <param name="sink">Who knows what is read; null to keep everything.</param>
    /// <param name="version">The <c>apiVersion</c> that a typed list gives its items.</param>
    /// <param name="kind">The <c>kind</c> that a typed list gives its items.</param>
    public ObjectType(IDocumentSink? sink, string? version, string? kind)
    {
        (_sink, Version, Kind) = (sink, version, kind);
        Choose();
    }

    public string? Version { get; private set; }

    public string? Kind { get; private set; }

    /// <summary>What is read of the fields to come.</summary>
    public NodeFilter Filter { get; private set; }

    /// <summary>The type that the items of this list have unless they say something else.</summary>
    public readonly (string? Version, string? Kind) OfItems =>
        Kind is not null && Kind != "List" && Kind.EndsWith("List", StringComparison.Ordinal) ? (Version, Kind[..^"List".Length]) : default;

    /// <summary>The field <c>items</c> comes now; what is in it is read by what is known of the list.</summary>
    /// <exception cref="RereadException">It has come before.</exception>
    public void BeginItems()
    {
        RereadIf(_hasItems);
        _hasItems = true;
    }

    /// <summary>Notes a field that was read.</summary>
    /// <exception cref="RereadException">It changes the type by which other fields were read.</exception>
    public void Note(string key, ManifestNode value)
    {
        if (_sink is null || key is not ("apiVersion" or "kind"))
        {
            return;
        }

        string? text = value is ScalarNode { Kind: ScalarKind.Text } scalar ? scalar.Text : null;
        bool isVersion = key == "apiVersion";
        string? before = isVersion ? Version : Kind;
        RereadIf(isVersion ? _hasVersion : _hasKind);
        RereadIf((Filter.Shape is not null || (_hasItems && before is not null)) && text != before);
        if (isVersion)
        {
            (Version, _hasVersion) = (text, true);
        }
        else
        {
            (Kind, _hasKind) = (text, true);
        }

        Choose();
    }

    private void Choose()
    {
        if (_sink is not null && Version is not null && Kind is not null && Filter.Shape is null)
        {
            Filter = _sink.FilterFor(Version, Kind);
        }
    }

    private static void RereadIf(bool isTooLate)
    {
        if (isTooLate)
        {
            throw new RereadException(Findings.TextTooLarge, "the type of an object is written after its content, or twice, in a text that is too large to be held");
        }
    }
}
