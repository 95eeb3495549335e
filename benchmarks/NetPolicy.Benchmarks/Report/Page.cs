using System.Globalization;
using System.Text;
using NetPolicy.Benchmarks.Packets;
using NetPolicy.Benchmarks.Quick;
using NetPolicy.Benchmarks.Worlds;

namespace NetPolicy.Benchmarks.Report;

/// <summary>Writes <c>docs/benchmarks.md</c> from results.</summary>
public static class Page
{
    private static readonly (string Process, string Work)[] ProcessWorks =
    [
        ("matrix-10x100-json", "10 × 100 pods, 100 policies: `netpol matrix`, whole process from a JSON file"),
        ("matrix-10x100-yaml", "the same from a folder of YAML"),
        ("matrix-50x200-json", "50 × 200 pods, 1,000 policies: `netpol matrix`, whole process from a JSON file"),
        ("matrix-50x200-yaml", "the same from a folder of YAML"),
        ("diff-10x20-json", "10 × 20 pods, 100 policies, 5 removed: `netpol diff`, whole process from JSON files"),
        ("diff-10x20-yaml", "the same from folders of YAML"),
        ("validate-W1-json", "W1: `netpol validate`, whole process from a JSON file"),
    ];

    /// <summary>The page.</summary>
    public static string Write(Results results, PacketResults? packets)
    {
        ArgumentNullException.ThrowIfNull(results);
        StringBuilder page = new();
        page.Append("""
            # Benchmarks

            All figures on this page but those of [packets](#packets), and the picture, are written by one command, which takes about ten minutes on a quiet machine:

            ```console
            benchmarks/report.sh
            ```

            | command | does |
            | --- | --- |
            | `benchmarks/report.sh [NAME…]` | measures everything, or the rows named, and writes this page, `docs/images/benchmarks-growth.svg` and `benchmarks/results.json` |
            | `dotnet run -c Release --project benchmarks/NetPolicy.Benchmarks -- quick [NAME…]` | one line for each row of the tables (`--list` names them); `W1` means all its rows, `growth` those of the picture; `--limit S` ends a row after S seconds, `--here` runs in one process, for a profiler |
            | `dotnet run -c Release --project benchmarks/NetPolicy.Benchmarks -- --filter '*'` | the same work as BenchmarkDotNet classes, each at ×1, ×2, ×4 and ×8 of an eighth of its world; hours, so name classes |
            | `dotnet run -c Release --project benchmarks/NetPolicy.Benchmarks -- worlds FOLDER NAME…` | writes worlds as files: a List as `kubectl get -A -o json` prints it, and YAML |
            | `benchmarks/processes.sh` | times `netpol` as whole processes on such files |
            | `benchmarks/packets.sh` | measures what packets cost the kernel, and writes that section |
            | `dotnet run -c Release --project benchmarks/NetPolicy.Benchmarks -- check` | compares W1 with the profile that it follows |

            Each row runs in a process of its own. Times are medians after a run to warm up. Indexing is from documents in memory to the first verdict. *Retained* is what stays reachable
            when the caller has let go of the documents: engine, snapshot, and what they keep of the documents. Worlds are seeded: they are the same each time, and no two documents share a text.
            Compare ratios on one machine rather than numbers of different ones.


            """.ReplaceLineEndings("\n"));
        page.Append("| | |\n|---|---|\n");
        if (results.Machine is { } machine)
        {
            page.Append(CultureInfo.InvariantCulture, $"| machine | {machine.Processor}, {machine.Cores} cores, {machine.System}, {machine.Runtime} |\n");
            if (machine.OtherWork is { } work)
            {
                string judged = work > 0.1 ? ": the figures say little" : "";
                page.Append(CultureInfo.InvariantCulture, $"| other work on it | {100 * work:0} % of the processors{judged} |\n");
            }
        }

        Compare(page, results);
        Targets(page, results);
        Indexes(page, results);
        Growth(page, results);
        page.Append(PacketSection.Write(packets));
        page.Append(ReadingSection.Text.ReplaceLineEndings("\n").TrimEnd('\n')).Append('\n');
        Worlds(page);
        return page.ToString();
    }

    private static void Compare(StringBuilder page, Results results)
    {
        page.Append("\n## Best known figures\n\nMeasured or published for other systems on the same shape, on their machines.\n\n");
        page.Append("| work | best known | here | ratio | what is measured here |\n| --- | --- | --- | --- | --- |\n");
        foreach (Comparison comparison in Comparison.All)
        {
            double? seconds = results.Of(comparison.Row)?.Median / 1e9 ?? results.Process(comparison.Row)?.Milliseconds / 1e3;
            string here = seconds is { } s ? Time(s * 1e9) : "—", ratio = seconds is { } t ? Ratio(comparison.Seconds / t) : "—";
            page.Append(CultureInfo.InvariantCulture, $"| {comparison.Work} | {comparison.Figure} | {here} | {ratio} | {comparison.Is} |\n");
        }
    }

    private static void Targets(StringBuilder page, Results results)
    {
        page.Append("\n## Targets\n\n| row | work | target | median | p99 | allocated | retained | |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n");
        foreach (Row row in Rows.Tables)
        {
            Measurement? m = results.Of(row.Name);
            string median = m is null ? (results.Rows.ContainsKey(row.Name) ? "over the time limit" : "—") : row.IsRate ? Units.Rate(m.Median) : Time(m.Median);
            string p99 = m?.P99 is { } p && !row.IsRate ? Time(p) : "", allocated = m?.Allocated is { } a ? Units.Bytes(a) : "", retained = m?.Retained is { } r ? Units.Bytes(r) : "";
            string target = Sign(row.Target.Describe(row.IsRate)), verdict = results.Rows.ContainsKey(row.Name) ? new QuickResult(row, m).Verdict : "";
            page.Append(CultureInfo.InvariantCulture, $"| `{row.Name}` | {row.What} | {target} | {median} | {p99} | {allocated} | {retained} | {Mark(verdict)} |\n");
        }

        page.Append("\n| whole process | target | median of 7 | most resident memory | |\n| --- | --- | --- | --- | --- |\n");
        foreach ((string name, string work) in ProcessWorks)
        {
            ProcessRow? row = results.Process(name);
            string target = row is not { TargetMilliseconds: > 0 } ? "" : "≤ " + Time(row.TargetMilliseconds * 1e6) + (row.TargetKilobytes > 0 ? ", ≤ " + Units.Bytes(row.TargetKilobytes * 1e3) : "");
            string median = row is null ? "—" : row.Milliseconds is { } ms ? Time(ms * 1e6) : "over the time limit", memory = row?.Kilobytes is { } kb ? Units.Bytes(kb * 1024.0) : "";
            page.Append(CultureInfo.InvariantCulture, $"| {work} | {target} | {median} | {memory} | {Mark(row?.Verdict ?? "")} |\n");
        }
    }

    private static void Indexes(StringBuilder page, Results results)
    {
        page.Append("\n## Memory of an index\n\n| row | time | allocated | retained | of which for each pod, each policy |\n| --- | --- | --- | --- | --- |\n");
        foreach (Row row in Rows.Tables.Where(r => r.IsIndex))
        {
            if (results.Of(row.Name) is { } m)
            {
                page.Append(CultureInfo.InvariantCulture, $"| `{row.Name}` | {Time(m.Median)} | {Units.Bytes(m.Allocated ?? 0)} | {Units.Bytes(m.Retained ?? 0)} | {m.Note} |\n");
            }
        }
    }

    private static void Growth(StringBuilder page, Results results)
    {
        IReadOnlyList<GrowthSeries> series = GrowthSeries.Of(results);
        page.Append("\n## Growth\n\n![Time against size, both axes logarithmic](images/benchmarks-growth.svg)\n\n");
        page.Append("×8 is the whole world; of the rows about replicas ×1 is. A factor is the time of a size divided by that of half of it.\n\n");
        page.Append("| series | times | factors | target | |\n| --- | --- | --- | --- | --- |\n");
        foreach (GrowthSeries one in series)
        {
            string times = string.Join(", ", one.Points.Select(p => string.Create(CultureInfo.InvariantCulture, $"×{p.Factor} {Time(p.Nanoseconds)}")));
            string factors = string.Join(", ", one.Doublings.Select(d => d.ToString("0.00", CultureInfo.InvariantCulture)));
            string target = one.Limit is { } limit ? "< " + limit.ToString("0.00", CultureInfo.InvariantCulture) : "";
            string verdict = one.Limit is null || one.Worst is null ? "" : one.Worst < one.Limit ? "ok" : "over";
            page.Append(CultureInfo.InvariantCulture, $"| {one.Name} | {times} | {factors} | {target} | {Mark(verdict)} |\n");
        }
    }

    private static void Worlds(StringBuilder page)
    {
        page.Append("""

            ## Worlds

            | name | is |
            | --- | --- |
            | W1 | a real cluster's profile, as its owners published it with the analysis of [k8s-netpol-scale](https://github.com/npinaeva/k8s-netpol-scale): the table below |
            | W1-nodes | the same, its pods on 60 nodes |
            | W2 | 25,000 namespaces of four pods and three policies: one denies, one lets in from the namespace, one from neighbours' namespaces and a block |
            | W3 | one namespace, 10,000 pods, 10,000 policies that all select all pods as subjects and as peers, each for another port |
            | W4 | one namespace of 100,000 pods, each with a label value of its own and a policy that lets in only itself |
            | W5 | 200 global Calico policies of 100 rules in one tier, by source set and port, one in three by subject; 3,700 sets with 256,000 members; 200 pods |
            | W6 | 500 namespaces of 500 pods on 1,250 nodes, 200 on each, and 20 policies for each namespace |
            | 10x100, 50x200, 10x20 | namespaces × pods, with policies between workloads, teams and blocks; `10x20-removed` lacks 5 of its 100 policies |
            | 10000/1000, 10000/10000 | 10,000 pods of 100 namespaces, and as many policies |
            | selectors | 1,000 pods, 10,000 Calico policies with as many different selectors |

            Pods belong to workloads; those of one workload differ in their ReplicaSet's label only, so more replicas are more pods of the same kind, and doubling everything is more kinds too.
            No world but W1-nodes and W6 says on which nodes its pods are: where it is said and pods are isolated for egress, only the pods of one node can reach that node, and each node is a group of the
            matrix of its own; W1-nodes shows that.

            The profile counts a policy as empty if it has rules but selects no pod, or none of its rules has a peer; selectors, blocks, ports and peer pods are counted for each rule of the others,
            as the published figures are.


            """.ReplaceLineEndings("\n"));
        page.Append("| W1 | is | profile |\n| --- | --- | --- |\n");
        foreach (ProfileFigures.Figure figure in ProfileFigures.Of(RealProfile.Make(new WorldSize())))
        {
            page.Append(CultureInfo.InvariantCulture, $"| {figure.Name} | {figure.Is:0.###} | {figure.Wanted:0.###} |\n");
        }
    }

    private static string Mark(string verdict) => verdict switch { "ok" => "met", "over" => "**over**", _ => "" };

    private static string Time(double nanoseconds) => Units.Time(nanoseconds).Replace("us", "µs", StringComparison.Ordinal);

    private static string Sign(string target) => target == "-" ? "" : target.Replace("<=", "≤", StringComparison.Ordinal).Replace(">=", "≥", StringComparison.Ordinal).Replace("us", "µs", StringComparison.Ordinal);

    private static string Ratio(double ratio) => (ratio >= 10 ? ratio.ToString("#,0", CultureInfo.InvariantCulture) : ratio.ToString("0.0", CultureInfo.InvariantCulture)) + "×";
}
