using System.Runtime.CompilerServices;
using NetPolicy.Collections;

namespace NetPolicy.Dsl;

/// <summary>The key of a label, from which conditions (<c>==</c>, <c>In</c>, …) and concrete labels (<c>Is</c>) are made.</summary>
/// <remarks><c>default</c> is the empty key, which every set reports as an error. Two keys are equal if their text is; the comparison operators make conditions.</remarks>
public readonly struct LabelKey : IEquatable<LabelKey>
{
    private readonly string? _key;
    private readonly SourceLine _line;

    internal LabelKey(string key, SourceLine line)
    {
        ArgumentNullException.ThrowIfNull(key);
        _key = key;
        _line = line;
    }

    internal string Key => _key ?? "";

    /// <summary>The label is present. In a selector of a Kubernetes policy: operator <c>Exists</c>.</summary>
    public LabelSelector Exists => Condition(RequirementOperator.Exists, []);

    /// <summary>The label is absent. Things without labels match.</summary>
    public LabelSelector IsAbsent => Condition(RequirementOperator.Absent, []);

    /// <summary>A concrete label: it selects, and it can also be put on things. Values follow the rules of Kubernetes label values.</summary>
    public LabelPairs Is(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return new LabelPairs([new(Key, value, _line)]);
    }

    /// <summary>The label is present with one of the values.</summary>
    public LabelSelector In(string value, params ReadOnlySpan<string> more) => Condition(RequirementOperator.In, List(value, more));

    /// <summary>The label is absent or has none of the values.</summary>
    public LabelSelector NotIn(string value, params ReadOnlySpan<string> more) => Condition(RequirementOperator.NotIn, List(value, more));

    /// <summary>The value begins with the text. Calico only.</summary>
    public Selector StartsWith(string text) => Text(RequirementOperator.StartsWith, text);

    /// <summary>The value ends with the text. Calico only.</summary>
    public Selector EndsWith(string text) => Text(RequirementOperator.EndsWith, text);

    /// <summary>The value contains the text. Calico only.</summary>
    public Selector Contains(string text) => Text(RequirementOperator.Contains, text);

    /// <summary>The label is present with exactly this value.</summary>
    public static LabelSelector operator ==(LabelKey key, string value) => key.Condition(RequirementOperator.Equal, List(value, []));

    /// <summary>The label is absent or has another value.</summary>
    public static LabelSelector operator !=(LabelKey key, string value) => key.Condition(RequirementOperator.NotEqual, List(value, []));

    /// <summary>True if both keys have the same text.</summary>
    public bool Equals(LabelKey other) => string.Equals(Key, other.Key, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is LabelKey other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Key.GetHashCode(StringComparison.Ordinal);

    /// <summary>The key.</summary>
    public override string ToString() => Key;

    private LabelSelector Condition(RequirementOperator @operator, EquatableArray<string> values) =>
        new(new RequirementNode(Key, @operator, values), _line, []);

    private Selector Text(RequirementOperator @operator, string text) =>
        new(new RequirementNode(Key, @operator, List(text, [])), _line, []);

    private static EquatableArray<string> List(string value, ReadOnlySpan<string> more)
    {
        ArgumentNullException.ThrowIfNull(value);
        foreach (string other in more)
        {
            ArgumentNullException.ThrowIfNull(other, nameof(more));
        }

        return [value, .. more];
    }
}
