namespace NetPolicy.Enforce.FlowLog;

/// <summary>Adds up records of the same connections. Holds a bounded number of kinds: what comes beyond is counted, not kept.</summary>
/// <param name="limit">Kinds held at once; 1 or more.</param>
public sealed class FlowWindow(int limit = 10_000)
{
    private readonly Dictionary<FlowRecord, long> _records = [];

    /// <summary>Records that found no place since the window was last emptied.</summary>
    public long Overflowed { get; private set; }

    /// <summary>Adds a record.</summary>
    public void Add(FlowRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        FlowRecord key = record with { Packets = 0 };
        if (_records.TryGetValue(key, out long packets))
        {
            _records[key] = packets + record.Packets;
        }
        else if (_records.Count < limit)
        {
            _records.Add(key, record.Packets);
        }
        else
        {
            Overflowed += record.Packets;
        }
    }

    /// <summary>What was added, by source, destination, port and rule; the window is empty then.</summary>
    public IReadOnlyList<FlowRecord> Empty()
    {
        FlowRecord[] sum =
        [
            .. _records.Select(r => r.Key with { Packets = r.Value })
                .OrderBy(r => r.From, StringComparer.Ordinal).ThenBy(r => r.FromAddress).ThenBy(r => r.To, StringComparer.Ordinal).ThenBy(r => r.ToAddress)
                .ThenBy(r => r.Protocol).ThenBy(r => r.Port).ThenBy(r => r.Rule, StringComparer.Ordinal).ThenBy(r => r.Verdict),
        ];
        _records.Clear();
        Overflowed = 0;
        return sum;
    }
}
