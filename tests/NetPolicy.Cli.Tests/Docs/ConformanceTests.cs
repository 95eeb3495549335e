using NetPolicy.Conformance;

namespace NetPolicy.Cli.Tests.Docs;

/// <summary>The tables of the specifications' statements can be used, and their page says the same. That the tests notice is for <c>build/check-conformance.sh</c>.</summary>
public sealed class ConformanceTests
{
    private static readonly IReadOnlyList<Table> Tables = Table.All(Repository.Root);

    [Fact]
    public void Every_row_names_a_test_that_exists_and_text_that_is_in_the_source_once() =>
        Assert.Empty(TableChecks.Faults(Repository.Root, Tables));

    [Fact]
    public void The_page_is_made_of_the_tables() =>
        Golden.Compare(Repository.PathOf("docs", "conformance.md"), Page.Write(Tables));

    [Theory]
    [InlineData("says: x", "`says` is unknown or stands in the wrong place")]
    [InlineData("section: 1 One\nrow: X1-1\nspec: x", "`spec` is unknown or stands in the wrong place")]
    [InlineData("nothing", "expected `key: value`")]
    public void A_line_that_means_nothing_is_refused(string text, string complaint)
    {
        string path = Path.GetTempFileName();
        File.WriteAllText(path, text);
        Assert.Contains(complaint, Assert.Throws<FormatException>(() => Table.Read(path, "t")).Message, StringComparison.Ordinal);
        File.Delete(path);
    }

    [Theory]
    [InlineData("row: X2-1\nsays: s\nwhy: w", "is not `X1-` and a number")]
    [InlineData("row: X1-1\nwhy: w", "says nothing")]
    [InlineData("row: X1-1\nsays: s", "needs either a mutation or `why`")]
    [InlineData("row: X1-1\nsays: s\ntest: No.Such.Test\nwhy: w", "there is no test")]
    [InlineData("row: X1-1\nsays: s\ntest: NetPolicy.Cli.Tests.Docs.ConformanceTests.The_page_is_made_of_the_tables\nin: src/none.cs\nfind: a\nput: b", "there is no file")]
    [InlineData("row: X1-1\nsays: s\ntest: NetPolicy.Cli.Tests.Docs.ConformanceTests.The_page_is_made_of_the_tables\nin: src/NetPolicy.Core/Engine/Verdict.cs\nfind: e\nput: b", "times in")]
    [InlineData("row: X1-1\nsays: s\nwhy: w\nrow: X1-1\nsays: s\nwhy: w", "is used twice")]
    [InlineData("", "section 1 has no row")]
    public void A_row_that_cannot_be_used_is_found(string rows, string complaint)
    {
        string path = Path.GetTempFileName();
        File.WriteAllText(path, "spec: X\nletter: X\nneed: 1\nsection: 1 One\n" + rows);
        Assert.Contains(TableChecks.Faults(Repository.Root, [Table.Read(path, "t")]), fault => fault.Contains(complaint, StringComparison.Ordinal));
        File.Delete(path);
    }
}
