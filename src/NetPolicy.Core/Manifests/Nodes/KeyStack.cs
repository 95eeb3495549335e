using NetPolicy.Diagnostics;

namespace NetPolicy.Manifests.Nodes;

/// <summary>The keys of the objects that are open, each with its place, to find those that an object has twice.</summary>
internal sealed class KeyStack
{
    private const int FewKeys = 16;

    private readonly List<Dictionary<string, SourceSpan>?> _indexes = [];
    private readonly List<int> _starts = [];
    private string[] _keys = new string[64];
    private SourceSpan[] _spans = new SourceSpan[64];
    private int _count;

    /// <summary>Forgets objects that did not end.</summary>
    public void Clear()
    {
        _count = 0;
        _starts.Clear();
        _indexes.Clear();
    }

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
            if (_keys[i] == key)
            {
                return _spans[i];
            }
        }

        if (_count - start == FewKeys)
        {
            index = new Dictionary<string, SourceSpan>(2 * FewKeys, StringComparer.Ordinal) { [key] = span };
            for (int i = start; i < _count; i++)
            {
                index[_keys[i]] = _spans[i];
            }

            _indexes[^1] = index;
            return null;
        }

        if (_count == _keys.Length)
        {
            Array.Resize(ref _keys, 2 * _count);
            Array.Resize(ref _spans, 2 * _count);
        }

        _keys[_count] = key;
        _spans[_count++] = span;
        return null;
    }
}
