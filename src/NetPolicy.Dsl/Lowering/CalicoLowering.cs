using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;

namespace NetPolicy.Dsl;

/// <summary>Sentences as <c>projectcalico.org/v3</c> policies, namespaced and global.</summary>
internal static class CalicoLowering
{
    public static void Add(PolicyLink chain, Lowering lowering)
    {
        PolicySentence sentence = new(chain, lowering);
        CalicoPolicySpec spec = new()
        {
            Tier = sentence.Tier?.Tier.Name,
            Order = sentence.Order?.Order.Value,
            Types = sentence.Types,
            Ingress = Rules(sentence, RuleDirection.Ingress, lowering),
            Egress = Rules(sentence, RuleDirection.Egress, lowering),
        };
        lowering.Add(new CalicoPolicyManifest
        {
            PolicyKind = sentence.GlobalSubject is null ? CalicoPolicyKind.NetworkPolicy : CalicoPolicyKind.GlobalNetworkPolicy,
            Metadata = sentence.Metadata,
            Source = sentence.Source,
            Spec = sentence.GlobalSubject is { } subject ? Global(spec, subject, sentence, lowering) : Namespaced(spec, sentence, lowering),
        });
    }

    private static CalicoPolicySpec Namespaced(CalicoPolicySpec spec, PolicySentence sentence, Lowering lowering)
    {
        SubjectLink subject = sentence.Subject!;
        lowering.Report(sentence.Name.Home!.Faults);
        Check(subject.Pods, "spec.selector");
        Check(subject.ServiceAccounts, "spec.serviceAccountSelector");
        return spec with { Selector = subject.Pods?.ToString(), ServiceAccountSelector = subject.ServiceAccounts?.ToString() };

        void Check(Selector? selector, string path)
        {
            if (selector is not null)
            {
                lowering.Report(selector.Faults);
                lowering.CheckValues(selector.Node, selector.Line);
                sentence.Source.Set(path, selector.Line);
            }
        }
    }

    private static CalicoPolicySpec Global(CalicoPolicySpec spec, CalicoPeer subject, PolicySentence sentence, Lowering lowering)
    {
        (string? selector, string? namespaceSelector, SourceLine line) = CalicoSubject.Of(subject, sentence.Stage, lowering);
        sentence.Source.Set("spec.selector", line);
        sentence.Source.Set("spec.namespaceSelector", line);
        return spec with
        {
            Selector = selector,
            NamespaceSelector = namespaceSelector,
            ApplyOnForward = sentence.Stage is null ? null : true,
            PreDnat = sentence.Stage == HostStage.PreDnat ? true : null,
            DoNotTrack = sentence.Stage == HostStage.DoNotTrack ? true : null,
        };
    }

    private static EquatableArray<CalicoRule>? Rules(PolicySentence sentence, RuleDirection direction, Lowering lowering)
    {
        List<CalicoRule> rules = [];
        foreach (RuleLink rule in sentence.Rules.Where(r => r.Direction == direction))
        {
            AddRules(WithoutServiceFaults(rule, lowering), sentence, lowering, rules);
        }

        return rules.Count == 0 ? null : [.. rules];
    }

    private static void AddRules(RuleLink rule, PolicySentence sentence, Lowering lowering, List<CalicoRule> rules)
    {
        string? home = sentence.Name.Home?.Name;
        IReadOnlyList<CalicoEnd> peers = CalicoEnds.Of(rule.Peer, home, lowering);
        IReadOnlyList<CalicoEnd> owns = CalicoEnds.Of(rule.OwnEnd, home, lowering);
        IReadOnlyList<CalicoClause> clauses = CalicoClauses.Of(rule, lowering);
        int before = rules.Count;
        foreach (CalicoEnd peer in peers)
        {
            foreach (CalicoEnd own in owns)
            {
                foreach (CalicoClause clause in clauses)
                {
                    if (Meet(peer.Family, own.Family) && Meet(peer.Family, clause.Family) && Meet(own.Family, clause.Family))
                    {
                        rules.Add(RuleOf(rule, peer, own, clause, rules.Count, sentence.Source));
                    }
                }
            }
        }

        if (rules.Count == before && peers.Count > 0 && owns.Count > 0)
        {
            lowering.Report(
                DslDiagnostics.FamiliesNeverMeet,
                "the ends and the traffic of the rule have no address family in common, expected IPv4 or IPv6 throughout",
                rule.Line);
        }
    }

    private static CalicoRule RuleOf(RuleLink rule, CalicoEnd peer, CalicoEnd own, CalicoClause clause, int index, CallerSourceMap lines)
    {
        bool ingress = rule.Direction == RuleDirection.Ingress;
        (CalicoEnd source, CalicoEnd destination) = ingress ? (peer, own) : (own, peer);
        string path = $"spec.{(ingress ? "ingress" : "egress")}[{index}]";
        lines.Set(path, rule.Line);
        SetLines(lines, $"{path}.source", source.Lines);
        SetLines(lines, $"{path}.destination", destination.Lines);
        SetLines(lines, path, clause.Lines);
        return new CalicoRule
        {
            Action = rule.Action.ToString(),
            Protocol = clause.Protocol,
            Icmp = clause.Icmp,
            NotIcmp = clause.NotIcmp,
            Http = clause.Http,
            Source = clause.SourcePorts is { } ports ? (source.Entity ?? new EntityRule()) with { Ports = ports } : source.Entity,
            Destination = clause.Ports is null && clause.NotPorts is null
                ? destination.Entity
                : (destination.Entity ?? new EntityRule()) with { Ports = clause.Ports, NotPorts = clause.NotPorts },
        };
    }

    private static void SetLines(CallerSourceMap map, string path, IReadOnlyList<(string Path, SourceLine Line)> lines)
    {
        foreach ((string below, SourceLine line) in lines)
        {
            map.Set(below.Length == 0 ? path : $"{path}.{below}", line);
        }
    }

    // What is reported here is left out of the rule, so that validation does not report it again in other words.
    private static RuleLink WithoutServiceFaults(RuleLink rule, Lowering lowering)
    {
        if (rule.OwnEnd?.Terms.OfType<ServiceTerm>().FirstOrDefault() is { } own)
        {
            lowering.Report(
                DslDiagnostics.ServiceAsOwnEnd,
                $"Service `{own.Namespace}/{own.Name}` is named as the subject's own end, expected pods or addresses",
                own.Line.Or(rule.Line));
            rule = rule with { OwnEnd = null };
        }

        if (rule is { Direction: RuleDirection.Egress, Traffic: not null } && rule.Peer.Terms.OfType<ServiceTerm>().FirstOrDefault() is { } peer)
        {
            lowering.Report(
                DslDiagnostics.TrafficBesideService,
                $"a rule to Service `{peer.Namespace}/{peer.Name}` names traffic too, expected OnAllTraffic()",
                peer.Line.Or(rule.Line));
            rule = rule with { Traffic = null };
        }

        return rule;
    }

    private static bool Meet(IpFamily? left, IpFamily? right) => left is null || right is null || left == right;
}
