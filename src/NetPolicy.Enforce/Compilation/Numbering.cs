namespace NetPolicy.Enforce.Compilation;

/// <summary>Numbers for keys: the one it had last time, or the next that nobody ever had.</summary>
internal sealed class Numbering<T>(int first)
    where T : notnull
{
    private Dictionary<T, int> _last = [];
    private Dictionary<T, int> _now = [];
    private int _next = first;

    public int Of(T key)
    {
        if (!_now.TryGetValue(key, out int number))
        {
            _now[key] = number = _last.TryGetValue(key, out int known) ? known : _next++;
        }

        return number;
    }

    /// <summary>The number that the last compilation gave a key; 0 if it gave none.</summary>
    public int Find(T key) => _last.GetValueOrDefault(key);

    /// <summary>Keeps all numbers that the last compilation had.</summary>
    public void Keep()
    {
        foreach ((T key, int number) in _last)
        {
            _now.TryAdd(key, number);
        }
    }

    /// <summary>True if this compilation has asked for the key.</summary>
    public bool IsTaken(T key) => _now.ContainsKey(key);

    public void Finish()
    {
        (_last, _now) = (_now, _last);
        _now.Clear();
    }
}
