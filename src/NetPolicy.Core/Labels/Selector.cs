using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace NetPolicy.Labels;

/// <summary>
/// A predicate over labels in Calico's selector language (Calico specification §2). Immutable; compared by canonical text.
/// </summary>
public abstract class Selector : IEquatable<Selector>
{
    // Every selector of every policy is written once.
    [ThreadStatic]
    private static StringBuilder? s_text;

    private string? _canonical;

    private protected Selector()
    {
    }

    /// <summary>Matches everything: <c>all()</c>.</summary>
    public static Selector All { get; } = new AllSelector();

    /// <summary>Matches nothing: <c>!all()</c>.</summary>
    public static Selector Nothing { get; } = new NotSelector(All);

    /// <summary>Parses selector text; empty and blank text is <c>all()</c>.</summary>
    /// <exception cref="FormatException">The text is not a selector.</exception>
    public static Selector Parse(string text) =>
        TryParse(text, out Selector? selector, out SelectorError? error)
            ? selector
            : throw new FormatException($"`{text}` is not a selector: {error.Message} at offset {error.Position}");

    /// <summary>Parses selector text, or says why it is none.</summary>
    public static bool TryParse(
        string text,
        [NotNullWhen(true)] out Selector? selector,
        [NotNullWhen(false)] out SelectorError? error) => SelectorParser.TryParse(text, out selector, out error);

    /// <summary>All of <paramref name="operands"/>; a single operand is returned as it is.</summary>
    public static Selector And(params ReadOnlySpan<Selector> operands) =>
        operands.Length == 1 ? operands[0] : new AndSelector(operands.ToArray());

    /// <summary>Any of <paramref name="operands"/>; a single operand is returned as it is.</summary>
    public static Selector Or(params ReadOnlySpan<Selector> operands) =>
        operands.Length == 1 ? operands[0] : new OrSelector(operands.ToArray());

    /// <summary>The opposite; a double negation is taken away.</summary>
    public static Selector Not(Selector operand) => operand is NotSelector not ? not.Operand : new NotSelector(operand);

    /// <summary><c>key == "value"</c>.</summary>
    public static Selector Is(string key, string value) => new CompareSelector(key, LabelOperator.Equal, value);

    /// <summary><c>has(key)</c>.</summary>
    public static Selector Has(string key) => new HasSelector(key);

    /// <summary><c>key in {values}</c>.</summary>
    public static Selector In(string key, IEnumerable<string> values) => new SetSelector(key, values, negated: false);

    /// <summary><c>key not in {values}</c>; true where the label is absent.</summary>
    public static Selector NotIn(string key, IEnumerable<string> values) => new SetSelector(key, values, negated: true);

    /// <summary>True if <paramref name="labels"/> satisfy the selector. Values are compared byte by byte.</summary>
    public abstract bool Matches(LabelSet labels);

    /// <summary>The same selector with <paramref name="prefix"/> put before every label name.</summary>
    public Selector WithPrefix(string prefix) => Map(key => prefix + key, static leaf => leaf);

    /// <summary>The same selector with every <c>all()</c> and <c>global()</c> replaced (Calico specification §3.2, §3.3).</summary>
    /// <param name="all">Stands for <c>all()</c>.</param>
    /// <param name="global">Stands for <c>global()</c>.</param>
    public Selector WithScope(Selector all, Selector global) =>
        Map(static key => key, leaf => leaf switch { AllSelector => all, GlobalSelector => global, _ => leaf });

    /// <summary>Label names that the selector looks at, each once, in ordinal order.</summary>
    public IReadOnlyCollection<string> Keys()
    {
        SortedSet<string> keys = new(StringComparer.Ordinal);
        CollectKeys(keys);
        return keys;
    }

    /// <summary>Upstream's unique id of a selector: <c>s:</c> and the base64url SHA-224 of the canonical text (§2.4).</summary>
    public string UniqueId() => "s:" + Base64Url.EncodeToString(Sha224.Hash(Encoding.UTF8.GetBytes("s:" + this)));

    /// <inheritdoc/>
    public bool Equals(Selector? other) => other is not null && ToString() == other.ToString();

    /// <inheritdoc/>
    public sealed override bool Equals(object? obj) => Equals(obj as Selector);

    /// <inheritdoc/>
    public sealed override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <summary>The canonical text (§2.4); it parses to a selector that matches alike, and to an equal one unless a negation stands in another's parentheses.</summary>
    public sealed override string ToString()
    {
        if (_canonical is null)
        {
            StringBuilder text = s_text ?? new StringBuilder(256);
            s_text = null;
            Write(text);
            _canonical = text.ToString();
            text.Clear();
            s_text = text.Capacity <= 4096 ? text : null;
        }

        return _canonical;
    }

    internal abstract void Write(StringBuilder text);

    internal abstract Selector Map(Func<string, string> key, Func<Selector, Selector> leaf);

    internal abstract void CollectKeys(ISet<string> keys);

    internal static void WriteQuoted(StringBuilder text, string value)
    {
        char quote = value.Contains('"', StringComparison.Ordinal) ? '\'' : '"';
        text.Append(quote).Append(value).Append(quote);
    }
}
