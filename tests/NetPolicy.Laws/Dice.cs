namespace NetPolicy.Laws;

/// <summary>Choices that follow from a seed alone (SplitMix64), so that a case can be made again from its number.</summary>
public sealed class Dice(ulong seed)
{
    private ulong _state = seed;

    /// <summary>The next 64 bits.</summary>
    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        ulong mixed = _state;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }

    /// <summary>A number from 0 up to, not including, <paramref name="bound"/>.</summary>
    public int Below(int bound) => (int)(Next() % (ulong)bound);

    /// <summary>A number from <paramref name="first"/> to <paramref name="last"/>, both included.</summary>
    public int Between(int first, int last) => first + Below(last - first + 1);

    /// <summary>True in so many of a hundred throws.</summary>
    public bool Chance(int percent) => Below(100) < percent;

    /// <summary>One of them.</summary>
    public T Pick<T>(params ReadOnlySpan<T> items) => items[Below(items.Length)];

    /// <summary>One of them.</summary>
    public T PickFrom<T>(IReadOnlyList<T> items) => items[Below(items.Count)];

    /// <summary>One of them, each as often as its weight says.</summary>
    public T Weighted<T>(params ReadOnlySpan<(int Weight, T Item)> items)
    {
        int total = 0;
        foreach ((int weight, _) in items)
        {
            total += weight;
        }

        int throwAt = Below(total);
        foreach ((int weight, T item) in items)
        {
            if (throwAt < weight)
            {
                return item;
            }

            throwAt -= weight;
        }

        return items[^1].Item;
    }

    /// <summary>From <paramref name="least"/> to <paramref name="most"/> values.</summary>
    public T[] Many<T>(int least, int most, Func<T> make)
    {
        T[] made = new T[Between(least, most)];
        for (int i = 0; i < made.Length; i++)
        {
            made[i] = make();
        }

        return made;
    }

    /// <summary>Some different ones of them, at most so many, in their order.</summary>
    public T[] Some<T>(int most, params ReadOnlySpan<T> items)
    {
        List<T> kept = [.. items];
        int count = Math.Min(Between(1, most), kept.Count);
        while (kept.Count > count)
        {
            kept.RemoveAt(Below(kept.Count));
        }

        return [.. kept];
    }
}
