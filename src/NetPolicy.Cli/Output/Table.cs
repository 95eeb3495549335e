using System.Text;

namespace NetPolicy.Cli.Output;

/// <summary>Rows of cells, written in columns as wide as needed.</summary>
/// <param name="headings">The columns' names.</param>
internal sealed class Table(params string[] headings)
{
    private const int Indent = 2;
    private readonly List<Cell[]> _rows = [];

    /// <summary>Adds a row.</summary>
    public void Add(params Cell[] cells) => _rows.Add(cells);

    /// <summary>Writes the headings and the rows; nothing if there is no row.</summary>
    public void Write(TextWriter output)
    {
        if (_rows.Count == 0)
        {
            return;
        }

        int[] widths = [.. headings.Select((heading, at) => _rows.Max(row => Math.Max(row[at].Text.Length, heading.Length)))];
        output.WriteLine(Line([.. headings.Select(heading => new Cell(heading, Paint.Faint))], widths));
        foreach (Cell[] row in _rows)
        {
            output.WriteLine(Line(row, widths));
        }
    }

    private static string Line(Cell[] cells, int[] widths)
    {
        StringBuilder line = new();
        line.Append(' ', Indent);
        for (int at = 0; at < cells.Length; at++)
        {
            line.Append(cells[at].Painted);
            if (at + 1 < cells.Length)
            {
                line.Append(' ', widths[at] - cells[at].Text.Length + 2);
            }
        }

        return line.ToString();
    }
}
