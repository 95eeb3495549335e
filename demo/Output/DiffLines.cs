using NetPolicy.Analysis;
using NetPolicy.Cli.Output;
using NetPolicy.Demo.Stages;
using NetPolicy.Engine;

namespace NetPolicy.Demo.Output;

/// <summary>What a step changes, from the semantic comparison with the step before: no flow has to be listed for it.</summary>
internal static class DiffLines
{
    private const int Most = 8;
    private const string All = "ICMP *; SCTP 1-65535; TCP 1-65535; UDP 1-65535";

    /// <summary>Writes the changed connections, or, where none changed, the ends that now decide otherwise.</summary>
    public static void Write(TextWriter output, Stage stage)
    {
        Snapshot before = stage.Reference!.Snapshot, after = stage.Snapshot;
        SemanticDiff diff = SemanticDiff.Between(before, after);
        if (diff.Changes.Count > 0)
        {
            output.WriteLine($"  diff: {Count(diff.Changes.Count)} changed");
            Write(output, diff.Changes.Select(change => $"{Pair(after, change)}: {Of(change.Old)} → {Of(change.New)}"));
            return;
        }

        SemanticDiff ends = SemanticDiff.Between(before, after, new DiffOptions { Ends = true });
        output.WriteLine($"  diff: no connection changed; diff --ends: {Count(ends.Changes.Count)} decided otherwise at one end");
        Write(output, ends.Changes.SelectMany(change => change.Ends.AsEnumerable().Select(end =>
            $"{Pair(after, change)}: {Words.Of(end.End)} {Words.Of(end.Old)} → {Words.Of(end.New)} for {Of(end.Traffic)}")));
    }

    private static void Write(TextWriter output, IEnumerable<string> lines)
    {
        string[] all = [.. lines];
        foreach (string line in all.Take(Most))
        {
            Lines.Write(output, line, 4);
        }

        if (all.Length > Most)
        {
            output.WriteLine(Paint.Faint($"    and {all.Length - Most} more"));
        }
    }

    private static string Count(int pairs) => pairs == 1 ? "1 pair" : $"{pairs} pairs";

    private static string Of(AllowedTraffic traffic) => traffic.ToString() is var text && text == All ? "everything" : text;

    private static string Pair(Snapshot world, ConnectionChange change) => $"{Of(world, change.From)} → {Of(world, change.To)}";

    // Outside are Services, what stands for the Internet, and the rest.
    private static string Of(Snapshot world, ConnectivityGroup group)
    {
        if (!group.IsOutside)
        {
            return string.Join(", ", group.Members.AsEnumerable());
        }

        string[] services =
        [
            .. world.Cluster.Services.Where(service => service.Addresses.AsEnumerable().Any(address => group.Addresses.AsEnumerable().Any(range => range.Contains(address))))
                .Select(service => service.ToString()),
        ];
        return StageProbe.Internet.Any(address => group.Addresses.AsEnumerable().Any(range => range.Contains(address))) ? "Internet"
            : services.Length > 0 ? string.Join(", ", services)
            : group.ToString();
    }
}
