using NetPolicy.Diagnostics;

namespace NetPolicy.Manifests.Nodes;

/// <summary>The keys of the objects that are open, each with its place, to find those that an object has twice.</summary>
internal sealed class KeyStack
{
    private const int FewKeys = 16;

    private readonly List<Dictionary<string, SourceSpan>?> _indexes = [];
    private readonly List<int> _starts = [];
    private (string Key, SourceSpan Span)[] _keys = new (string, SourceSpan)[64];
    private int _count;

    /// <summary>An object begins inside the one that is open.</summary>
    public void Open()
    {
        _starts.Add(_count);
        _indexes.Add(null);
    }

    /// <summary>The innermost object ends.</summary>
    public void Close()
    {
        _count = _starts[^1];
        _starts.RemoveAt(_starts.Count - 1);
        _indexes.RemoveAt(_indexes.Count - 1);
    }

    /// <summary>Adds a key to the innermost object; the place where it has it already, or null.</summary>
    public SourceSpan? Add(string key, SourceSpan span)
    {
        int start = _starts[^1];
        if (_indexes[^1] is { } index)
        {
            return index.TryAdd(key, span) ? null : index[key];
        }

        for (int i = start; i < _count; i++)
        {
            if (_keys[i].Key == key)
            {
                return _keys[i].Span;
            }
        }

        if (_count - start == FewKeys)
        {
            index = new Dictionary<string, SourceSpan>(2 * FewKeys, StringComparer.Ordinal) { [key] = span };
            foreach ((string known, SourceSpan place) in _keys.AsSpan(start, FewKeys))
            {
                index[known] = place;
            }

            _indexes[^1] = index;
            return null;
        }

        if (_count == _keys.Length)
        {
            Array.Resize(ref _keys, 2 * _count);
        }

        _keys[_count++] = (key, span);
        return null;
    }
}
