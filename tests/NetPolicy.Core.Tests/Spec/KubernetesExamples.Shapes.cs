using static NetPolicy.Spec.Tests.Yaml;

namespace NetPolicy.Spec.Tests;

/// <content>What is absent, null and empty; defaults; label selectors; the decision (sections 1, 3, 4 and 5.1).</content>
internal static partial class KubernetesExamples
{
    private const string Denied = "deny None/Deny p0 ingress -1";
    private const string Allowed = "allow None/Allow p0 ingress 0";
    private const string EgressDenied = "deny Deny/None p0 egress -1";
    private const string EgressAllowed = "allow Allow/None p0 egress 0";
    private const string Outside = "203.0.113.9";

    private static Example In(string says, string spec, SpecFlow flow, string answer, params string[] more) => With(says, [spec], flow, answer, null, more);

    private static SpecFlow ToWeb(int? port = 80, string protocol = "TCP") => Flow("b/web", "a/web", port, protocol);

    private static IEnumerable<Example> Shapes() =>
    [
        With("1: an absent spec is an empty one", [], ToWeb(), Denied, null, "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p0, namespace: a}"),
        With("1: an absent namespace is `default`", [], Flow("b/web", "default/web"), Denied, null,
            "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p0}\nspec: {podSelector: {}}", Pod("default/web", "", "10.0.9.1")),
        In("1: an absent podSelector selects all pods", "policyTypes: [Ingress]", ToWeb(), Denied),
        In("1: a null podSelector selects all pods", "podSelector: null", ToWeb(), Denied),
        In("1: a selector of empty lists is the empty selector", "podSelector: {matchLabels: {}, matchExpressions: []}", ToWeb(), Denied),
        In("1: `ingress: null` is no rule", "podSelector: {}, ingress: null", ToWeb(), Denied),
        In("1: `ingress: []` is no rule", "podSelector: {}, ingress: []", ToWeb(), Denied),
        In("1: `egress: null` is no egress section", "podSelector: {}, egress: null", Flow("a/web", Outside), "allow None/None"),
        In("1: an empty policyTypes is defaulted", "podSelector: {}, policyTypes: [], egress: [{to: [{podSelector: {}}]}]", Flow("a/web", Outside), EgressDenied),
        In("1: `from: []` is any peer", "podSelector: {}, ingress: [{from: []}]", Flow(Outside, "a/web"), Allowed),
        In("1: `from: null` is any peer", "podSelector: {}, ingress: [{from: null}]", Flow(Outside, "a/web"), Allowed),
        In("1: `to: []` is any peer", "podSelector: {}, policyTypes: [Egress], egress: [{to: []}]", Flow("a/web", Outside), EgressAllowed),
        In("1: `ports: []` is any protocol", "podSelector: {}, ingress: [{ports: []}]", ToWeb(7, "SCTP"), Allowed),
        In("1: `ports: null` is any port", "podSelector: {}, ingress: [{ports: null}]", ToWeb(7, "UDP"), Allowed),
        In("1: a null podSelector is not part of the peer", "podSelector: {}, ingress: [{from: [{podSelector: null, namespaceSelector: {matchLabels: {team: blue}}}]}]", ToWeb(), Allowed),
        In("1: a null namespaceSelector is the own namespace", "podSelector: {}, ingress: [{from: [{podSelector: {}, namespaceSelector: null}]}]", ToWeb(), Denied),
        In("1: an empty namespaceSelector is every namespace", "podSelector: {}, ingress: [{from: [{podSelector: {}, namespaceSelector: {}}]}]", ToWeb(), Allowed),
        In("1: a null ipBlock is not part of the peer", "podSelector: {}, ingress: [{from: [{podSelector: {}, ipBlock: null}]}]", Flow("a/api", "a/web"), Allowed),
        In("1: `except: []` excepts nothing", "podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: []}}]}]", ToWeb(), Allowed),
        In("1: a null protocol is TCP", "podSelector: {}, ingress: [{ports: [{protocol: null, port: 80}]}]", ToWeb(), Allowed),
        In("1: a null port is every port of the protocol", "podSelector: {}, ingress: [{ports: [{protocol: UDP, port: null}]}]", ToWeb(7, "UDP"), Allowed),
        In("1: a null endPort is a single port", "podSelector: {}, ingress: [{ports: [{port: 80, endPort: null}]}]", ToWeb(81), Denied),
        In("3: only Ingress is taken over", "podSelector: {}, policyTypes: [Ingress]", Flow("a/web", Outside), "allow None/None"),
        In("3: `policyTypes: [Egress]` alone denies egress", "podSelector: {}, policyTypes: [Egress]", Flow("a/web", Outside), EgressDenied),
        In("3: `policyTypes: [Egress]` leaves ingress alone", "podSelector: {}, policyTypes: [Egress]", ToWeb(), "allow None/None"),
        In("3: egress rules are inert under `policyTypes: [Ingress]`", "podSelector: {}, policyTypes: [Ingress], egress: [{to: [{podSelector: {}}]}]", Flow("a/web", Outside), "allow None/None"),
        In("3: both types and nothing else deny egress", "podSelector: {}, policyTypes: [Ingress, Egress]", Flow("a/web", Outside), EgressDenied),
        In("3: both types and nothing else deny ingress", "podSelector: {}, policyTypes: [Ingress, Egress]", ToWeb(), Denied),
        In("3: an absent protocol is TCP and not UDP", "podSelector: {}, ingress: [{ports: [{port: 80}]}]", ToWeb(80, "UDP"), Denied),
    ];

    private static IEnumerable<Example> Selectors() =>
    [
        In("4: matchLabels needs the value", "podSelector: {matchLabels: {app: api}}", ToWeb(), "allow None/None"),
        In("4: matchLabels needs the key", "podSelector: {matchLabels: {zone: x}}", ToWeb(), "allow None/None"),
        In("4: matchLabels of an empty value needs the key", "podSelector: {matchLabels: {tier: ''}}", ToWeb(), "allow None/None"),
        In("4: matchLabels matches an empty value", "podSelector: {matchLabels: {tier: ''}}", Flow("b/web", "a/api"), Denied),
        In("4: matchLabels are all needed", "podSelector: {matchLabels: {app: web, zone: x}}", ToWeb(), "allow None/None"),
        In("4: In is one of the values", "podSelector: {matchExpressions: [{key: app, operator: In, values: [api, web]}]}", ToWeb(), Denied),
        In("4: In does not match an absent key", "podSelector: {matchExpressions: [{key: tier, operator: In, values: ['']}]}", ToWeb(), "allow None/None"),
        In("4: NotIn is none of the values", "podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [api, web]}]}", ToWeb(), "allow None/None"),
        In("4: Exists needs the key", "podSelector: {matchExpressions: [{key: tier, operator: Exists}]}", ToWeb(), "allow None/None"),
        In("4: DoesNotExist matches an absent key", "podSelector: {matchExpressions: [{key: tier, operator: DoesNotExist}]}", ToWeb(), Denied),
        In("4: matchLabels and matchExpressions are all needed", "podSelector: {matchLabels: {app: web}, matchExpressions: [{key: tier, operator: Exists}]}", ToWeb(), "allow None/None"),
        In("4: one key in several requirements: all must hold", "podSelector: {matchExpressions: [{key: app, operator: Exists}, {key: app, operator: NotIn, values: [web]}]}", ToWeb(), "allow None/None"),
        In("4: keys and values are case-sensitive", "podSelector: {matchExpressions: [{key: app, operator: In, values: [Web]}]}", ToWeb(), "allow None/None"),
        In("4: a pod without labels is matched by NotIn and DoesNotExist", "podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [x]}, {key: zone, operator: DoesNotExist}]}", Flow("b/web", "a/bare"), Denied, Pod("a/bare", "", "10.0.0.3")),
        In("4: the name label of a namespace cannot be rewritten", "podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: other}}}]}]", Flow("c/p", "a/web"), Denied,
            Namespace("c", "kubernetes.io/metadata.name: other"), Pod("c/p", "", "10.0.3.1")),
        In("4: the name label is the name whatever is written", "podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: c}}}]}]", Flow("c/p", "a/web"), Allowed,
            Namespace("c", "kubernetes.io/metadata.name: other"), Pod("c/p", "", "10.0.3.1")),
    ];

    private static IEnumerable<Example> Decisions() =>
    [
        With("5.1: rules of one policy are united", ["podSelector: {}, ingress: [{from: [{podSelector: {}}]}, {from: [{namespaceSelector: {}}]}]"], ToWeb(), "allow None/Allow p0 ingress 1"),
        With("5.1: a policy without rules takes nothing from another", ["podSelector: {}, ingress: [{}]", "podSelector: {}"], ToWeb(), Allowed),
        With("5.1: both ends are asked", ["podSelector: {matchLabels: {app: api}}, policyTypes: [Egress], egress: [{}]", "podSelector: {matchLabels: {app: web}}"], Flow("a/api", "a/web"), "deny Allow/Deny p1 ingress -1"),
        With("5.1: each end sees the policies of its own namespace", [], Flow("b/web", "a/web"), "deny Deny/None p egress -1", null, Policy("b/p", "podSelector: {}, policyTypes: [Egress]")),
        With("5.1: a policy selects no pods of other namespaces", [], ToWeb(), "allow None/None", null, Policy("b/p", "podSelector: {}")),
        With("5.1: isolation is per pod", ["podSelector: {matchLabels: {app: api}}"], ToWeb(), "allow None/None"),
        With("5.1: isolation in one direction leaves the other", ["podSelector: {}"], Flow("a/web", "a/api"), "deny None/Deny p0 ingress -1"),
        In("5.1: peers of one rule are not combined with ports of another", "podSelector: {}, ingress: [{from: [{namespaceSelector: {}}], ports: [{port: 81}]}, {from: [{podSelector: {}}], ports: [{port: 80}]}]", ToWeb(), Denied),
        In("5.1: a rule that cannot be used isolates all the same", "podSelector: {}, ingress: [{ports: [{port: nobody}]}]", ToWeb(), Denied),
        In("5.1: ports are never source ports, ingress", "podSelector: {}, ingress: [{ports: [{port: 81}]}]", ToWeb() with { SourcePort = 81 }, Denied),
        In("5.1: ports are never source ports, egress", "podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 81}]}]", Flow("a/web", Outside) with { SourcePort = 81 }, EgressDenied),
        In("5.1: the egress port is the destination's", "podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 81}]}]", Flow("a/web", Outside, 81), EgressAllowed),
        With("5.6: an allowed connection allows no new one the other way", ["podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {}}]}]", "podSelector: {matchLabels: {app: api}}"], Flow("a/web", "a/api"), "deny None/Deny p1 ingress -1"),
        With("5.1: outside to outside is nobody's business", [], Flow(Outside, "198.51.100.7"), "allow None/None"),
    ];
}
