using NetPolicy.Manifests.Calico;

namespace NetPolicy.Dsl;

/// <summary>Joins adjacent Calico rules into one sentence where that sentence is lowered to exactly these rules again.</summary>
internal static class RuleUnions
{
    /// <summary>The rules with as few sentences as neighbours allow.</summary>
    public static List<SpokenRule> Join(IReadOnlyList<SpokenRule> rules, PolicyLink subject)
    {
        List<SpokenRule> joined = [];
        foreach (SpokenRule rule in rules)
        {
            if (joined.Count > 0 && Joined(joined[^1], rule, subject) is { } both)
            {
                joined[^1] = both;
            }
            else
            {
                joined.Add(rule);
            }
        }

        return joined;
    }

    private static SpokenRule? Joined(SpokenRule first, SpokenRule second, PolicyLink subject)
    {
        if (first.Action != second.Action || first.Http is not null || second.Http is not null || first.OwnEnds != second.OwnEnds)
        {
            return null;
        }

        SpokenRule? union = first.Peers == second.Peers && !first.Traffic.IsEmpty && !second.Traffic.IsEmpty
                ? first with { Traffic = first.Traffic.AddRange(second.Traffic) }
            : first.Traffic == second.Traffic ? first with { Peers = first.Peers.AddRange(second.Peers) }
            : null;
        return union is not null && Lowered(union.After(subject)).SequenceEqual(Lowered(second.After(first.After(subject)))) ? union : null;
    }

    private static IEnumerable<CalicoRule> Lowered(RuleLink chain)
    {
        Lowering lowering = new();
        CalicoLowering.Add(chain, lowering);
        CalicoPolicySpec spec = ((CalicoPolicyManifest)lowering.Documents[0]).Spec!;
        return (spec.Ingress ?? []).Concat(spec.Egress ?? []);
    }
}
