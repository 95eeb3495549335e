using NetPolicy.Collections;
using NetPolicy.Diagnostics;
using NetPolicy.Manifests;
using NetPolicy.Manifests.PolicyApi;
using NetPolicy.Validation;
using Xunit;

namespace NetPolicy.Core.Tests.Validation;

/// <summary>Cluster policy specification §2 to §6, constraint by constraint: a text that breaks it, with path and cause, and its nearest neighbours that do not.</summary>
public sealed class ClusterPolicyValidationTests
{
    private const string Cnp = "ClusterNetworkPolicy";
    private const string Anp = "AdminNetworkPolicy";
    private const string Banp = "BaselineAdminNetworkPolicy";
    private const string All = "subject: {namespaces: {}}";

    [Theory]
    // §3 to §5: required fields and their values.
    [InlineData(Cnp, "{tier: Admin, priority: 0, " + All + "}")]
    [InlineData(Cnp, "{tier: Baseline, priority: 1000, " + All + "}")]
    [InlineData(Cnp, "{}", "error NP2401 spec.tier FieldValueRequired", "error NP2401 spec.priority FieldValueRequired", "error NP2401 spec.subject FieldValueRequired")]
    [InlineData(Cnp, "null", "error NP2401 spec FieldValueRequired")]
    [InlineData(Anp, "{}", "error NP2401 spec.priority FieldValueRequired", "error NP2401 spec.subject FieldValueRequired")]
    [InlineData(Banp, "{}", "error NP2401 spec.subject FieldValueRequired")]
    [InlineData(Cnp, "{tier: admin, priority: 1, " + All + "}", "error NP2402 spec.tier FieldValueNotSupported")]
    [InlineData(Cnp, "{tier: Admin, priority: -1, " + All + "}", "error NP2404 spec.priority FieldValueInvalid")]
    [InlineData(Cnp, "{tier: Admin, priority: 1001, " + All + "}", "error NP2404 spec.priority FieldValueInvalid")]
    [InlineData(Anp, "{priority: 1001, " + All + "}", "error NP2404 spec.priority FieldValueInvalid")]
    // §2.1
    [InlineData(Cnp, "{tier: Admin, priority: 1, subject: {}}", "error NP2405 spec.subject FieldValueInvalid")]
    [InlineData(Cnp, "{tier: Admin, priority: 1, subject: {namespaces: {}, pods: {podSelector: {}}}}", "error NP2406 spec.subject FieldValueTooMany")]
    [InlineData(Cnp, "{tier: Admin, priority: 1, subject: {pods: {podSelector: {}}}}")]
    [InlineData(Cnp, "{tier: Admin, priority: 1, subject: {pods: {}}}", "error NP2401 spec.subject.pods.podSelector FieldValueRequired")]
    [InlineData(Anp, "{priority: 1, subject: {pods: {podSelector: {}}}}", "error NP2401 spec.subject.pods.namespaceSelector FieldValueRequired")]
    [InlineData(Banp, "{subject: {pods: {namespaceSelector: {}}}}", "error NP2401 spec.subject.pods.podSelector FieldValueRequired")]
    [InlineData(Cnp, "{tier: Admin, priority: 1, subject: {namespaces: {matchExpressions: [{}]}}}",
        "error NP2401 spec.subject.namespaces.matchExpressions[0].key FieldValueRequired", "error NP2401 spec.subject.namespaces.matchExpressions[0].operator FieldValueRequired")]
    public void The_spec_has_what_it_needs(string kind, string spec, params string[] expected) => Assert.Equal(expected, Check(kind, spec));

    [Theory]
    // Names, actions and peers of rules.
    [InlineData(Cnp, "egress: [{action: Accept, to: [{namespaces: {}}, {pods: {podSelector: {}}}, {nodes: {}}, {networks: [10.0.0.0/8]}, {domainNames: [a.b]}]}]")]
    [InlineData(Cnp, "ingress: [{}]", "error NP2401 spec.ingress[0].action FieldValueRequired", "error NP2401 spec.ingress[0].from FieldValueRequired")]
    [InlineData(Cnp, "egress: [{action: Deny}]", "error NP2401 spec.egress[0].to FieldValueRequired")]
    [InlineData(Cnp, "ingress: [{action: Allow, from: [{namespaces: {}}]}]", "error NP2403 spec.ingress[0].action FieldValueNotSupported")]
    [InlineData(Anp, "ingress: [{action: Accept, from: [{namespaces: {}}]}]", "error NP2403 spec.ingress[0].action FieldValueNotSupported")]
    [InlineData(Anp, "ingress: [{action: Pass, from: [{namespaces: {}}]}]")]
    [InlineData(Banp, "ingress: [{action: Pass, from: [{namespaces: {}}]}]", "error NP2403 spec.ingress[0].action FieldValueNotSupported")]
    [InlineData(Cnp, "ingress: [{action: Deny, from: []}]", "error NP2407 spec.ingress[0].from FieldValueInvalid")]
    [InlineData(Cnp, "ingress: [{action: Deny, from: [{}]}]", "error NP2405 spec.ingress[0].from[0] FieldValueInvalid")]
    [InlineData(Cnp, "egress: [{action: Deny, to: [{namespaces: {}}, {nodes: {}, networks: [10.0.0.0/8]}]}]", "error NP2406 spec.egress[0].to[1] FieldValueTooMany")]
    [InlineData(Cnp, "ingress: [{action: Deny, from: [{pods: {}}]}]", "error NP2401 spec.ingress[0].from[0].pods.podSelector FieldValueRequired")]
    [InlineData(Anp, "egress: [{action: Deny, to: [{pods: {podSelector: {}}}]}]", "error NP2401 spec.egress[0].to[0].pods.namespaceSelector FieldValueRequired")]
    // Networks.
    [InlineData(Cnp, "egress: [{action: Deny, to: [{networks: []}]}]", "error NP2407 spec.egress[0].to[0].networks FieldValueInvalid")]
    [InlineData(Cnp, "egress: [{action: Deny, to: [{networks: [10.0.0.0/8, 10.0.0.0/8]}]}]", "error NP2222 spec.egress[0].to[0].networks[1] FieldValueDuplicate")]
    [InlineData(Cnp, "egress: [{action: Deny, to: [{networks: [10.0.0.1]}]}]", "error NP2410 spec.egress[0].to[0].networks[0] FieldValueInvalid")]
    [InlineData(Cnp, "egress: [{action: Deny, to: [{networks: [10.0.0.0/33]}]}]", "error NP2410 spec.egress[0].to[0].networks[0] FieldValueInvalid")]
    [InlineData(Cnp, "egress: [{action: Deny, to: [{networks: [010.0.0.0/8]}]}]", "error NP2410 spec.egress[0].to[0].networks[0] FieldValueInvalid")]
    [InlineData(Cnp, "egress: [{action: Deny, to: [{networks: ['::ffff:10.0.0.0/104']}]}]", "error NP2410 spec.egress[0].to[0].networks[0] FieldValueInvalid")]
    [InlineData(Anp, "egress: [{action: Deny, to: [{networks: [10.0.0.0/8]}, {networks: [x/8]}]}]", "error NP2410 spec.egress[0].to[1].networks[0] FieldValueInvalid")]
    [InlineData(Cnp, "egress: [{action: Deny, to: [{networks: [10.1.2.3/8]}]}]", "warning NP2433 spec.egress[0].to[0].networks[0] FieldValueInvalid")]
    // Domain names.
    [InlineData(Cnp, "egress: [{action: Accept, to: [{domainNames: ['*.example.io', example.io., _a.b, A_b.c-d]}]}]")]
    [InlineData(Cnp, "egress: [{action: Accept, to: [{domainNames: []}]}]", "error NP2407 spec.egress[0].to[0].domainNames FieldValueInvalid")]
    [InlineData(Cnp, "egress: [{action: Accept, to: [{domainNames: [localhost]}]}]", "error NP2415 spec.egress[0].to[0].domainNames[0] FieldValueInvalid")]
    [InlineData(Cnp, "egress: [{action: Accept, to: [{domainNames: ['*.*.io', 'a.*.io', '*', '*.', 'a..b', '-a.b', 'a.b-']}]}]",
        "error NP2415 spec.egress[0].to[0].domainNames[0] FieldValueInvalid", "error NP2415 spec.egress[0].to[0].domainNames[1] FieldValueInvalid",
        "error NP2415 spec.egress[0].to[0].domainNames[2] FieldValueInvalid", "error NP2415 spec.egress[0].to[0].domainNames[3] FieldValueInvalid",
        "error NP2415 spec.egress[0].to[0].domainNames[4] FieldValueInvalid", "error NP2415 spec.egress[0].to[0].domainNames[5] FieldValueInvalid",
        "error NP2415 spec.egress[0].to[0].domainNames[6] FieldValueInvalid")]
    [InlineData(Cnp, "egress: [{action: Accept, to: [{domainNames: [a.b, a.b]}]}]", "error NP2222 spec.egress[0].to[0].domainNames[1] FieldValueDuplicate")]
    [InlineData(Cnp, "egress: [{action: Deny, to: [{domainNames: [a.b]}]}]", "warning NP2434 spec.egress[0].to[0].domainNames FieldValueInvalid")]
    [InlineData(Anp, "egress: [{action: Pass, to: [{domainNames: [a.b]}]}]", "warning NP2434 spec.egress[0].to[0].domainNames FieldValueInvalid")]
    // Selectors, which servers do not look into.
    [InlineData(Cnp, "egress: [{action: Deny, to: [{nodes: {matchExpressions: [{key: a, operator: Like, values: [x]}]}}]}]",
        "warning NP2430 spec.egress[0].to[0].nodes.matchExpressions[0].operator FieldValueInvalid")]
    [InlineData(Cnp, "ingress: [{action: Deny, from: [{namespaces: {matchExpressions: [{key: a, operator: In}]}}]}]",
        "warning NP2430 spec.ingress[0].from[0].namespaces.matchExpressions[0].values FieldValueInvalid")]
    [InlineData(Cnp, "ingress: [{action: Deny, from: [{namespaces: {matchExpressions: [{key: a, operator: Exists, values: [x]}]}}]}]",
        "warning NP2430 spec.ingress[0].from[0].namespaces.matchExpressions[0].values FieldValueInvalid")]
    [InlineData(Cnp, "ingress: [{action: Deny, from: [{namespaces: {matchExpressions: [{key: '-', operator: Exists}]}}]}]",
        "warning NP2430 spec.ingress[0].from[0].namespaces.matchExpressions[0] FieldValueInvalid")]
    [InlineData(Cnp, "ingress: [{action: Deny, from: [{pods: {podSelector: {matchLabels: {a: '-'}}}}]}]",
        "warning NP2430 spec.ingress[0].from[0].pods.podSelector.matchLabels FieldValueInvalid")]
    public void Rules_have_what_they_need(string kind, string rules, params string[] expected) => Assert.Equal(expected, Check(kind, Spec(kind, rules)));

    [Theory]
    [InlineData("ports: [{portNumber: {port: 80}}, {portNumber: {protocol: SCTP, port: 65535}}, {portRange: {protocol: UDP, start: 1, end: 2}}, {namedPort: http}]")]
    [InlineData("ports: []", "error NP2407 ports FieldValueInvalid")]
    [InlineData("ports: [{}]", "error NP2405 ports[0] FieldValueInvalid")]
    [InlineData("ports: [{portNumber: {port: 80}, namedPort: http}]", "error NP2406 ports[0] FieldValueTooMany")]
    [InlineData("ports: [{portNumber: {}}]", "error NP2401 ports[0].portNumber.port FieldValueRequired")]
    [InlineData("ports: [{portNumber: {port: 0}}]", "error NP2411 ports[0].portNumber.port FieldValueInvalid")]
    [InlineData("ports: [{portRange: {start: 1}}]", "error NP2401 ports[0].portRange.end FieldValueRequired")]
    [InlineData("ports: [{portRange: {start: 1, end: 65536}}]", "error NP2411 ports[0].portRange.end FieldValueInvalid")]
    [InlineData("ports: [{portRange: {start: 2, end: 1}}]", "warning NP2432 ports[0].portRange FieldValueInvalid")]
    [InlineData("ports: [{portRange: {start: 2, end: 2}}]", "warning NP2432 ports[0].portRange FieldValueInvalid")]
    [InlineData("ports: [{portNumber: {protocol: tcp, port: 80}}]", "warning NP2431 ports[0].portNumber.protocol FieldValueNotSupported")]
    [InlineData("ports: [{portRange: {protocol: ICMP, start: 1, end: 2}}]", "warning NP2431 ports[0].portRange.protocol FieldValueNotSupported")]
    [InlineData("ports: [{namedPort: HTTP}]", "warning NP2435 ports[0].namedPort FieldValueInvalid")]
    public void Ports_of_v1alpha1_are_checked(string ports, params string[] expected)
    {
        string[] full = [.. expected.Select(e => e.Replace(" ports", " spec.ingress[0].ports", StringComparison.Ordinal))];
        Assert.Equal(full, Check(Anp, Spec(Anp, $"ingress: [{{action: Deny, from: [{{namespaces: {{}}}}], {ports}}}]")));
        Assert.Equal(full, Check(Banp, Spec(Banp, $"ingress: [{{action: Deny, from: [{{namespaces: {{}}}}], {ports}}}]")));
    }

    [Theory]
    [InlineData("protocols: [{tcp: {destinationPort: {number: 1}}}, {udp: {destinationPort: {range: {start: 1, end: 65535}}}}, {sctp: {destinationPort: {number: 65535}}}, {destinationNamedPort: http}]")]
    [InlineData("protocols: []", "error NP2407 protocols FieldValueInvalid")]
    [InlineData("protocols: [{}]", "error NP2405 protocols[0] FieldValueInvalid")]
    [InlineData("protocols: [{tcp: {}}]", "error NP2405 protocols[0].tcp FieldValueInvalid")]
    [InlineData("protocols: [{sctp: {destinationPort: {}}}]", "error NP2405 protocols[0].sctp.destinationPort FieldValueInvalid")]
    [InlineData("protocols: [{tcp: {destinationPort: {number: 1}}, udp: {destinationPort: {number: 1}}}]", "error NP2406 protocols[0] FieldValueTooMany")]
    [InlineData("protocols: [{udp: {destinationPort: {number: 1, range: {start: 1, end: 2}}}}]", "error NP2406 protocols[0].udp.destinationPort FieldValueTooMany")]
    [InlineData("protocols: [{udp: {destinationPort: {number: 0}}}]", "error NP2411 protocols[0].udp.destinationPort.number FieldValueInvalid")]
    [InlineData("protocols: [{tcp: {destinationPort: {range: {}}}}]",
        "error NP2401 protocols[0].tcp.destinationPort.range.start FieldValueRequired", "error NP2401 protocols[0].tcp.destinationPort.range.end FieldValueRequired")]
    [InlineData("protocols: [{tcp: {destinationPort: {range: {start: 0, end: 65536}}}}]",
        "error NP2411 protocols[0].tcp.destinationPort.range.start FieldValueInvalid", "error NP2411 protocols[0].tcp.destinationPort.range.end FieldValueInvalid")]
    [InlineData("protocols: [{tcp: {destinationPort: {range: {start: 2, end: 2}}}}]", "error NP2412 protocols[0].tcp.destinationPort.range FieldValueInvalid")]
    [InlineData("protocols: [{tcp: {destinationPort: {range: {start: 2, end: 1}}}}]", "error NP2412 protocols[0].tcp.destinationPort.range FieldValueInvalid")]
    [InlineData("protocols: [{destinationNamedPort: ''}]", "warning NP2435 protocols[0].destinationNamedPort FieldValueInvalid")]
    public void Protocols_of_v1alpha2_are_checked(string protocols, params string[] expected) => Assert.Equal(
        expected.Select(e => e.Replace(" protocols", " spec.ingress[0].protocols", StringComparison.Ordinal)),
        Check(Cnp, Spec(Cnp, $"ingress: [{{action: Deny, from: [{{namespaces: {{}}}}], {protocols}}}]")));

    [Theory]
    [InlineData(Cnp, "networks: [10.0.0.0/8]", "protocols: [{destinationNamedPort: http}]", true)]
    [InlineData(Cnp, "nodes: {}", "protocols: [{tcp: {destinationPort: {number: 1}}}, {destinationNamedPort: http}]", true)]
    [InlineData(Cnp, "domainNames: [a.b]", "protocols: [{destinationNamedPort: http}]", true)]
    [InlineData(Cnp, "namespaces: {}", "protocols: [{destinationNamedPort: http}]", false)]
    [InlineData(Cnp, "networks: [10.0.0.0/8]", "protocols: [{tcp: {destinationPort: {number: 1}}}]", false)]
    [InlineData(Anp, "networks: [10.0.0.0/8]", "ports: [{namedPort: http}]", true)]
    [InlineData(Anp, "domainNames: [a.b]", "ports: [{namedPort: http}]", true)]
    [InlineData(Banp, "nodes: {}", "ports: [{namedPort: http}]", true)]
    public void A_named_port_does_not_go_with_addresses(string kind, string peer, string ports, bool isRefused)
    {
        string action = kind == Cnp ? "Accept" : "Allow";
        string[] expected = isRefused ? ["error NP2413 spec.egress[0] FieldValueInvalid"] : [];
        Assert.Equal(expected, Check(kind, Spec(kind, $"egress: [{{action: {action}, to: [{{pods: {{namespaceSelector: {{}}, podSelector: {{}}}}}}, {{{peer}}}], {ports}}}]")));
    }

    [Theory]
    [InlineData(Cnp, 25)]
    [InlineData(Anp, 100)]
    [InlineData(Banp, 100)]
    public void Lists_have_a_limit(string kind, int most)
    {
        string rule = "{action: Deny, from: [{namespaces: {}}]}";
        string Repeat(string text, int count) => string.Join(", ", Enumerable.Repeat(text, count));
        Assert.Empty(Check(kind, Spec(kind, $"ingress: [{Repeat(rule, most)}]")));
        Assert.Equal(["error NP2408 spec.ingress FieldValueTooMany"], Check(kind, Spec(kind, $"ingress: [{Repeat(rule, most + 1)}]")));
        Assert.Equal(["error NP2408 spec.egress FieldValueTooMany"], Check(kind, Spec(kind, $"egress: [{Repeat(rule.Replace("from", "to", StringComparison.Ordinal), most + 1)}]")));
        Assert.Equal(["error NP2408 spec.ingress[0].from FieldValueTooMany"], Check(kind, Spec(kind, $"ingress: [{{action: Deny, from: [{Repeat("{namespaces: {}}", most + 1)}]}}]")));
        (string list, string entry) = kind == Cnp ? ("protocols", "{tcp: {destinationPort: {number: 1}}}") : ("ports", "{portNumber: {port: 1}}");
        Assert.Equal(
            [$"error NP2408 spec.ingress[0].{list} FieldValueTooMany"],
            Check(kind, Spec(kind, $"ingress: [{{action: Deny, from: [{{namespaces: {{}}}}], {list}: [{Repeat(entry, most + 1)}]}}]")));
    }

    [Theory]
    [InlineData(Cnp, "Accept")]
    [InlineData(Anp, "Allow")]
    public void Networks_domain_names_and_texts_have_a_limit(string kind, string action)
    {
        string networks = string.Join(", ", Enumerable.Range(0, 26).Select(i => $"10.{i}.0.0/16"));
        Assert.Equal(["error NP2408 spec.egress[0].to[0].networks FieldValueTooMany"], Check(kind, Spec(kind, $"egress: [{{action: {action}, to: [{{networks: [{networks}]}}]}}]")));
        string names = string.Join(", ", Enumerable.Range(0, 26).Select(i => $"a{i}.b"));
        Assert.Equal(["error NP2408 spec.egress[0].to[0].domainNames FieldValueTooMany"], Check(kind, Spec(kind, $"egress: [{{action: {action}, to: [{{domainNames: [{names}]}}]}}]")));
        Assert.Empty(Check(kind, Spec(kind, $"egress: [{{name: {new string('n', 100)}, action: {action}, to: [{{nodes: {{}}}}]}}]")));
        Assert.Equal(["error NP2409 spec.egress[0].name FieldValueTooLong"], Check(kind, Spec(kind, $"egress: [{{name: {new string('n', 101)}, action: {action}, to: [{{nodes: {{}}}}]}}]")));
        Assert.Contains(
            "error NP2409 spec.egress[0].to[0].networks[0] FieldValueTooLong",
            Check(kind, Spec(kind, $"egress: [{{action: {action}, to: [{{networks: ['{new string('0', 40)}::/0']}}]}}]")));
    }

    [Fact]
    public void The_baseline_of_v1alpha1_is_called_default_and_others_are_not_bound_to_a_name()
    {
        Assert.Equal(["error NP2414 metadata.name FieldValueInvalid"], Check(Banp, Spec(Banp, ""), "other"));
        Assert.Empty(Check(Anp, Spec(Anp, ""), "default"));
        Assert.Empty(Check(Cnp, Spec(Cnp, ""), "default"));
        Assert.Equal(["error NP2011 metadata.name FieldValueInvalid"], Check(Cnp, Spec(Cnp, ""), "A"));
    }

    [Theory]
    [InlineData(Cnp, "ingress: [{action: Deny, from: [{networks: [10.0.0.0/8]}]}]", "spec.ingress[0].from[0].networks")]
    [InlineData(Cnp, "ingress: [{action: Deny, from: [{nodes: {}}]}]", "spec.ingress[0].from[0].nodes")]
    [InlineData(Banp, "egress: [{action: Deny, to: [{domainNames: [a.b]}]}]", "spec.egress[0].to[0].domainNames")]
    [InlineData(Banp, "priority: 1", "spec.priority")]
    [InlineData(Cnp, "ingress: [{action: Deny, from: [{namespaces: {namespaceSelector: {}}}]}]", "spec.ingress[0].from[0].namespaces.namespaceSelector")]
    [InlineData(Cnp, "ingress: [{action: Deny, from: [{sameLabels: [a]}]}]", "spec.ingress[0].from[0].sameLabels")]
    [InlineData(Anp, "ingress: [{action: Deny, from: [{namespaces: {}}], protocols: []}]", "spec.ingress[0].protocols")]
    public void An_unknown_field_is_an_error_or_dropped_with_a_warning(string kind, string rules, string path)
    {
        string text = Text(kind, Spec(kind, rules), "default");
        Diagnostic refused = Assert.Single(ManifestReader.Read(text, "f").Diagnostics);
        Assert.Equal(("NP1015", DiagnosticSeverity.Error, path), (refused.Id, refused.Severity, refused.Path));
        ManifestReadResult lenient = ManifestReader.Read(text, "f", new ManifestReadOptions { FieldMode = FieldMode.Lenient });
        Diagnostic dropped = Assert.Single(lenient.Diagnostics);
        Assert.Equal(("NP1023", DiagnosticSeverity.Warning, path), (dropped.Id, dropped.Severity, dropped.Path));
        Assert.Single(lenient.Manifests);
    }

    [Theory]
    [InlineData("{tier: 1, priority: 1, subject: {namespaces: {}}}", "spec.tier")]
    [InlineData("{tier: Admin, priority: high, subject: {namespaces: {}}}", "spec.priority")]
    [InlineData("{tier: Admin, priority: 1, subject: []}", "spec.subject")]
    [InlineData("{tier: Admin, priority: 1, subject: {namespaces: {}}, ingress: {}}", "spec.ingress")]
    [InlineData("{tier: Admin, priority: 99999999999, subject: {namespaces: {}}}", "spec.priority")]
    public void A_value_of_the_wrong_type_has_its_own_cause(string spec, string path)
    {
        ManifestReadResult read = ManifestReader.Read(Text(Cnp, spec, "default"), "f");
        Diagnostic finding = Assert.Single(read.Diagnostics);
        Assert.Equal((path, "FieldValueTypeInvalid"), (finding.Path, finding.Reason));
        Assert.Empty(Validator.Validate(read));
    }

    [Fact]
    public void All_findings_are_reported_at_their_places()
    {
        string text = """
            apiVersion: policy.networking.k8s.io/v1alpha2
            kind: ClusterNetworkPolicy
            metadata:
              name: p
            spec:
              tier: Middle
              priority: 2000
              subject: {}
              egress:
              - name: first
                action: Allow
                to:
                - networks:
                  - 10.0.0.0/33
                - {}
                protocols:
                - tcp: {}
            """;
        EquatableArray<Diagnostic> findings = Validator.Validate(ManifestReader.Read(text, "f"));
        Assert.Equal([6, 7, 8, 11, 14, 15, 17], findings.Select(f => f.Span.Line).Order());
        Assert.All(findings.AsEnumerable(), f => Assert.Equal("f", f.Span.File));
    }

    [Fact]
    public void A_domain_name_without_known_addresses_is_said_to_match_nothing()
    {
        string policy = Text(Cnp, Spec(Cnp, "egress: [{action: Accept, to: [{namespaces: {}}, {domainNames: [a.example.io, '*.other.io']}]}, {action: Deny, to: [{domainNames: [x.y]}]}]"), "p");
        string names = "kind: DomainNames\nmetadata: {name: known}\nnames: {A.example.io.: [203.0.113.9], other.io: [203.0.113.10]}\n";
        ManifestReadResult read = ManifestReader.Read(policy + "---\n" + names, "f");
        Assert.Empty(read.Diagnostics);
        Diagnostic finding = Assert.Single(ManifestChecks.UnknownDomainNames(read.Manifests));
        Assert.Equal(("NP2004", DiagnosticSeverity.Warning, "spec.egress[0].to[1].domainNames[1]"), (finding.Id, finding.Severity, finding.Path));
    }

    [Theory]
    [InlineData("{example.io: [203.0.113.9, '2001:db8::9'], a.b.: []}")]
    [InlineData("{'*.example.io': [203.0.113.9]}", "NP2304")]
    [InlineData("{localhost: [203.0.113.9]}", "NP2304")]
    [InlineData("{example.io: [203.0.113.0/24]}", "NP2301")]
    public void Known_names_are_names_with_addresses(string names, params string[] ids)
    {
        ManifestReadResult read = ManifestReader.Read($"kind: DomainNames\nmetadata: {{name: known}}\nnames: {names}\n", "f");
        Assert.Empty(read.Diagnostics);
        Assert.Equal(ids, Validator.Validate(read).Select(f => f.Id));
    }

    [Fact]
    public void Warnings_name_what_becomes_of_the_rule()
    {
        string Message(string rules) => Assert.Single(Validator.Validate(ManifestReader.Read(Text(Cnp, Spec(Cnp, rules), "p"), "f"))).Message;
        string selector = "{namespaces: {matchExpressions: [{key: a, operator: Like}]}}";
        Assert.EndsWith("; the rule allows nothing", Message($"ingress: [{{action: Accept, from: [{selector}]}}]"), StringComparison.Ordinal);
        Assert.EndsWith("; the rule denies the traffic of every pod", Message($"ingress: [{{action: Pass, from: [{selector}]}}]"), StringComparison.Ordinal);
        Assert.EndsWith("; the rule denies all traffic", Message($"egress: [{{action: Pass, to: [{selector}]}}]"), StringComparison.Ordinal);
        Assert.EndsWith("; the rule denies all traffic", Message("egress: [{action: Deny, to: [{domainNames: [a.b]}]}]"), StringComparison.Ordinal);
    }

    [Fact]
    public void Cluster_policies_have_no_namespace()
    {
        ManifestReadResult read = ManifestReader.Read(Text(Cnp, Spec(Cnp, ""), "p, namespace: x"), "f");
        Assert.Equal("NP2013", Assert.Single(Validator.Validate(read)).Id);
        Assert.Equal(
            ["ClusterNetworkPolicy p"],
            read.Manifests.OfType<ClusterNetworkPolicyManifest>().Select(m => m.Id.ToString()));
    }

    private static string Spec(string kind, string rules)
    {
        string start = kind switch { Cnp => $"tier: Admin, priority: 1, {All}", Anp => $"priority: 1, {All}", _ => All };
        return rules.Length == 0 ? $"{{{start}}}" : $"{{{start}, {rules}}}";
    }

    private static string Text(string kind, string spec, string name) =>
        $"apiVersion: policy.networking.k8s.io/{(kind == Cnp ? "v1alpha2" : "v1alpha1")}\nkind: {kind}\nmetadata: {{name: {name}}}\nspec: {spec}\n";

    private static string[] Check(string kind, string spec, string name = "default")
    {
        ManifestReadResult read = ManifestReader.Read(Text(kind, spec, name), "f");
        Assert.Empty(read.Diagnostics);
        EquatableArray<Diagnostic> findings = Validator.Validate(read);
        Assert.All(findings.AsEnumerable(), f => Assert.True(f.Span.IsKnown));
        return [.. findings.Select(f => $"{f.Severity.ToString().ToLowerInvariant()} {f.Id} {f.Path} {f.Reason}")];
    }
}
