using NetPolicy.Diagnostics;

namespace NetPolicy.Manifests.Nodes;

/// <summary>Collects the fields of a mapping and reports those written twice.</summary>
internal sealed class MappingEntries(ReadState state)
{
    private readonly List<MappingEntry> _entries = [];
    private Dictionary<string, SourceSpan>? _index;

    /// <summary>Adds a field; false if its key was there before.</summary>
    public bool Add(string key, SourceSpan keySpan, ManifestNode value)
    {
        SourceSpan? first = Find(key);
        _entries.Add(new MappingEntry(key, keySpan, value));
        _index?.TryAdd(key, keySpan);
        if (first is not { } other)
        {
            return true;
        }

        state.Report(Findings.DuplicateKey, $"field `{ScalarNode.Shorten(key)}` is written twice, first in line {other.Line}", keySpan, related: other);
        return false;
    }

    public List<MappingEntry> ToList()
    {
        _entries.TrimExcess();
        return _entries;
    }

    private SourceSpan? Find(string key)
    {
        if (_entries.Count >= 16 && _index is null)
        {
            _index = new Dictionary<string, SourceSpan>(StringComparer.Ordinal);
            foreach (MappingEntry entry in _entries)
            {
                _index.TryAdd(entry.Key, entry.KeySpan);
            }
        }

        if (_index is not null)
        {
            return _index.TryGetValue(key, out SourceSpan span) ? span : null;
        }

        foreach (MappingEntry entry in _entries)
        {
            if (entry.Key == key)
            {
                return entry.KeySpan;
            }
        }

        return null;
    }
}
