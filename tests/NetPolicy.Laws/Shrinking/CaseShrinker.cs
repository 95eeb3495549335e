using NetPolicy.Collections;
using NetPolicy.Engine;
using NetPolicy.Manifests;

namespace NetPolicy.Laws.Shrinking;

/// <summary>Makes cases smaller, the largest steps first.</summary>
internal static class CaseShrinker
{
    public static IEnumerable<Case> Shrink(Case @case)
    {
        if (@case.Flows.Count > 1)
        {
            foreach (FlowRequest flow in @case.Flows.ToArray())
            {
                yield return @case with { Flows = [flow] };
            }
        }

        // Where one flow alone does not show it: packets of earlier ones may matter.
        for (int size = @case.Flows.Count / 2; size >= 1 && @case.Flows.Count > 1; size /= 2)
        {
            for (int start = 0; start < @case.Flows.Count; start += size)
            {
                yield return @case with { Flows = @case.Flows.Where((_, i) => i < start || i >= start + size).ToEquatableArray() };
            }
        }

        EquatableArray<Manifest> all = @case.World.Manifests;
        for (int size = all.Count / 2; size >= 1; size /= 2)
        {
            for (int start = 0; start < all.Count; start += size)
            {
                yield return With(@case, all.Where((_, i) => i < start || i >= start + size));
            }
        }

        for (int i = 0; i < all.Count; i++)
        {
            foreach (Manifest smaller in ManifestShrinker.Shrink(all[i]))
            {
                yield return With(@case, all.Select((manifest, at) => at == i ? smaller : manifest));
            }
        }

        foreach (Choices choices in Shrink(@case.Choices))
        {
            yield return @case with { Choices = choices };
        }

        if (@case.World.Spelling != 1)
        {
            yield return @case with { World = @case.World with { Spelling = 1 } };
        }

        for (int i = 0; i < @case.Flows.Count; i++)
        {
            foreach (FlowRequest smaller in Shrink(@case.Flows[i]))
            {
                yield return @case with { Flows = @case.Flows.Select((flow, at) => at == i ? smaller : flow).ToEquatableArray() };
            }
        }
    }

    private static Case With(Case @case, IEnumerable<Manifest> manifests) =>
        @case with { World = @case.World with { Manifests = manifests.ToEquatableArray() } };

    private static IEnumerable<Choices> Shrink(Choices choices) =>
        new[] { choices with { StagedAsEnforced = false }, choices with { EgressToOwnNodeFollowsPolicy = false }, choices with { HostInputDrops = false } }
            .Where(smaller => smaller != choices);

    private static IEnumerable<FlowRequest> Shrink(FlowRequest flow) =>
        new[]
        {
            flow with { SourcePort = null },
            flow with { IcmpCode = null },
            flow with { IcmpType = null },
            flow with { IpFamily = null },
            flow with { OutInterface = null },
            flow with { InInterface = null },
            flow with { HttpMethod = null },
            flow with { HttpPath = null },
            flow with { Port = null },
            flow with { Protocol = null },
        }.Where(smaller => smaller != flow);
}
