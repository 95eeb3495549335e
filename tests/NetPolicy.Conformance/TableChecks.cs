namespace NetPolicy.Conformance;

/// <summary>What is wrong with a table, without building anything.</summary>
public static class TableChecks
{
    /// <summary>One line for each fault, with its place; empty if every row can be used.</summary>
    public static IReadOnlyList<string> Faults(string root, IReadOnlyList<Table> tables)
    {
        TestCatalogue tests = new(root);
        List<string> faults = [];
        foreach (Table table in tables)
        {
            if (table.Spec.Length == 0 || table.Letter.Length == 0 || table.Needed.Count == 0)
            {
                faults.Add($"{table.File}: `spec`, `letter` or `need` is missing");
            }

            string[] covered = [.. table.Sections.Where(section => section.Rows.Count > 0).Select(section => section.Number)];
            faults.AddRange(table.Needed.Except(covered).Select(section => $"{table.File}: section {section} has no row"));
            faults.AddRange(covered.Except(table.Needed).Select(section => $"{table.File}: section {section} is not among those of `need`"));
            foreach (Section section in table.Sections)
            {
                faults.AddRange(section.Rows.Where(row => !IsIdIn(row.Id, table.Letter + section.Number + "-")).Select(row => $"{row.Place}: the id `{row.Id}` is not `{table.Letter}{section.Number}-` and a number"));
                faults.AddRange(section.Rows.SelectMany(row => Faults(root, tests, row)));
            }
        }

        faults.AddRange(tables.SelectMany(table => table.Rows).GroupBy(row => row.Id, StringComparer.Ordinal)
            .Where(group => group.Count() > 1).Select(group => $"{group.Last().Place}: the id `{group.Key}` is used twice"));
        return faults;
    }

    private static IEnumerable<string> Faults(string root, TestCatalogue tests, Row row)
    {
        if (row.Says.Length == 0)
        {
            yield return $"{row.Place}: {row.Id} says nothing";
        }

        if (row.Test.Length == 0 ? row.HasMutation : tests.ProjectOf(row.Test) is null)
        {
            yield return $"{row.Place}: {row.Id}: there is no test `{row.Test}`";
        }
        else if (row.Case.Length > 0 && !tests.HasCase(row.Test, row.Case))
        {
            yield return $"{row.Place}: {row.Id}: there is no case `{row.Case}`";
        }

        if (row.HasMutation == row.Why.Length > 0)
        {
            yield return $"{row.Place}: {row.Id} needs either a mutation or `why`";
        }
        else if (row.HasMutation && MutationFault(root, row) is { } fault)
        {
            yield return $"{row.Place}: {row.Id}: {fault}";
        }
    }

    /// <summary>Why the change cannot be made; null if it can.</summary>
    public static string? MutationFault(string root, Row row)
    {
        string path = Path.Combine(root, row.In);
        return !row.In.StartsWith("src/", StringComparison.Ordinal) || !File.Exists(path) ? $"there is no file `{row.In}` below src/"
            : row.Find.Length == 0 ? "`find` is missing"
            : row.Find == row.Put ? "`put` is what is there already"
            : Count(File.ReadAllText(path), row.Find) is var count and not 1 ? $"`{row.Find}` is {count} times in {row.In}, expected once"
            : null;
    }

    private static bool IsIdIn(string id, string prefix) =>
        id.StartsWith(prefix, StringComparison.Ordinal) && id.Length > prefix.Length && id[prefix.Length..].All(char.IsAsciiDigit);

    private static int Count(string text, string part)
    {
        int count = 0;
        for (int at = text.IndexOf(part, StringComparison.Ordinal); at >= 0; at = text.IndexOf(part, at + 1, StringComparison.Ordinal))
        {
            count++;
        }

        return count;
    }
}
