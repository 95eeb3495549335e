using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace NetPolicy.Collections;

/// <summary>
/// An immutable list in chunks. A version made from another shares every chunk that was not written since; reading costs two array accesses.
/// </summary>
/// <remarks>Safe to read from any thread. Versions keep only their own chunks alive.</remarks>
[SuppressMessage("Naming", "CA1710:Identifiers should have correct suffix", Justification = "It is a list.")]
internal sealed class PersistentList<T>
{
    internal const int Shift = 8;
    internal const int Mask = (1 << Shift) - 1;

    private readonly T[][] _chunks;

    private PersistentList(T[][] chunks, int count)
    {
        _chunks = chunks;
        Count = count;
    }

    /// <summary>The list without elements.</summary>
    public static PersistentList<T> Empty { get; } = new([], 0);

    /// <summary>Number of elements.</summary>
    public int Count { get; }

    /// <summary>The chunks, for loops that cannot afford a call; each full but the last.</summary>
    internal T[][] Chunks => _chunks;

    /// <summary>The element at <paramref name="index"/>. O(1), no allocation.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is none.</exception>
    public T this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if ((uint)index >= (uint)Count)
            {
                ThrowOutOfRange();
            }

            return _chunks[index >> Shift][index & Mask];
        }
    }

    /// <summary>The place of the element at <paramref name="index"/>, for large elements. O(1), no allocation.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is none.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref readonly T At(int index)
    {
        if ((uint)index >= (uint)Count)
        {
            ThrowOutOfRange();
        }

        return ref _chunks[index >> Shift][index & Mask];
    }

    /// <summary>The elements in order.</summary>
    public IEnumerable<T> Items()
    {
        for (int i = 0; i < Count; i++)
        {
            yield return _chunks[i >> Shift][i & Mask];
        }
    }

    /// <summary>Indexes at which two lists differ or only one has an element, in ascending order. Chunks that they share cost nothing.</summary>
    public static IEnumerable<int> Differences(PersistentList<T> left, PersistentList<T> right, Func<T, T, bool> areSame)
    {
        for (int chunk = 0; chunk < Math.Max(left._chunks.Length, right._chunks.Length); chunk++)
        {
            if (chunk < left._chunks.Length && chunk < right._chunks.Length && ReferenceEquals(left._chunks[chunk], right._chunks[chunk]) && left.Count == right.Count)
            {
                continue;
            }

            int end = Math.Min((chunk + 1) << Shift, Math.Max(left.Count, right.Count));
            for (int i = chunk << Shift; i < end; i++)
            {
                if (i >= left.Count || i >= right.Count || !areSame(left[i], right[i]))
                {
                    yield return i;
                }
            }
        }
    }

    /// <summary>A writer that starts with this list and leaves it as it is. O(chunks) at its first write.</summary>
    public Builder ToBuilder() => new(this);

    [DoesNotReturn]
    private static void ThrowOutOfRange() => throw new ArgumentOutOfRangeException("index", "no element has this index");

    /// <summary>Writes the next version. It stays usable after <see cref="Freeze"/>; what it writes then does not reach the frozen list.</summary>
    internal sealed class Builder
    {
        private readonly List<int> _written = [];
        private T[][] _chunks;
        private bool[] _isOwn;
        private bool _ownsSpine;
        private PersistentList<T>? _frozen;

        internal Builder(PersistentList<T> list)
        {
            _chunks = list._chunks;
            _isOwn = new bool[_chunks.Length];
            _frozen = list;
            Count = list.Count;
        }

        /// <summary>Number of elements.</summary>
        public int Count { get; private set; }

        /// <summary>The element at <paramref name="index"/>; setting copies its chunk once per version.</summary>
        public T this[int index]
        {
            get => _chunks[index >> Shift][index & Mask];
            set => Edit(index) = value;
        }

        /// <summary>A place to write to, valid until the next write.</summary>
        public ref T Edit(int index)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            int chunk = index >> Shift;
            _frozen = null;
            if (!_isOwn[chunk])
            {
                Own(chunk, _chunks[chunk].Length);
            }

            return ref _chunks[chunk][index & Mask];
        }

        /// <summary>Appends.</summary>
        public void Add(T item)
        {
            int chunk = Count >> Shift, place = Count & Mask;
            _frozen = null;
            if (place == 0 && (chunk == _chunks.Length || _chunks[chunk] is null))
            {
                OwnSpine(chunk + 1);
                _chunks[chunk] = new T[4];
                _isOwn[chunk] = true;
                _written.Add(chunk);
            }
            else if (place == _chunks[chunk].Length)
            {
                Own(chunk, Math.Min(place * 4, 1 << Shift));
            }
            else if (!_isOwn[chunk])
            {
                Own(chunk, _chunks[chunk].Length);
            }

            _chunks[chunk][place] = item;
            Count++;
        }

        /// <summary>The list as it is now. O(written chunks).</summary>
        public PersistentList<T> Freeze()
        {
            if (_frozen is null)
            {
                foreach (int chunk in _written)
                {
                    _isOwn[chunk] = false;
                }

                _written.Clear();
                _ownsSpine = false;
                _frozen = new PersistentList<T>(_chunks, Count);
            }

            return _frozen;
        }

        private void Own(int chunk, int length)
        {
            OwnSpine(_chunks.Length);
            T[] copy = new T[length];
            _chunks[chunk].CopyTo(copy, 0);
            _chunks[chunk] = copy;
            if (!_isOwn[chunk])
            {
                _isOwn[chunk] = true;
                _written.Add(chunk);
            }
        }

        private void OwnSpine(int length)
        {
            if (length > _chunks.Length)
            {
                length = Math.Max(length, _chunks.Length + (_chunks.Length >> 1));
                Array.Resize(ref _chunks, length);
                Array.Resize(ref _isOwn, length);
                _ownsSpine = true;
            }
            else if (!_ownsSpine)
            {
                _chunks = (T[][])_chunks.Clone();
                _ownsSpine = true;
            }
        }
    }
}
