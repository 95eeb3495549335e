namespace NetPolicy.Benchmarks.Worlds;

/// <summary>W6: 250,000 pods of 500 namespaces on 1,250 nodes, 200 on each, and 10,000 policies.</summary>
public static class ManyEndpoints
{
    private const int PodsOfNamespace = 500;
    private const int PodsOfNode = 200;

    /// <summary>Makes the world.</summary>
    public static World Make(WorldSize size)
    {
        ArgumentNullException.ThrowIfNull(size);
        Random random = new(20260106);
        WorldBuilder builder = new();
        int namespaces = size.Of(500);
        int nodes = Math.Max(1, namespaces * PodsOfNamespace / PodsOfNode);
        int pod = 0;
        for (int n = 0; n < namespaces; n++)
        {
            string @namespace = NameOf(n);
            builder.Namespace(@namespace, ("team", "team-" + WorldBuilder.Text(n % 20)));
            for (int w = 0; w < 50; w++)
            {
                string app = AppOf(w);
                for (int i = 0; i < 10 * size.Replicas; i++)
                {
                    // Neighbours in the list are on different nodes, as a scheduler would put them.
                    string hash = WorldBuilder.Hash(@namespace, app, i / 10);
                    builder.Pod(
                        $"{app}-{hash}-{WorldBuilder.Text(i)}",
                        @namespace,
                        [("app", app), ("tier", w % 3 == 0 ? "frontend" : "backend"), ("release", w % 7 == 0 ? "canary" : "stable"), ("pod-template-hash", hash)],
                        "node-" + WorldBuilder.Text((int)(pod++ * 7919L % nodes)));
                }
            }
        }

        int policies = size.Of(10_000);
        for (int i = 0; i < policies; i++)
        {
            builder.Add(WorldBuilder.Policy(
                "policy-" + WorldBuilder.Text(i),
                NameOf(i % namespaces),
                WorldBuilder.With(("app", AppOf(random.Next(50)))),
                [
                    WorldBuilder.Rule(
                        [
                            WorldBuilder.Pods(WorldBuilder.With(("app", AppOf(random.Next(50))))),
                            new()
                            {
                                NamespaceSelector = WorldBuilder.With(("team", "team-" + WorldBuilder.Text(random.Next(20)))),
                                PodSelector = WorldBuilder.With(("app", AppOf(random.Next(50)))),
                            },
                        ],
                        WorldBuilder.Tcp(8000 + random.Next(20))),
                ]));
        }

        return builder.Build("W6");
    }

    private static string NameOf(int index) => "ns-" + WorldBuilder.Text(index);

    private static string AppOf(int index) => "app-" + WorldBuilder.Text(index);
}
