using System.Runtime.InteropServices;
using NetPolicy.Collections;
using NetPolicy.Inventory;
using NetPolicy.Labels;
using NetPolicy.Policies;
using NetPolicy.Policies.Normalization;

namespace NetPolicy.Engine;

/// <summary>
/// Which selectors can select an endpoint, found by what they require: a namespace, or one label with a value. Candidates still have to be asked;
/// none that selects is missed.
/// </summary>
internal sealed class SelectorIndex
{
    private readonly Bucket _everywhere = new();
    private readonly Dictionary<string, Bucket> _byNamespace = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Bucket> _byNamespaceLabel = new(StringComparer.Ordinal);

    public void Add(CompiledSelector selector) => Change(selector, isAdded: true);

    public void Remove(CompiledSelector selector) => Change(selector, isAdded: false);

    /// <summary>Adds to <paramref name="matched"/> the numbers of all selectors that select, in ascending order.</summary>
    public void Match(LabelShape shape, List<int> matched)
    {
        _everywhere.Match(shape, matched);
        if (shape.Namespace is { } @namespace && _byNamespace.TryGetValue(@namespace, out Bucket? own))
        {
            own.Match(shape, matched);
        }

        if (_byNamespaceLabel.Count > 0
            && shape.EffectiveLabels[CalicoNormalizer.NamespaceLabel] is { } label
            && _byNamespaceLabel.TryGetValue(label, out Bucket? labelled))
        {
            labelled.Match(shape, matched);
        }

        matched.Sort();
    }

    private void Change(CompiledSelector selector, bool isAdded)
    {
        Requirement requirement = Requirement.Of(selector.Selector);
        if (requirement.Namespaces is not { } namespaces)
        {
            _everywhere.Change(selector, requirement, isAdded);
            return;
        }

        Dictionary<string, Bucket> buckets = requirement.IsNamespaceLabel ? _byNamespaceLabel : _byNamespace;
        foreach (string @namespace in namespaces)
        {
            ref Bucket? bucket = ref CollectionsMarshal.GetValueRefOrAddDefault(buckets, @namespace, out _);
            bucket ??= new Bucket();
            bucket.Change(selector, requirement, isAdded);
            if (bucket.IsEmpty)
            {
                buckets.Remove(@namespace);
            }
        }
    }

    /// <summary>Selectors that require the same namespace, or none.</summary>
    private sealed class Bucket
    {
        private const int Few = 8;

        // While few, in a list; from then on each is filed under one label that it requires, or among the others.
        private readonly List<CompiledSelector> _few = [];
        private Dictionary<CompiledSelector, int>? _filed;
        private Dictionary<(LabelSpace, string), Dictionary<string, SmallSet<CompiledSelector>>>? _byValue;
        private Dictionary<(LabelSpace, string), List<CompiledSelector>>? _byKey;
        private List<CompiledSelector>? _others;

        public bool IsEmpty => _few.Count == 0 && _filed is not { Count: > 0 };

        public void Change(CompiledSelector selector, Requirement requirement, bool isAdded)
        {
            if (_filed is null)
            {
                Put(_few, selector, isAdded);
                if (_few.Count <= Few)
                {
                    return;
                }

                _filed = [];
                _byValue = [];
                _byKey = [];
                _others = [];
                foreach (CompiledSelector one in _few)
                {
                    Add(one, Requirement.Of(one.Selector));
                }

                _few.Clear();
            }
            else if (isAdded)
            {
                Add(selector, requirement);
            }
            else
            {
                _filed.Remove(selector, out int need);
                File(selector, need < 0 ? null : requirement.Labels[need], isAdded: false);
            }
        }

        // Of the labels that it requires that with the fewest others under it; -1 if it requires none.
        private void Add(CompiledSelector selector, Requirement requirement)
        {
            int best = -1, fewest = int.MaxValue;
            for (int i = 0; i < requirement.Labels.Count; i++)
            {
                LabelNeed need = requirement.Labels[i];
                int others = need.Values is null ? int.MaxValue - 1 : CountOf(need);
                if (others < fewest)
                {
                    (best, fewest) = (i, others);
                }
            }

            _filed!.Add(selector, best);
            File(selector, best < 0 ? null : requirement.Labels[best], isAdded: true);
        }

        private int CountOf(LabelNeed need)
        {
            int count = 0;
            if (_byValue!.TryGetValue((need.Space, need.Key), out Dictionary<string, SmallSet<CompiledSelector>>? byValue))
            {
                foreach (string value in need.Values!)
                {
                    count += byValue.GetValueOrDefault(value).Count;
                }
            }

            return count;
        }

        public void Match(LabelShape shape, List<int> matched)
        {
            if (_others is null)
            {
                Ask(_few, shape, matched);
                return;
            }

            Ask(_others, shape, matched);
            Match(shape, LabelSpace.Own, shape.Labels, matched);
            Match(shape, LabelSpace.Namespace, shape.NamespaceLabels, matched);
            Match(shape, LabelSpace.Effective, shape.EffectiveLabels, matched);
        }

        private void Match(LabelShape shape, LabelSpace space, LabelSet labels, List<int> matched)
        {
            foreach ((string key, string value) in labels.Entries)
            {
                if (_byValue!.TryGetValue((space, key), out Dictionary<string, SmallSet<CompiledSelector>>? values) && values.TryGetValue(value, out SmallSet<CompiledSelector> under))
                {
                    foreach (CompiledSelector selector in under.Items())
                    {
                        Ask(selector, shape, matched);
                    }
                }

                if (_byKey!.TryGetValue((space, key), out List<CompiledSelector>? selectors))
                {
                    Ask(selectors, shape, matched);
                }
            }
        }

        private static void Ask(List<CompiledSelector> selectors, LabelShape shape, List<int> matched)
        {
            foreach (CompiledSelector selector in selectors)
            {
                Ask(selector, shape, matched);
            }
        }

        private static void Ask(CompiledSelector selector, LabelShape shape, List<int> matched)
        {
            if (selector.Selector.Selects(shape))
            {
                matched.Add(selector.Id);
            }
        }

        private void File(CompiledSelector selector, LabelNeed? need, bool isAdded)
        {
            if (need is null)
            {
                Put(_others!, selector, isAdded);
            }
            else if (need.Values is { } values)
            {
                ref Dictionary<string, SmallSet<CompiledSelector>>? byValue = ref CollectionsMarshal.GetValueRefOrAddDefault(_byValue!, (need.Space, need.Key), out _);
                byValue ??= new Dictionary<string, SmallSet<CompiledSelector>>(StringComparer.Ordinal);
                foreach (string value in values)
                {
                    ref SmallSet<CompiledSelector> under = ref CollectionsMarshal.GetValueRefOrAddDefault(byValue, value, out _);
                    if (isAdded)
                    {
                        under.Add(selector);
                    }
                    else if (under.Remove(selector) && under.Count == 0)
                    {
                        byValue.Remove(value);
                    }
                }

                if (byValue.Count == 0)
                {
                    _byValue!.Remove((need.Space, need.Key));
                }
            }
            else
            {
                ref List<CompiledSelector>? list = ref CollectionsMarshal.GetValueRefOrAddDefault(_byKey!, (need.Space, need.Key), out _);
                Put(list ??= [], selector, isAdded);
                if (list.Count == 0)
                {
                    _byKey!.Remove((need.Space, need.Key));
                }
            }
        }

        private static void Put(List<CompiledSelector> list, CompiledSelector selector, bool isAdded)
        {
            if (isAdded)
            {
                list.Add(selector);
            }
            else
            {
                int at = list.IndexOf(selector);
                list[at] = list[^1];
                list.RemoveAt(list.Count - 1);
            }
        }
    }
}

/// <summary>Whose labels a requirement is about.</summary>
internal enum LabelSpace : byte
{
    /// <summary>The object's own, as written.</summary>
    Own,

    /// <summary>The Namespace's.</summary>
    Namespace,

    /// <summary>Effective ones (Calico specification §3.1).</summary>
    Effective,
}

/// <summary>
/// What holds for everything a selector selects: it is in one of some namespaces, and it has each of some labels. What is absent is not required.
/// </summary>
/// <param name="Namespaces">Namespaces; null for no requirement.</param>
/// <param name="IsNamespaceLabel">True if the namespaces are values of Calico's effective label, which host endpoints can carry too.</param>
/// <param name="Labels">Labels, all of them required.</param>
internal sealed record Requirement(IReadOnlyList<string>? Namespaces, bool IsNamespaceLabel, IReadOnlyList<LabelNeed> Labels)
{
    private const string MetadataName = "kubernetes.io/metadata.name";

    /// <summary>What is required by a selector.</summary>
    public static Requirement Of(EndpointSelector selector)
    {
        switch (selector)
        {
            case KubernetesPods { Namespace: { } @namespace } pods:
                return new Requirement([@namespace], false, Needs(pods.PodLabels, LabelSpace.Own));
            case KubernetesPods { NamespaceLabels: { } labels } pods:
                return new Requirement(ValuesOf(labels, MetadataName), false, [.. Needs(pods.PodLabels, LabelSpace.Own), .. Needs(labels, LabelSpace.Namespace)]);
            case KubernetesPods pods:
                return new Requirement(null, false, Needs(pods.PodLabels, LabelSpace.Own));
            case CalicoEndpoints calico:
                return new Requirement(ValuesOf(calico.Labels, CalicoNormalizer.NamespaceLabel), true, Needs(calico.Labels, LabelSpace.Effective));
            default:
                return new Requirement(null, false, []);
        }
    }

    private static LabelNeed[] Needs(Selector selector, LabelSpace space) => selector is AndSelector
        ? [.. Operands(selector).Select(operand => NeedOf(operand, space)).OfType<LabelNeed>()]
        : NeedOf(selector, space) is { } need ? [need] : [];

    private static LabelNeed? NeedOf(Selector selector, LabelSpace space) => selector switch
    {
        CompareSelector { Operator: LabelOperator.Equal } equal => new LabelNeed(space, equal.Key, [equal.Value]),
        SetSelector { IsNegated: false } set => new LabelNeed(space, set.Key, set.Values),
        CompareSelector { Operator: not LabelOperator.NotEqual } compare => new LabelNeed(space, compare.Key, null),
        HasSelector has => new LabelNeed(space, has.Key, null),
        _ => null,
    };

    private static IReadOnlyList<string>? ValuesOf(Selector selector, string key)
    {
        foreach (Selector operand in Operands(selector))
        {
            switch (operand)
            {
                case CompareSelector { Operator: LabelOperator.Equal } equal when equal.Key == key:
                    return [equal.Value];
                case SetSelector { IsNegated: false } set when set.Key == key:
                    return set.Values;
                default:
                    break;
            }
        }

        return null;
    }

    // All of these hold for what is selected.
    private static IEnumerable<Selector> Operands(Selector selector) => selector is AndSelector all ? all.Operands.SelectMany(Operands) : [selector];
}

/// <summary>A label that is required.</summary>
/// <param name="Space">Whose label.</param>
/// <param name="Key">The label.</param>
/// <param name="Values">Its values, each once; null for any.</param>
internal sealed record LabelNeed(LabelSpace Space, string Key, IReadOnlyList<string>? Values);
