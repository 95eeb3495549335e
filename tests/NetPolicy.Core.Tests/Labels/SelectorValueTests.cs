using NetPolicy.Labels;
using Xunit;

namespace NetPolicy.Core.Tests.Labels;

/// <summary>Selectors as values, and what is said of text that is none.</summary>
public class SelectorValueTests
{
    [Theory]
    [InlineData("()", 1, "unexpected `)` where a label was expected")]
    [InlineData("  ()", 3, "unexpected `)` where a label was expected")]
    [InlineData("has()", 4, "unexpected `)` where a label was expected")]
    [InlineData("has(", 4, "expected a label")]
    [InlineData("has( a b)", 7, "expected `)`")]
    [InlineData("has(a", 5, "expected `)`")]
    [InlineData("all(x)", 4, "expected `)`")]
    [InlineData("global(x)", 7, "expected `)`")]
    [InlineData("(has(a)", 7, "expected `)`")]
    [InlineData("has(a))", 6, "unexpected text after the selector")]
    [InlineData("has(a) has(b)", 7, "expected an operator")]
    [InlineData("has(a)  \t 'x'", 10, "unexpected text after the selector")]
    [InlineData("has(a) &&", 9, "the selector ends where a label, `has(…)`, `all()`, `global()` or `(` was expected")]
    [InlineData("!", 1, "the selector ends where a label, `has(…)`, `all()`, `global()` or `(` was expected")]
    [InlineData("a", 1, "expected an operator after label `a`: ==, !=, in, not in, contains, starts with or ends with")]
    [InlineData("a = 'b'", 2, "expected an operator after label `a`: ==, !=, in, not in, contains, starts with or ends with")]
    [InlineData("a inf {'b'}", 2, "expected an operator after label `a`: ==, !=, in, not in, contains, starts with or ends with")]
    [InlineData("a not inf {'b'}", 2, "expected an operator after label `a`: ==, !=, in, not in, contains, starts with or ends with")]
    [InlineData("a starts 'b'", 2, "expected an operator after label `a`: ==, !=, in, not in, contains, starts with or ends with")]
    [InlineData("a == b", 5, "expected text in quotes")]
    [InlineData("a ==", 4, "expected text in quotes")]
    [InlineData("a == 'b", 5, "the quoted text does not end")]
    [InlineData("a in ('x')", 5, "expected `{`")]
    [InlineData("a in {'x' 'y'}", 10, "expected `,`")]
    [InlineData("a in {,}", 6, "expected text in quotes")]
    [InlineData("a in {'x',,}", 10, "expected text in quotes")]
    [InlineData("a in {'x'", 9, "expected `,`")]
    [InlineData("a not in {x}", 10, "expected text in quotes")]
    public void What_is_no_selector_is_refused_at_its_place(string text, int position, string message)
    {
        Assert.False(Selector.TryParse(text, out Selector? selector, out SelectorError? error));
        Assert.Null(selector);
        Assert.Equal(new SelectorError(position, message), error);
        Assert.Equal($"`{text}` is not a selector: {message} at offset {position}", Assert.Throws<FormatException>(() => Selector.Parse(text)).Message);
    }

    [Theory]
    [InlineData("a in{'x' ,\t'y' , }", "a in {\"x\", \"y\"}")]
    [InlineData("a in { }", "a in {}")]
    [InlineData("! ! !\thas( a ) \t|| all( )", "(!has(a) || all())")]
    [InlineData("( has(a) ) ", "has(a)")]
    public void Blanks_may_stand_between_all_words(string text, string canonical) => Assert.Equal(canonical, Selector.Parse(text).ToString());

    [Fact]
    public void A_label_name_that_is_too_long_is_told_with_its_length()
    {
        string name = new('a', 513);

        Assert.False(Selector.TryParse($"has(b) && {name} == 'x'", out _, out SelectorError? error));
        Assert.Equal(new SelectorError(10, "a label of 513 bytes, expected at most 512"), error);
    }

    [Fact]
    public void Parentheses_nest_up_to_200_deep_and_no_further()
    {
        Assert.True(Selector.TryParse(new string('(', 200) + "has(a)" + new string(')', 200), out _, out SelectorError? none));
        Assert.Null(none);
        Assert.False(Selector.TryParse(new string('(', 201) + "has(a)" + new string(')', 201), out _, out SelectorError? error));
        Assert.Equal(new SelectorError(201, "more than 200 nested parentheses"), error);
    }

    [Fact]
    public void Any_number_of_parentheses_may_stand_side_by_side()
    {
        string text = string.Join(" && ", Enumerable.Repeat("(has(a) || has(b))", 300));

        Assert.True(Selector.TryParse(text, out Selector? selector, out _));
        Assert.True(selector.Matches(LabelSet.Of(("b", ""))));
        Assert.False(selector.Matches(LabelSet.Empty));
    }

    [Fact]
    public void Selectors_are_equal_if_they_read_alike()
    {
        Selector selector = Selector.Parse("a in {'x', 'y'}");

        Assert.True(selector.Equals(Selector.In("a", ["y", "x", "y"])));
        Assert.True(selector.Equals((object)Selector.In("a", ["y", "x"])));
        Assert.Equal(selector.GetHashCode(), Selector.In("a", ["y", "x"]).GetHashCode());
        Assert.False(selector.Equals(Selector.NotIn("a", ["y", "x"])));
        Assert.False(selector.Equals(Selector.Has("a")));
        Assert.False(selector.Equals((Selector?)null));
        Assert.False(selector.Equals((object)"a in {\"x\", \"y\"}"));
    }

    [Fact]
    public void Selectors_that_are_made_read_as_if_they_had_been_written()
    {
        Assert.Equal("all()", new AllSelector().ToString());
        Assert.Equal("global()", new GlobalSelector().ToString());
        Assert.Equal("!all()", Selector.Not(new AllSelector()).ToString());
        Assert.Equal("a == \"b\"", Selector.Is("a", "b").ToString());
        Assert.Equal("!has(a)", Selector.Not(Selector.Has("a")).ToString());
        Assert.Equal("has(a)", Selector.Not(Selector.Not(Selector.Has("a"))).ToString());
        Assert.Equal("(has(a) && has(b))", Selector.And(Selector.Has("a"), Selector.Has("b")).ToString());
        Assert.Equal("(has(a) || has(b))", Selector.Or(Selector.Has("a"), Selector.Has("b")).ToString());
        Assert.Equal("has(a)", Selector.And(Selector.Has("a")).ToString());
        Assert.Equal("has(a)", Selector.Or(Selector.Has("a")).ToString());
    }

    [Theory]
    [InlineData("has(b) && !(a == 'x' || c in {'y'}) || d not in {'z'} && all() && global() && b contains 'v'", "a b c d")]
    [InlineData("all() || global()", "")]
    public void Names_the_labels_that_it_looks_at(string text, string keys) => Assert.Equal(keys, string.Join(' ', Selector.Parse(text).Keys()));

    [Theory]
    [InlineData("k == 'v'")]
    [InlineData("k != 'v'")]
    [InlineData("k contains 'v'")]
    [InlineData("k starts with 'v'")]
    [InlineData("k ends with 'v'")]
    [InlineData("k in {'v'}")]
    [InlineData("k not in {'v'}")]
    [InlineData("!(k == 'v' && has(k))")]
    public void A_prefix_moves_the_question_to_another_label(string text)
    {
        Selector selector = Selector.Parse(text), moved = selector.WithPrefix("p.");
        string[] values = ["v", "w", "xv", "vx", ""];

        Assert.Equal(text.Replace("k", "p.k", StringComparison.Ordinal), moved.ToString().Replace('"', '\''));
        Assert.Equal(selector.Matches(LabelSet.Empty), moved.Matches(LabelSet.Of(("k", "v"))));
        Assert.All(values, value => Assert.Equal(selector.Matches(LabelSet.Of(("k", value))), moved.Matches(LabelSet.Of(("p.k", value)))));
    }

    [Fact]
    public void Values_are_sorted_by_their_UTF_8_bytes()
    {
        // Beyond the basic plane UTF-16 begins with surrogates, which are below U+FF5E; the code points are above it.
        Assert.Equal("a in {\"\", \"a\", \"ab\", \"b\", \"\uff5e\", \"\U0001f600\"}", Selector.In("a", ["\U0001f600", "b", "\uff5e", "ab", "a", ""]).ToString());
        Assert.True(Utf8Order.Instance.Compare("\U0001f600", "\uff5e") > 0);
        Assert.True(Utf8Order.Instance.Compare("\uff5e", "\U0001f600") < 0);
        Assert.True(Utf8Order.Instance.Compare("a", "ab") < 0);
        Assert.Equal(0, Utf8Order.Instance.Compare("ab", "ab"));
        Assert.True(Selector.In("a", ["\U0001f600", "\uff5e"]).Matches(LabelSet.Of(("a", "\U0001f600"))));
    }

    [Fact]
    public void Labels_are_values()
    {
        LabelSet labels = LabelSet.Of(("b", "2"), ("a", "1"), ("a", "3"));

        Assert.Equal(2, labels.Count);
        Assert.Equal("3", labels["a"]);
        Assert.Null(labels["c"]);
        Assert.Equal("{a: 3, b: 2}", labels.ToString());
        Assert.Equal(LabelSet.Of(("a", "3"), ("b", "2")), labels);
        Assert.Equal(LabelSet.Of(("a", "3"), ("b", "4")), labels.With("b", "4"));
        Assert.Equal(0, LabelSet.Empty.Count);
    }
}
