using System.Globalization;
using System.Text;

namespace NetPolicy.Conformance;

/// <summary><c>docs/conformance.md</c>, made of the tables.</summary>
public static class Page
{
    private const string Introduction =
        """
        # Conformance

        What the specifications say, statement by statement: the test that holds it, and a change of the product that this test must notice.

        ```console
        build/check-conformance.sh
        ```

        makes every change in a copy of the repository, one at a time, runs the test named beside it and says `killed` if that test failed. A change inside one method is
        made in the test's process before anything runs, by a delta as hot reload uses it; if that is not possible, or the test does not fail by it, or fails because
        something cannot be loaded, the changed library is built, and the test is run with that.
        It ends with `N mutations, N killed, N survived, N broken`, and with exit code 1 unless all are killed. It takes several minutes, so `./test.sh` does not run
        it; what `./test.sh` checks is that every row names a test that exists and a text that is in the source exactly once. Beginnings of ids choose rows:
        `build/check-conformance.sh K5.2 K2`.

        The last run of all rows ended with `1047 mutations, 1047 killed, 0 survived, 0 broken`, after seven minutes on two quiet cores.

        This page is made of the tables in `tests/conformance/`.
        """;

    /// <summary>The page.</summary>
    public static string Write(IReadOnlyList<Table> tables)
    {
        StringBuilder text = new();
        text.Append(Introduction.ReplaceLineEndings("\n")).Append("\n\n| specification | statements | with a mutation |\n| --- | --- | --- |\n");
        foreach (Table table in tables)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {table.Spec} | {table.Rows.Count()} | {table.Rows.Count(row => row.HasMutation)} |\n");
        }

        foreach (Table table in tables)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## {table.Spec}\n");
            foreach (Section section in table.Sections)
            {
                text.Append(CultureInfo.InvariantCulture, $"\n### {table.Letter}{section.Number} {section.Title}\n\n| id | statement | held by | mutation |\n| --- | --- | --- | --- |\n");
                foreach (Row row in section.Rows)
                {
                    text.Append(CultureInfo.InvariantCulture, $"| {row.Id} | {Prose(row.Says)} | {Test(row)} | {Mutation(row)} |\n");
                }
            }
        }

        return text.ToString();
    }

    private static string Test(Row row)
    {
        string[] parts = row.Test.Split('.');
        return row.Test.Length == 0 ? "" : Code($"{parts[^2]}.{parts[^1]}") + (row.Case.Length > 0 ? ": " + Prose(row.Case) : "");
    }

    private static string Mutation(Row row) => row.HasMutation
        ? $"{Path.GetFileName(row.In)}: {Code(row.Find)} → {(row.Put.Length == 0 ? "nothing" : Code(row.Put))}"
        : "none: " + Prose(row.Why);

    private static string Prose(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "\\<", StringComparison.Ordinal);

    private static string Code(string text)
    {
        string fence = text.Contains('`', StringComparison.Ordinal) ? "`` " : "`";
        return fence + text.Replace("|", "\\|", StringComparison.Ordinal) + new string([.. fence.Reverse()]);
    }
}
