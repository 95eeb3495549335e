using System.Globalization;
using NetPolicy.Manifests.Calico;

namespace NetPolicy.Benchmarks.Worlds;

/// <summary>1,000 pods and 10,000 Calico policies with 10,000 different selectors of the usual forms.</summary>
public static class ManySelectors
{
    /// <summary>Makes the world.</summary>
    public static World Make(WorldSize size)
    {
        ArgumentNullException.ThrowIfNull(size);
        WorldBuilder builder = new();
        builder.Namespace("apps", ("team", "blue"));
        int workloads = size.Of(250);
        for (int w = 0; w < workloads; w++)
        {
            builder.Workload("app-" + WorldBuilder.Text(w), "apps", 4, size.Replicas, [("app", "app-" + WorldBuilder.Text(w)), ("zone", "z" + WorldBuilder.Text(w % 4))]);
        }

        int policies = size.Of(10_000);
        for (int i = 0; i < policies; i++)
        {
            string app = "app-" + WorldBuilder.Text(i % 2_500), id = i.ToString(CultureInfo.InvariantCulture);
            string selector = (i / 2_500) switch
            {
                0 => $"app == '{app}'",
                1 => $"app == '{app}' && zone in {{'z1', 'z2'}}",
                2 => $"has(feature-{id})",
                _ => $"app in {{'{app}', 'other-{id}'}} && !has(legacy)",
            };
            builder.Add(new CalicoPolicyManifest
            {
                PolicyKind = CalicoPolicyKind.NetworkPolicy,
                Metadata = WorldBuilder.Metadata("policy-" + id, "apps", []),
                Spec = new CalicoPolicySpec
                {
                    Order = 100 + (i % 10),
                    Selector = selector,
                    Types = ["Ingress"],
                    Ingress = [new CalicoRule { Action = "Allow", Source = new EntityRule { Selector = $"zone == 'z{WorldBuilder.Text(i % 4)}'" } }],
                },
            });
        }

        return builder.Build("selectors");
    }
}
