using System.Collections;

namespace NetPolicy.Analysis;

/// <summary>The connections of a matrix, made row by row while they are read. Safe to read from any thread.</summary>
internal sealed class ConnectionList(
    Universe universe,
    ConnectivityGroup[] groups,
    bool[] isSource,
    bool[] isDestination,
    bool[] isOfNamespace,
    ConnectivityOptions options,
    Connection[] last) : IReadOnlyList<Connection>
{
    private const int Together = 16;

    private readonly bool _isCut = options.Protocol is not null || options.Port is not null;

    // By table, what is told of it; made when it is first met.
    private Told?[] _told = [];
    private int[]? _starts;
    private volatile ReadRow? _read;

    public int Count => Starts()[^1] + last.Length;

    public Connection this[int index]
    {
        get
        {
            int[] starts = Starts();
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            if (index >= starts[^1])
            {
                return last[index - starts[^1]];
            }

            int row = Array.BinarySearch(starts, index);
            row = row >= 0 ? row : ~row - 1;
            while (starts[row + 1] == starts[row])
            {
                row++;
            }

            if (_read is not { } read || read.Number != row)
            {
                _read = read = new ReadRow(row, [.. Row(row)]);
            }

            return read.Connections[index - starts[row]];
        }
    }

    public IEnumerator<Connection> GetEnumerator()
    {
        foreach ((int from, int[] cells) in Rows())
        {
            foreach (Connection connection in Row(from, cells))
            {
                yield return connection;
            }
        }

        foreach (Connection connection in last)
        {
            yield return connection;
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    // The cells of each source in turn, until the next is asked for.
    private IEnumerable<(int From, int[] Cells)> Rows()
    {
        int[][] rows = [.. Enumerable.Range(0, Math.Min(Together, groups.Length)).Select(_ => new int[groups.Length])];
        for (int first = 0; first < groups.Length; first += Together)
        {
            int count = Math.Min(Together, groups.Length - first);
            if (isSource.AsSpan(first, count).Contains(true))
            {
                universe.Rows(first, rows.AsSpan(0, count));
                for (int r = 0; r < count; r++)
                {
                    if (isSource[first + r])
                    {
                        yield return (first + r, rows[r]);
                    }
                }
            }
        }
    }

    private IEnumerable<Connection> Row(int from)
    {
        int[] cells = new int[groups.Length];
        universe.Rows(from, [cells]);
        return Row(from, cells);
    }

    private IEnumerable<Connection> Row(int from, int[] cells)
    {
        for (int t = 0; t < groups.Length; t++)
        {
            if (cells[t] >= 0 && isDestination[t] && IsWanted(from, t) && TellOf(cells[t]) is { Allow.IsEmpty: false } told)
            {
                yield return new Connection(groups[from], groups[t], told.Allow) { Families = told.Families };
            }
        }
    }

    private bool IsWanted(int from, int to) => isOfNamespace.Length == 0 || isOfNamespace[from] || isOfNamespace[to];

    private int[] Starts()
    {
        if (_starts is { } known)
        {
            return known;
        }

        int[] starts = new int[groups.Length + 1];
        foreach ((int from, int[] cells) in Rows())
        {
            int count = 0;
            for (int t = 0; t < cells.Length; t++)
            {
                count += cells[t] >= 0 && isDestination[t] && IsWanted(from, t) && !TellOf(cells[t]).Allow.IsEmpty ? 1 : 0;
            }

            starts[from + 1] = count;
        }

        for (int f = 0; f < groups.Length; f++)
        {
            starts[f + 1] += starts[f];
        }

        return _starts = starts;
    }

    private Told TellOf(int table)
    {
        Told?[] told = _told;
        if (table < told.Length && told[table] is { } known)
        {
            return known;
        }

        if (table >= told.Length)
        {
            Array.Resize(ref told, (table * 2) + 16);
            _told = told;
        }

        TrafficTable content = universe.TableAt(table);
        FamilyTraffic? families = content.Families;
        return told[table] = !_isCut
            ? new Told(content.Allowed, families)
            : new Told(
                content.Allowed.Only(options.Protocol, options.Port),
                families is null ? null : new FamilyTraffic(families.IPv4.Only(options.Protocol, options.Port), families.IPv6.Only(options.Protocol, options.Port)));
    }

    private sealed record ReadRow(int Number, Connection[] Connections);

    private sealed record Told(AllowedTraffic Allow, FamilyTraffic? Families);
}
