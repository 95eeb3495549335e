using System.Globalization;
using NetPolicy.Diagnostics;
using NetPolicy.Manifests;
using NetPolicy.Validation;
using Xunit;

namespace NetPolicy.Core.Tests.Validation;

/// <summary>Calico specification §1, rule by rule: one text that breaks the rule, and its nearest neighbours that do not.</summary>
public sealed class CalicoValidationTests
{
    [Theory]
    // R1: icmp needs an ICMP protocol; notICMP does not.
    [InlineData("{action: Allow, icmp: {type: 8}}", "NP2201", "icmp")]
    [InlineData("{action: Allow, protocol: TCP, icmp: {type: 8}}", "NP2201", "icmp")]
    [InlineData("{action: Allow, protocol: ICMP, icmp: {type: 8, code: 0}}")]
    [InlineData("{action: Allow, protocol: 58, icmp: {type: 8}}")]
    [InlineData("{action: Allow, protocol: '1', icmp: {type: 8}}")]
    [InlineData("{action: Allow, notICMP: {type: 8}}")]
    [InlineData("{action: Allow, protocol: UDP, notICMP: {type: 8, code: 0}}")]
    [InlineData("{action: Allow, protocol: ICMP, icmp: {type: 0, code: 255}}")]
    [InlineData("{action: Allow, protocol: ICMP, icmp: {type: -1}}", "NP2227", "icmp.type")]
    [InlineData("{action: Allow, protocol: ICMP, icmp: {code: 1}}", "NP2227", "icmp.code")]
    // R2
    [InlineData("{action: Allow, protocol: 1, ipVersion: 6}", "NP2202", "protocol")]
    [InlineData("{action: Allow, notProtocol: ICMP, ipVersion: 6}", "NP2202", "notProtocol")]
    [InlineData("{action: Allow, protocol: ICMPv6, ipVersion: 4}", "NP2202", "protocol")]
    [InlineData("{action: Allow, protocol: TCP, ipVersion: 6}")]
    [InlineData("{action: Allow, protocol: ICMP, ipVersion: 6}", "NP2202", "protocol")]
    [InlineData("{action: Allow, notProtocol: 58, ipVersion: 4}", "NP2202", "notProtocol")]
    [InlineData("{action: Allow, protocol: ICMPv6, ipVersion: 6}")]
    // R3: named ports do without protocol.
    [InlineData("{action: Allow, source: {ports: [80]}}", "NP2203", "source.ports")]
    [InlineData("{action: Allow, destination: {notPorts: [http, '80:90']}}", "NP2203", "destination.notPorts")]
    [InlineData("{action: Allow, destination: {ports: [http]}}")]
    [InlineData("{action: Allow, destination: {ports: ['80:90']}}", "NP2203", "destination.ports")]
    [InlineData("{action: Allow, source: {notPorts: ['80']}}", "NP2203", "source.notPorts")]
    [InlineData("{action: Allow, notProtocol: UDP, destination: {ports: [80]}}", "NP2203", "destination.ports")]
    // R4: named or numeric.
    [InlineData("{action: Allow, protocol: 6, destination: {ports: [80]}, source: {notPorts: [http]}}")]
    [InlineData("{action: Allow, protocol: ICMPv6, destination: {notPorts: [http]}}", "NP2204", "destination.notPorts")]
    [InlineData("{action: Allow, protocol: 136, source: {ports: [1]}}", "NP2204", "source.ports")]
    [InlineData("{action: Allow, protocol: UDPLite, destination: {ports: [http]}}", "NP2204", "destination.ports")]
    [InlineData("{action: Allow, protocol: ICMP, source: {notPorts: [1]}}", "NP2204", "source.notPorts")]
    [InlineData("{action: Allow, protocol: 132, source: {ports: [1]}}")]
    // R5, R6
    [InlineData("{action: Allow, source: {nets: [10.0.0.1]}}", "NP2205", "source.nets[0]")]
    [InlineData("{action: Allow, source: {nets: [010.0.0.0/8]}}", "NP2205", "source.nets[0]")]
    [InlineData("{action: Allow, source: {notNets: [x]}}", "NP2205", "source.notNets[0]")]
    [InlineData("{action: Allow, source: {nets: [10.0.0.1/24]}}", "NP2206", "source.nets[0]")]
    [InlineData("{action: Allow, destination: {nets: [10.0.0.0/33]}}", "NP2205", "destination.nets[0]")]
    [InlineData("{action: Allow, destination: {notNets: [10.0.0.0/8, 'fe80::1/64']}}", "NP2206", "destination.notNets[1]", "NP2207", "")]
    // R7, R8
    [InlineData("{action: Allow, source: {nets: [10.0.0.0/8], notNets: ['fd00::/8']}}", "NP2207", "")]
    [InlineData("{action: Allow, source: {nets: [10.0.0.0/8]}, destination: {nets: [10.0.0.0/8]}}")]
    [InlineData("{action: Allow, ipVersion: 6, destination: {notNets: [10.0.0.0/8]}}", "NP2208", "destination.notNets[0]")]
    [InlineData("{action: Allow, source: {nets: [10.0.0.0/8]}, destination: {notNets: ['fd00::/8']}}", "NP2207", "")]
    [InlineData("{action: Allow, ipVersion: 4, source: {nets: ['fd00::/8']}}", "NP2208", "source.nets[0]")]
    [InlineData("{action: Allow, ipVersion: 6, source: {nets: ['fd00::/8']}}")]
    // R9
    [InlineData("{action: Allow, source: {notNets: [0.0.0.0/0]}}", "NP2209", "source.notNets[0]")]
    [InlineData("{action: Allow, source: {nets: ['::/0']}}")]
    [InlineData("{action: Allow, destination: {notNets: ['::/0']}}", "NP2209", "destination.notNets[0]")]
    [InlineData("{action: Allow, destination: {notNets: [0.0.0.0/1]}}")]
    // R10
    [InlineData("{action: Allow, source: {services: {name: s}, notSelector: all()}}", "NP2210", "source.services")]
    [InlineData("{action: Allow, source: {services: {name: s}, namespaceSelector: all()}}", "NP2210", "source.services")]
    [InlineData("{action: Allow, source: {services: {name: s}, nets: [10.0.0.0/8]}}", "NP2210", "source.services")]
    [InlineData("{action: Allow, protocol: TCP, source: {services: {name: s}, ports: [80]}, destination: {ports: [80]}}")]
    [InlineData("{action: Allow, source: {services: {name: s}, selector: all()}}", "NP2210", "source.services")]
    [InlineData("{action: Allow, source: {services: {name: s}, notNets: [10.0.0.0/8]}}", "NP2210", "source.services")]
    [InlineData("{action: Allow, source: {services: {name: s}, serviceAccounts: {names: [a]}}}", "NP2210", "source.services")]
    [InlineData("{action: Allow, source: {services: {name: s}}}")]
    // R11, R13
    [InlineData("{action: Allow, source: {services: {namespace: ns}}}", "NP2211", "source.services.name")]
    [InlineData("{action: Allow, destination: {services: {name: s}}}", "NP2213", "destination.services")]
    [InlineData("{action: Allow, source: {services: {name: ''}}}", "NP2211", "source.services.name")]
    // R15, R16
    [InlineData("{action: Allow, source: {namespaceSelector: '!global()'}}", "NP2215", "source.namespaceSelector")]
    [InlineData("{action: Allow, source: {namespaceSelector: 'global() || global()'}}", "NP2215", "source.namespaceSelector")]
    [InlineData("{action: Allow, source: {notSelector: 'global()'}}")]
    [InlineData("{action: Allow, source: {namespaceSelector: 'a b'}}", "NP2216", "source.namespaceSelector")]
    [InlineData("{action: Allow, source: {namespaceSelector: 'global() && all()'}}", "NP2215", "source.namespaceSelector")]
    [InlineData("{action: Allow, source: {namespaceSelector: '(global())'}}", "NP2215", "source.namespaceSelector")]
    [InlineData("{action: Allow, source: {namespaceSelector: ' global( ) '}}")]
    [InlineData("{action: Allow, source: {selector: 'global()'}}", "NP2215", "source.selector")]
    [InlineData("{action: Allow, source: {selector: 'a == '}}", "NP2216", "source.selector")]
    [InlineData("{action: Allow, source: {notSelector: 'a ='}}", "NP2216", "source.notSelector")]
    [InlineData("{action: Allow, source: {serviceAccounts: {selector: '&&'}}}", "NP2216", "source.serviceAccounts.selector")]
    [InlineData("{action: Allow, source: {serviceAccounts: {names: [a, a]}}}", "NP2222", "source.serviceAccounts.names[1]")]
    // Action, version, protocol, ICMP numbers, ports.
    [InlineData("{}", "NP2224", "action")]
    [InlineData("{action: allow}", "NP2224", "action")]
    [InlineData("{action: Allow, ipVersion: 5}", "NP2225", "ipVersion")]
    [InlineData("{action: Pass}")]
    [InlineData("{action: Log}")]
    [InlineData("{action: Deny}")]
    [InlineData("{action: next-tier}", "NP2224", "action")]
    [InlineData("{action: Allow, ipVersion: 4}")]
    [InlineData("{action: Allow, protocol: 255, notProtocol: SCTP}")]
    [InlineData("{action: Allow, protocol: '256'}", "NP2226", "protocol")]
    [InlineData("{action: Allow, protocol: ICMPV6}", "NP2226", "protocol")]
    [InlineData("{action: Allow, protocol: tcp}", "NP2226", "protocol")]
    [InlineData("{action: Allow, protocol: 0}", "NP2226", "protocol")]
    [InlineData("{action: Allow, notProtocol: 256}", "NP2226", "notProtocol")]
    [InlineData("{action: Allow, protocol: ''}", "NP2226", "protocol")]
    [InlineData("{action: Allow, protocol: ICMP, icmp: {type: 255}}", "NP2227", "icmp.type")]
    [InlineData("{action: Allow, protocol: ICMP, icmp: {type: 254, code: 256}}", "NP2227", "icmp.code")]
    [InlineData("{action: Allow, notICMP: {code: 1}}", "NP2227", "notICMP.code")]
    [InlineData("{action: Allow, protocol: TCP, source: {ports: [0]}}", "NP2228", "source.ports[0]")]
    [InlineData("{action: Allow, protocol: TCP, source: {ports: ['0:10']}}", "NP2228", "source.ports[0]")]
    [InlineData("{action: Allow, protocol: TCP, source: {ports: ['90:80']}}", "NP2228", "source.ports[0]")]
    [InlineData("{action: Allow, protocol: TCP, source: {ports: [65536]}}", "NP2228", "source.ports[0]")]
    [InlineData("{action: Allow, protocol: TCP, source: {ports: ['1:99999999999']}}", "NP2228", "source.ports[0]")]
    [InlineData("{action: Allow, protocol: TCP, source: {ports: [a_b]}}", "NP2228", "source.ports[0]")]
    [InlineData("{action: Allow, protocol: TCP, source: {notPorts: [Http]}}", "NP2228", "source.notPorts[0]")]
    [InlineData("{action: Allow, protocol: TCP, source: {ports: [sixteen-long-name]}}", "NP2228", "source.ports[0]")]
    [InlineData("{action: Allow, protocol: TCP, source: {ports: [a--b]}}", "NP2228", "source.ports[0]")]
    [InlineData("{action: Allow, protocol: TCP, source: {ports: ['80:80', '1:65535']}}")]
    [InlineData("{action: Allow, protocol: TCP, source: {ports: ['80', '80:90', http, 1, 65535]}}")]
    // HTTP
    [InlineData("{action: Allow, http: {methods: [GET, '*'], paths: [{exact: /a}, {prefix: /b}]}}")]
    [InlineData("{action: Deny, http: {methods: [GET]}}", "NP2229", "http")]
    [InlineData("{action: Allow, protocol: UDP, http: {methods: [GET]}}", "NP2229", "http")]
    [InlineData("{action: Allow, http: {methods: [GET, GET]}}", "NP2222", "http.methods[1]")]
    [InlineData("{action: Allow, protocol: 6, http: {methods: [GET]}}")]
    [InlineData("{action: Pass, http: {methods: [GET]}}", "NP2229", "http")]
    [InlineData("{action: Log, http: {methods: [GET]}}", "NP2229", "http")]
    [InlineData("{action: Allow, http: {paths: [{prefix: '/a#b'}]}}", "NP2229", "http.paths[0].prefix")]
    [InlineData("{action: Allow, http: {paths: [{exact: '/a b'}]}}", "NP2229", "http.paths[0].exact")]
    [InlineData("{action: Allow, http: {paths: [{}]}}", "NP2229", "http.paths[0]")]
    [InlineData("{action: Allow, http: {paths: [{exact: /a, prefix: /a}]}}", "NP2229", "http.paths[0]")]
    [InlineData("{action: Allow, http: {paths: [{exact: a}]}}", "NP2229", "http.paths[0].exact")]
    [InlineData("{action: Allow, http: {paths: [{prefix: '/a?b'}]}}", "NP2229", "http.paths[0].prefix")]
    // Rule metadata
    [InlineData("{action: Allow, metadata: {annotations: {'a/b/c': x}}}", "NP2015", "metadata.annotations")]
    [InlineData("{action: Allow, source: {nets: [10.0.0.0/8, 10.0.0.0/8]}}", "NP2222", "source.nets[1]")]
    public void A_rule_is_judged(string rule, string? id = null, string? path = null, string? secondId = null, string? secondPath = null)
    {
        Assert.Equal(Expected("spec.ingress[0]"), Check("NetworkPolicy", $"{{ingress: [{rule}]}}"));
        Assert.Equal(Expected("spec.ingress[1]"), Check("Profile", $"{{ingress: [{{action: Pass}}, {rule}]}}").Where(f => id is not ("NP2213" or "NP2214") || f.Id == id));

        (string, string)[] Expected(string rule) => id is null || (rule.EndsWith("[1]", StringComparison.Ordinal) && id == "NP2213") ? []
            : secondId is null ? [(id, Join(rule, path!))]
            : [(id, Join(rule, path!)), (secondId, Join(rule, secondPath!))];

        static string Join(string rule, string path) => path.Length == 0 ? rule : $"{rule}.{path}";
    }

    [Fact]
    public void Long_lists_of_a_rule_are_refused()
    {
        string methods = string.Join(",", Enumerable.Range(0, 21).Select(i => $"M{i}"));
        string paths = string.Join(",", Enumerable.Range(0, 21).Select(i => $"{{exact: /{i}}}"));
        Assert.Equal([("NP2221", "spec.ingress[0].http.methods"), ("NP2221", "spec.ingress[0].http.paths")], Check("NetworkPolicy", $"{{ingress: [{{action: Allow, http: {{methods: [{methods}], paths: [{paths}]}}}}]}}"));
        Assert.Equal([("NP2229", "spec.ingress[0].http.paths[0].prefix")], Check("NetworkPolicy", $"{{ingress: [{{action: Allow, http: {{paths: [{{prefix: /{new string('x', 1024)}}}]}}}}]}}"));
        foreach (string list in (string[])["source.notNets", "destination.nets", "destination.notNets"])
        {
            string nets = string.Join(",", Enumerable.Range(0, 257).Select(i => $"10.{i / 256}.{i % 256}.0/24"));
            Assert.Equal([("NP2221", $"spec.ingress[0].{list}")], Check("NetworkPolicy", $"{{ingress: [{{action: Allow, {list.Replace(".", ": {", StringComparison.Ordinal)}: [{nets}]}}}}]}}"));
        }

        foreach (string list in (string[])["source.notPorts", "destination.ports", "destination.notPorts"])
        {
            string ports = string.Join(",", Enumerable.Range(1, 51));
            Assert.Equal([("NP2221", $"spec.ingress[0].{list}")], Check("NetworkPolicy", $"{{ingress: [{{action: Allow, protocol: TCP, {list.Replace(".", ": {", StringComparison.Ordinal)}: [{ports}]}}}}]}}"));
        }
    }

    [Theory]
    [InlineData("selector", 1025)]
    [InlineData("notSelector", 1025)]
    [InlineData("namespaceSelector", 1025)]
    [InlineData("selector", 1024)]
    [InlineData("notSelector", 1024)]
    [InlineData("namespaceSelector", 1024)]
    public void A_selector_of_a_rule_has_at_most_1024_characters(string field, int length)
    {
        string text = $"a == '{new string('x', length - 7)}'";
        Assert.Equal(
            length > 1024 ? [("NP2220", $"spec.ingress[0].source.{field}")] : [],
            Check("NetworkPolicy", $"{{ingress: [{{action: Allow, source: {{{field}: \"{text}\"}}}}]}}"));
    }

    /// <summary>Lengths and numbers are those after conversion to Calico's kind.</summary>
    [Theory]
    [InlineData("podSelector: {matchLabels: {a: V*974}}")]
    [InlineData("podSelector: {matchLabels: {a: V*975}}", "NP2220", "spec.podSelector")]
    [InlineData("podSelector: {matchLabels: {a: b}, matchExpressions: [{key: a, operator: Exists}, {key: a, operator: DoesNotExist}, {key: c, operator: In, values: [d, V*931]}]}")]
    [InlineData("podSelector: {matchLabels: {a: b}, matchExpressions: [{key: a, operator: Exists}, {key: a, operator: DoesNotExist}, {key: c, operator: In, values: [d, V*932]}]}", "NP2220", "spec.podSelector")]
    [InlineData("ingress: [{from: [{podSelector: {matchExpressions: [{key: c, operator: NotIn, values: [V*966]}]}}]}]")]
    [InlineData("ingress: [{from: [{podSelector: {matchExpressions: [{key: c, operator: NotIn, values: [V*967]}]}}]}]", "NP2220", "spec.ingress[0].from[0].podSelector")]
    [InlineData("egress: [{to: [{namespaceSelector: {matchLabels: {a: V*1017}}}]}]")]
    [InlineData("egress: [{to: [{namespaceSelector: {matchLabels: {a: V*1018}}}]}]", "NP2220", "spec.egress[0].to[0].namespaceSelector")]
    [InlineData("egress: [P*512]")]
    [InlineData("egress: [P*512, {}]", "NP2221", "spec.egress")]
    [InlineData("ingress: [{from: [Q*512], ports: [{port: 1}, {protocol: UDP}]}]")]
    [InlineData("ingress: [{from: [Q*513], ports: [{port: 1}, {protocol: UDP}]}]", "NP2221", "spec.ingress")]
    [InlineData("ingress: [{from: [Q*1024], ports: [{port: 1}, {port: 2, protocol: TCP}]}]")]
    [InlineData("ingress: [{ports: [N*50]}]")]
    [InlineData("ingress: [{ports: [N*51]}]", "NP2221", "spec.ingress[0].ports")]
    [InlineData("ingress: [{ports: [N*49, {port: http}]}]")]
    [InlineData("ingress: [{ports: [N*50, {port: http}]}]", "NP2221", "spec.ingress[0].ports")]
    [InlineData("ingress: [{ports: [N*51, {port: 1, endPort: 9}]}]")]
    [InlineData("ingress: [{ports: [N*51, {protocol: TCP}]}]")]
    [InlineData("ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [E*256]}}]}]")]
    [InlineData("ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [E*257]}}]}]", "NP2221", "spec.ingress[0].from[0].ipBlock.except")]
    [InlineData("egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16, 10.1.0.0/16]}}]}]", "NP2222", "spec.egress[0].to[0].ipBlock.except[1]")]
    public void A_staged_Kubernetes_policy_keeps_the_limits_of_what_it_becomes(string spec, string? id = null, string? path = null)
    {
        string text = System.Text.RegularExpressions.Regex.Replace(spec, @"([VPQNE])\*(\d+)", match => string.Join(
            match.Groups[1].Value == "V" ? "" : ", ",
            Enumerable.Range(0, int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture)).Select(at => match.Groups[1].Value switch
            {
                "V" => "v",
                "P" => "{ports: [{port: 1}, {port: 1, protocol: UDP}]}",
                "Q" => "{podSelector: {}}",
                "N" => string.Create(CultureInfo.InvariantCulture, $"{{port: {2 * (at + 1)}}}"),
                _ => string.Create(CultureInfo.InvariantCulture, $"10.{at / 256}.{at % 256}.0/24"),
            })));
        Assert.Equal(id is null ? [] : [(id, path!)], Check("StagedKubernetesNetworkPolicy", $"{{{text}}}").Where(finding => finding.Item1 is not "NP2122"));
    }

    [Theory]
    [InlineData("GlobalNetworkPolicy", "namespaceSelector")]
    [InlineData("GlobalNetworkPolicy", "serviceAccountSelector")]
    [InlineData("StagedNetworkPolicy", "selector")]
    [InlineData("StagedGlobalNetworkPolicy", "namespaceSelector")]
    public void A_selector_of_a_policy_has_at_most_1024_characters(string kind, string field) =>
        Assert.Equal([("NP2220", $"spec.{field}")], Check(kind, $"{{{field}: \"a == '{new string('x', 1018)}'\"}}"));

    [Theory]
    [InlineData("NetworkPolicy", "namespaceSelector: all()")]
    [InlineData("NetworkPolicy", "applyOnForward: true")]
    [InlineData("StagedNetworkPolicy", "preDNAT: true")]
    [InlineData("NetworkPolicy", "doNotTrack: true")]
    [InlineData("NetworkPolicy", "stagedAction: Set")]
    [InlineData("GlobalNetworkPolicy", "stagedAction: Set")]
    [InlineData("NetworkPolicy", "egress: [{action: Allow, destination: {domains: [a.example.org]}}]")]
    [InlineData("GlobalNetworkSet", "allowedEgressDomains: [a.example.org]")]
    public void A_field_that_the_kind_does_not_have_is_refused(string kind, string spec)
    {
        ManifestReadResult read = ManifestReader.Read($"apiVersion: projectcalico.org/v3\nkind: {kind}\nmetadata: {{name: a}}\nspec: {{{spec}}}\n", "f");
        Assert.Equal("NP1015", Assert.Single(read.Diagnostics).Id);
        Assert.True(read.HasErrors);
    }

    [Theory]
    [InlineData("{egress: [{action: Allow, source: {services: {name: s}}}]}", "NP2213", "spec.egress[0].source.services")]
    [InlineData("{egress: [{action: Allow, http: {methods: [GET]}}]}", "NP2214", "spec.egress[0].http")]
    [InlineData("{egress: [{action: Allow, destination: {services: {name: s}, ports: [http]}}]}", "NP2212", "spec.egress[0].destination.ports")]
    [InlineData("{egress: [{action: Allow, destination: {services: {name: s}, notPorts: [http]}}]}", "NP2212", "spec.egress[0].destination.notPorts")]
    [InlineData("{egress: [{action: Allow, protocol: TCP, source: {ports: [80]}, destination: {services: {name: s}}}]}")]
    [InlineData("{serviceAccountSelector: 'global()'}", "NP2215", "spec.serviceAccountSelector")]
    [InlineData("{selector: 'a in'}", "NP2216", "spec.selector")]
    [InlineData("{types: [Ingress, Egress, Ingress]}", "NP2223", "spec.types", "NP2222", "spec.types[2]")]
    [InlineData("{performanceHints: [AssumeNeededOnEveryNode, AssumeNeededOnEveryNode]}", "NP2222", "spec.performanceHints[1]")]
    [InlineData("{selector: 'global()'}", "NP2215", "spec.selector")]
    [InlineData("{selector: \"a == 'global('\"}", "NP2215", "spec.selector")]
    [InlineData("{serviceAccountSelector: '('}", "NP2216", "spec.serviceAccountSelector")]
    [InlineData("{types: []}", "NP2223", "spec.types")]
    [InlineData("{types: [ingress]}", "NP2223", "spec.types[0]")]
    [InlineData("{types: [Ingress, Ingress]}", "NP2222", "spec.types[1]")]
    [InlineData("{types: [Egress, Ingress]}")]
    [InlineData("{types: null, order: -1.5, tier: a.b}")]
    [InlineData("{tier: A}", "NP2233", "spec.tier")]
    [InlineData("{performanceHints: [x]}", "NP2234", "spec.performanceHints[0]")]
    [InlineData("{performanceHints: [AssumeNeededOnEveryNode]}")]
    public void A_policy_is_judged(string spec, string? id = null, string? path = null, string? secondId = null, string? secondPath = null)
    {
        (string, string)[] expected = id is null ? [] : secondId is null ? [(id, path!)] : [(id, path!), (secondId, secondPath!)];
        Assert.Equal(expected, Check("NetworkPolicy", spec));
        Assert.Equal(expected, Check("StagedNetworkPolicy", spec));
    }

    [Theory]
    [InlineData("{doNotTrack: true}", "NP2230", "spec.applyOnForward")]
    [InlineData("{preDNAT: true, applyOnForward: false}", "NP2230", "spec.applyOnForward")]
    [InlineData("{preDNAT: true, applyOnForward: true}")]
    [InlineData("{preDNAT: true, doNotTrack: true, applyOnForward: true}", "NP2230", "spec.preDNAT")]
    [InlineData("{preDNAT: true, applyOnForward: true, egress: [{action: Allow}]}", "NP2230", "spec.egress")]
    [InlineData("{preDNAT: true, applyOnForward: true, types: [Egress]}", "NP2230", "spec.types")]
    [InlineData("{doNotTrack: true, applyOnForward: true, egress: [{action: Allow}]}")]
    [InlineData("{preDNAT: true, applyOnForward: true, ingress: [{action: Allow}], types: [Ingress]}")]
    [InlineData("{preDNAT: true}", "NP2230", "spec.applyOnForward")]
    [InlineData("{namespaceSelector: 'a in'}", "NP2216", "spec.namespaceSelector")]
    [InlineData("{egress: [{action: Allow, destination: {services: {name: s}}}]}", "NP2211", "spec.egress[0].destination.services.namespace")]
    [InlineData("{namespaceSelector: 'global()'}", "NP2215", "spec.namespaceSelector")]
    [InlineData("{ingress: [{action: Allow, source: {services: {name: s}}}]}", "NP2211", "spec.ingress[0].source.services.namespace")]
    [InlineData("{ingress: [{action: Allow, source: {services: {name: s, namespace: ns}}}]}")]
    public void A_global_policy_is_judged(string spec, string? id = null, string? path = null)
    {
        Assert.Equal(id is null ? [] : [(id, path!)], Check("GlobalNetworkPolicy", spec));
        Assert.Equal(id is null ? [] : [(id, path!)], Check("StagedGlobalNetworkPolicy", spec));
    }

    [Theory]
    [InlineData("StagedNetworkPolicy", "{stagedAction: Set, selector: all()}")]
    [InlineData("StagedNetworkPolicy", "{stagedAction: delete}", "NP2231", "spec.stagedAction")]
    [InlineData("StagedNetworkPolicy", "{stagedAction: Delete, tier: t}")]
    [InlineData("StagedNetworkPolicy", "{stagedAction: Delete, selector: all()}", "NP2232", "spec")]
    [InlineData("StagedGlobalNetworkPolicy", "{stagedAction: Delete, order: 0}", "NP2232", "spec")]
    [InlineData("StagedGlobalNetworkPolicy", "{stagedAction: Learn, ingress: [{action: x}]}", "NP2224", "spec.ingress[0].action")]
    [InlineData("StagedGlobalNetworkPolicy", "{stagedAction: Ignore, selector: 'a ='}", "NP2216", "spec.selector")]
    [InlineData("StagedNetworkPolicy", "{stagedAction: Delete, types: [Ingress]}", "NP2232", "spec")]
    [InlineData("StagedNetworkPolicy", "{stagedAction: Delete, serviceAccountSelector: all()}", "NP2232", "spec")]
    [InlineData("StagedNetworkPolicy", "{stagedAction: Delete, egress: [{action: Allow}]}", "NP2232", "spec")]
    [InlineData("StagedNetworkPolicy", "{stagedAction: Delete, performanceHints: [AssumeNeededOnEveryNode]}", "NP2232", "spec")]
    [InlineData("StagedGlobalNetworkPolicy", "{stagedAction: Delete, applyOnForward: true}", "NP2232", "spec")]
    [InlineData("StagedGlobalNetworkPolicy", "{stagedAction: Delete, namespaceSelector: all()}", "NP2232", "spec")]
    [InlineData("StagedKubernetesNetworkPolicy", "{stagedAction: Delete, policyTypes: [Ingress]}", "NP2232", "spec")]
    [InlineData("StagedKubernetesNetworkPolicy", "{stagedAction: Drop}", "NP2231", "spec.stagedAction")]
    [InlineData("StagedKubernetesNetworkPolicy", "{ingress: [{ports: [{port: http, endPort: 90}]}]}", "NP2106", "spec.ingress[0].ports[0].endPort")]
    [InlineData("StagedKubernetesNetworkPolicy", "{stagedAction: Delete}")]
    [InlineData("StagedKubernetesNetworkPolicy", "{stagedAction: Delete, podSelector: {}, ingress: []}")]
    [InlineData("StagedKubernetesNetworkPolicy", "{stagedAction: Delete, podSelector: {matchLabels: {a: b}}}", "NP2232", "spec")]
    [InlineData("StagedKubernetesNetworkPolicy", "{ingress: [{ports: [{port: 0}]}]}", "NP2103", "spec.ingress[0].ports[0].port")]
    [InlineData("HostEndpoint", "{node: n1, interfaceName: '*', profiles: [a.b], ports: [{name: http, protocol: TCP, port: 80}]}")]
    [InlineData("HostEndpoint", "{node: n1, expectedIPs: [1.2.3.4, 'fd00::1']}")]
    [InlineData("HostEndpoint", "{node: n1, interfaceName: 'eth0:1'}", "NP2240", "spec.interfaceName")]
    [InlineData("HostEndpoint", "{node: n1, interfaceName: eth0, expectedIPs: [1.2.3]}", "NP2241", "spec.expectedIPs[0]")]
    [InlineData("HostEndpoint", "{node: n1, interfaceName: eth0, profiles: [a, a]}", "NP2222", "spec.profiles[1]")]
    [InlineData("HostEndpoint", "{node: n1, interfaceName: eth0, ports: [{name: a_b, protocol: TCP, port: 80}]}", "NP2104", "spec.ports[0].name")]
    [InlineData("HostEndpoint", "{node: n1, interfaceName: eth0, ports: [{name: a, protocol: TCP, port: 80}, {name: a, protocol: UDP, port: 80}]}")]
    [InlineData("HostEndpoint", "{node: n1, interfaceName: eth0, ports: [{name: a, port: 80}]}", "NP2226", "spec.ports[0].protocol")]
    [InlineData("HostEndpoint", "{node: n1, interfaceName: eth0, ports: [{name: a, protocol: TCP, port: 65536}]}", "NP2228", "spec.ports[0].port")]
    [InlineData("HostEndpoint", "{interfaceName: eth0}", "NP2240", "spec.node")]
    [InlineData("HostEndpoint", "{node: N1, interfaceName: eth0}", "NP2240", "spec.node")]
    [InlineData("HostEndpoint", "{node: n1}", "NP2240", "spec.interfaceName")]
    [InlineData("HostEndpoint", "{node: n1, interfaceName: abcdefghijklmnop}", "NP2240", "spec.interfaceName")]
    [InlineData("HostEndpoint", "{node: n1, interfaceName: eth0, expectedIPs: [1.2.3.4/32]}", "NP2241", "spec.expectedIPs[0]")]
    [InlineData("HostEndpoint", "{node: n1, interfaceName: eth0, expectedIPs: [1.2.3.4, 1.2.3.4]}", "NP2222", "spec.expectedIPs[1]")]
    [InlineData("HostEndpoint", "{node: n1, interfaceName: eth0, profiles: [_]}", "NP2240", "spec.profiles[0]")]
    [InlineData("HostEndpoint", "{node: n1, interfaceName: eth0, ports: [{protocol: TCP, port: 80}]}", "NP2104", "spec.ports[0].name")]
    [InlineData("HostEndpoint", "{node: n1, interfaceName: eth0, ports: [{name: a, protocol: ICMP, port: 80}]}", "NP2226", "spec.ports[0].protocol")]
    [InlineData("HostEndpoint", "{node: n1, interfaceName: eth0, ports: [{name: a, protocol: UDP}]}", "NP2228", "spec.ports[0].port")]
    [InlineData("NetworkSet", "{nets: [10.0.0.1/8, 1.2.3.4, 'fd00::/8', '::1']}")]
    [InlineData("NetworkSet", "{nets: [x]}", "NP2205", "spec.nets[0]")]
    [InlineData("GlobalNetworkSet", "{nets: [1.2.3.4, 1.2.3.4]}", "NP2222", "spec.nets[1]")]
    [InlineData("Tier", "{order: 5, defaultAction: Pass}")]
    [InlineData("Tier", "{defaultAction: pass}", "NP2242", "spec.defaultAction")]
    [InlineData("Profile", "{labelsToApply: {a: b}, ingress: [{action: Allow, source: {services: {name: s}}}]}")]
    [InlineData("Profile", "{labelsToApply: {a b: c}}", "NP2014", "spec.labelsToApply")]
    [InlineData("Profile", "{labelsToApply: {a: 'b c'}}", "NP2014", "spec.labelsToApply")]
    [InlineData("Profile", "{egress: [{action: Allow, protocol: TCP, destination: {services: {name: s}, ports: [80]}}]}", "NP2212", "spec.egress[0].destination.ports")]
    [InlineData("Profile", "{egress: [{action: x}]}", "NP2224", "spec.egress[0].action")]
    [InlineData("FelixConfiguration", "{defaultEndpointToHostAction: accept, failsafeInboundHostPorts: [{protocol: tcp, port: 22, net: 10.0.0.0/8}]}")]
    [InlineData("FelixConfiguration", "{defaultEndpointToHostAction: allow}", "NP2243", "spec.defaultEndpointToHostAction")]
    [InlineData("FelixConfiguration", "{failsafeOutboundHostPorts: [{port: 0}]}", "NP2243", "spec.failsafeOutboundHostPorts[0].port")]
    [InlineData("FelixConfiguration", "{failsafeInboundHostPorts: [{port: 22, net: x}]}", "NP2243", "spec.failsafeInboundHostPorts[0].net")]
    [InlineData("FelixConfiguration", "{failsafeInboundHostPorts: [{port: 22, net: 10.0.0.1}]}")]
    [InlineData("WorkloadEndpoint", "{ipNetworks: [1.2.3.4/32, 1.2.3.5]}")]
    [InlineData("WorkloadEndpoint", "{ipNetworks: [1.2.3.0/24]}", "NP2301", "spec.ipNetworks[0]")]
    public void Other_kinds_are_judged(string kind, string spec, string? id = null, string? path = null) =>
        Assert.Equal(id is null ? [] : [(id, path!)], Check(kind, spec));

    [Theory]
    [InlineData("kube-admin", "{order: 1000, defaultAction: Pass}")]
    [InlineData("kube-admin", "{}", "NP2242", "NP2242")]
    [InlineData("default", "{order: 1000000}")]
    [InlineData("default", "{order: 1000000, defaultAction: Pass}", "NP2242")]
    [InlineData("kube-baseline", "{order: 10000000, defaultAction: Pass}")]
    [InlineData("kube-baseline", "{order: 5, defaultAction: Pass}", "NP2242")]
    public void The_three_fixed_tiers_cannot_be_changed(string name, string spec, params string[] ids) =>
        Assert.Equal(ids, Check("Tier", spec, name).Select(f => f.Id));

    [Theory]
    [InlineData("NetworkPolicy", "a.b")]
    [InlineData("NetworkPolicy", "knp.default.a.b.c")]
    [InlineData("NetworkPolicy", "a.b.c", "NP2011")]
    [InlineData("NetworkPolicy", "ossg.default.a.b.c")]
    [InlineData("StagedNetworkPolicy", "knp.default.a.b")]
    [InlineData("StagedNetworkPolicy", "a.b.c", "NP2011")]
    [InlineData("StagedGlobalNetworkPolicy", "a.b")]
    [InlineData("StagedGlobalNetworkPolicy", "a.b.c", "NP2011")]
    [InlineData("NetworkPolicy", "a_b", "NP2011")]
    [InlineData("NetworkPolicy", "-a", "NP2011")]
    [InlineData("Tier", "a-b")]
    [InlineData("Profile", "kns.a")]
    [InlineData("GlobalNetworkSet", "A", "NP2011")]
    [InlineData("GlobalNetworkPolicy", "knp.default.a.b", "NP2011")]
    [InlineData("GlobalNetworkPolicy", "A", "NP2011")]
    [InlineData("StagedKubernetesNetworkPolicy", "a.b.c")]
    [InlineData("NetworkSet", "a.b.c")]
    [InlineData("Tier", "a.b", "NP2011")]
    public void Names_follow_the_rules_of_their_kind(string kind, string name, params string[] ids) =>
        Assert.Equal(ids, Check(kind, "{}", name).Select(f => f.Id));

    [Fact]
    public void Limits_of_the_schema_are_kept()
    {
        string many = string.Join(",", Enumerable.Repeat("{action: Allow}", 1025));
        Assert.Equal([("NP2221", "spec.ingress")], Check("NetworkPolicy", $"{{ingress: [{many}]}}"));
        string ports = string.Join(",", Enumerable.Range(1, 51));
        Assert.Equal([("NP2221", "spec.ingress[0].source.ports")], Check("NetworkPolicy", $"{{ingress: [{{action: Allow, protocol: TCP, source: {{ports: [{ports}]}}}}]}}"));
        string nets = string.Join(",", Enumerable.Range(0, 257).Select(i => $"10.{i / 256}.{i % 256}.0/24"));
        Assert.Equal([("NP2221", "spec.ingress[0].source.nets")], Check("NetworkPolicy", $"{{ingress: [{{action: Allow, source: {{nets: [{nets}]}}}}]}}"));
        string selector = $"a == '{new string('x', 1018)}'";
        Assert.Equal([("NP2220", "spec.selector")], Check("NetworkPolicy", $"{{selector: \"{selector}\"}}"));
    }

    [Fact]
    public void Names_have_at_most_253_characters_and_those_of_tiers_63()
    {
        string name = string.Join('.', Enumerable.Repeat(new string('a', 62), 4));
        Assert.Empty(Check("NetworkSet", "{}", name));
        Assert.Equal(["NP2011"], Check("NetworkSet", "{}", name + "bcd").Select(f => f.Id));
        Assert.Empty(Check("Tier", "{}", name[..62] + "a"));
        Assert.Equal(["NP2011"], Check("Tier", "{}", name[..62] + "ab").Select(f => f.Id));
    }

    [Theory]
    [InlineData("labels: {a/b/c: x}", "NP2014", "metadata.labels")]
    [InlineData("labels: {a: 'x y'}", "NP2014", "metadata.labels")]
    [InlineData("labels: {a: x}, annotations: {Example.org/Key: 'any text'}")]
    [InlineData("annotations: {'a b': x}", "NP2015", "metadata.annotations")]
    public void Metadata_is_judged(string metadata, string? id = null, string? path = null)
    {
        ManifestReadResult read = ManifestReader.Read($"apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata: {{name: a, {metadata}}}\n", "f");
        Assert.Equal(id is null ? [] : [(id, path!)], Validator.Validate(read).Select(f => (f.Id, f.Path!)));
    }

    [Fact]
    public void Annotations_have_at_most_262144_bytes_together()
    {
        Assert.Equal([], Judge(262_143));
        Assert.Equal(["NP2016"], Judge(262_144));

        static IEnumerable<string> Judge(int bytes)
        {
            ManifestReadResult read = ManifestReader.Read($"apiVersion: projectcalico.org/v3\nkind: Tier\nmetadata: {{name: a, annotations: {{k: {new string('x', bytes)}}}}}\n", "f");
            return Validator.Validate(read).Select(f => f.Id);
        }
    }

    [Fact]
    public void A_policy_of_a_tier_that_nobody_declares_is_found()
    {
        ManifestReadResult read = ManifestReader.Read("apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata: {name: a}\nspec: {tier: ghost}\n---\napiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata: {name: b}\nspec: {tier: kube-admin}\n", "f");
        Diagnostic finding = Assert.Single(ManifestChecks.MissingTiers(read.Manifests));
        Assert.Equal(("spec.tier", 4), (finding.Path, finding.Span.Line));
    }

    [Fact]
    public void Documents_are_the_same_by_kind_namespace_and_name_whatever_their_tier()
    {
        string one = "apiVersion: projectcalico.org/v3\nkind: NetworkPolicy\nmetadata: {name: a, namespace: x}\nspec: {tier: t}\n---\n";
        Assert.Empty(ManifestChecks.Duplicates(ManifestReader.Read(one + one.Replace("kind: N", "kind: StagedN", StringComparison.Ordinal) + one.Replace("namespace: x", "namespace: z", StringComparison.Ordinal), "f").Manifests));
        Assert.Single(ManifestChecks.Duplicates(ManifestReader.Read(one + one.Replace("tier: t", "tier: u", StringComparison.Ordinal), "f").Manifests));
    }

    [Fact]
    public void A_cluster_wide_kind_has_no_namespace_and_sets_no_reserved_label()
    {
        ManifestReadResult read = ManifestReader.Read(
            "apiVersion: projectcalico.org/v3\nkind: GlobalNetworkSet\nmetadata: {name: a, namespace: x, labels: {projectcalico.org/namespace: x}}\n", "f");
        Assert.Equal(["NP2013", "NP2017"], Validator.Validate(read).Select(f => f.Id).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void All_findings_of_a_document_are_reported_at_their_places()
    {
        ManifestReadResult read = ManifestReader.Read("apiVersion: projectcalico.org/v3\nkind: NetworkPolicy\nmetadata:\n  name: A\nspec:\n  selector: a =\n  ingress:\n  - action: allow\n    protocol: tcp\n", "f");
        Assert.Equal([4, 6, 8, 9], Validator.Validate(read).Select(f => f.Span.Line).Order());
    }

    [Fact]
    public void What_could_not_be_read_is_not_reported_as_missing_too()
    {
        ManifestReadResult read = ManifestReader.Read(
            "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a}\nspec:\n  ingress:\n  - from:\n    - ipBlock: {cidr: 5}\n    ports: [{port: 0}]\n", "f");
        Assert.Equal("NP1017", Assert.Single(read.Diagnostics).Id);
        Assert.Equal("NP2103", Assert.Single(Validator.Validate(read)).Id);
    }

    private static List<(string Id, string Path)> Check(string kind, string spec, string name = "a")
    {
        ManifestReadResult read = ManifestReader.Read($"apiVersion: projectcalico.org/v3\nkind: {kind}\nmetadata: {{name: {name}}}\nspec: {spec}\n", "f");
        Assert.Empty(read.Diagnostics);
        List<(string, string)> found = [];
        foreach (Diagnostic finding in Validator.Validate(read))
        {
            Assert.Equal(DiagnosticSeverity.Error, finding.Severity);
            Assert.True(finding.Span.IsKnown);
            Assert.NotNull(finding.Reason);
            found.Add((finding.Id, finding.Path!));
        }

        return found;
    }
}
