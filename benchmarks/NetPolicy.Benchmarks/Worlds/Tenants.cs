namespace NetPolicy.Benchmarks.Worlds;

/// <summary>W4: 100,000 tenants of one namespace, each with a pod, a label value and a policy of its own, which lets in only itself.</summary>
public static class Tenants
{
    /// <summary>Makes the world.</summary>
    public static World Make(WorldSize size)
    {
        ArgumentNullException.ThrowIfNull(size);
        WorldBuilder builder = new();
        builder.Namespace("tenants");
        int count = size.Of(100_000);
        for (int t = 0; t < count; t++)
        {
            string tenant = "t-" + WorldBuilder.Text(t);
            builder.Workload(tenant, "tenants", 1, size.Replicas, [("tenant", tenant)]);
        }

        for (int t = 0; t < count; t++)
        {
            string tenant = "t-" + WorldBuilder.Text(t);
            builder.Add(WorldBuilder.Policy(
                tenant, "tenants", WorldBuilder.With(("tenant", tenant)), [WorldBuilder.Rule([WorldBuilder.Pods(WorldBuilder.With(("tenant", tenant)))])]));
        }

        return builder.Build("W4");
    }
}
