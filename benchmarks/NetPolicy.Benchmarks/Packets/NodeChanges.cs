using System.Diagnostics;
using NetPolicy.Enforce;
using NetPolicy.Enforce.Lab;
using NetPolicy.Enforce.Nft;
using NetPolicy.Engine;
using NetPolicy.Manifests;

namespace NetPolicy.Benchmarks.Packets;

/// <summary>Measures changes of a large node, one after the other, in a namespace of its own.</summary>
internal static class NodeChanges
{
    private const int Policies = 1000;
    private const int Local = 500;
    private const int Remote = 9_500;

    // Until the runtime has compiled what is measured for the second time.
    private const int Warm = 150;

    /// <summary>Measures.</summary>
    /// <param name="times">How often each change is made.</param>
    public static IReadOnlyList<NodeChange> Measure(int times)
    {
        Dictionary<string, (List<double> Proven, List<double> Plain, List<double> Whole)> all = [];
        foreach (bool isProven in (bool[])[true, false])
        {
            PolicyEngine engine = new();
            engine.Apply(NodeWorld.Documents(Local, Remote, Policies, 100).Select(m => new Change.Upsert(m)));
            NodeRules rules = new(engine.Current, NodeWorld.Node);
            using NetworkNamespace place = NetworkNamespace.CreateAnonymous();
            using NftApplier applier = new(place) { ProvenCells = isProven ? 200_000 : 0, Grace = TimeSpan.Zero };
            applier.Apply(rules);
            for (int i = -Warm; i < times; i++)
            {
                int at = Math.Abs(i);
                Manifest pod = NodeWorld.Far(Remote + at, at), other = NodeWorld.Far(Remote + at, at + 37), near = NodeWorld.Near(Local + at, at * 20);
                foreach ((string name, Change change) in ((string, Change)[])
                    [
                        ("pod elsewhere comes", new Change.Upsert(pod)), ("pod elsewhere is relabelled", new Change.Upsert(other)), ("pod elsewhere goes", new Change.Remove(pod.Id)),
                        ("rule added to a policy", new Change.Upsert(NodeWorld.Policy(at % 25, 100, 11))), ("rule removed from a policy", new Change.Upsert(NodeWorld.Policy(at % 25, 100, 10))),
                        ("pod of the node comes", new Change.Upsert(near)), ("pod of the node goes", new Change.Remove(near.Id)),
                    ])
                {
                    if (name.Contains("of the node", StringComparison.Ordinal) && i % 10 != 0)
                    {
                        continue;
                    }

                    long started = Stopwatch.GetTimestamp();
                    applier.Apply(rules, engine.Apply(change));
                    double whole = Stopwatch.GetElapsedTime(started).TotalNanoseconds, took = Stopwatch.GetElapsedTime(started, applier.Committed).TotalNanoseconds;
                    if (i >= 0)
                    {
                        if (!all.TryGetValue(name, out (List<double> Proven, List<double> Plain, List<double> Whole) lists))
                        {
                            all[name] = lists = ([], [], []);
                        }

                        (isProven ? lists.Proven : lists.Plain).Add(took);
                        if (isProven)
                        {
                            lists.Whole.Add(whole);
                        }
                    }
                }
            }
        }

        return [.. all.Select(a => new NodeChange(a.Key, At(a.Value.Proven, 0.5), At(a.Value.Proven, 0.95), At(a.Value.Plain, 0.5), At(a.Value.Whole, 0.5), LimitOf(a.Key)))];
    }

    /// <summary>Nanoseconds from a snapshot with 250,000 members in 2,000 policies of ten rules to the text of the rules.</summary>
    public static double Render(int times)
    {
        Snapshot snapshot = NodeWorld.Make(Local, 250_000 - Local, 2000, 100);
        List<double> took = [];
        for (int i = 0; i < times + 2; i++)
        {
            long started = Stopwatch.GetTimestamp();
            NftWriter.Write(RulesetCompiler.Compile(snapshot, NodeWorld.Node));
            if (i > 1)
            {
                took.Add(Stopwatch.GetElapsedTime(started).TotalNanoseconds);
            }
        }

        return At(took, 0.5);
    }

    private static double? LimitOf(string name) => name.StartsWith("pod elsewhere", StringComparison.Ordinal) ? 200_000 : name.StartsWith("rule added", StringComparison.Ordinal) ? 1_000_000 : null;

    private static double At(List<double> values, double part) => values.Order().ElementAt((int)(values.Count * part));
}
