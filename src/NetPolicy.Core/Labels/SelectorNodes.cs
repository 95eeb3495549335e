using System.Text;

namespace NetPolicy.Labels;

/// <summary><c>all()</c>.</summary>
internal sealed class AllSelector : Selector
{
    public override bool Matches(LabelSet labels) => true;

    internal override void Write(StringBuilder text) => text.Append("all()");

    internal override Selector Map(Func<string, string> key, Func<Selector, Selector> leaf) => leaf(this);

    internal override void CollectKeys(ISet<string> keys)
    {
    }
}

/// <summary><c>global()</c>: true by itself; rewriting gives it its meaning.</summary>
internal sealed class GlobalSelector : Selector
{
    public override bool Matches(LabelSet labels) => true;

    internal override void Write(StringBuilder text) => text.Append("global()");

    internal override Selector Map(Func<string, string> key, Func<Selector, Selector> leaf) => leaf(this);

    internal override void CollectKeys(ISet<string> keys)
    {
    }
}

/// <summary><c>has(key)</c>.</summary>
internal sealed class HasSelector(string key) : Selector
{
    internal string Key => key;

    public override bool Matches(LabelSet labels) => labels.Entries.ContainsKey(key);

    internal override void Write(StringBuilder text) => text.Append("has(").Append(key).Append(')');

    internal override Selector Map(Func<string, string> rename, Func<Selector, Selector> leaf) => leaf(new HasSelector(rename(key)));

    internal override void CollectKeys(ISet<string> keys) => keys.Add(key);
}

/// <summary>One label against one text.</summary>
internal sealed class CompareSelector(string key, LabelOperator op, string value) : Selector
{
    internal string Key => key;

    internal LabelOperator Operator => op;

    internal string Value => value;

    public override bool Matches(LabelSet labels)
    {
        bool present = labels.Entries.TryGetValue(key, out string? actual);
        return op switch
        {
            LabelOperator.Equal => present && actual == value,
            LabelOperator.NotEqual => !present || actual != value,
            LabelOperator.Contains => present && actual!.Contains(value, StringComparison.Ordinal),
            LabelOperator.StartsWith => present && actual!.StartsWith(value, StringComparison.Ordinal),
            LabelOperator.EndsWith => present && actual!.EndsWith(value, StringComparison.Ordinal),
            _ => throw new InvalidOperationException($"unknown label operator {op}"),
        };
    }

    internal override void Write(StringBuilder text)
    {
        text.Append(key).Append(op switch
        {
            LabelOperator.Equal => " == ",
            LabelOperator.NotEqual => " != ",
            LabelOperator.Contains => " contains ",
            LabelOperator.StartsWith => " starts with ",
            LabelOperator.EndsWith => " ends with ",
            _ => throw new InvalidOperationException($"unknown label operator {op}"),
        });
        WriteQuoted(text, value);
    }

    internal override Selector Map(Func<string, string> rename, Func<Selector, Selector> leaf) =>
        leaf(new CompareSelector(rename(key), op, value));

    internal override void CollectKeys(ISet<string> keys) => keys.Add(key);
}

/// <summary><c>key in {…}</c> and <c>key not in {…}</c>; values are kept sorted and once each.</summary>
internal sealed class SetSelector : Selector
{
    private readonly string _key;
    private readonly string[] _values;
    private readonly bool _negated;

    public SetSelector(string key, IEnumerable<string> values, bool negated)
    {
        _key = key;
        _values = [.. values.Distinct(StringComparer.Ordinal).Order(Utf8Order.Instance)];
        _negated = negated;
    }

    internal string Key => _key;

    internal IReadOnlyList<string> Values => _values;

    internal bool IsNegated => _negated;

    public override bool Matches(LabelSet labels) =>
        labels.Entries.TryGetValue(_key, out string? actual)
            ? Array.BinarySearch(_values, actual, Utf8Order.Instance) >= 0 != _negated
            : _negated;

    internal override void Write(StringBuilder text)
    {
        text.Append(_key).Append(_negated ? " not in {" : " in {");
        for (int i = 0; i < _values.Length; i++)
        {
            text.Append(i == 0 ? "" : ", ");
            WriteQuoted(text, _values[i]);
        }

        text.Append('}');
    }

    internal override Selector Map(Func<string, string> rename, Func<Selector, Selector> leaf) =>
        leaf(new SetSelector(rename(_key), _values, _negated));

    internal override void CollectKeys(ISet<string> keys) => keys.Add(_key);
}

/// <summary><c>!operand</c>.</summary>
internal sealed class NotSelector(Selector operand) : Selector
{
    internal Selector Operand => operand;

    public override bool Matches(LabelSet labels) => !operand.Matches(labels);

    internal override void Write(StringBuilder text)
    {
        text.Append('!');
        operand.Write(text);
    }

    internal override Selector Map(Func<string, string> key, Func<Selector, Selector> leaf) => new NotSelector(operand.Map(key, leaf));

    internal override void CollectKeys(ISet<string> keys) => operand.CollectKeys(keys);
}

/// <summary>All operands.</summary>
internal sealed class AndSelector(Selector[] operands) : Selector
{
    internal IReadOnlyList<Selector> Operands => operands;

    public override bool Matches(LabelSet labels)
    {
        foreach (Selector operand in operands)
        {
            if (!operand.Matches(labels))
            {
                return false;
            }
        }

        return true;
    }

    internal override void Write(StringBuilder text) => OrSelector.WriteJoined(text, operands, " && ");

    internal override Selector Map(Func<string, string> key, Func<Selector, Selector> leaf) =>
        new AndSelector([.. operands.Select(o => o.Map(key, leaf))]);

    internal override void CollectKeys(ISet<string> keys)
    {
        foreach (Selector operand in operands)
        {
            operand.CollectKeys(keys);
        }
    }
}

/// <summary>Any operand.</summary>
internal sealed class OrSelector(Selector[] operands) : Selector
{
    internal IReadOnlyList<Selector> Operands => operands;

    public override bool Matches(LabelSet labels)
    {
        foreach (Selector operand in operands)
        {
            if (operand.Matches(labels))
            {
                return true;
            }
        }

        return false;
    }

    internal override void Write(StringBuilder text) => WriteJoined(text, operands, " || ");

    internal override Selector Map(Func<string, string> key, Func<Selector, Selector> leaf) =>
        new OrSelector([.. operands.Select(o => o.Map(key, leaf))]);

    internal override void CollectKeys(ISet<string> keys)
    {
        foreach (Selector operand in operands)
        {
            operand.CollectKeys(keys);
        }
    }

    internal static void WriteJoined(StringBuilder text, Selector[] operands, string separator)
    {
        text.Append('(');
        for (int i = 0; i < operands.Length; i++)
        {
            text.Append(i == 0 ? "" : separator);
            operands[i].Write(text);
        }

        text.Append(')');
    }
}
