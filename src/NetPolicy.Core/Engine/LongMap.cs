namespace NetPolicy.Engine;

/// <summary>A map from numbers to objects that only grows: read without locks by any number of threads, written under the owner's lock.</summary>
/// <remarks>A reader may miss an entry that is just being added; it then takes the lock and looks again.</remarks>
internal sealed class LongMap<T>
    where T : class
{
    private volatile Table _table = new(8);

    /// <summary>The object under <paramref name="key"/>, or null.</summary>
    public T? Get(long key)
    {
        Table table = _table;
        for (int i = table.Start(key); ; i = (i + 1) & table.Mask)
        {
            // The object is published after its key, so a key without one is not there yet.
            if (Volatile.Read(ref table.Values[i]) is not { } value)
            {
                return null;
            }

            if (table.Keys[i] == key)
            {
                return value;
            }
        }
    }

    /// <summary>Adds an entry. Only under the owner's lock, and only if there is none under this key.</summary>
    public void Add(long key, T value)
    {
        Table table = _table;
        if ((table.Count + 1) * 2 > table.Keys.Length)
        {
            Table larger = new(table.Keys.Length * 2);
            for (int i = 0; i < table.Keys.Length; i++)
            {
                if (table.Values[i] is { } old)
                {
                    larger.Put(table.Keys[i], old);
                }
            }

            _table = table = larger;
        }

        table.Put(key, value);
    }

    private sealed class Table(int length)
    {
        public readonly long[] Keys = new long[length];
        public readonly T?[] Values = new T?[length];
        public readonly int Mask = length - 1;
        public int Count;

        public int Start(long key) => (int)(((ulong)key * 0x9E3779B97F4A7C15UL) >> 40) & Mask;

        public void Put(long key, T value)
        {
            int i = Start(key);
            while (Values[i] is not null)
            {
                i = (i + 1) & Mask;
            }

            Keys[i] = key;
            Volatile.Write(ref Values[i], value);
            Count++;
        }
    }
}
