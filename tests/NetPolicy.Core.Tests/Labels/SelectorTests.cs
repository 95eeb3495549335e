using NetPolicy.Labels;
using Xunit;

namespace NetPolicy.Core.Tests.Labels;

/// <summary>The selector language: Calico specification §2, row by row.</summary>
public class SelectorTests
{
    private static readonly string Long512 = new('a', 512);

    [Theory] // §2.4: upstream's own vectors
    [InlineData("all()", "s:5y5I3VdRZfDU01O--xXAPx2yxCQQqMf0M6IWug")]
    [InlineData("!(has(b) || !has(a))", "s:Iss0uCleLYv1GSv_pNm7hAO58kE9jAx1NKyG3Q")]
    [InlineData("!(a == 'b' && !c != 'd')", "s:lh3haoY1ikTRkd4UZu0nWSaIBknYLPJLX16d-w")]
    public void Has_the_unique_id_that_upstream_gives(string text, string id) => Assert.Equal(id, Selector.Parse(text).UniqueId());

    [Theory] // §2.1, §2.2, §2.4: text and its canonical form
    [InlineData("", "all()")]
    [InlineData("  \t ", "all()")]
    [InlineData("\n all() \n", "all()")]
    [InlineData("all( )", "all()")]
    [InlineData("global( )", "global()")]
    [InlineData("has( a )", "has(a)")]
    [InlineData("a=='b'", "a == \"b\"")]
    [InlineData("a == \"it's\"", "a == \"it's\"")]
    [InlineData("a == 'say \"hi\"'", "a == 'say \"hi\"'")]
    [InlineData("a == ''", "a == \"\"")]
    [InlineData("a == 'x\ny'", "a == \"x\ny\"")]
    [InlineData("a != 'b'", "a != \"b\"")]
    [InlineData("a contains\"x\"", "a contains \"x\"")]
    [InlineData("a startswith 'x'", "a starts with \"x\"")]
    [InlineData("a starts \t  with 'x'", "a starts with \"x\"")]
    [InlineData("a endswith'x'", "a ends with \"x\"")]
    [InlineData("a in{\"x\"}", "a in {\"x\"}")]
    [InlineData("a in {'b', 'a', 'b'}", "a in {\"a\", \"b\"}")]
    [InlineData("a in {'x',}", "a in {\"x\"}")]
    [InlineData("a in {}", "a in {}")]
    [InlineData("a notin {'x'}", "a not in {\"x\"}")]
    [InlineData("a not  in { }", "a not in {}")]
    [InlineData("a == 'b' && c == 'd'", "(a == \"b\" && c == \"d\")")]
    [InlineData("a == 'b' || c == 'd' && has(e)", "(a == \"b\" || (c == \"d\" && has(e)))")]
    [InlineData("(has(a)) && (has(b) && has(c))", "(has(a) && (has(b) && has(c)))")]
    [InlineData("((has(a)))", "has(a)")]
    [InlineData("!a == 'b'", "!a == \"b\"")]
    [InlineData("! has(a)", "!has(a)")]
    [InlineData("!!has(a)", "has(a)")]
    [InlineData("!!!has(a)", "!has(a)")]
    [InlineData("!(has(a) && has(b))", "!(has(a) && has(b))")]
    [InlineData("contains contains \"contains\"", "contains contains \"contains\"")]
    [InlineData("in in {\"x\"}", "in in {\"x\"}")]
    [InlineData("has == \"x\"", "has == \"x\"")]
    [InlineData("all == \"y\"", "all == \"y\"")]
    [InlineData("not == 'z'", "not == \"z\"")]
    [InlineData("projectcalico.org/name_-x == 'y'", "projectcalico.org/name_-x == \"y\"")]
    public void Prints_its_canonical_form_and_reads_it_back(string text, string canonical)
    {
        Selector selector = Selector.Parse(text);

        Assert.Equal(canonical, selector.ToString());
        Assert.Equal(selector, Selector.Parse(canonical));
        Assert.Equal(canonical, Selector.Parse(canonical).ToString());
    }

    [Theory]
    [InlineData("()")]
    [InlineData("{,}")]
    [InlineData("a in {,}")]
    [InlineData("'b' == a")]
    [InlineData("a = 'b'")]
    [InlineData("has(a) & has(b)")]
    [InlineData("has(a) | has(b)")]
    [InlineData("a b")]
    [InlineData("a")]
    [InlineData("a ==")]
    [InlineData("a == b")]
    [InlineData("a == 'b")]
    [InlineData("label inf {'v'}")]
    [InlineData("has (a)")]
    [InlineData("all ()")]
    [InlineData("has()")]
    [InlineData("has('a')")]
    [InlineData("has(a")]
    [InlineData("has(a))")]
    [InlineData("has(a) has(b)")]
    [InlineData("has(a) &&")]
    [InlineData("&& has(a)")]
    [InlineData("a ==\n'b'")]
    [InlineData("a in ('x')")]
    [InlineData("a in {'x' 'y'}")]
    [InlineData("a in {x}")]
    [InlineData("!")]
    [InlineData("a == 'b' extra")]
    public void Refuses_what_the_grammar_does_not_have(string text)
    {
        Assert.False(Selector.TryParse(text, out Selector? selector, out SelectorError? error));
        Assert.Null(selector);
        Assert.InRange(error!.Position, 0, text.Length);
        Assert.NotEmpty(error.Message);
    }

    [Fact]
    public void A_label_name_has_at_most_512_bytes()
    {
        Assert.True(Selector.TryParse(Long512 + " == 'x'", out _, out _));
        Assert.False(Selector.TryParse(Long512 + "a == 'x'", out _, out _));
    }

    [Fact]
    public void Deep_nesting_is_refused_and_does_not_crash()
    {
        Assert.False(Selector.TryParse(new string('(', 100_000), out _, out _));
        Assert.True(Selector.TryParse(new string('!', 100_000) + "has(a)", out _, out _));
    }

    [Theory] // §2.3: label absent; label present with value "v" resp. ""
    [InlineData("k == 'v'", false, true, false)]
    [InlineData("k != 'v'", true, false, true)]
    [InlineData("k in {'u', 'v'}", false, true, false)]
    [InlineData("k not in {'u', 'v'}", true, false, true)]
    [InlineData("k in {}", false, false, false)]
    [InlineData("k not in {}", true, true, true)]
    [InlineData("k contains 'v'", false, true, false)]
    [InlineData("k contains ''", false, true, true)]
    [InlineData("k starts with 'v'", false, true, false)]
    [InlineData("k ends with 'v'", false, true, false)]
    [InlineData("has(k)", false, true, true)]
    [InlineData("!has(k)", true, false, false)]
    [InlineData("all()", true, true, true)]
    [InlineData("global()", true, true, true)]
    [InlineData("", true, true, true)]
    [InlineData("!all()", false, false, false)]
    [InlineData("!k == 'v'", true, false, true)]
    [InlineData("!k != 'v'", false, true, false)]
    [InlineData("has(k) && k == 'v'", false, true, false)]
    [InlineData("!has(k) || k == ''", true, false, true)]
    public void Evaluates_as_the_table_says(string text, bool absent, bool presentV, bool presentEmpty)
    {
        Selector selector = Selector.Parse(text);

        Assert.Equal(absent, selector.Matches(LabelSet.Empty));
        Assert.Equal(presentV, selector.Matches(LabelSet.Of(("k", "v"))));
        Assert.Equal(presentEmpty, selector.Matches(LabelSet.Of(("k", ""))));
    }

    [Theory]
    [InlineData("k == 'V'", "v")]
    [InlineData("k == 'é'", "e\u0301")]
    [InlineData("k starts with 'ß'", "ss")]
    public void Compares_byte_by_byte(string text, string value) => Assert.False(Selector.Parse(text).Matches(LabelSet.Of(("k", value))));

    [Fact]
    public void Conjunction_binds_tighter_than_disjunction()
    {
        Selector selector = Selector.Parse("has(a) || has(b) && has(c)");

        Assert.True(selector.Matches(LabelSet.Of(("a", ""))));
        Assert.False(selector.Matches(LabelSet.Of(("b", ""))));
        Assert.True(selector.Matches(LabelSet.Of(("b", ""), ("c", ""))));
    }

    [Fact] // §2.4, §3.2
    public void A_prefix_renames_every_label_and_scope_replaces_all_and_global()
    {
        Selector selector = Selector.Parse("has(a) && !b in {'x'} && all() || global()");

        Assert.Equal(
            "((has(pcns.a) && !pcns.b in {\"x\"} && has(ns)) || !has(ns))",
            selector.WithPrefix("pcns.").WithScope(Selector.Has("ns"), Selector.Not(Selector.Has("ns"))).ToString());
    }
}
