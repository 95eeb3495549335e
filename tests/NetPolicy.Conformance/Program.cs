using NetPolicy.Conformance;

// `projects` lists the test projects to build first, `page` prints docs/conformance.md; everything else is beginnings of ids.
string root = Directory.GetCurrentDirectory();
IReadOnlyList<Table> tables = Table.All(root);
if (args is ["page"])
{
    Console.Out.Write(Page.Write(tables));
    return 0;
}

bool listsProjects = args is ["projects", ..];
string[] beginnings = listsProjects ? args[1..] : args;
Row[] rows =
[
    .. tables.SelectMany(table => table.Rows)
        .Where(row => row.HasMutation && (beginnings.Length == 0 || Array.Exists(beginnings, b => row.Id.StartsWith(b, StringComparison.Ordinal)))),
];
IReadOnlyList<string> faults = TableChecks.Faults(root, tables);
if (faults.Count > 0)
{
    Console.Error.WriteLine(string.Join('\n', faults));
    return 2;
}

if (rows.Length == 0)
{
    Console.Error.WriteLine("no row has such an id and a mutation");
    return 2;
}

if (listsProjects)
{
    TestCatalogue tests = new(root);
    Console.WriteLine(string.Join('\n', rows.Select(row => tests.ProjectOf(row.Test)!).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)));
    return 0;
}

return await new MutationRun(root, rows).Run();
