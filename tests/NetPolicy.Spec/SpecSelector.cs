namespace NetPolicy.Spec;

using Labels = IReadOnlyDictionary<string, string>;

/// <summary>A Calico selector as a tree (Calico 2.2, 2.3).</summary>
internal abstract record SpecSelector
{
    public static readonly SpecSelector All = new AllNode();

    /// <summary>Calico 2.3.</summary>
    public abstract bool Matches(Labels labels);

    /// <summary>Calico 2.4, label prefixing: rewrites every label name, also inside <c>has</c>.</summary>
    public abstract SpecSelector Prefixed(string prefix);

    /// <summary>Calico 3.2, 3.3: puts other expressions in the place of <c>all()</c> and <c>global()</c>.</summary>
    public abstract SpecSelector Replaced(SpecSelector? all, SpecSelector? global);

    /// <summary>The selector, or null for an empty or blank text.</summary>
    public static SpecSelector? ParseOrNull(string? text) => string.IsNullOrWhiteSpace(text) ? null : new SelectorReader(text.Trim()).Read();

    /// <summary>Empty or blank selector = <c>all()</c> (Calico 2.2).</summary>
    public static SpecSelector Parse(string? text) => ParseOrNull(text) ?? All;

    public static SpecSelector Has(string label) => new HasNode(label);

    public static SpecSelector Is(string label, string value) => new CompareNode(label, "==", value);

    public static SpecSelector In(string label, IEnumerable<string> values) => new SetNode(label, values.ToHashSet(StringComparer.Ordinal), false);

    public static SpecSelector Not(SpecSelector operand) => new NotNode(operand);

    /// <summary>Both; what is null asks for nothing.</summary>
    public static SpecSelector? And(SpecSelector? first, SpecSelector? second) =>
        first is null ? second : second is null ? first : new AndNode(first, second);

    private sealed record AllNode : SpecSelector
    {
        public override bool Matches(Labels labels) => true;

        public override SpecSelector Prefixed(string prefix) => this;

        public override SpecSelector Replaced(SpecSelector? all, SpecSelector? global) => all ?? this;
    }

    private sealed record GlobalNode : SpecSelector
    {
        public override bool Matches(Labels labels) => true;

        public override SpecSelector Prefixed(string prefix) => this;

        public override SpecSelector Replaced(SpecSelector? all, SpecSelector? global) => global ?? this;
    }

    private sealed record HasNode(string Label) : SpecSelector
    {
        public override bool Matches(Labels labels) => labels.ContainsKey(Label);

        public override SpecSelector Prefixed(string prefix) => new HasNode(prefix + Label);

        public override SpecSelector Replaced(SpecSelector? all, SpecSelector? global) => this;
    }

    private sealed record CompareNode(string Label, string Operator, string Value) : SpecSelector
    {
        public override bool Matches(Labels labels)
        {
            if (!labels.TryGetValue(Label, out string? value))
            {
                return Operator == "!=";
            }

            return Operator switch
            {
                "==" => string.Equals(value, Value, StringComparison.Ordinal),
                "!=" => !string.Equals(value, Value, StringComparison.Ordinal),
                "contains" => value.Contains(Value, StringComparison.Ordinal),
                "starts with" => value.StartsWith(Value, StringComparison.Ordinal),
                "ends with" => value.EndsWith(Value, StringComparison.Ordinal),
                _ => throw new InvalidOperationException(Operator),
            };
        }

        public override SpecSelector Prefixed(string prefix) => this with { Label = prefix + Label };

        public override SpecSelector Replaced(SpecSelector? all, SpecSelector? global) => this;
    }

    private sealed record SetNode(string Label, HashSet<string> Values, bool Negated) : SpecSelector
    {
        public override bool Matches(Labels labels) =>
            labels.TryGetValue(Label, out string? value) ? Values.Contains(value) != Negated : Negated;

        public override SpecSelector Prefixed(string prefix) => this with { Label = prefix + Label };

        public override SpecSelector Replaced(SpecSelector? all, SpecSelector? global) => this;
    }

    private sealed record NotNode(SpecSelector Operand) : SpecSelector
    {
        public override bool Matches(Labels labels) => !Operand.Matches(labels);

        public override SpecSelector Prefixed(string prefix) => new NotNode(Operand.Prefixed(prefix));

        public override SpecSelector Replaced(SpecSelector? all, SpecSelector? global) => new NotNode(Operand.Replaced(all, global));
    }

    private sealed record AndNode(SpecSelector First, SpecSelector Second) : SpecSelector
    {
        public override bool Matches(Labels labels) => First.Matches(labels) && Second.Matches(labels);

        public override SpecSelector Prefixed(string prefix) => new AndNode(First.Prefixed(prefix), Second.Prefixed(prefix));

        public override SpecSelector Replaced(SpecSelector? all, SpecSelector? global) =>
            new AndNode(First.Replaced(all, global), Second.Replaced(all, global));
    }

    private sealed record OrNode(SpecSelector First, SpecSelector Second) : SpecSelector
    {
        public override bool Matches(Labels labels) => First.Matches(labels) || Second.Matches(labels);

        public override SpecSelector Prefixed(string prefix) => new OrNode(First.Prefixed(prefix), Second.Prefixed(prefix));

        public override SpecSelector Replaced(SpecSelector? all, SpecSelector? global) =>
            new OrNode(First.Replaced(all, global), Second.Replaced(all, global));
    }

    /// <summary>The grammar of Calico 2.2 over the tokens of 2.1, one method per production.</summary>
    private sealed class SelectorReader(string text)
    {
        private int at;

        public SpecSelector Read()
        {
            SpecSelector selector = ReadOr();
            SkipBlanks();
            return at == text.Length ? selector : throw Unexpected("the end");
        }

        private SpecSelector ReadOr()
        {
            SpecSelector selector = ReadAnd();
            while (Take("||"))
            {
                selector = new OrNode(selector, ReadAnd());
            }

            return selector;
        }

        private SpecSelector ReadAnd()
        {
            SpecSelector selector = ReadUnary();
            while (Take("&&"))
            {
                selector = new AndNode(selector, ReadUnary());
            }

            return selector;
        }

        private SpecSelector ReadUnary()
        {
            bool negated = false;
            SkipBlanks();
            while (at < text.Length && text[at] == '!' && !Looking("!="))
            {
                negated = !negated;
                at++;
                SkipBlanks();
            }

            SpecSelector primary = ReadPrimary();
            return negated ? new NotNode(primary) : primary;
        }

        private SpecSelector ReadPrimary()
        {
            if (Take("("))
            {
                SpecSelector inner = ReadOr();
                Expect(")");
                return inner;
            }

            if (Take("all("))
            {
                Expect(")");
                return All;
            }

            if (Take("global("))
            {
                Expect(")");
                return new GlobalNode();
            }

            if (Take("has("))
            {
                string label = ReadLabel();
                Expect(")");
                return new HasNode(label);
            }

            return ReadComparison(ReadLabel());
        }

        private SpecSelector ReadComparison(string label)
        {
            foreach (string sign in (string[])["==", "!="])
            {
                if (Take(sign))
                {
                    return new CompareNode(label, sign, ReadString());
                }
            }

            foreach (string word in (string[])["contains", "starts with", "ends with"])
            {
                if (TakeWords(word))
                {
                    return new CompareNode(label, word, ReadString());
                }
            }

            if (TakeWords("not in"))
            {
                return new SetNode(label, ReadSet(), true);
            }

            return TakeWords("in") ? new SetNode(label, ReadSet(), false) : throw Unexpected("an operator");
        }

        private HashSet<string> ReadSet()
        {
            HashSet<string> values = new(StringComparer.Ordinal);
            Expect("{");
            if (Take("}"))
            {
                return values;
            }

            do
            {
                values.Add(ReadString());
            }
            while (Take(",") && !Looking("}"));
            Expect("}");
            return values;
        }

        private string ReadLabel()
        {
            SkipBlanks();
            int start = at;
            while (at < text.Length && IsLabelCharacter(text[at]))
            {
                at++;
            }

            return at - start is >= 1 and <= 512 ? text[start..at] : throw Unexpected("a label");
        }

        private string ReadString()
        {
            SkipBlanks();
            if (at == text.Length || text[at] is not ('"' or '\''))
            {
                throw Unexpected("a quoted value");
            }

            int end = text.IndexOf(text[at], at + 1);
            if (end < 0)
            {
                throw Unexpected("a closing quote");
            }

            string value = text[(at + 1)..end];
            at = end + 1;
            return value;
        }

        /// <summary>Calico 2.1: blanks between the words are free; a word boundary is needed after the last.</summary>
        private bool TakeWords(string words)
        {
            SkipBlanks();
            int start = at;
            foreach (string word in words.Split(' '))
            {
                SkipBlanks();
                if (!Looking(word))
                {
                    at = start;
                    return false;
                }

                at += word.Length;
            }

            if (at < text.Length && IsLabelCharacter(text[at]))
            {
                at = start;
                return false;
            }

            return true;
        }

        private bool Take(string token)
        {
            if (!Looking(token))
            {
                return false;
            }

            at += token.Length;
            return true;
        }

        private void Expect(string token)
        {
            if (!Take(token))
            {
                throw Unexpected($"`{token}`");
            }
        }

        private bool Looking(string token)
        {
            SkipBlanks();
            return string.CompareOrdinal(text, at, token, 0, token.Length) == 0;
        }

        private void SkipBlanks()
        {
            while (at < text.Length && text[at] is ' ' or '\t')
            {
                at++;
            }
        }

        private static bool IsLabelCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '/' or '-';

        private FormatException Unexpected(string expected) => new($"selector `{text}`: expected {expected} at {at}");
    }
}

/// <summary>A Kubernetes label selector (Kubernetes 4): every requirement must hold; none matches everything.</summary>
internal sealed class SpecLabelSelector
{
    private readonly List<(string Key, string Operator, List<string> Values)> requirements = [];

    public SpecLabelSelector(SpecNode node)
    {
        foreach ((string key, string value) in node["matchLabels"].Map())
        {
            requirements.Add((key, "In", [value]));
        }

        foreach (SpecNode expression in node["matchExpressions"].Items)
        {
            string text = expression["operator"].Text ?? "";
            if (text is not ("In" or "NotIn" or "Exists" or "DoesNotExist") || expression["key"].Text is not { } key)
            {
                throw new FormatException($"match expression with operator `{text}`");
            }

            requirements.Add((key, text, expression["values"].Texts()));
        }
    }

    /// <summary>Kubernetes 2.1, rows 7 to 13; null is valid, being no selector.</summary>
    public static bool IsValid(SpecNode node) =>
        node["matchLabels"].Map().All(pair => IsKey(pair.Key) && IsValue(pair.Value))
        && node["matchExpressions"].Items.All(expression => IsKey(expression["key"].Text ?? "") && expression["operator"].Text switch
        {
            "In" or "NotIn" => expression["values"].Items.Count > 0 && expression["values"].Texts().TrueForAll(IsValue),
            "Exists" or "DoesNotExist" => expression["values"].Items.Count == 0,
            _ => false,
        });

    /// <summary>Kubernetes 2.2, label key.</summary>
    private static bool IsKey(string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        string prefix = slash < 0 ? "x" : text[..slash];
        string name = text[(slash + 1)..];
        bool isSubdomain = prefix.Length is > 0 and <= 253
            && prefix.Split('.').All(label => label.Length > 0 && label.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-') && label[0] != '-' && label[^1] != '-');
        return isSubdomain && name.Length > 0 && IsValue(name);
    }

    /// <summary>Kubernetes 2.2, label value.</summary>
    private static bool IsValue(string text) =>
        text.Length == 0
        || (text.Length <= 63 && char.IsAsciiLetterOrDigit(text[0]) && char.IsAsciiLetterOrDigit(text[^1])
            && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'));

    /// <summary>Kubernetes 4, the table of requirements.</summary>
    public bool Matches(Labels labels)
    {
        foreach ((string key, string op, List<string> values) in requirements)
        {
            bool present = labels.TryGetValue(key, out string? value);
            bool holds = op switch
            {
                "In" => present && values.Contains(value!),
                "NotIn" => !present || !values.Contains(value!),
                "Exists" => present,
                _ => !present,
            };
            if (!holds)
            {
                return false;
            }
        }

        return true;
    }
}
