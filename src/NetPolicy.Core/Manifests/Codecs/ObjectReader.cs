using NetPolicy.Diagnostics;
using NetPolicy.Manifests.Expectations;
using NetPolicy.Manifests.Nodes;

namespace NetPolicy.Manifests.Codecs;

/// <summary>Turns the documents of one text into manifests: finds the kind of each, opens Lists, passes over what is not about policy.</summary>
internal sealed class ObjectReader(ReadState state) : IDocumentSink
{
    // What the items of the document being read have given so far: manifests, and nodes that wait for the type that the list names.
    private readonly List<object> _items = [];
    private readonly List<bool> _itemIsSound = [];
    private bool _hasItems;

    public List<Manifest> Manifests { get; } = [];

    public List<Manifest> Damaged { get; } = [];

    /// <summary>Documents with content, whether or not they could be read.</summary>
    public int DocumentCount { get; private set; }

    /// <param name="node">The document.</param>
    /// <param name="isSound">False if something was reported about it already.</param>
    public void Read(ManifestNode node, bool isSound) => Read(node, isSound, null, null, isItem: false);

    /// <summary>Reads a document that is part of another one; what is reported about it stays reported, whatever it is.</summary>
    public void ReadPart(ManifestNode node) => Read(node, isSound: true, null, null, isItem: true);

    public NodeFilter FilterFor(string apiVersion, string kind)
    {
        if (ManifestKinds.Find(apiVersion, kind) is { } known)
        {
            return known.Filter;
        }

        return kind.EndsWith("List", StringComparison.Ordinal) ? default : new NodeFilter(TypeFields.Instance, KeepsUnknown: false);
    }

    public void BeginItems()
    {
        _hasItems = true;
        state.BeginTrial();
    }

    public void Item(ManifestNode item, string? listVersion, string? listKind)
    {
        state.Session.Count();
        (string? version, string? kind) = ItemType(listVersion, listKind);
        bool isListKnown = listKind is not null && (kind is null || version is not null);
        if (!isListKnown && item is MappingNode mapping && (mapping.Find("apiVersion") is null || mapping.Find("kind") is null))
        {
            _items.Add(item);
            _itemIsSound.Add(true);
            return;
        }

        state.IsDecoding = true;
        Read(item, isSound: true, version, kind, isItem: true);
        state.IsDecoding = false;
    }

    public void Document(NodeDocument document)
    {
        if (_hasItems && !IsList(document.Root))
        {
            EndItems(keep: false);
        }

        if (document is { Root.IsNull: true, IsSound: true })
        {
            return;
        }

        DocumentCount++;
        state.Session.Count();
        state.Document = document.Index;
        if (document.Root is { } root)
        {
            state.IsDecoding = true;
            Read(root, document.IsSound);
            state.IsDecoding = false;
        }
    }

    private static bool IsList(ManifestNode? node) =>
        node is MappingNode mapping && mapping["kind"] is ScalarNode { Kind: ScalarKind.Text } kind && kind.Text.EndsWith("List", StringComparison.Ordinal);

    private void Read(ManifestNode node, bool isSound, string? listVersion, string? listKind, bool isItem)
    {
        if (node is not MappingNode mapping)
        {
            state.ReportOnce("", Findings.NoKubernetesObject, $"document is {node.Description}, not a Kubernetes object, and is skipped", node.Span);
            return;
        }

        string? apiVersion = TypeText(mapping, "apiVersion", ref isSound) ?? listVersion;
        string? kind = TypeText(mapping, "kind", ref isSound) ?? listKind;
        if (kind is null)
        {
            ReportKindless(mapping, apiVersion, isItem);
        }
        else if (kind == "Expectation" && apiVersion is null)
        {
            Keep(ReadExpectation(mapping, ref isSound), isSound);
        }
        else if (kind.EndsWith("List", StringComparison.Ordinal) && mapping["items"] is SequenceNode or ScalarNode { IsNull: true })
        {
            ReadList(mapping, apiVersion, kind, isSound, isItem);
        }
        else if (ManifestKinds.Find(apiVersion ?? "", kind) is { } known)
        {
            ReadContext context = new(state, known.UnknownFields, known.TypeReason);
            Manifest manifest = known.Read(mapping, context);
            Keep(ManifestKinds.StoredCalico.Contains(apiVersion ?? "") ? CalicoStorage.Restore(manifest) : manifest, isSound && !context.HasErrors);
        }
        else
        {
            ReportUnknown(mapping, apiVersion, kind);
        }
    }

    private void Keep(Manifest manifest, bool isSound)
    {
        if (_hasItems)
        {
            _items.Add(manifest);
            _itemIsSound.Add(isSound);
        }
        else
        {
            (isSound ? Manifests : Damaged).Add(manifest);
        }
    }

    private void EndItems(bool keep)
    {
        _hasItems = false;
        _items.Clear();
        _itemIsSound.Clear();
        state.EndTrial(keep);
    }

    private ExpectationManifest ReadExpectation(MappingNode mapping, ref bool isSound)
    {
        ReadContext context = new(state, UnknownFields.Refuse);
        ExpectationCodecs.Expectation.TryRead(mapping, context, out ExpectationManifest expectation);
        isSound &= !context.HasErrors;
        return expectation with { Source = state.PlacesOf(mapping) };
    }

    private void ReadList(MappingNode list, string? apiVersion, string kind, bool isSound, bool isItem)
    {
        (string? itemVersion, string? itemKind) = ItemType(apiVersion, kind);
        if (_hasItems && !isItem)
        {
            object[] items = [.. _items];
            bool[] isItemSound = [.. _itemIsSound];
            EndItems(keep: true);
            for (int i = 0; i < items.Length; i++)
            {
                if (items[i] is Manifest manifest)
                {
                    Keep(manifest, isSound && isItemSound[i]);
                }
                else
                {
                    Read((ManifestNode)items[i], isSound, itemVersion, itemKind, isItem: true);
                }
            }
        }
        else if (list["items"] is SequenceNode items)
        {
            foreach (ManifestNode item in items.Items)
            {
                Read(item, isSound, itemVersion, itemKind, isItem: true);
            }
        }
    }

    // A typed list names its items' kind, which may then leave it out.
    private static (string? Version, string? Kind) ItemType(string? listVersion, string? listKind) =>
        listKind is not null && listKind != "List" && listKind.EndsWith("List", StringComparison.Ordinal) ? (listVersion, listKind[..^"List".Length]) : default;

    private string? TypeText(MappingNode mapping, string field, ref bool isSound)
    {
        if (mapping.Find(field) is not { Value.IsNull: false } entry)
        {
            return null;
        }

        if (entry.Value is ScalarNode { Kind: ScalarKind.Text } scalar)
        {
            return scalar.Text;
        }

        isSound = false;
        state.Report(Findings.WrongType, $"found {entry.Value.Description}, expected text", entry.Value.Span, field);
        return null;
    }

    private void ReportKindless(MappingNode mapping, string? apiVersion, bool isItem)
    {
        if (apiVersion is not null && IsPolicyGroup(GroupOf(apiVersion)))
        {
            state.Report(Findings.TypeMissing, $"document of `{apiVersion}` has no `kind`", mapping.Span, "kind");
        }
        else
        {
            if (apiVersion is null && !isItem)
            {
                // Nobody's document: a workflow's `on:` is not ours to complain about.
                state.Diagnostics.RemoveAll(d => d.Document == state.Document && d.Descriptor == Findings.KeyNotText);
            }

            state.ReportOnce("", Findings.NoKubernetesObject, "document has no `kind`, is no Kubernetes object, and is skipped", mapping.Span);
        }
    }

    private void ReportUnknown(MappingNode mapping, string? apiVersion, string kind)
    {
        SourceSpan span = mapping.Find("apiVersion")?.Value.Span ?? mapping.Find("kind")?.Value.Span ?? mapping.Span;
        string[] versions = [.. ManifestKinds.Named(kind).Select(known => known.ApiVersions[0]).Distinct()];
        string shown = ScalarNode.Shorten(kind);
        if (apiVersion is null && versions.Length > 0)
        {
            state.Report(Findings.TypeMissing, $"`{shown}` has no `apiVersion`, expected {Words(versions)}", span, "apiVersion");
        }
        else if (apiVersion is not null && IsOtherVersion(apiVersion, kind))
        {
            state.Report(Findings.UnsupportedApiVersion, $"apiVersion `{ScalarNode.Shorten(apiVersion)}` of `{shown}` is not supported, expected {Words(versions)}", span, "apiVersion");
        }
        else if (apiVersion is not null && IsPolicyGroup(GroupOf(apiVersion)) && kind.Contains("Policy", StringComparison.Ordinal))
        {
            state.Report(Findings.PolicyKindNotRead, $"policy kind `{shown}` of `{apiVersion}` is not supported", span, "kind");
        }
        else
        {
            string type = apiVersion is null ? shown : $"{ScalarNode.Shorten(apiVersion)} {shown}";
            state.ReportOnce(type, Findings.KindSkipped, $"kind `{type}` is skipped", span);
        }
    }

    // The same kind in a version that is not read, including the groups that Kubernetes moved its kinds out of.
    private static bool IsOtherVersion(string apiVersion, string kind) => ManifestKinds.Named(kind).Any(known =>
        GroupOf(known.ApiVersions[0]) == GroupOf(apiVersion)
        || (GroupOf(apiVersion) == "extensions" && GroupOf(known.ApiVersions[0]) is "networking.k8s.io" or "apps"));

    private static bool IsPolicyGroup(string group) => group is "networking.k8s.io" or "policy.networking.k8s.io" or "projectcalico.org" or "crd.projectcalico.org";

    private static string GroupOf(string apiVersion)
    {
        int slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? "" : apiVersion[..slash];
    }

    private static string Words(IEnumerable<string> versions) => string.Join(" or ", versions.Select(version => version.Length == 0 ? "none" : $"`{version}`"));
}
