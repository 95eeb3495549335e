using NetPolicy.Collections;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;

namespace NetPolicy.Dsl;

/// <summary>The handles that sentences have asked for, in the order in which they did.</summary>
internal sealed class Handles
{
    private readonly Names _names;
    private readonly List<Handle> _handles = [];
    private readonly Dictionary<(HandleKind, string), Handle> _byKey = [];
    private readonly Dictionary<string, int> _groupUses = new(StringComparer.Ordinal);
    private readonly IReadOnlyDictionary<string, int> _expectedUses;
    private readonly WorkloadNames _workloads;
    private readonly Dictionary<string, TierManifest> _tiers;
    private readonly Dictionary<string, Manifest> _sets;

    /// <param name="names">Where names are taken from.</param>
    /// <param name="documents">All documents: workloads are known by the subjects of policies, tiers and network sets by their documents.</param>
    /// <param name="expectedUses">How often each group of namespaces was asked for the first time round; one that was asked for twice gets a name.</param>
    public Handles(Names names, IReadOnlyList<Manifest> documents, IReadOnlyDictionary<string, int> expectedUses)
    {
        _names = names;
        _expectedUses = expectedUses;
        _workloads = new WorkloadNames(documents);
        _tiers = documents.OfType<TierManifest>().Where(t => t.Metadata.Name is not null).ToDictionary(t => t.Metadata.Name!, StringComparer.Ordinal);
        _sets = [];
        foreach (Manifest set in documents.Where(d => d is GlobalNetworkSetManifest or NetworkSetManifest && d.Metadata.Labels is { IsEmpty: false }))
        {
            _sets.TryAdd(SetKey(set.EffectiveNamespace, SelectorText(set.Metadata.Labels!.Value)), set);
        }
    }

    /// <summary>How often each group of namespaces was asked for.</summary>
    public IReadOnlyDictionary<string, int> GroupUses => _groupUses;

    /// <summary>All handles, in the order in which they can be declared.</summary>
    public IReadOnlyList<Handle> InOrder => [.. _handles.OrderBy(h => h.Kind)];

    /// <summary>Where the list ends now; see <see cref="BackTo"/>.</summary>
    public int Mark => _handles.Count;

    /// <summary>Forgets what was asked for since the mark: the sentence that asked is not used.</summary>
    public void BackTo(int mark)
    {
        foreach (Handle handle in _handles.Skip(mark))
        {
            _byKey.Remove((handle.Kind, handle.Key));
            _names.Free(handle.Name);
        }

        _handles.RemoveRange(mark, _handles.Count - mark);
    }

    /// <summary>The key of a label.</summary>
    public string Key(string key) =>
        key == Syntax.NamespaceNameKey
            ? nameof(Syntax.NamespaceName)
            : Ask(
                HandleKind.LabelKey,
                key,
                () => [CSharpText.Pascal(key[(key.IndexOf('/', StringComparison.Ordinal) + 1)..]), CSharpText.Pascal(key) + "Label", CSharpText.Pascal(key) + "LabelKey"],
                () => $"Label({CSharpText.Literal(key)})");

    /// <summary>A namespace.</summary>
    public string Namespace(string name) =>
        Ask(
            HandleKind.NamespaceRef,
            name,
            () => [CSharpText.Pascal(name), CSharpText.Pascal(name) + "Namespace"],
            () => $"Namespace({CSharpText.Literal(name)})");

    /// <summary>Namespaces by their labels: a handle if they are spoken of more than once.</summary>
    public string Group(SelectorNode node)
    {
        string key = node.ToText();
        _groupUses[key] = _groupUses.GetValueOrDefault(key) + 1;
        string Expression() => $"Namespaces({CSharpText.Flat(SelectorSpeech.Text(node, this))})";
        return _expectedUses.GetValueOrDefault(key) < 2 ? Expression() : Ask(
            HandleKind.NamespaceGroup,
            key,
            () =>
            {
                RequirementNode first = node.Requirements.First();
                string about = CSharpText.Pascal(first.Values.IsEmpty ? first.Key : first.Values[0]);
                return [about + "Namespaces", CSharpText.Pascal(first.Key) + about + "Namespaces"];
            },
            Expression);
    }

    /// <summary>The workload of these labels, if some policy is about it.</summary>
    public Spoken<Workload>? Workload(string home, SelectorNode node)
    {
        if (_workloads.Find(home, node) is not { } name || Pairs(node) is not { } pairs)
        {
            return null;
        }

        string handle = Ask(
            HandleKind.Workload,
            $"{home}/{node.ToText()}",
            () => [CSharpText.Pascal(name), CSharpText.Pascal(home) + CSharpText.Pascal(name), CSharpText.Pascal(name) + "Workload"],
            () => $"{Namespace(home)}.Workload({CSharpText.Literal(name)}, {SelectorSpeech.Pairs(pairs, this)})");
        return new Spoken<Workload>(handle, new Workload(new NamespaceRef(home, default), name, pairs, null, default));
    }

    /// <summary>A tier that policies belong to.</summary>
    public Spoken<Tier> Tier(string name) => name switch
    {
        "default" => new Spoken<Tier>(nameof(Syntax.DefaultTier), Dsl.Tier.Default),
        "kube-admin" => new Spoken<Tier>(nameof(Syntax.KubeAdminTier), Dsl.Tier.KubeAdmin),
        "kube-baseline" => new Spoken<Tier>(nameof(Syntax.KubeBaselineTier), Dsl.Tier.KubeBaseline),
        _ => OwnTier(name),
    };

    /// <summary>The same, where the tier itself is listed: the three fixed tiers are then defined under their names.</summary>
    public Spoken<Tier> OwnTier(string name)
    {
        TierManifest? document = _tiers.GetValueOrDefault(name);
        Tier tier = new(name, default);
        string text = $"Tier({CSharpText.Literal(name)})";
        if (document?.Order is { } order)
        {
            tier = tier.Order(order, "", 0);
            text += $".Order({CSharpText.Number(order)})";
        }

        if (document?.DefaultAction == "Pass")
        {
            tier = tier.PassByDefault();
            text += ".PassByDefault()";
        }

        return new Spoken<Tier>(Ask(HandleKind.Tier, name, () => [CSharpText.Pascal(name), CSharpText.Pascal(name) + "Tier"], () => text), tier);
    }

    /// <summary>The network set that is selected by this text, if a document defines it and words can say it; global if <paramref name="home"/> is null.</summary>
    public Spoken<NetworkSet>? SetBySelector(string? home, string selector) =>
        _sets.TryGetValue(SetKey(home, selector), out Manifest? document) ? Set(document) : null;

    /// <summary>The network set of a document, if words can say it.</summary>
    public Spoken<NetworkSet>? Set(Manifest document)
    {
        string? home = document.EffectiveNamespace;
        if (document.Metadata is not { Name: { } name, Labels: { IsEmpty: false } labels })
        {
            return null;
        }

        LabelPairs pairs = PairsOf(labels);
        NetworkSet set = new(home is null ? null : new NamespaceRef(home, default), name, pairs, [], default);
        List<string> nets = [];
        foreach (string net in (document is GlobalNetworkSetManifest global ? global.Nets : ((NetworkSetManifest)document).Nets) ?? [])
        {
            nets.Add($".Containing(Cidr({CSharpText.Literal(net)}))");
            set = set.Containing(new IpBlock(new BlockTerm(net, [], default)));
        }

        string handle = Ask(
            HandleKind.NetworkSet,
            SetKey(home, name),
            () => [CSharpText.Pascal(name), CSharpText.Pascal(name) + "Set"],
            () => $"{(home is null ? "" : Namespace(home) + ".")}{(home is null ? "GlobalNetworkSet" : "NetworkSet")}({CSharpText.Literal(name)})"
                + $".Labelled({SelectorSpeech.Pairs(pairs, this)}){string.Concat(nets)}");
        return new Spoken<NetworkSet>(handle, set);
    }

    /// <summary>The concrete labels that a condition asks for, if it asks for nothing else.</summary>
    public static LabelPairs? Pairs(SelectorNode node) =>
        node.Requirements.ToList() is { Count: > 0 } all && node is RequirementNode or ConjunctionNode
            && all.TrueForAll(r => r.Operator == RequirementOperator.Equal) && all.DistinctBy(r => r.Key).Count() == all.Count
            && (node is RequirementNode || ((ConjunctionNode)node).Operands.All(o => o is RequirementNode))
            ? new LabelPairs([.. all.Select(r => new LabelPair(r.Key, r.Values[0], default))])
            : null;

    /// <summary>Labels of a document as labels of the language.</summary>
    public static LabelPairs PairsOf(EquatableMap<string> labels) => new([.. labels.Select(l => new LabelPair(l.Key, l.Value, default))]);

    private static string SelectorText(EquatableMap<string> labels) => PairsOf(labels).Node.ToText();

    private static string SetKey(string? home, string rest) => $"{home}/{rest}";

    private string Ask(HandleKind kind, string key, Func<string[]> wishes, Func<string> expression)
    {
        if (_byKey.TryGetValue((kind, key), out Handle? known))
        {
            return known.Name;
        }

        // The expression first: what it refers to is then declared before.
        string made = expression();
        Handle handle = new(kind, key, _names.Take(wishes()), made);
        _handles.Add(handle);
        _byKey.Add((kind, key), handle);
        return handle.Name;
    }
}
