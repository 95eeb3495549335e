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
            void Try(string name, int round, Change change)
            {
                long started = Stopwatch.GetTimestamp();
                applier.Apply(rules, engine.Apply(change));
                double whole = Stopwatch.GetElapsedTime(started).TotalNanoseconds, took = Stopwatch.GetElapsedTime(started, applier.Committed).TotalNanoseconds;
                if (round >= 0)
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

            for (int i = -Warm; i < times; i++)
            {
                Try("pods elsewhere come, one right after the other", i, new Change.Upsert(NodeWorld.Far(2 * Remote + Warm + i, Warm + i)));
            }

            for (int i = -Warm; i < times; i++)
            {
                Manifest pod = NodeWorld.Far(Remote + Warm + i, Warm + i), other = NodeWorld.Far(Remote + Warm + i, Warm + i + 37);
                Try("pod elsewhere comes", i, new Change.Upsert(pod));
                Try("pod elsewhere is relabelled", i, new Change.Upsert(other));
                Try("pod elsewhere goes", i, new Change.Remove(pod.Id));
            }

            for (int i = -Warm; i < times; i++)
            {
                Try("rule added to a policy", i, new Change.Upsert(NodeWorld.Policy((Warm + i) % 25, 100, 11)));
                Try("rule removed from a policy", i, new Change.Upsert(NodeWorld.Policy((Warm + i) % 25, 100, 10)));
            }

            for (int i = -2; i < times / 10; i++)
            {
                Manifest near = NodeWorld.Near(Local + 2 + i, (2 + i) * 20);
                Try("pod of the node comes", i, new Change.Upsert(near));
                Try("pod of the node goes", i, new Change.Remove(near.Id));
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

    private static double? LimitOf(string name) => name.StartsWith("pod", StringComparison.Ordinal) && name.Contains("elsewhere", StringComparison.Ordinal) ? 200_000 : name.StartsWith("rule added", StringComparison.Ordinal) ? 1_000_000 : null;

    private static double At(List<double> values, double part) => values.Order().ElementAt((int)(values.Count * part));
}
