using System.Runtime.InteropServices;
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

        private readonly List<(CompiledSelector Selector, Requirement Requirement)> _all = [];
        private Dictionary<(LabelSpace, string), Dictionary<string, List<CompiledSelector>>>? _byValue;
        private Dictionary<(LabelSpace, string), List<CompiledSelector>>? _byKey;
        private List<CompiledSelector>? _others;

        public bool IsEmpty => _all.Count == 0;

        public void Change(CompiledSelector selector, in Requirement requirement, bool isAdded)
        {
            if (isAdded)
            {
                _all.Add((selector, requirement));
            }
            else
            {
                int at = _all.FindIndex(s => ReferenceEquals(s.Selector, selector));
                _all[at] = _all[^1];
                _all.RemoveAt(_all.Count - 1);
            }

            if (_others is not null)
            {
                File(selector, requirement, isAdded);
            }
            else if (_all.Count > Few)
            {
                _byValue = [];
                _byKey = [];
                _others = [];
                foreach ((CompiledSelector one, Requirement of) in _all)
                {
                    File(one, of, isAdded: true);
                }
            }
        }

        public void Match(LabelShape shape, List<int> matched)
        {
            if (_others is null)
            {
                foreach ((CompiledSelector selector, _) in _all)
                {
                    Ask(selector, shape, matched);
                }

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
                if (_byValue!.TryGetValue((space, key), out Dictionary<string, List<CompiledSelector>>? values) && values.TryGetValue(value, out List<CompiledSelector>? selectors))
                {
                    Ask(selectors, shape, matched);
                }

                if (_byKey!.TryGetValue((space, key), out selectors))
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

        private void File(CompiledSelector selector, in Requirement requirement, bool isAdded)
        {
            if (requirement.Key is not { } key)
            {
                Put(_others!, selector, isAdded);
            }
            else if (requirement.Values is { } values)
            {
                ref Dictionary<string, List<CompiledSelector>>? byValue = ref CollectionsMarshal.GetValueRefOrAddDefault(_byValue!, (requirement.Space, key), out _);
                byValue ??= new Dictionary<string, List<CompiledSelector>>(StringComparer.Ordinal);
                foreach (string value in values)
                {
                    ref List<CompiledSelector>? list = ref CollectionsMarshal.GetValueRefOrAddDefault(byValue, value, out _);
                    Put(list ??= [], selector, isAdded);
                    if (list.Count == 0)
                    {
                        byValue.Remove(value);
                    }
                }

                if (byValue.Count == 0)
                {
                    _byValue!.Remove((requirement.Space, key));
                }
            }
            else
            {
                ref List<CompiledSelector>? list = ref CollectionsMarshal.GetValueRefOrAddDefault(_byKey!, (requirement.Space, key), out _);
                Put(list ??= [], selector, isAdded);
                if (list.Count == 0)
                {
                    _byKey!.Remove((requirement.Space, key));
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
/// Something that holds for everything a selector selects: it is in one of some namespaces, and it has a label, with one of some values. What is absent is not required.
/// </summary>
/// <param name="Namespaces">Namespaces; null for no requirement.</param>
/// <param name="IsNamespaceLabel">True if the namespaces are values of Calico's effective label, which host endpoints can carry too.</param>
/// <param name="Space">Whose label.</param>
/// <param name="Key">The label; null for no requirement.</param>
/// <param name="Values">Its values, each once; null for any.</param>
internal readonly record struct Requirement(IReadOnlyList<string>? Namespaces, bool IsNamespaceLabel, LabelSpace Space, string? Key, IReadOnlyList<string>? Values)
{
    private const string MetadataName = "kubernetes.io/metadata.name";

    /// <summary>What is required by a selector.</summary>
    public static Requirement Of(EndpointSelector selector)
    {
        switch (selector)
        {
            case KubernetesPods { Namespace: { } @namespace } pods:
                return Best(pods.PodLabels, LabelSpace.Own, except: null) with { Namespaces = [@namespace] };
            case KubernetesPods pods:
                IReadOnlyList<string>? names = pods.NamespaceLabels is null ? null : ValuesOf(pods.NamespaceLabels, MetadataName);
                Requirement best = Best(pods.PodLabels, LabelSpace.Own, except: null);
                if (best.Values is null && names is null && pods.NamespaceLabels is { } labels && Best(labels, LabelSpace.Namespace, except: null) is { Key: not null } ofNamespace && (best.Key is null || ofNamespace.Values is not null))
                {
                    best = ofNamespace;
                }

                return best with { Namespaces = names };
            case CalicoEndpoints calico:
                return Best(calico.Labels, LabelSpace.Effective, CalicoNormalizer.NamespaceLabel)
                    with { Namespaces = ValuesOf(calico.Labels, CalicoNormalizer.NamespaceLabel), IsNamespaceLabel = true };
            default:
                return default;
        }
    }

    // A value is the best; of several the one with the fewest, own labels before those of profiles, then the last written.
    private static Requirement Best(Selector selector, LabelSpace space, string? except)
    {
        Requirement best = new(null, false, space, null, null);
        int bestCost = int.MaxValue;
        foreach (Selector operand in Operands(selector))
        {
            (string? key, IReadOnlyList<string>? values) = operand switch
            {
                CompareSelector { Operator: LabelOperator.Equal } equal => (equal.Key, [equal.Value]),
                SetSelector { IsNegated: false } set => (set.Key, set.Values),
                CompareSelector { Operator: not LabelOperator.NotEqual } compare => (compare.Key, null),
                HasSelector has => (has.Key, null),
                _ => ((string?)null, (IReadOnlyList<string>?)null),
            };
            if (key is null || key == except)
            {
                continue;
            }

            int cost = ((values?.Count ?? 1_000_000) * 2) + (key.StartsWith("pc", StringComparison.Ordinal) ? 1 : 0);
            if (cost <= bestCost)
            {
                best = best with { Key = key, Values = values };
                bestCost = cost;
            }
        }

        return best;
    }

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
