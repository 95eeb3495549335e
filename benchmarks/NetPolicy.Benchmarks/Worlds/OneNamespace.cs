namespace NetPolicy.Benchmarks.Worlds;

/// <summary>W3: 10,000 policies in one namespace that all select all its 10,000 pods, as subjects and as peers.</summary>
public static class OneNamespace
{
    /// <summary>Makes the world.</summary>
    public static World Make(WorldSize size)
    {
        ArgumentNullException.ThrowIfNull(size);
        WorldBuilder builder = new();
        builder.Namespace("all");
        int workloads = size.Of(2_500);
        for (int w = 0; w < workloads; w++)
        {
            string name = "app-" + WorldBuilder.Text(w);
            builder.Workload(name, "all", 4, size.Replicas, [("app", name), ("tier", w % 2 == 0 ? "frontend" : "backend")]);
        }

        int policies = size.Of(10_000);
        for (int i = 0; i < policies; i++)
        {
            builder.Add(WorldBuilder.Policy(
                "policy-" + WorldBuilder.Text(i),
                "all",
                WorldBuilder.Everything(),
                [WorldBuilder.Rule([WorldBuilder.Pods(WorldBuilder.Everything())], WorldBuilder.Tcp(1 + (i % 65_535)))]));
        }

        return builder.Build("W3");
    }
}
