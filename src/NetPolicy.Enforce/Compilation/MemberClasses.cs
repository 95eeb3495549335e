using NetPolicy.Collections;
using NetPolicy.Engine;
using NetPolicy.Inventory;

namespace NetPolicy.Enforce.Compilation;

/// <summary>
/// Endpoints in classes that no condition tells apart: split once for each row of selected members, each list of named ports and each Service's backend.
/// Costs no more than there are selected members in all rows.
/// </summary>
internal sealed class MemberClasses
{
    private readonly Selectable[] _selectables;
    private readonly int[] _classes;
    private int _next = 1;

    public MemberClasses(Selectable[] selectables, IReadOnlyList<EndConditions> conditions)
    {
        _selectables = selectables;
        _classes = new int[selectables.Length];
        HashSet<ulong[]> rows = new(ReferenceEqualityComparer.Instance);
        HashSet<int> backends = [];
        bool hasNames = false;
        foreach (EndConditions condition in conditions)
        {
            CompiledEnd end = condition.End;
            foreach (ulong[]? row in (IEnumerable<ulong[]?>)[end.Selected, end.NotSelected])
            {
                if (row is not null && rows.Add(row))
                {
                    Split(Members(row));
                }
            }

            hasNames |= end.Ports is { Names.IsEmpty: false } || end.NotPorts is { Names.IsEmpty: false };
            backends.UnionWith((end.Service ?? []).Where(b => b.Endpoint >= 0).Select(b => b.Endpoint));
        }

        if (hasNames)
        {
            foreach (IGrouping<EquatableArray<NamedPort>, Endpoint> ports in selectables.OfType<Endpoint>().GroupBy(e => e.Ports))
            {
                Split(ports.Select(e => e.Index));
            }
        }

        foreach (int backend in backends.Order())
        {
            Split([backend]);
        }
    }

    /// <summary>The classes of the endpoints that have the address, in ascending order.</summary>
    public EquatableArray<int> Of(in PeerFacts facts)
    {
        SortedSet<int> classes = [];
        foreach (int member in facts.Members)
        {
            if (_selectables[member] is Endpoint)
            {
                classes.Add(_classes[member]);
            }
        }

        return [.. classes];
    }

    // Those members of each class that are given leave it together.
    private void Split(IEnumerable<int> members)
    {
        Dictionary<int, int> moved = [];
        foreach (int member in members)
        {
            if (!moved.TryGetValue(_classes[member], out int to))
            {
                moved[_classes[member]] = to = _next++;
            }

            _classes[member] = to;
        }
    }

    private static IEnumerable<int> Members(ulong[] row)
    {
        for (int word = 0; word < row.Length; word++)
        {
            for (ulong bits = row[word]; bits != 0; bits &= bits - 1)
            {
                yield return (word << 6) + System.Numerics.BitOperations.TrailingZeroCount(bits);
            }
        }
    }
}
