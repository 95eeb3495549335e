namespace NetPolicy.Conformance;

/// <summary>
/// The rows of one specification, from <c>tests/conformance/*.rows</c>: lines of <c>key: value</c>, everything after the key taken as it is written.
/// <c>spec</c>, <c>letter</c>, <c>need</c> (all sections that must have rows) and <c>alias NAME</c> stand at the top; <c>section</c> and <c>row</c> begin what follows them.
/// </summary>
public sealed record Table(string File, string Spec, string Letter, IReadOnlyList<string> Needed, IReadOnlyList<Section> Sections)
{
    /// <summary>All rows, in order.</summary>
    public IEnumerable<Row> Rows => Sections.SelectMany(section => section.Rows);

    /// <summary>All tables of the working copy, by file name.</summary>
    public static IReadOnlyList<Table> All(string root) =>
    [
        .. Directory.GetFiles(Path.Combine(root, "tests", "conformance"), "*.rows").Order(StringComparer.Ordinal)
            .Select(path => Read(path, "tests/conformance/" + Path.GetFileName(path))),
    ];

    /// <summary>Reads one table.</summary>
    /// <exception cref="FormatException">A line is not of the form, or stands in the wrong place.</exception>
    public static Table Read(string path, string name)
    {
        Dictionary<string, string> top = new(StringComparer.Ordinal);
        Dictionary<string, string> aliases = new(StringComparer.Ordinal);
        List<(string Number, string Title, List<Row> Rows)> sections = [];
        bool inRow = false;
        string[] lines = System.IO.File.ReadAllLines(path);
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i];
            if (line.Trim().Length == 0 || line.StartsWith('#'))
            {
                continue;
            }

            string place = $"{name}:{i + 1}";
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            string key = colon < 0 ? throw new FormatException($"{place}: expected `key: value`, found `{line}`") : line[..colon];
            string value = line[(colon + 1)..].Trim();
            switch (key)
            {
                case "section":
                    string[] parts = value.Split(' ', 2);
                    sections.Add((parts[0], parts.Length > 1 ? parts[1] : "", []));
                    inRow = false;
                    break;
                case "row" when sections.Count > 0:
                    sections[^1].Rows.Add(new Row { Id = value, Place = place });
                    inRow = true;
                    break;
                case "says" or "test" or "case" or "in" or "find" or "put" or "why" when inRow:
                    List<Row> rows = sections[^1].Rows;
                    rows[^1] = With(rows[^1], key, key is "test" or "in" ? aliases.GetValueOrDefault(value, value) : value);
                    break;
                case "spec" or "letter" or "need" when sections.Count == 0:
                    top[key] = value;
                    break;
                case var alias when alias.StartsWith("alias ", StringComparison.Ordinal):
                    aliases[alias["alias ".Length..]] = value;
                    break;
                default:
                    throw new FormatException($"{place}: `{key}` is unknown or stands in the wrong place");
            }
        }

        return new Table(
            name,
            top.GetValueOrDefault("spec", ""),
            top.GetValueOrDefault("letter", ""),
            top.GetValueOrDefault("need", "").Split(' ', StringSplitOptions.RemoveEmptyEntries),
            [.. sections.Select(section => new Section(section.Number, section.Title, section.Rows))]);
    }

    private static Row With(Row row, string key, string value) => key switch
    {
        "says" => row with { Says = value },
        "test" => row with { Test = value },
        "case" => row with { Case = value },
        "in" => row with { In = value },
        "find" => row with { Find = value },
        "put" => row with { Put = value },
        _ => row with { Why = value },
    };
}
