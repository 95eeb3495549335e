using FsCheck;
using FsCheck.Fluent;
using NetPolicy.Collections;
using NetPolicy.Laws;

namespace NetPolicy.Dsl.Tests.Laws;

/// <summary>A generated policy in one of the nouns.</summary>
internal sealed record PolicyModel(PolicyNoun Noun, int Subject, bool IsDecorated, bool IsStaged, EquatableArray<RuleModel> Rules)
{
    /// <summary>Any policy with up to so many rules.</summary>
    public static Arbitrary<PolicyModel> Any(int mostRules) =>
        Arb.From(ArbMap.Default.GeneratorFor<DoNotSize<ulong>>().Select(seed => Make(new Dice(seed.Item), mostRules)), Shrink);

    /// <summary>The part that the model stands for.</summary>
    public IPolicyPart ToPart() => Noun switch
    {
        PolicyNoun.Kubernetes => Kubernetes(),
        PolicyNoun.Calico => Finish(Vocabulary.Shop.CalicoPolicy("p").For(At(Vocabulary.Selectors, Subject)), Decorate, p => p.Staged()),
        PolicyNoun.Global => Finish(Syntax.GlobalPolicy("p").For(At(Vocabulary.Pods, Subject) | At(Vocabulary.Pods, Subject / 7)), Decorate, p => p.Staged()),
        PolicyNoun.Host => Finish(HostSubject(), Decorate, p => p.Staged()),
        PolicyNoun.Untracked => Finish(HostSubject().DoNotTrack(), Decorate, p => p.Staged()),
        PolicyNoun.PreDnat => PreDnat(),
        PolicyNoun.Cluster => Cluster(),
        _ => throw new InvalidOperationException($"no such noun: {Noun}"),
    };

    /// <summary>The model that the dice make.</summary>
    public static PolicyModel Make(Dice dice, int mostRules)
    {
        PolicyNoun noun = dice.PickFrom(Enum.GetValues<PolicyNoun>());
        return new PolicyModel(noun, dice.Below(100), dice.Chance(30), dice.Chance(20), [.. dice.Many(0, mostRules, () => MakeRule(dice, noun))]);
    }

    private static RuleModel MakeRule(Dice dice, PolicyNoun noun) => new(
        noun == PolicyNoun.PreDnat || dice.Chance(50) ? RuleDirection.Ingress : RuleDirection.Egress,
        noun == PolicyNoun.Kubernetes ? RuleAction.Allow : dice.PickFrom(Enum.GetValues<RuleAction>()),
        [.. dice.Many(1, 4, () => dice.Below(100))],
        noun != PolicyNoun.Kubernetes && dice.Chance(20) ? [.. dice.Many(1, 2, () => dice.Below(100))] : [],
        dice.Chance(25) ? [] : [.. dice.Many(1, 4, () => dice.Below(100))]);

    private static IEnumerable<PolicyModel> Shrink(PolicyModel model)
    {
        for (int i = 0; i < model.Rules.Count; i++)
        {
            yield return model with { Rules = [.. model.Rules.Where((_, at) => at != i)] };
        }

        if (model.IsDecorated || model.IsStaged)
        {
            yield return model with { IsDecorated = false, IsStaged = false };
        }

        for (int i = 0; i < model.Rules.Count; i++)
        {
            foreach (RuleModel smaller in model.Rules[i].Shrink())
            {
                yield return model with { Rules = [.. model.Rules.Select((rule, at) => at == i ? smaller : rule)] };
            }
        }
    }

    private static T At<T>(IReadOnlyList<T> words, int index) => words[index % words.Count];

    private HostPolicyWithoutRules HostSubject() => Subject % 2 == 0
        ? Syntax.GlobalPolicy("p").For(Syntax.HostEndpoints(At(Vocabulary.Selectors, Subject)))
        : Syntax.GlobalPolicy("p").For(Syntax.Endpoints(At(Vocabulary.Selectors, Subject))).ApplyOnForward();

    private IPolicyPart Kubernetes()
    {
        KubernetesPolicyWithoutRules start = Vocabulary.Shop.Policy("p").For(At(Vocabulary.LabelSelectors, Subject));
        KubernetesPolicy? policy = null;
        foreach (RuleModel rule in Rules)
        {
            Peer peer = rule.Peers.Select(p => At(Vocabulary.Peers, p)).Aggregate((a, b) => a | b);
            RuleWithoutTraffic<KubernetesPolicy> open = (policy, rule.Direction) switch
            {
                (null, RuleDirection.Ingress) => start.AllowFrom(peer),
                (null, _) => start.AllowTo(peer),
                ({ } before, RuleDirection.Ingress) => before.AllowFrom(peer),
                ({ } before, _) => before.AllowTo(peer),
            };
            policy = rule.Traffic.IsEmpty ? open.OnAllTraffic() : open.On(rule.Traffic.Select(t => At(Vocabulary.Ports, t)).Aggregate((a, b) => a | b));
        }

        policy ??= start.NoIngress().NoEgress();
        policy = IsDecorated ? policy.Labelled(Syntax.Label("team").Is("a")).Annotated("why", "because: \"x\"") : policy;
        return IsStaged ? policy.Staged() : policy;
    }

    private ClusterPolicy Cluster()
    {
        ClusterPolicyWithoutTier named = Syntax.ClusterPolicy("p");
        ClusterPolicyWithoutRules start = (Subject % 2 == 0 ? named.Admin(priority: 10) : named.Baseline(priority: 1000)).For(At(Vocabulary.Pods, Subject));
        ClusterPolicy? policy = null;
        foreach (RuleModel rule in Rules)
        {
            RuleWithoutTraffic<ClusterPolicy> open = policy is null ? ClusterRule(start, rule) : ClusterRule(policy, rule);

            // A port by its name is looked up on a pod, and only rules of ingress are about pods alone.
            IReadOnlyList<Ports> words = rule.Direction == RuleDirection.Ingress ? Vocabulary.Ports : Vocabulary.Numbers;
            policy = rule.Traffic.IsEmpty ? open.OnAllTraffic() : open.On(rule.Traffic.Select(t => At(words, t)).Aggregate((a, b) => a | b));
        }

        policy ??= start.PassTo(Syntax.Anywhere).OnAllTraffic();
        return IsDecorated ? policy.Labelled(Syntax.Label("team").Is("a")).Annotated("why", "no") : policy;
    }

    private static RuleWithoutTraffic<ClusterPolicy> ClusterRule<TStage>(ClusterRules<TStage> stage, RuleModel rule)
    {
        if (rule.Direction == RuleDirection.Ingress)
        {
            PodPeer pods = rule.Peers.Select(p => At(Vocabulary.Pods, p)).Aggregate((a, b) => a | b);
            return rule.Action switch
            {
                RuleAction.Allow => stage.AllowFrom(pods),
                RuleAction.Deny => stage.DenyFrom(pods),
                _ => stage.PassFrom(pods),
            };
        }

        // Names of domains only allow.
        ClusterPeer[] words = [.. Vocabulary.ClusterPeers.Where(p => rule.Action == RuleAction.Allow || !p.Terms.Terms.Any(t => t is DomainTerm))];
        ClusterPeer peer = rule.Peers.Select(p => At(words, p)).Aggregate((a, b) => a | b);
        return rule.Action switch
        {
            RuleAction.Allow => stage.AllowTo(peer),
            RuleAction.Deny => stage.DenyTo(peer),
            _ => stage.PassTo(peer),
        };
    }

    private IPolicyPart PreDnat()
    {
        PreDnatPolicyWithoutRules start = HostSubject().PreDnat();
        PreDnatPolicy? policy = null;
        foreach (RuleModel rule in Rules)
        {
            policy = policy is null ? Ingress(start, rule) : Ingress(policy, rule);
        }

        policy ??= start.NoIngress();
        policy = IsDecorated ? Decorate(policy) : policy;
        return IsStaged ? policy.Staged() : policy;
    }

    private IPolicyPart Finish<TStage, TPolicy>(CalicoRules<TStage, TPolicy> start, Func<TPolicy, TPolicy> decorate, Func<TPolicy, StagedPolicy> stage)
        where TPolicy : CalicoRules<TPolicy, TPolicy>, IPolicyPart
    {
        TPolicy? policy = null;
        foreach (RuleModel rule in Rules)
        {
            policy = policy is null ? Rule(start, rule) : Rule(policy, rule);
        }

        policy ??= start.NoIngress().NoEgress();
        policy = IsDecorated ? decorate(policy) : policy;
        return IsStaged ? stage(policy) : policy;
    }

    private static TPolicy Rule<TStage, TPolicy>(CalicoRules<TStage, TPolicy> stage, RuleModel rule)
    {
        if (rule.Direction == RuleDirection.Ingress)
        {
            return Ingress(stage, rule);
        }

        CalicoPeer peer = Union(rule.Peers);
        CalicoEgressWithoutTraffic<TPolicy> open = rule.Action switch
        {
            RuleAction.Allow => stage.AllowTo(peer),
            RuleAction.Deny => stage.DenyTo(peer),
            RuleAction.Pass => stage.PassTo(peer),
            RuleAction.Log => stage.LogTo(peer),
            _ => throw new InvalidOperationException($"no such action: {rule.Action}"),
        };
        return On(rule.OwnEnds.IsEmpty ? open : open.From(Union(rule.OwnEnds)), rule);
    }

    private static TPolicy Ingress<TStage, TPolicy>(CalicoIngressRules<TStage, TPolicy> stage, RuleModel rule)
    {
        CalicoPeer peer = Union(rule.Peers);
        CalicoIngressWithoutTraffic<TPolicy> open = rule.Action switch
        {
            RuleAction.Allow => stage.AllowFrom(peer),
            RuleAction.Deny => stage.DenyFrom(peer),
            RuleAction.Pass => stage.PassFrom(peer),
            RuleAction.Log => stage.LogFrom(peer),
            _ => throw new InvalidOperationException($"no such action: {rule.Action}"),
        };
        return On(rule.OwnEnds.IsEmpty ? open : open.To(Union(rule.OwnEnds)), rule);
    }

    private static TPolicy On<TPolicy>(CalicoRuleWithoutTraffic<TPolicy> open, RuleModel rule) =>
        rule.Traffic.IsEmpty ? open.OnAllTraffic() : open.On(rule.Traffic.Select(t => At(Vocabulary.Traffic, t)).Aggregate((a, b) => a | b));

    private static CalicoPeer Union(EquatableArray<int> peers) => peers.Select(p => At(Vocabulary.CalicoPeers, p)).Aggregate((a, b) => a | b);

    private static CalicoPolicy Decorate(CalicoPolicy policy) => policy.Order(12.5).In(Syntax.Tier("security")).Labelled(Syntax.Label("team").Is("a"));

    private static GlobalPolicy Decorate(GlobalPolicy policy) => policy.Order(-1).In(Syntax.Tier("security")).Annotated("why", "#1");

    private static PreDnatPolicy Decorate(PreDnatPolicy policy) => policy.Order(7).Annotated("why", "yes");
}
