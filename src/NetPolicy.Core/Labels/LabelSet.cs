using NetPolicy.Collections;

namespace NetPolicy.Labels;

/// <summary>The labels of an object: text keys with text values, compared byte by byte.</summary>
/// <remarks><c>default</c> has no label.</remarks>
public readonly record struct LabelSet(EquatableMap<string> Entries)
{
    /// <summary>No label.</summary>
    public static LabelSet Empty => default;

    /// <summary>Labels from pairs; of pairs with one key the last is kept.</summary>
    public static LabelSet Of(params ReadOnlySpan<(string Key, string Value)> labels)
    {
        List<KeyValuePair<string, string>> entries = [];
        foreach ((string key, string value) in labels)
        {
            entries.Add(new(key, value));
        }

        return new LabelSet(new EquatableMap<string>(entries));
    }

    /// <summary>The value of <paramref name="key"/>, or null if the label is absent.</summary>
    public string? this[string key] => Entries.TryGetValue(key, out string? value) ? value : null;

    /// <summary>Number of labels.</summary>
    public int Count => Entries.Count;

    /// <summary>These labels with <paramref name="key"/> set.</summary>
    public LabelSet With(string key, string value) => new(Entries.With(key, value));

    /// <summary><c>{a: b, c: d}</c> in ordinal key order.</summary>
    public override string ToString() => Entries.ToString();
}
