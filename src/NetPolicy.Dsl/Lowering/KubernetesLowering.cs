using NetPolicy.Collections;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Kubernetes;

namespace NetPolicy.Dsl;

/// <summary>Sentences as <c>networking.k8s.io/v1</c> NetworkPolicies.</summary>
internal static class KubernetesLowering
{
    public static void Add(PolicyLink chain, Lowering lowering)
    {
        PolicySentence sentence = new(chain, lowering);
        Selector subject = sentence.Subject!.Pods!;
        lowering.Report(sentence.Name.Home!.Faults);
        lowering.Report(subject.Faults);
        sentence.Source.Set("spec.podSelector", subject.Line);
        lowering.Add(new NetworkPolicyManifest
        {
            Metadata = sentence.Metadata,
            Source = sentence.Source,
            Spec = new NetworkPolicySpec
            {
                PodSelector = SelectorOf(subject.Node),
                PolicyTypes = sentence.Types,
                Ingress = Rules(sentence, RuleDirection.Ingress, lowering),
                Egress = Rules(sentence, RuleDirection.Egress, lowering),
            },
        });
    }

    /// <summary>The label selector that says the same; the first comparison of a key with one value becomes a match label.</summary>
    public static LabelSelectorSpec SelectorOf(SelectorNode node)
    {
        List<KeyValuePair<string, string>> labels = [];
        List<LabelRequirement> expressions = [];
        foreach (RequirementNode requirement in node.Requirements)
        {
            if (requirement.Operator == RequirementOperator.Equal && !labels.Exists(l => l.Key == requirement.Key))
            {
                labels.Add(new(requirement.Key, requirement.Values[0]));
            }
            else
            {
                expressions.Add(ExpressionOf(requirement));
            }
        }

        return new LabelSelectorSpec
        {
            MatchLabels = labels.Count == 0 ? null : new EquatableMap<string>(labels),
            MatchExpressions = expressions.Count == 0 ? null : [.. expressions],
        };
    }

    private static LabelRequirement ExpressionOf(RequirementNode requirement) => new()
    {
        Key = requirement.Key,
        Operator = requirement.Operator switch
        {
            RequirementOperator.Equal or RequirementOperator.In => "In",
            RequirementOperator.NotEqual or RequirementOperator.NotIn => "NotIn",
            RequirementOperator.Exists => "Exists",
            RequirementOperator.Absent => "DoesNotExist",
            _ => throw new InvalidOperationException($"a Kubernetes selector has no operator {requirement.Operator}"),
        },
        Values = requirement.Values.IsEmpty ? null : requirement.Values,
    };

    private static EquatableArray<NetworkPolicyRule>? Rules(PolicySentence sentence, RuleDirection direction, Lowering lowering)
    {
        List<NetworkPolicyRule> rules = [];
        foreach (RuleLink rule in sentence.Rules.Where(r => r.Direction == direction))
        {
            lowering.Report(rule.Peer.Faults);
            lowering.Report(rule.Traffic?.Faults ?? []);
            if (!rule.Peer.Terms.IsEmpty)
            {
                string path = $"spec.{(direction == RuleDirection.Ingress ? "ingress" : "egress")}[{rules.Count}]";
                rules.Add(RuleOf(rule, path, sentence));
            }
        }

        return rules.Count == 0 ? null : [.. rules];
    }

    private static NetworkPolicyRule RuleOf(RuleLink rule, string path, PolicySentence sentence)
    {
        sentence.Source.Set(path, rule.Line);
        List<NetworkPolicyPeer> peers = [];
        foreach (PeerTerm term in rule.Peer.Terms.Where(t => t is not AnywhereTerm))
        {
            string at = $"{path}.{(rule.Direction == RuleDirection.Ingress ? "from" : "to")}[{peers.Count}]";
            sentence.Source.Set(at, term.Line);
            peers.Add(PeerOf(term, at, sentence));
        }

        List<NetworkPolicyPort> ports = [];
        foreach (TrafficTerm term in rule.Traffic?.Terms ?? [])
        {
            sentence.Source.Set($"{path}.ports[{ports.Count}]", term.Line);
            ports.Add(PortOf(term));
        }

        return new NetworkPolicyRule
        {
            Peers = peers.Count == 0 ? null : [.. peers],
            Ports = ports.Count == 0 ? null : [.. ports],
        };
    }

    private static NetworkPolicyPeer PeerOf(PeerTerm term, string path, PolicySentence sentence)
    {
        switch (term)
        {
            case BlockTerm block:
                for (int i = 0; i < block.Except.Count; i++)
                {
                    sentence.Source.Set($"{path}.ipBlock.except[{i}]", block.Except[i].At.Line);
                }

                return new NetworkPolicyPeer
                {
                    IpBlock = new IpBlockSpec { Cidr = block.Cidr, Except = block.Except.IsEmpty ? null : [.. block.Except.Select(e => e.Cidr)] },
                };
            case PodsTerm { ServiceAccount: null } pods when pods.Scope.Selector is null || pods.Scope.Name == sentence.Name.Home!.Name:
                return new NetworkPolicyPeer { PodSelector = SelectorOf(pods.Selector) };
            case PodsTerm { ServiceAccount: null } pods:
                return new NetworkPolicyPeer
                {
                    NamespaceSelector = SelectorOf(pods.Scope.Selector!),
                    PodSelector = pods.Selector.IsAll ? null : SelectorOf(pods.Selector),
                };
            default:
                throw new InvalidOperationException($"a Kubernetes policy has no peer {term.GetType().Name}");
        }
    }

    private static NetworkPolicyPort PortOf(TrafficTerm term) => term switch
    {
        AllPortsTerm all => new NetworkPolicyPort { Protocol = all.Protocol.ToString() },
        PortNameTerm name => new NetworkPolicyPort { Protocol = name.Protocol.ToString(), Port = IntOrString.Of(name.Name) },
        PortRangeTerm range => new NetworkPolicyPort
        {
            Protocol = range.Protocol.ToString(),
            Port = IntOrString.Of(range.First),
            EndPort = range.Last == range.First ? null : range.Last,
        },
        _ => throw new InvalidOperationException($"a Kubernetes policy has no traffic {term.GetType().Name}"),
    };
}
