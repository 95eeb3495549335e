using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.PolicyApi;
using NetPolicy.Policies;
using NetPolicy.Policies.Normalization;
using Xunit;

namespace NetPolicy.Core.Tests.Policies;

/// <summary>What documents of every dialect become in the common model; above all those that cannot be understood, which never allow.</summary>
public sealed class NormalizerTests
{
    private const string ClusterHead = "apiVersion: policy.networking.k8s.io/v1alpha2\nkind: ClusterNetworkPolicy\nmetadata: {name: p}\nspec: {";
    private const string EveryPod = "pods all() in namespaces all()";

    [Theory] // Kubernetes §3, §5
    [InlineData("[{from: [{podSelector: {}}]}]", "Allow from [pods all() in namespace ns]")]
    [InlineData("[{from: [{podSelector: {matchLabels: {b: '2', a: '1'}}}]}]", "Allow from [pods (a == \"1\" && b == \"2\") in namespace ns]")]
    [InlineData("[{from: [{podSelector: {matchLabels: {a: '1'}}}]}]", "Allow from [pods a == \"1\" in namespace ns]")]
    [InlineData("[{from: [{podSelector: {matchExpressions: [{key: a, operator: In, values: [u, v]}, {key: b, operator: NotIn, values: [z]}]}}]}]",
        "Allow from [pods (a in {\"u\", \"v\"} && b not in {\"z\"}) in namespace ns]")]
    [InlineData("[{from: [{podSelector: {matchExpressions: [{key: a, operator: Exists}, {key: b, operator: DoesNotExist}]}}]}]", "Allow from [pods (has(a) && !has(b)) in namespace ns]")]
    [InlineData("[{from: [{podSelector: {matchExpressions: [{key: a, operator: Near}]}}]}]", "Allow from [pods !all() in namespace ns]")]
    [InlineData("[{from: [{podSelector: {matchLabels: {a: '1'}, matchExpressions: [{key: a, operator: Near}, {key: b, operator: Exists}]}}]}]", "Allow from [pods !all() in namespace ns]")]
    [InlineData("[{from: [{podSelector: {}, namespaceSelector: {matchExpressions: [{key: a, operator: Near}]}}]}]", "Allow from [pods all() in namespaces !all()]")]
    [InlineData("[{from: [{namespaceSelector: {}}]}]", "Allow from [pods all() in namespaces all()]")]
    [InlineData("[{from: [{}]}]", "Allow nothing")]
    [InlineData("[{from: [{ipBlock: {cidr: 10.0.0.0/8}, podSelector: {}}]}]", "Allow nothing")]
    [InlineData("[{from: [{ipBlock: {cidr: 10.0.0.0/8}, namespaceSelector: {}}]}]", "Allow nothing")]
    [InlineData("[{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}]", "Allow from [in 10.0.0.0/8]")]
    [InlineData("[{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16, 10.2.0.0/16]}}]}]", "Allow from [in 10.0.0.0/8 out 10.1.0.0/16,10.2.0.0/16]")]
    [InlineData("[{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16, none]}}]}]", "Allow nothing")]
    [InlineData("[{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0]}}]}]", "Allow nothing")]
    [InlineData("[{from: [{ipBlock: {cidr: 10.0.0.0}}]}]", "Allow nothing")]
    [InlineData("[{from: [{ipBlock: {cidr: none}}]}]", "Allow nothing")]
    [InlineData("[{from: [{ipBlock: {}}]}]", "Allow nothing")]
    [InlineData("[{from: [{ipBlock: {cidr: 10.0.0.0/8}}, {}], ports: [{port: 80}, {port: 0}]}]", "Allow TCP from [in 10.0.0.0/8] to [ports 80] | nothing | nothing | nothing")]
    [InlineData("[{ports: [{protocol: UDP}]}]", "Allow UDP")]
    [InlineData("[{ports: [{protocol: SCTP, port: web}]}]", "Allow SCTP to [ports web]")]
    [InlineData("[{ports: [{port: 80, endPort: 81}]}]", "Allow TCP to [ports 80-81]")]
    [InlineData("[{ports: [{port: 65535}, {port: 1}]}]", "Allow TCP to [ports 65535] | TCP to [ports 1]")]
    [InlineData("[{ports: [{port: 1, endPort: 65535}]}]", "Allow TCP to [ports 1-65535]")]
    [InlineData("[{ports: [{protocol: ICMP}]}]", "Allow nothing")]
    [InlineData("[{ports: [{protocol: ICMP, port: 80}]}]", "Allow nothing")]
    [InlineData("[{ports: [{port: web, endPort: 81}]}]", "Allow nothing")]
    [InlineData("[{ports: [{endPort: 81}]}]", "Allow nothing")]
    [InlineData("[{ports: [{port: 0}]}]", "Allow nothing")]
    [InlineData("[{ports: [{port: 0, endPort: 5}]}]", "Allow nothing")]
    [InlineData("[{ports: [{port: 65536}]}]", "Allow nothing")]
    [InlineData("[{ports: [{port: 65536, endPort: 65537}]}]", "Allow nothing")]
    [InlineData("[{ports: [{port: 80, endPort: 79}]}]", "Allow nothing")]
    [InlineData("[{ports: [{port: 80, endPort: 65536}]}]", "Allow nothing")]
    public void A_Kubernetes_rule_becomes(string rules, string expected)
    {
        Policy policy = Read($"apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: p, namespace: ns}}\nspec: {{podSelector: {{}}, ingress: {rules}}}");

        Assert.Equal(expected, string.Join("; ", policy.Ingress.Select(Print)));
        Assert.Empty(policy.Egress);
    }

    [Theory] // Kubernetes §3: which directions are taken over, whatever rules are written
    [InlineData("podSelector: {}", true, false, 0, 0)]
    [InlineData("podSelector: {}, egress: [{}]", true, true, 0, 1)]
    [InlineData("podSelector: {}, policyTypes: [Egress], ingress: [{}], egress: [{}, {}]", false, true, 0, 2)]
    [InlineData("podSelector: {}, policyTypes: [Ingress], ingress: [{}], egress: [{}, {}]", true, false, 1, 0)]
    [InlineData("podSelector: {}, policyTypes: [Other], ingress: [{}], egress: [{}]", false, false, 0, 0)]
    public void A_Kubernetes_policy_takes_over(string spec, bool ingress, bool egress, int ingressRules, int egressRules)
    {
        foreach ((string head, string kind) in (ReadOnlySpan<(string, string)>)
            [
                ("apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy", "KubernetesNetworkPolicy"),
                ("apiVersion: projectcalico.org/v3\nkind: StagedKubernetesNetworkPolicy", "StagedKubernetesNetworkPolicy"),
            ])
        {
            Policy policy = Read($"{head}\nmetadata: {{name: p}}\nspec: {{{spec}}}");

            Assert.Equal((ingress, egress, ingressRules, egressRules), (policy.TakesIngress, policy.TakesEgress, policy.Ingress.Count, policy.Egress.Count));
            Assert.Equal((kind, kind[0] == 'S', "default", 1000), (policy.OrderingKind, policy.IsStaged, policy.Tier, policy.Order));
            Assert.Equal("pods all() in namespace default", policy.Subject.ToString());
        }
    }

    [Fact] // fail closed: a subject that cannot be read is every pod of the namespace
    public void A_Kubernetes_subject_that_cannot_be_read_is_every_pod() =>
        Assert.Equal(
            "pods all() in namespace ns",
            Read("apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: ns}\nspec: {podSelector: {matchLabels: {a: b}, matchExpressions: [{key: a, operator: Near}]}}").Subject.ToString());

    [Theory] // cluster policies §2.2, §2.4: ports
    [InlineData("{tcp: {destinationPort: {number: 80}}}", "TCP to [ports 80]")]
    [InlineData("{udp: {destinationPort: {number: 1}}}", "UDP to [ports 1]")]
    [InlineData("{sctp: {destinationPort: {number: 65535}}}", "SCTP to [ports 65535]")]
    [InlineData("{tcp: {destinationPort: {range: {start: 1, end: 65535}}}}", "TCP to [ports 1-65535]")]
    [InlineData("{tcp: {destinationPort: {range: {start: 81, end: 80}}}}", "TCP to [ports ]")]
    [InlineData("{tcp: {}}", "TCP")]
    [InlineData("{destinationNamedPort: web}", "to [ports web]")]
    [InlineData("{tcp: {destinationPort: {number: 0}}}", "")]
    [InlineData("{tcp: {destinationPort: {number: 65536}}}", "")]
    [InlineData("{tcp: {destinationPort: {number: -1}}}", "")]
    [InlineData("{tcp: {destinationPort: {range: {start: 0, end: 80}}}}", "")]
    [InlineData("{tcp: {destinationPort: {range: {start: 80, end: 0}}}}", "")]
    [InlineData("{tcp: {destinationPort: {range: {start: 80, end: 65536}}}}", "")]
    [InlineData("{tcp: {destinationPort: {range: {start: 65536, end: 80}}}}", "")]
    [InlineData("{tcp: {destinationPort: {range: {start: 80}}}}", "")]
    [InlineData("{tcp: {destinationPort: {range: {end: 80}}}}", "")]
    [InlineData("{tcp: {destinationPort: {}}}", "")]
    [InlineData("{tcp: {destinationPort: {number: 80, range: {start: 80, end: 80}}}}", "")]
    [InlineData("{tcp: {}, udp: {}}", "")]
    [InlineData("{tcp: {}, destinationNamedPort: web}", "")]
    [InlineData("{}", "")]
    public void A_protocol_of_a_cluster_policy_becomes(string protocol, string expected)
    {
        string rules = "{name: allow, action: Accept, from: [{namespaces: {}}], protocols: [" + protocol + "]}, {name: deny, action: Deny, from: [{namespaces: {}}], protocols: [" + protocol + "]}";
        Policy policy = Cluster($"tier: Admin, priority: 1, subject: {{namespaces: {{}}}}, ingress: [{rules}]");
        string end = expected.Split('|')[^1], protocolOf = end.StartsWith("to", StringComparison.Ordinal) ? "" : end.Split(' ')[0] + " ", rest = end[(end.IndexOf("to", StringComparison.Ordinal) is var at and >= 0 ? at : end.Length)..];

        Assert.Equal(
            expected.Length == 0
                ? [$"allow: Allow closed nothing", $"deny: Deny closed from [{EveryPod}]"]
                : [$"allow: Allow {protocolOf}from [{EveryPod}] {rest}".TrimEnd(), $"deny: Deny {protocolOf}from [{EveryPod}] {rest}".TrimEnd()],
            policy.Ingress.Select(Print));
    }

    [Theory] // cluster policies §2.2, §2.5: peers of egress rules that allow, pass and deny
    [InlineData("to: [{nodes: {}}]", "to [nodes all()]", "to [nodes all()]", "to [nodes all()]")]
    [InlineData("to: [{networks: [10.0.0.0/8, '::/0']}]", "to [in 10.0.0.0/8,::/0]", "to [in 10.0.0.0/8,::/0]", "to [in 10.0.0.0/8,::/0]")]
    [InlineData("to: [{domainNames: ['*.example.io']}]", "to [names *.example.io]", null, null)]
    [InlineData("to: [{namespaces: {}}, {pods: {podSelector: {matchLabels: {a: b}}}}]",
        "to [pods all() in namespaces all()] | to [pods a == \"b\" in namespaces all()]", "to [pods all() in namespaces all()] | to [pods a == \"b\" in namespaces all()]",
        "to [pods all() in namespaces all()] | to [pods a == \"b\" in namespaces all()]")]
    [InlineData("to: [{pods: {namespaceSelector: {matchLabels: {c: d}}, podSelector: {}}}]", "to [pods all() in namespaces c == \"d\"]", "to [pods all() in namespaces c == \"d\"]", "to [pods all() in namespaces c == \"d\"]")]
    [InlineData("to: [{pods: {namespaceSelector: {}}}]", null, null, null)]
    [InlineData("to: [{networks: [10.0.0.0/8, none]}]", null, null, null)]
    [InlineData("to: [{networks: [10.0.0.0]}]", null, null, null)]
    [InlineData("to: [{networks: []}]", null, null, null)]
    [InlineData("to: [{domainNames: []}]", null, null, null)]
    [InlineData("to: [{namespaces: {}, nodes: {}}]", null, null, null)]
    [InlineData("to: [{namespaces: {}}, {}]", null, null, null)]
    [InlineData("to: [{namespaces: {matchExpressions: [{key: a, operator: Near}]}}]", null, null, null)]
    [InlineData("to: [{nodes: {matchExpressions: [{key: a, operator: In, values: []}]}}]", null, null, null)]
    [InlineData("to: []", null, null, null)]
    [InlineData("name: none", null, null, null)]
    [InlineData("to: [{nodes: {}}], protocols: []", null, null, null)]
    public void A_peer_of_a_cluster_policy_becomes(string rule, string? allows, string? passes, string? denies)
    {
        Policy policy = Cluster($"tier: Admin, priority: 1, subject: {{namespaces: {{}}}}, egress: [{{action: Accept, {rule}}}, {{action: Pass, {rule}}}, {{action: Deny, {rule}}}, {{action: Other, {rule}}}]");

        Assert.Equal(
            ["Allow " + (allows ?? "closed nothing"), passes is null ? "Deny closed" : "Pass " + passes, denies is null ? "Deny closed" : "Deny " + denies, "Deny closed"],
            policy.Egress.Select(one => Print(one).Replace("none: ", "", StringComparison.Ordinal)));
    }

    [Theory] // cluster policies §1.3: ingress rules see pods only, and have no nodes, networks and names
    [InlineData("{nodes: {}}")]
    [InlineData("{networks: [10.0.0.0/8]}")]
    [InlineData("{domainNames: [example.io]}")]
    public void A_peer_that_ingress_rules_do_not_have_fails_closed(string peer)
    {
        // No text says so, because readers know no such field; documents that are made in code may.
        ClusterNetworkPolicyManifest manifest = Assert.IsType<ClusterNetworkPolicyManifest>(Document(
            $"{ClusterHead}tier: Baseline, priority: 1, subject: {{namespaces: {{}}}}, egress: [{{action: Accept, to: [{peer}]}}, {{action: Deny, to: [{peer}]}}]}}"));
        Policy policy = Normalizer.Normalize(manifest with { Spec = manifest.Spec! with { Ingress = manifest.Spec.Egress, Egress = null } })!;

        Assert.Equal(["Allow closed nothing", $"Deny closed from [{EveryPod}]"], policy.Ingress.Select(Print));
        Assert.Empty(policy.Egress);
    }

    [Theory] // fail closed: without a subject or a tier that can be understood nothing is allowed and nothing passed, but denied as written
    [InlineData("tier: Other, priority: 1, subject: {namespaces: {}}")]
    [InlineData("tier: Admin, priority: 1, subject: {}")]
    [InlineData("tier: Admin, priority: 1, subject: {namespaces: {}, pods: {podSelector: {}}}")]
    [InlineData("tier: Admin, priority: 1, subject: {namespaces: {matchExpressions: [{key: a, operator: Near}]}}")]
    [InlineData("tier: Admin, priority: 1, subject: {pods: {namespaceSelector: {}}}")]
    public void Of_a_policy_that_cannot_be_understood_only_denials_are_left(string spec)
    {
        Policy policy = Cluster(spec + ", ingress: [{name: a, action: Accept, from: [{namespaces: {}}]}, {name: p, action: Pass, from: [{namespaces: {}}]}, {name: d, action: Deny, from: [{namespaces: {}}]}]");

        Assert.Equal(["a: Allow closed nothing", "p: Pass closed nothing", $"d: Deny from [{EveryPod}]"], policy.Ingress.Select(Print));
        Assert.Equal(EveryPod, policy.Subject.ToString());
    }

    [Theory] // the older kinds: §2.3, §4; the baseline has no priority, no Pass and no names
    [InlineData(false, "KubernetesAdminNetworkPolicy", "kube-admin", 7.0)]
    [InlineData(true, "KubernetesBaselineAdminNetworkPolicy", "kube-baseline", null)]
    public void An_admin_policy_becomes(bool isBaseline, string orderingKind, string tier, double? order)
    {
        AdminNetworkPolicyManifest manifest = Assert.IsType<AdminNetworkPolicyManifest>(Document("""
            apiVersion: policy.networking.k8s.io/v1alpha1
            kind: AdminNetworkPolicy
            metadata: {name: default}
            spec:
              priority: 7
              subject: {pods: {podSelector: {matchLabels: {a: b}}}}
              ingress:
              - {name: pass, action: Pass, from: [{namespaces: {}}]}
              - {name: ports, action: Allow, from: [{namespaces: {}}], ports: [{portNumber: {port: 80}}, {portRange: {protocol: UDP, start: 1, end: 2}}, {namedPort: web}]}
              - {name: none, action: Allow, from: [{namespaces: {}}], ports: []}
              - {name: two, action: Allow, from: [{namespaces: {}}], ports: [{portNumber: {port: 80}, namedPort: web}]}
              - {name: proto, action: Allow, from: [{namespaces: {}}], ports: [{portNumber: {protocol: ICMP, port: 80}}]}
              egress:
              - {name: names, action: Allow, to: [{domainNames: [example.io]}]}
            """));
        Policy policy = Normalizer.Normalize(isBaseline ? new BaselineAdminNetworkPolicyManifest { Metadata = manifest.Metadata, Spec = manifest.Spec } : manifest)!;

        Assert.Equal((orderingKind, tier, order, true, true), (policy.OrderingKind, policy.Tier, policy.Order, policy.TakesIngress, policy.TakesEgress));
        Assert.Equal("pods a == \"b\" in namespaces all()", policy.Subject.ToString());
        Assert.Equal(
            [
                order is null ? $"pass: Deny closed from [{EveryPod}]" : $"pass: Pass from [{EveryPod}]",
                $"ports: Allow TCP from [{EveryPod}] to [ports 80] | UDP from [{EveryPod}] to [ports 1-2] | from [{EveryPod}] to [ports web]",
                "none: Allow closed nothing",
                "two: Allow closed nothing",
                "proto: Allow closed nothing",
            ],
            policy.Ingress.Select(Print));
        Assert.Equal([order is null ? "names: Allow closed nothing" : "names: Allow to [names example.io]"], policy.Egress.Select(Print));
    }

    [Theory] // Calico §1.6: rules of a direction that is not taken over are not there
    [InlineData("types: [Egress]", false, true, 0, 2)]
    [InlineData("types: [INGRESS]", true, false, 1, 0)]
    [InlineData("types: [Ingress, Egress]", true, true, 1, 2)]
    public void A_Calico_policy_takes_over(string types, bool ingress, bool egress, int ingressRules, int egressRules)
    {
        Policy policy = Read($"apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata: {{name: p}}\nspec: {{{types}, ingress: [{{action: Allow}}], egress: [{{action: Allow}}, {{action: Deny}}]}}");

        Assert.Equal((ingress, egress, ingressRules, egressRules), (policy.TakesIngress, policy.TakesEgress, policy.Ingress.Count, policy.Egress.Count));
    }

    [Theory] // Calico §1.5
    [InlineData("80", "80")]
    [InlineData("'80:81'", "80-81")]
    [InlineData("web", "web")]
    [InlineData("'81:80'", null)]
    [InlineData("':80'", null)]
    [InlineData("'80:'", null)]
    [InlineData("'0:80'", null)]
    [InlineData("0", null)]
    [InlineData("'web:80'", null)]
    public void A_Calico_port_becomes(string port, string? expected)
    {
        Policy policy = Read($"apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata: {{name: p}}\nspec: {{ingress: [{{action: Allow, protocol: TCP, destination: {{ports: [{port}]}}}}, {{action: Deny, protocol: TCP, destination: {{ports: [{port}]}}}}]}}");

        Assert.Equal(
            expected is null ? ["Allow nothing", "Deny"] : [$"Allow TCP to [ports {expected}]", $"Deny TCP to [ports {expected}]"],
            policy.Ingress.Select(Print));
    }

    [Theory]
    [InlineData("default", 5, "Pass", "default", 1_000_000.0, false)]
    [InlineData("kube-admin", 5, "Deny", "kube-admin", null, null)]
    [InlineData("other", 5, "Pass", "other", 5.0, true)]
    [InlineData("other", null, "Deny", "other", 1_000_000.0, false)]
    public void A_tier_becomes(string name, int? order, string action, string expected, double? expectedOrder, bool? passes)
    {
        TierManifest manifest = ManifestReader.Read($"apiVersion: projectcalico.org/v3\nkind: Tier\nmetadata: {{name: {name}}}\nspec: {{{(order is null ? "" : $"order: {order}, ")}defaultAction: {action}}}").Manifests.AsEnumerable().OfType<TierManifest>().Single();

        Tier tier = Normalizer.Normalize(manifest);
        Assert.Equal(expected, tier.Name);
        Assert.Equal(expectedOrder ?? Tier.KubeAdmin.Order, tier.Order);
        Assert.Equal(passes ?? Tier.KubeAdmin.PassesByDefault, tier.PassesByDefault);
    }

    private static Policy Cluster(string spec) => Read($"{ClusterHead}{spec}}}");

    private static Policy Read(string text) => Normalizer.Normalize(Document(text))!;

    private static Manifest Document(string text) => Assert.Single(ManifestReader.Read(text).Manifests.AsEnumerable());

    private static string Print(Rule rule) =>
        $"{(rule.Name is null ? "" : rule.Name + ": ")}{rule.Action} {(rule.FailsClosed ? "closed " : "")}{string.Join(" | ", rule.Alternatives.Select(Print))}".TrimEnd();

    private static string Print(RuleMatch match) => match.IsNothing ? "nothing" : string.Join(' ', ((string[])[$"{match.Protocol}", Print("from", match.Source), Print("to", match.Destination)]).Where(part => part.Length > 0));

    private static string Print(string word, EndMatch end)
    {
        string[] parts =
        [
            end.Nets is { } nets ? "in " + string.Join(',', nets) : "",
            end.NotNets is { } notNets ? "out " + string.Join(',', notNets) : "",
            end.Selector?.ToString() ?? "",
            end.Nodes is { } nodes ? $"nodes {nodes}" : "",
            end.DomainNames is { } names ? "names " + string.Join(',', names) : "",
            end.Ports is { } ports ? "ports " + string.Join(',', ports.Names.IsEmpty ? [ports.Numbers.ToString()] : ports.Names) : "",
        ];
        return end == EndMatch.Anything ? "" : $"{word} [{string.Join(' ', parts.Where(part => part.Length > 0))}]";
    }
}
