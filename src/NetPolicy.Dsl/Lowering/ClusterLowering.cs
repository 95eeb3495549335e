using System.Globalization;
using NetPolicy.Collections;
using NetPolicy.Manifests.Kubernetes;
using NetPolicy.Manifests.PolicyApi;
using NetPolicy.Ports;

namespace NetPolicy.Dsl;

/// <summary>Sentences as <c>policy.networking.k8s.io/v1alpha2</c> ClusterNetworkPolicies.</summary>
internal static class ClusterLowering
{
    // Limits of the API (cluster policy specification §5): on peers and protocols of a rule, and on entries of a list of addresses or names.
    private const int Most = 25;

    private static readonly string[] s_everywhere = ["0.0.0.0/0", "::/0"];

    public static void Add(PolicyLink chain, Lowering lowering)
    {
        PolicySentence sentence = new(chain, lowering);
        ClusterTierLink tier = sentence.ClusterTier!;
        sentence.Source.Set("spec.priority", tier.Line);
        lowering.Add(new ClusterNetworkPolicyManifest
        {
            Metadata = sentence.Metadata,
            Source = sentence.Source,
            Spec = new ClusterNetworkPolicySpec
            {
                Tier = tier.Tier,
                Priority = tier.Priority,
                Subject = ClusterSubject.Of(sentence, lowering),
                Ingress = Rules(sentence, RuleDirection.Ingress, lowering),
                Egress = Rules(sentence, RuleDirection.Egress, lowering),
            },
        });
    }

    /// <summary>Every pod of the namespaces, or those that a selector chooses.</summary>
    public static (LabelSelectorSpec? Namespaces, NamespacedPodSelector? Pods) PodsOf(SelectorNode namespaces, SelectorNode pods)
    {
        LabelSelectorSpec scope = KubernetesLowering.SelectorOf(namespaces);
        return pods.IsAll ? (scope, null) : (null, new NamespacedPodSelector { NamespaceSelector = scope, PodSelector = KubernetesLowering.SelectorOf(pods) });
    }

    private static EquatableArray<ClusterPolicyRule>? Rules(PolicySentence sentence, RuleDirection direction, Lowering lowering)
    {
        List<ClusterPolicyRule> rules = [];
        foreach (RuleLink rule in sentence.Rules.Where(r => r.Direction == direction))
        {
            lowering.Report(rule.Peer.Faults);
            lowering.Report(rule.Traffic?.Faults ?? []);
            List<(ClusterPolicyProtocol Protocol, SourceLine Line)> protocols = [.. ProtocolsOf(rule.Traffic)];
            foreach (ClusterEnd[] peers in PeersOf(rule, lowering).Chunk(Most))
            {
                // One rule after the other with the same action matches what one rule with all of it would.
                foreach ((ClusterPolicyProtocol Protocol, SourceLine Line)[] some in protocols.Count == 0 ? [[]] : protocols.Chunk(Most))
                {
                    string path = string.Create(CultureInfo.InvariantCulture, $"spec.{(direction == RuleDirection.Ingress ? "ingress" : "egress")}[{rules.Count}]");
                    SetLines(sentence.Source, path, rule, peers, some);
                    rules.Add(new ClusterPolicyRule
                    {
                        Action = rule.Action == RuleAction.Allow ? "Accept" : rule.Action.ToString(),
                        Peers = [.. peers.Select(p => p.Peer)],
                        Protocols = some.Length == 0 ? null : [.. some.Select(p => p.Protocol)],
                    });
                }
            }
        }

        return rules.Count == 0 ? null : [.. rules];
    }

    private static void SetLines(
        CallerSourceMap lines, string path, RuleLink rule, ClusterEnd[] peers, (ClusterPolicyProtocol Protocol, SourceLine Line)[] protocols)
    {
        lines.Set(path, rule.Line);
        string end = rule.Direction == RuleDirection.Ingress ? "from" : "to";
        for (int i = 0; i < peers.Length; i++)
        {
            string at = string.Create(CultureInfo.InvariantCulture, $"{path}.{end}[{i}]");
            lines.Set(at, peers[i].Line);
            foreach ((string below, SourceLine line) in peers[i].Lines)
            {
                lines.Set($"{at}.{below}", line);
            }
        }

        for (int i = 0; i < protocols.Length; i++)
        {
            lines.Set(string.Create(CultureInfo.InvariantCulture, $"{path}.protocols[{i}]"), protocols[i].Line);
        }
    }

    private static List<ClusterEnd> PeersOf(RuleLink rule, Lowering lowering)
    {
        List<ClusterEnd> peers = [];
        bool blocks = false, domains = false;
        foreach (PeerTerm term in rule.Peer.Terms)
        {
            switch (term)
            {
                case PodsTerm pods:
                    (LabelSelectorSpec? namespaces, NamespacedPodSelector? some) = PodsOf(pods.Scope.Selector ?? SelectorNode.All, pods.Selector);
                    peers.Add(new ClusterEnd(new ClusterPolicyPeer { Namespaces = namespaces, Pods = some }, pods.Line, []));
                    break;
                case AnywhereTerm:
                    peers.Add(new ClusterEnd(new ClusterPolicyPeer { Networks = [.. s_everywhere] }, default, []));
                    break;
                case NodesTerm nodes:
                    peers.Add(new ClusterEnd(new ClusterPolicyPeer { Nodes = KubernetesLowering.SelectorOf(nodes.Selector) }, nodes.Line, []));
                    break;
                case BlockTerm block:
                    ReportExceptions(block, lowering);
                    peers.AddRange(blocks ? [] : Listed(rule.Peer.Terms.OfType<BlockTerm>().Where(b => b.Except.IsEmpty), b => b.Cidr, "networks", n => new ClusterPolicyPeer { Networks = n }));
                    blocks = true;
                    break;
                case DomainTerm:
                    peers.AddRange(domains ? [] : Listed(rule.Peer.Terms.OfType<DomainTerm>(), d => d.Pattern, "domainNames", n => new ClusterPolicyPeer { DomainNames = n }));
                    domains = true;
                    break;
                default:
                    throw new InvalidOperationException($"a cluster policy has no peer {term.GetType().Name}");
            }
        }

        return peers;
    }

    private static IEnumerable<ClusterEnd> Listed<TTerm>(
        IEnumerable<TTerm> terms, Func<TTerm, string> text, string field, Func<EquatableArray<string>, ClusterPolicyPeer> peer)
        where TTerm : PeerTerm =>
        terms.Chunk(Most).Select(some => new ClusterEnd(
            peer([.. some.Select(text)]), some[0].Line, [.. some.Select((t, i) => (string.Create(CultureInfo.InvariantCulture, $"{field}[{i}]"), t.Line))]));

    private static void ReportExceptions(BlockTerm block, Lowering lowering)
    {
        if (!block.Except.IsEmpty)
        {
            lowering.Report(
                DslDiagnostics.ExceptInClusterPolicy,
                $"a cluster policy names `{block.Cidr}` with an exception, expected a plain block: let an earlier rule decide the exception",
                block.Except[0].At.Line.Or(block.Line));
        }
    }

    private static IEnumerable<(ClusterPolicyProtocol Protocol, SourceLine Line)> ProtocolsOf(Traffic? traffic) =>
        (traffic?.Terms ?? []).Select(t => (ProtocolOf(t), t.Line)).DistinctBy(p => p.Item1);

    private static ClusterPolicyProtocol ProtocolOf(TrafficTerm term) => term switch
    {
        PortNameTerm name => new ClusterPolicyProtocol { DestinationNamedPort = name.Name },
        PortRangeTerm range => Of(range.Protocol, range.First, range.Last),

        // The prose of the API lets a protocol stand without ports, its schema does not.
        AllPortsTerm all => Of(all.Protocol, 1, ushort.MaxValue),
        _ => throw new InvalidOperationException($"a cluster policy has no traffic {term.GetType().Name}"),
    };

    private static ClusterPolicyProtocol Of(Protocol protocol, ushort first, ushort last)
    {
        DestinationPortMatch match = new()
        {
            DestinationPort = first == last
                ? new DestinationPort { Number = first }
                : new DestinationPort { Range = new DestinationPortRange { Start = first, End = last } },
        };
        return protocol == Protocol.Tcp ? new ClusterPolicyProtocol { Tcp = match }
            : protocol == Protocol.Udp ? new ClusterPolicyProtocol { Udp = match }
            : new ClusterPolicyProtocol { Sctp = match };
    }
}
