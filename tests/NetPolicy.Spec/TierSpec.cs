namespace NetPolicy.Spec;

/// <summary>What one endpoint decides in one direction: <see cref="SpecEnd.None"/> if it has no say.</summary>
internal readonly record struct SpecDecision(SpecEnd End, SpecRule? Rule);

/// <summary>Tiers in order, policies in order, profiles after them (Calico 5).</summary>
internal sealed class TierSpec
{
    private readonly List<Tier> tiers;
    private readonly Dictionary<string, SpecProfile> profiles;
    private readonly SpecServices services;
    private readonly bool stagedAsEnforced;

    public TierSpec(
        IReadOnlyList<SpecDocument> documents, IEnumerable<SpecPolicy> policies, Dictionary<string, SpecProfile> profiles, SpecServices services, bool stagedAsEnforced)
    {
        this.profiles = profiles;
        this.services = services;
        this.stagedAsEnforced = stagedAsEnforced;
        tiers = ReadTiers(documents, policies);
    }

    /// <summary>Calico 5.1, 5.2; the fixed tiers of 1.7.</summary>
    private static List<Tier> ReadTiers(IReadOnlyList<SpecDocument> documents, IEnumerable<SpecPolicy> policies)
    {
        Dictionary<string, Tier> byName = new(StringComparer.Ordinal);
        foreach (SpecDocument document in documents.Where(d => d.Kind == "Tier"))
        {
            double order = document.Spec["order"].Number() ?? 1_000_000;
            byName[document.Name] = new Tier(document.Name, true, order, document.Spec["defaultAction"].Text == "Pass");
        }

        byName["kube-admin"] = new Tier("kube-admin", true, 1_000, true);
        byName["default"] = new Tier("default", true, 1_000_000, false);
        byName["kube-baseline"] = new Tier("kube-baseline", true, 10_000_000, true);
        foreach (SpecPolicy policy in policies)
        {
            // A tier known only from policies sorts after all known tiers and denies at its end.
            byName.TryAdd(policy.Tier, new Tier(policy.Tier, false, double.PositiveInfinity, false));
            byName[policy.Tier].Policies.Add(policy);
        }

        foreach (Tier tier in byName.Values)
        {
            tier.Policies.Sort((a, b) =>
            {
                int byOrder = a.Order.CompareTo(b.Order);
                return byOrder != 0 ? byOrder : string.CompareOrdinal(a.SortKey, b.SortKey);
            });
        }

        return [.. byName.Values.OrderBy(tier => !tier.IsKnown).ThenBy(tier => tier.Order).ThenBy(tier => tier.Name, StringComparer.Ordinal)];
    }

    /// <summary>The answer of the tiers: a final action, or none, with whether any policy had a say.</summary>
    public readonly record struct Outcome(SpecAction? Action, SpecRule? Rule, bool AnyApplies);

    /// <summary>Calico 5.4, the loop over tiers; 5.5 for staged policies; 7.3 for the other lists.</summary>
    public Outcome AskTiers(
        SpecSubject subject, SpecList list, SpecDirection direction, SpecPacket packet, bool exemptKubernetes, SpecTrace trace)
    {
        bool anyApplies = false;
        foreach (Tier tier in tiers)
        {
            SpecPolicy? first = null;
            bool passed = false;
            foreach (SpecPolicy policy in tier.Policies)
            {
                if (!Applies(policy, subject, list, direction))
                {
                    continue;
                }

                if (policy.IsKubernetes && exemptKubernetes)
                {
                    trace.Add("ownNode");
                    continue;
                }

                if (policy.IsStaged && !stagedAsEnforced)
                {
                    trace.Add("staged:skipped");
                    continue;
                }

                first ??= policy;
                anyApplies = true;
                NotePolicy(policy, trace);
                if (policy.FirstMatch(direction, packet, trace) is not { } match)
                {
                    continue;
                }

                NoteTie(tier, policy, subject, direction, packet, trace);
                if (match.Action == SpecAction.Pass)
                {
                    passed = true;
                    break;
                }

                return new Outcome(match.Action, policy.Rule(direction, match.Index), true);
            }

            if (first is null || passed)
            {
                continue;
            }

            // INVARIANT: preDNAT and untracked tiers have their default action forced to Pass (7.3).
            if (tier.PassesAtEnd || list is SpecList.PreDnat or SpecList.Untracked)
            {
                trace.Add("default:passAtEndOfTier");
                continue;
            }

            trace.Add("default:endOfTier");
            if (first.IsKubernetes)
            {
                trace.Add("isolated");
            }

            return new Outcome(SpecAction.Deny, first.Rule(direction, -1), true);
        }

        return new Outcome(null, null, anyApplies);
    }

    /// <summary>True if an enforced policy of this list selects the subject in this direction.</summary>
    public bool AnyApplies(SpecSubject subject, SpecList list, SpecDirection direction) =>
        tiers.Any(tier => tier.Policies.Any(p => (!p.IsStaged || stagedAsEnforced) && Applies(p, subject, list, direction)));

    private static bool Applies(SpecPolicy policy, SpecSubject subject, SpecList list, SpecDirection direction) =>
        policy.IsIn(list)
        && policy.Types.Contains(direction)
        && !(list == SpecList.PreDnat && direction == SpecDirection.Egress)
        && policy.AppliesTo(subject);

    /// <summary>Cluster 1.1: another policy of the same priority matches too.</summary>
    private static void NoteTie(Tier tier, SpecPolicy policy, SpecSubject subject, SpecDirection direction, SpecPacket packet, SpecTrace trace)
    {
        bool tie = policy.IsCluster && tier.Policies.Exists(other =>
            other.IsCluster && other != policy && other.Order == policy.Order
            && Applies(other, subject, SpecList.Normal, direction) && other.FirstMatch(direction, packet, new SpecTrace()) is not null);
        if (tie)
        {
            trace.Add("priority:tie");
        }
    }

    private static void NotePolicy(SpecPolicy policy, SpecTrace trace)
    {
        trace.Add("kind:" + policy.SortKind);
        if (policy.TypesAreDefaulted)
        {
            trace.Add("default:policyTypes");
        }
    }

    /// <summary>Cluster 1, steps 1, 3 and 4 alone: what cluster policies say to a pod that talks to itself through a Service (1.2).</summary>
    public SpecDecision ClusterPolicies(SpecSubject subject, SpecDirection direction, SpecPacket packet, SpecTrace trace)
    {
        foreach (string name in (string[])["kube-admin", "kube-baseline"])
        {
            foreach (SpecPolicy policy in tiers.First(tier => tier.Name == name).Policies)
            {
                if (!policy.IsCluster || !Applies(policy, subject, SpecList.Normal, direction) || policy.FirstMatch(direction, packet, trace) is not { } match)
                {
                    continue;
                }

                trace.Add("hairpin");
                if (match.Action == SpecAction.Pass)
                {
                    break;
                }

                return new SpecDecision(match.Action == SpecAction.Allow ? SpecEnd.Allow : SpecEnd.Deny, policy.Rule(direction, match.Index));
            }
        }

        return default;
    }

    /// <summary>Calico 5.4 to the end: tiers, then profiles, then Deny.</summary>
    public SpecDecision Normal(SpecSubject subject, SpecDirection direction, SpecPacket packet, bool exemptKubernetes, SpecTrace trace)
    {
        Outcome outcome = AskTiers(subject, SpecList.Normal, direction, packet, exemptKubernetes, trace);
        return outcome.Action switch
        {
            SpecAction.Allow => new SpecDecision(SpecEnd.Allow, outcome.Rule),
            SpecAction.Deny => new SpecDecision(SpecEnd.Deny, outcome.Rule),
            _ => AskProfiles(subject, direction, packet, outcome.AnyApplies, trace),
        };
    }

    private SpecDecision AskProfiles(SpecSubject subject, SpecDirection direction, SpecPacket packet, bool anyApplies, SpecTrace trace)
    {
        foreach (string name in subject.Profiles)
        {
            // Calico 1.9: a profile that does not exist denies, and hides every later one.
            if (!profiles.TryGetValue(name, out SpecProfile? profile))
            {
                trace.Add("default:missingProfile");
                return new SpecDecision(SpecEnd.Deny, Itself(subject, direction));
            }

            if (profile.FirstMatch(direction, packet, services, trace) is not { } match || match.Action == SpecAction.Pass)
            {
                continue;
            }

            trace.Add("default:profile");
            SpecRule rule = new("Profile", null, name, SpecRule.Word(direction), match.Index);
            if (match.Action == SpecAction.Deny)
            {
                return new SpecDecision(SpecEnd.Deny, rule);
            }

            return anyApplies ? new SpecDecision(SpecEnd.Allow, rule) : new SpecDecision(SpecEnd.None, null);
        }

        trace.Add("default:noProfile");
        return new SpecDecision(SpecEnd.Deny, Itself(subject, direction));
    }

    private static SpecRule Itself(SpecSubject subject, SpecDirection direction) =>
        new(subject.Kind, subject.Namespace, subject.Name, SpecRule.Word(direction), -1);

    private sealed record Tier(string Name, bool IsKnown, double Order, bool PassesAtEnd)
    {
        public List<SpecPolicy> Policies { get; } = [];
    }
}
