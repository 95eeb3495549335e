using System.Globalization;
using NetPolicy.Collections;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Policies;

namespace NetPolicy.Enforce.Compilation;

/// <summary>
/// Endpoints in classes that no condition of a node tells apart: coarser than the engine's own, because selectors that the node does not ask for do not count.
/// </summary>
internal sealed class MemberClasses
{
    private readonly Snapshot _snapshot;
    private readonly HashSet<int> _selectors = [];
    private readonly HashSet<int> _backends = [];
    private readonly bool _hasNames;
    private readonly List<EquatableArray<int>> _singles = [];
    private readonly Dictionary<(int Class, int Backend), int> _known = [];
    private readonly Dictionary<(string Selectors, EquatableArray<NamedPort> Ports, bool IsPod, int Backend), int> _classes = [];

    public MemberClasses(Snapshot snapshot, IReadOnlyList<EndConditions> conditions)
    {
        _snapshot = snapshot;
        foreach (EndConditions condition in conditions)
        {
            CompiledEnd end = condition.End;
            foreach (CompiledSelector selector in new[] { end.Selected, end.NotSelected }.OfType<CompiledSelector>())
            {
                _selectors.Add(selector.Id);
            }

            _hasNames |= end.Ports is { Names.IsEmpty: false } || end.NotPorts is { Names.IsEmpty: false };
            _backends.UnionWith((end.Service ?? []).Where(b => b.Endpoint >= 0).Select(b => b.Endpoint));
        }
    }

    /// <summary>The classes of the endpoints that have the address, in ascending order.</summary>
    public EquatableArray<int> Of(in PeerFacts facts)
    {
        if (facts.Members.Length == 1)
        {
            return _snapshot.ClassOf(facts.Members[0]).Shape.Kind is not null ? Single(ClassOf(facts.Members[0])) : default;
        }

        SortedSet<int> classes = [];
        foreach (int member in facts.Members)
        {
            if (_snapshot.ClassOf(member).Shape.Kind is not null)
            {
                classes.Add(ClassOf(member));
            }
        }

        return [.. classes];
    }

    /// <summary>The class of an endpoint; -1 for a set of networks.</summary>
    public int ClassNumber(int member) => _snapshot.ClassOf(member).Shape.Kind is not null ? ClassOf(member) : -1;

    private EquatableArray<int> Single(int @class)
    {
        while (_singles.Count <= @class)
        {
            _singles.Add([_singles.Count]);
        }

        return _singles[@class];
    }

    private int ClassOf(int member)
    {
        Engine.EndpointClass own = _snapshot.ClassOf(member);
        int backend = _backends.Contains(member) ? member : -1;
        if (!_known.TryGetValue((own.Id, backend), out int known))
        {
            string selectors = string.Join(' ', own.Matched.Where(_selectors.Contains).Select(s => s.ToString(CultureInfo.InvariantCulture)));
            (string, EquatableArray<NamedPort>, bool, int) key = (selectors, _hasNames ? own.Shape.Ports : default, _hasNames && own.Shape.IsPod, backend);
            if (!_classes.TryGetValue(key, out known))
            {
                _classes[key] = known = _classes.Count + 1;
            }

            _known[(own.Id, backend)] = known;
        }

        return known;
    }
}
