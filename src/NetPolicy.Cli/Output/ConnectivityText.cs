using NetPolicy.Analysis;

namespace NetPolicy.Cli.Output;

/// <summary>The matrix for people: the groups, then for each source what it reaches.</summary>
internal static class ConnectivityText
{
    public static void Write(TextWriter output, Connectivity matrix)
    {
        WriteGroups(output, matrix.Groups);
        output.WriteLine();
        foreach (IGrouping<ConnectivityGroup, Connection> source in matrix.Connections.GroupBy(c => c.From))
        {
            output.WriteLine(Paint.Strong($"{source.Key.Id} can reach"));
            foreach (Connection connection in source)
            {
                output.WriteLine($"  {connection.To.Id,-5} {connection.Allow}");
            }
        }

        if (matrix.Connections.Count == 0)
        {
            output.WriteLine("no connection to list");
        }
    }

    public static void WriteGroups(TextWriter output, IEnumerable<ConnectivityGroup> groups)
    {
        foreach (ConnectivityGroup group in groups)
        {
            IEnumerable<string> members = group.IsOutside ? group.Addresses.Select(a => a.ToString()) : group.Members;
            output.WriteLine($"{Paint.Strong(group.Id),-4} {string.Join(", ", members)}");
        }
    }
}
