namespace NetPolicy.Collections;

/// <summary>A set of objects that is small nearly always: an array of up to eight, a hash set beyond. Mutable; <c>default</c> is empty.</summary>
internal struct SmallSet<T>
    where T : class
{
    private const int Few = 8;

    private object? _items;
    private int _few;

    /// <summary>Number of objects.</summary>
    public readonly int Count => _items is HashSet<T> many ? many.Count : _few;

    /// <summary>Adds an object; false if it is there.</summary>
    public bool Add(T item)
    {
        switch (_items)
        {
            case null:
                _items = item;
                _few = 1;
                return true;
            case HashSet<T> many:
                return many.Add(item);
            case T[] few:
                if (Array.IndexOf(few, item, 0, _few) >= 0)
                {
                    return false;
                }

                if (_few == Few)
                {
                    _items = new HashSet<T>(few) { item };
                    return true;
                }

                if (_few == few.Length)
                {
                    Array.Resize(ref few, Few);
                    _items = few;
                }

                few[_few++] = item;
                return true;
            default:
                if (ReferenceEquals(_items, item))
                {
                    return false;
                }

                _items = new T[] { (T)_items, item };
                _few = 2;
                return true;
        }
    }

    /// <summary>Takes an object away; false if it is not there.</summary>
    public bool Remove(T item)
    {
        switch (_items)
        {
            case null:
                return false;
            case HashSet<T> many:
                return many.Remove(item);
            case T[] few:
                int at = Array.IndexOf(few, item, 0, _few);
                if (at < 0)
                {
                    return false;
                }

                few[at] = few[--_few];
                few[_few] = null!;
                return true;
            default:
                if (!ReferenceEquals(_items, item))
                {
                    return false;
                }

                _items = null;
                _few = 0;
                return true;
        }
    }

    /// <summary>The objects as they are now, in no order.</summary>
    public readonly IReadOnlyCollection<T> Items() => _items switch
    {
        null => [],
        HashSet<T> many => many,
        T[] few => new ArraySegment<T>(few, 0, _few),
        object one => [(T)one],
    };
}
