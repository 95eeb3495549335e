using System.Runtime.InteropServices;
using NetPolicy.Collections;
using NetPolicy.Inventory;
using NetPolicy.Labels;

namespace NetPolicy.Engine;

/// <summary>
/// The shapes that a new selector could select, found by what it requires. Lists by label are made when a selector first asks for the label and kept from then on.
/// </summary>
internal sealed class ShapeIndex
{
    private const int Few = 64;

    private readonly HashSet<ShapeEntry> _all = [];
    private readonly Dictionary<string, SmallSet<ShapeEntry>> _byNamespace = new(StringComparer.Ordinal);
    private readonly Dictionary<(LabelSpace, string), Dictionary<string, HashSet<ShapeEntry>>> _byLabel = [];

    public void Add(ShapeEntry shape)
    {
        shape.IsFiled = true;
        _all.Add(shape);
        if (shape.Shape.Namespace is { } @namespace)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_byNamespace, @namespace, out _).Add(shape);
        }

        foreach (((LabelSpace space, string key), Dictionary<string, HashSet<ShapeEntry>> values) in _byLabel)
        {
            File(shape, space, key, values);
        }
    }

    public void Remove(ShapeEntry shape)
    {
        shape.IsFiled = false;
        _all.Remove(shape);
        if (shape.Shape.Namespace is { } @namespace)
        {
            ref SmallSet<ShapeEntry> own = ref CollectionsMarshal.GetValueRefOrNullRef(_byNamespace, @namespace);
            own.Remove(shape);
            if (own.Count == 0)
            {
                _byNamespace.Remove(@namespace);
            }
        }

        foreach (((LabelSpace space, string key), Dictionary<string, HashSet<ShapeEntry>> values) in _byLabel)
        {
            if (LabelsOf(shape.Shape, space)[key] is { } value && values.TryGetValue(value, out HashSet<ShapeEntry>? shapes))
            {
                shapes.Remove(shape);
                if (shapes.Count == 0)
                {
                    values.Remove(value);
                }
            }
        }
    }

    /// <summary>All shapes that meet the requirement, and maybe others: the shortest list of those that are known to hold all.</summary>
    public IEnumerable<ShapeEntry> Candidates(Requirement requirement)
    {
        if (_all.Count == 0)
        {
            return [];
        }

        IEnumerable<ShapeEntry> best = _all;
        int fewest = _all.Count;
        if (requirement is { Namespaces: { } names, IsNamespaceLabel: false })
        {
            fewest = names.Sum(n => _byNamespace.GetValueOrDefault(n).Count);
            best = names.SelectMany(n => _byNamespace.GetValueOrDefault(n).Items());
        }

        foreach (LabelNeed need in requirement.Labels)
        {
            if (fewest <= Few)
            {
                break;
            }

            Dictionary<string, HashSet<ShapeEntry>> byValue = ByLabel(need.Space, need.Key);
            int count = need.Values is { } values ? values.Sum(v => byValue.TryGetValue(v, out HashSet<ShapeEntry>? shapes) ? shapes.Count : 0) : byValue.Values.Sum(s => s.Count);
            if (count < fewest)
            {
                fewest = count;
                best = need.Values is { } wanted ? wanted.SelectMany(v => byValue.TryGetValue(v, out HashSet<ShapeEntry>? shapes) ? shapes : []) : byValue.Values.SelectMany(s => s);
            }
        }

        return best;
    }

    private Dictionary<string, HashSet<ShapeEntry>> ByLabel(LabelSpace space, string key)
    {
        if (!_byLabel.TryGetValue((space, key), out Dictionary<string, HashSet<ShapeEntry>>? values))
        {
            _byLabel[(space, key)] = values = new Dictionary<string, HashSet<ShapeEntry>>(StringComparer.Ordinal);
            foreach (ShapeEntry shape in _all)
            {
                File(shape, space, key, values);
            }
        }

        return values;
    }

    private static void File(ShapeEntry shape, LabelSpace space, string key, Dictionary<string, HashSet<ShapeEntry>> values)
    {
        if (LabelsOf(shape.Shape, space)[key] is { } value)
        {
            ref HashSet<ShapeEntry>? shapes = ref CollectionsMarshal.GetValueRefOrAddDefault(values, value, out _);
            (shapes ??= []).Add(shape);
        }
    }

    private static LabelSet LabelsOf(LabelShape shape, LabelSpace space) => space switch
    {
        LabelSpace.Own => shape.Labels,
        LabelSpace.Namespace => shape.NamespaceLabels,
        LabelSpace.Effective => shape.EffectiveLabels,
        _ => throw new ArgumentOutOfRangeException(nameof(space)),
    };
}

/// <summary>A shape, who has it, and the class it is of.</summary>
internal sealed class ShapeEntry(LabelShape shape)
{
    private int[] _members = [];

    public LabelShape Shape => shape;

    /// <summary>Its class; null while it is being found.</summary>
    public ClassEntry? Class { get; set; }

    /// <summary>True while it is in the index.</summary>
    public bool IsFiled { get; set; }

    public int Count { get; private set; }

    /// <summary>Places of the selectables that have it, in no order.</summary>
    public ReadOnlySpan<int> Members => _members.AsSpan(0, Count);

    public void Add(int member)
    {
        if (Count == _members.Length)
        {
            Array.Resize(ref _members, Math.Max(1, Count * 2));
        }

        _members[Count++] = member;
    }

    public void Remove(int member)
    {
        int at = Members.IndexOf(member);
        _members[at] = _members[--Count];
    }
}
