namespace NetPolicy.Enforce.Tests.Compilation;

/// <summary>Policies over the inventory of <see cref="Worlds"/>, by name, each showing one part of the layout.</summary>
internal static class PolicyCases
{
    public static SortedDictionary<string, string> All { get; } = new(StringComparer.Ordinal)
    {
        ["empty"] = "",
        ["kubernetes"] = """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: web, namespace: shop}
            spec:
              podSelector: {matchLabels: {app: web}}
              policyTypes: [Ingress, Egress]
              ingress:
              - from: [{podSelector: {matchLabels: {app: api}}}, {ipBlock: {cidr: 203.0.113.0/24, except: [203.0.113.128/25]}}]
                ports: [{port: http}, {port: 8000, endPort: 8100}]
              - from: [{namespaceSelector: {matchLabels: {team: other}}}]
              egress:
              - to: [{podSelector: {matchLabels: {app: far}}}]
                ports: [{port: http}]
              - ports: [{port: 53, protocol: UDP}, {port: 53}]
            ---
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: db, namespace: shop}
            spec:
              podSelector: {matchLabels: {app: db}}
              policyTypes: [Ingress]
            """,
        ["calico"] = """
            apiVersion: projectcalico.org/v3
            kind: Tier
            metadata: {name: security}
            spec: {order: 100}
            ---
            apiVersion: projectcalico.org/v3
            kind: GlobalNetworkSet
            metadata: {name: bad, labels: {kind: bad}}
            spec: {nets: [198.51.100.0/24, "2001:db8:bad::/48"]}
            ---
            apiVersion: projectcalico.org/v3
            kind: GlobalNetworkPolicy
            metadata: {name: security.block}
            spec:
              tier: security
              selector: has(app)
              types: [Ingress, Egress]
              ingress:
              - {action: Deny, source: {selector: kind == 'bad'}}
              - {action: Allow, protocol: ICMP, icmp: {type: 8}}
              - {action: Deny, protocol: ICMP, notICMP: {type: 3, code: 4}}
              - {action: Pass}
              egress:
              - {action: Deny, destination: {selector: kind == 'bad'}}
              - {action: Deny, protocol: 47}
              - {action: Pass}
            ---
            apiVersion: projectcalico.org/v3
            kind: NetworkPolicy
            metadata: {name: api, namespace: shop}
            spec:
              selector: app == 'api'
              types: [Ingress]
              ingress:
              - {action: Allow, protocol: TCP, destination: {ports: [http]}}
              - {action: Allow, protocol: UDP, source: {notNets: [172.20.0.0/16]}, destination: {notPorts: ['1:1023']}}
            """,
        ["ordered"] = """
            apiVersion: projectcalico.org/v3
            kind: NetworkPolicy
            metadata: {name: api, namespace: shop}
            spec:
              order: 1
              selector: app == 'api'
              types: [Ingress, Egress]
              ingress:
              - {action: Log, protocol: TCP}
              - {action: Allow, protocol: TCP, source: {ports: ['1000:2000', 9000], selector: app == 'web'}, destination: {ports: [http]}}
              - {action: Allow, protocol: ICMP, notICMP: {type: 3, code: 4}}
              - {action: Allow, notProtocol: TCP, source: {nets: [203.0.113.0/24]}}
              egress:
              - {action: Log}
              - {action: Allow, protocol: TCP, destination: {selector: app == 'far', ports: [http]}}
              - {action: Deny, protocol: UDP}
            ---
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: api, namespace: shop}
            spec:
              podSelector: {matchLabels: {app: api}}
              policyTypes: [Ingress, Egress]
            """,
        ["flow-log"] = Host("interfaceName: eth0"),
        ["host"] = Host("interfaceName: eth0"),
        ["host-all"] = Host("interfaceName: '*'"),
        ["host-reject"] = Host("interfaceName: eth0"),
    };

    public static EnforcementOptions Options(string name) => name switch
    {
        "host-reject" => new EnforcementOptions { DenyAction = DenyAction.Reject, LogGroup = 5 },
        "flow-log" => new EnforcementOptions { FlowLog = FlowLogMode.All },
        "calico" => new EnforcementOptions { UnknownPods = UnknownPods.Open, ConnectionMarkMask = 0 },
        _ => EnforcementOptions.Default,
    };

    private static string Host(string place) => $$$"""
        apiVersion: projectcalico.org/v3
        kind: HostEndpoint
        metadata: {name: node1-host, labels: {role: ingress}}
        spec: {node: node1, {{{place}}}, expectedIPs: [192.0.2.1]}
        ---
        apiVersion: projectcalico.org/v3
        kind: FelixConfiguration
        metadata: {name: default}
        spec:
          failsafeInboundHostPorts: [{protocol: tcp, port: 22}, {protocol: udp, port: 68, net: 192.0.2.0/24}]
        ---
        apiVersion: projectcalico.org/v3
        kind: GlobalNetworkPolicy
        metadata: {name: predeny}
        spec:
          order: 10
          selector: role == 'ingress'
          preDNAT: true
          applyOnForward: true
          ingress:
          - {action: Allow, source: {nets: [10.0.0.0/8]}}
          - {action: Deny, protocol: TCP, destination: {ports: [30080]}}
        ---
        apiVersion: projectcalico.org/v3
        kind: GlobalNetworkPolicy
        metadata: {name: untracked}
        spec:
          order: 20
          selector: role == 'ingress'
          doNotTrack: true
          applyOnForward: true
          ingress: [{action: Allow, protocol: TCP, destination: {ports: [9200]}}]
          egress: [{action: Allow, protocol: TCP, source: {ports: [9200]}}]
        ---
        apiVersion: projectcalico.org/v3
        kind: GlobalNetworkPolicy
        metadata: {name: normal}
        spec:
          order: 30
          selector: role == 'ingress'
          types: [Ingress, Egress]
          ingress:
          - {action: Allow, protocol: TCP, destination: {ports: [9100], nets: [192.0.2.1/32]}}
          - {action: Allow, protocol: ICMP}
          egress: [{action: Deny, protocol: TCP, destination: {ports: [8081]}}, {action: Allow}]
        ---
        apiVersion: projectcalico.org/v3
        kind: GlobalNetworkPolicy
        metadata: {name: forward}
        spec:
          order: 40
          selector: role == 'ingress'
          applyOnForward: true
          types: [Ingress, Egress]
          ingress: [{action: Allow, destination: {nets: [172.16.0.0/12, "fd20::/16", 198.51.100.0/24]}}]
          egress: [{action: Deny, destination: {nets: [198.51.100.0/24]}}, {action: Allow}]
        """;
}
