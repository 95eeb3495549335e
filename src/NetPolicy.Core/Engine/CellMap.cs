namespace NetPolicy.Engine;

/// <summary>
/// Outcomes by destination port under a number for pair and protocol, flat: one look-up costs about one cache line, and another if ports matter.
/// Only grows; read without locks by any number of threads, written under the owner's lock.
/// </summary>
internal sealed class CellMap
{
    private volatile Entry[] _entries = new Entry[8];
    private volatile int[] _ports = [];
    private int _used;
    private int _count;

    /// <summary>The outcome for a port; -1 if nothing is known under this key.</summary>
    /// <param name="key">Not zero.</param>
    /// <param name="port">The port.</param>
    public int Find(ulong key, int port)
    {
        Entry[] entries = _entries;
        int mask = entries.Length - 1, place = Start(key) & mask;
        while (true)
        {
            ref Entry entry = ref entries[place];
            ulong found = Volatile.Read(ref entry.Key);
            if (found == key)
            {
                return entry.Value >= 0 ? entry.Value : Find(~entry.Value, port);
            }

            if (found == 0)
            {
                return -1;
            }

            place = (place + 1) & mask;
        }
    }

    /// <summary>Fetches what <see cref="Prefetch"/> needs.</summary>
    public void Approach() => Fetch.Object(_entries);

    /// <summary>Fetches the place of a key.</summary>
    public void Prefetch(ulong key)
    {
        Entry[] entries = _entries;
        Fetch.Line(ref entries[Start(key) & (entries.Length - 1)]);
    }

    /// <summary>Adds what is decided under a key. Only under the owner's lock.</summary>
    public void Add(ulong key, PortOutcomes outcomes)
    {
        Entry[] entries = _entries;
        if ((_count + 1) * 2 > entries.Length)
        {
            Entry[] larger = new Entry[entries.Length * 2];
            foreach (Entry entry in entries)
            {
                if (entry.Key != 0)
                {
                    Put(larger, entry);
                }
            }

            _entries = entries = larger;
        }

        if (Put(entries, new Entry { Key = key, Value = outcomes.Outcomes.Length == 1 ? outcomes.Outcomes[0] : ~Append(outcomes) }))
        {
            _count++;
        }
    }

    private static int Start(ulong key) => (int)((key * 0x9E3779B97F4A7C15UL) >> 33);

    // The key is published after its value.
    private static bool Put(Entry[] entries, in Entry entry)
    {
        int mask = entries.Length - 1, place = Start(entry.Key) & mask;
        while (entries[place].Key != 0)
        {
            if (entries[place].Key == entry.Key)
            {
                return false;
            }

            place = (place + 1) & mask;
        }

        entries[place].Value = entry.Value;
        Volatile.Write(ref entries[place].Key, entry.Key);
        return true;
    }

    // Count, the first ports but for the lowest, outcomes.
    private int Append(PortOutcomes outcomes)
    {
        int count = outcomes.Firsts.Length, start = _used;
        int[] ports = _ports;
        if (start + (2 * count) > ports.Length)
        {
            Array.Resize(ref ports, Math.Max(start + (2 * count), Math.Max(16, ports.Length * 2)));
        }

        ports[start] = count;
        for (int i = 1; i < count; i++)
        {
            ports[start + i] = outcomes.Firsts[i];
        }

        outcomes.Outcomes.CopyTo(ports, start + count);
        _used = start + (2 * count);
        _ports = ports;
        return start;
    }

    private int Find(int start, int port)
    {
        int[] ports = _ports;
        int count = ports[start], low = 0, high = count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) >>> 1;
            (low, high) = ports[start + middle] <= port ? (middle, high) : (low, middle - 1);
        }

        return ports[start + count + low];
    }

    private struct Entry
    {
        public ulong Key;
        public int Value;
    }
}
