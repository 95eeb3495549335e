using System.Runtime.InteropServices;
using NetPolicy.Inventory;
using NetPolicy.Labels;
using NetPolicy.Policies.Normalization;

namespace NetPolicy.Engine;

/// <summary>
/// The shapes that a new selector could select, found by what it requires. Lists by label are made when a selector first asks for the label and kept from then on.
/// </summary>
internal sealed class ShapeIndex
{
    private const int Few = 64;

    private readonly HashSet<ShapeEntry> _all = [];
    private readonly Dictionary<string, HashSet<ShapeEntry>> _byNamespace = new(StringComparer.Ordinal);
    private readonly Dictionary<(LabelSpace, string), Dictionary<string, HashSet<ShapeEntry>>> _byLabel = [];

    public void Add(ShapeEntry shape)
    {
        shape.IsFiled = true;
        _all.Add(shape);
        if (shape.Shape.Namespace is { } @namespace)
        {
            ref HashSet<ShapeEntry>? own = ref CollectionsMarshal.GetValueRefOrAddDefault(_byNamespace, @namespace, out _);
            (own ??= []).Add(shape);
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
        if (shape.Shape.Namespace is { } @namespace && _byNamespace.TryGetValue(@namespace, out HashSet<ShapeEntry>? own))
        {
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

    /// <summary>All shapes that meet the requirement, and maybe others.</summary>
    public IEnumerable<ShapeEntry> Candidates(in Requirement requirement)
    {
        if (_all.Count == 0)
        {
            return [];
        }

        if (requirement is { Namespaces: { } namespaces, IsNamespaceLabel: false })
        {
            IEnumerable<ShapeEntry> members = namespaces.SelectMany(n => _byNamespace.TryGetValue(n, out HashSet<ShapeEntry>? own) ? own : []);
            return requirement.Values is null || namespaces.Sum(n => _byNamespace.TryGetValue(n, out HashSet<ShapeEntry>? own) ? own.Count : 0) <= Few
                ? members
                : Labelled(requirement.Space, requirement.Key!, requirement.Values);
        }

        if (requirement.Values is { } values)
        {
            return Labelled(requirement.Space, requirement.Key!, values);
        }

        return requirement.Namespaces is { } labels ? Labelled(LabelSpace.Effective, CalicoNormalizer.NamespaceLabel, labels)
            : requirement.Key is { } key ? ByLabel(requirement.Space, key).Values.SelectMany(s => s)
            : _all;
    }

    private IEnumerable<ShapeEntry> Labelled(LabelSpace space, string key, IReadOnlyList<string> values)
    {
        Dictionary<string, HashSet<ShapeEntry>> byValue = ByLabel(space, key);
        return values.SelectMany(v => byValue.TryGetValue(v, out HashSet<ShapeEntry>? shapes) ? shapes : []);
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
