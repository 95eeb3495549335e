using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace NetPolicy.Collections;

/// <summary>
/// An immutable hash map whose versions share what was not written since. Reading costs a hash and four array accesses, without allocation or locks.
/// </summary>
/// <remarks>
/// Chains of entries in two <see cref="PersistentList{T}"/>s, grown by linear hashing: each addition splits one bucket, so that no single change pays for
/// a table twice the size. The order of entries depends on history; whoever shows them must sort.
/// </remarks>
internal sealed class PersistentMap<TKey, TValue>
    where TKey : notnull
{
    private const int None = -1;

    private readonly PersistentList<int> _heads;
    private readonly PersistentList<Entry> _entries;
    private readonly int[][] _headChunks;
    private readonly Entry[][] _entryChunks;
    private readonly int _highMask;
    private readonly int _free;

    private PersistentMap(PersistentList<int> heads, PersistentList<Entry> entries, int highMask, int free, int count)
    {
        _heads = heads;
        _entries = entries;
        _headChunks = heads.Chunks;
        _entryChunks = entries.Chunks;
        _highMask = highMask;
        _free = free;
        Count = count;
    }

    /// <summary>The map without entries.</summary>
    public static PersistentMap<TKey, TValue> Empty { get; } = new(PersistentList<int>.Empty, PersistentList<Entry>.Empty, 0, None, 0);

    /// <summary>Number of entries.</summary>
    public int Count { get; }

    /// <summary>The value under <paramref name="key"/>, if there is one.</summary>
    public bool TryGetValue(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (Count > 0)
        {
            int bucket = BucketOf(key, _highMask, _heads.Count);
            int at = _headChunks[bucket >> PersistentList<int>.Shift][bucket & PersistentList<int>.Mask];
            while (at != None)
            {
                ref readonly Entry entry = ref _entryChunks[at >> PersistentList<Entry>.Shift][at & PersistentList<Entry>.Mask];
                if (EqualityComparer<TKey>.Default.Equals(entry.Key, key))
                {
                    value = entry.Value;
                    return true;
                }

                at = entry.Next;
            }
        }

        value = default;
        return false;
    }

    /// <summary>The value under <paramref name="key"/>, or <c>default</c>.</summary>
    public TValue? GetValueOrDefault(TKey key) => TryGetValue(key, out TValue? value) ? value : default;

    /// <summary>True if there is an entry under <paramref name="key"/>.</summary>
    public bool ContainsKey(TKey key) => TryGetValue(key, out _);

    /// <summary>The entries, in no order that means anything.</summary>
    public IEnumerable<KeyValuePair<TKey, TValue>> Items()
    {
        for (int i = 0; i < _entries.Count; i++)
        {
            Entry entry = _entries[i];
            if (entry.Next >= None)
            {
                yield return new(entry.Key, entry.Value);
            }
        }
    }

    /// <summary>A writer that starts with this map and leaves it as it is.</summary>
    public Builder ToBuilder() => new(this);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int BucketOf(TKey key, int highMask, int buckets)
    {
        uint hash = (uint)key.GetHashCode() * 0x9E3779B1u;
        int bucket = (int)(hash ^ (hash >> 15)) & highMask;
        return bucket < buckets ? bucket : bucket & (highMask >> 1);
    }

    // Next: index of the next entry of the chain or -1; of free entries -3 minus the next free one.
    private struct Entry
    {
        public TKey Key;
        public TValue Value;
        public int Next;
    }

    /// <summary>Writes the next version. It stays usable after <see cref="Freeze"/>; what it writes then does not reach the frozen map.</summary>
    internal sealed class Builder
    {
        private readonly PersistentList<int>.Builder _heads;
        private readonly PersistentList<Entry>.Builder _entries;
        private int _highMask;
        private int _free;
        private PersistentMap<TKey, TValue>? _frozen;

        internal Builder(PersistentMap<TKey, TValue> map)
        {
            _heads = map._heads.ToBuilder();
            _entries = map._entries.ToBuilder();
            _highMask = map._highMask;
            _free = map._free;
            _frozen = map;
            Count = map.Count;
        }

        /// <summary>Number of entries.</summary>
        public int Count { get; private set; }

        /// <summary>The value under <paramref name="key"/>, if there is one.</summary>
        public bool TryGetValue(TKey key, [MaybeNullWhen(false)] out TValue value)
        {
            int at = Find(key);
            value = at == None ? default : _entries[at].Value;
            return at != None;
        }

        /// <summary>The value under <paramref name="key"/>, or <c>default</c>.</summary>
        public TValue? GetValueOrDefault(TKey key) => TryGetValue(key, out TValue? value) ? value : default;

        /// <summary>Prepares for <paramref name="count"/> entries in all; a hint for an empty map.</summary>
        public void EnsureCapacity(int count)
        {
            if (Count == 0 && _heads.Count < count)
            {
                _frozen = null;
                while (_heads.Count < count)
                {
                    _heads.Add(None);
                }

                while (_highMask < count - 1)
                {
                    _highMask = (_highMask << 1) | 1;
                }
            }
        }

        /// <summary>Sets the value under <paramref name="key"/>; true if it had none.</summary>
        public bool Set(TKey key, TValue value)
        {
            _frozen = null;
            int at = Find(key);
            if (at != None)
            {
                _entries.Edit(at).Value = value;
                return false;
            }

            if (_heads.Count <= Count)
            {
                Split();
            }

            int bucket = BucketOf(key, _highMask, _heads.Count);
            Entry entry = new() { Key = key, Value = value, Next = _heads[bucket] };
            if (_free == None)
            {
                at = _entries.Count;
                _entries.Add(entry);
            }
            else
            {
                at = _free;
                ref Entry place = ref _entries.Edit(at);
                _free = -3 - place.Next;
                place = entry;
            }

            _heads[bucket] = at;
            Count++;
            return true;
        }

        /// <summary>Removes the entry under <paramref name="key"/>; false if there is none.</summary>
        public bool Remove(TKey key)
        {
            if (Count == 0)
            {
                return false;
            }

            int bucket = BucketOf(key, _highMask, _heads.Count), before = None;
            for (int at = _heads[bucket]; at != None; before = at, at = _entries[at].Next)
            {
                if (!EqualityComparer<TKey>.Default.Equals(_entries[at].Key, key))
                {
                    continue;
                }

                _frozen = null;
                int next = _entries[at].Next;
                if (before == None)
                {
                    _heads[bucket] = next;
                }
                else
                {
                    _entries.Edit(before).Next = next;
                }

                _entries[at] = new Entry { Key = default!, Value = default!, Next = -3 - _free };
                _free = at;
                Count--;
                return true;
            }

            return false;
        }

        /// <summary>The map as it is now. O(written chunks).</summary>
        public PersistentMap<TKey, TValue> Freeze() =>
            _frozen ??= new PersistentMap<TKey, TValue>(_heads.Freeze(), _entries.Freeze(), _highMask, _free, Count);

        private int Find(TKey key)
        {
            if (Count == 0)
            {
                return None;
            }

            int at = _heads[BucketOf(key, _highMask, _heads.Count)];
            while (at != None && !EqualityComparer<TKey>.Default.Equals(_entries[at].Key, key))
            {
                at = _entries[at].Next;
            }

            return at;
        }

        // One more bucket: takes from the one that answered for it.
        private void Split()
        {
            int added = _heads.Count;
            if (added > _highMask)
            {
                _highMask = (_highMask << 1) | 1;
            }

            _heads.Add(None);
            if (added == 0)
            {
                return;
            }

            int from = added & (_highMask >> 1), stay = None, move = None;
            for (int at = _heads[from]; at != None;)
            {
                int next = _entries[at].Next;
                bool moves = BucketOf(_entries[at].Key, _highMask, added + 1) == added;
                int wanted = moves ? move : stay;
                if (next != wanted)
                {
                    _entries.Edit(at).Next = wanted;
                }

                (stay, move) = moves ? (stay, at) : (at, move);
                at = next;
            }

            if (_heads[from] != stay)
            {
                _heads[from] = stay;
            }

            if (move != None)
            {
                _heads[added] = move;
            }
        }
    }
}
