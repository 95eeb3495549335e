using NetPolicy.Collections;
using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce.Reconcile;

/// <summary>The elements of a class's map by identity.</summary>
internal sealed class ClassRows
{
    private static readonly List<RuleElement> s_none = [];

    private readonly Dictionary<uint, List<RuleElement>> _rows = [];

    public ClassRows(EquatableArray<RuleElement> elements)
    {
        foreach (RuleElement element in elements)
        {
            uint number = NumberOf(element.Key);
            if (!_rows.TryGetValue(number, out List<RuleElement>? row))
            {
                _rows[number] = row = [];
            }

            row.Add(element);
        }
    }

    public List<RuleElement> this[uint identity] => _rows.GetValueOrDefault(identity, s_none);

    public static uint NumberOf(RuleValue key) => key switch
    {
        RuleValue.Identity identity => identity.Number,
        RuleValue.Joined joined => ((RuleValue.Identity)joined.Parts[0]).Number,
        _ => throw new ArgumentException("the key has no identity", nameof(key)),
    };

    /// <summary>The same key for another identity.</summary>
    public static RuleValue With(RuleValue key, uint number)
    {
        if (key is not RuleValue.Joined joined)
        {
            return new RuleValue.Identity(number);
        }

        RuleValue[] parts = [.. joined.Parts];
        parts[0] = new RuleValue.Identity(number);
        return new RuleValue.Joined(new EquatableArray<RuleValue>(parts));
    }

    /// <summary>A row for another identity.</summary>
    public IEnumerable<RuleElement> Copy(uint from, uint to) => this[from].Select(e => e with { Key = With(e.Key, to) });
}
