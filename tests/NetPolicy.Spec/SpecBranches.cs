namespace NetPolicy.Spec;

/// <summary>Names of the branches of the specifications that an answer reports, so that a test suite can check that it reaches them.</summary>
public static class SpecBranches
{
    /// <summary>Every name that <see cref="SpecAnswer.Branches"/> may contain.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        // Kubernetes 5.2, 5.4: the entry that matched
        "peer:none", "peer:podSelector", "peer:namespaceSelector", "peer:both", "peer:ipBlock",
        "port:none", "port:protocolOnly", "port:number", "port:range", "port:name",

        // Kubernetes 3, Calico 1.6, 4, 5.4, 1.9: defaults
        "default:protocol", "default:policyTypes", "default:ipVersion",
        "default:endOfTier", "default:passAtEndOfTier", "default:profile", "default:noProfile", "default:missingProfile",

        // Kubernetes 5.1, 5.5, 5.7
        "isolated", "self", "ownNode",

        // Calico 5.2: a policy of this kind was asked
        "kind:KubernetesNetworkPolicy", "kind:NetworkPolicy", "kind:GlobalNetworkPolicy",
        "kind:StagedKubernetesNetworkPolicy", "kind:StagedNetworkPolicy", "kind:StagedGlobalNetworkPolicy", "staged:skipped",

        // Calico 4: a rule with this action and these clauses matched
        "action:Allow", "action:Deny", "action:Pass", "action:Log", "family:omitted",
        "match:ipVersion", "match:protocol", "match:notProtocol", "match:icmp", "match:notICMP", "match:http",
        "source:nets", "source:notNets", "source:selector", "source:notSelector", "source:namespaceSelector", "source:global",
        "source:serviceAccounts", "source:services", "source:ports", "source:namedPorts", "source:notPorts", "source:notNamedPorts",
        "destination:nets", "destination:notNets", "destination:selector", "destination:notSelector", "destination:namespaceSelector",
        "destination:global", "destination:serviceAccounts", "destination:services", "destination:ports", "destination:namedPorts",
        "destination:notPorts", "destination:notNamedPorts",

        // Cluster 1, 2: a rule of a policy matched, by which of its parts
        "kind:KubernetesAdminNetworkPolicy", "kind:KubernetesBaselineAdminNetworkPolicy", "kind:KubernetesClusterNetworkPolicy",
        "tier:kube-admin", "tier:kube-baseline", "subject:namespaces", "subject:pods", "rule:Allow", "rule:Deny", "rule:Pass",
        "from:namespaces", "from:pods", "to:namespaces", "to:pods", "to:nodes", "to:networks", "to:domainNames",
        "ports:none", "ports:portNumber", "ports:portRange", "ports:namedPort",
        "protocols:number", "protocols:range", "protocols:all", "protocols:destinationNamedPort",
        "failClosed:accept", "failClosed:deny", "ingress:notPod", "priority:tie", "hairpin",

        // Calico 7.1: a stage was asked
        "stage:workload", "stage:untracked", "stage:preDNAT", "stage:forward", "stage:normal", "stage:failsafe",
        "endpointToHost:Accept", "endpointToHost:Drop", "endpointToHost:Return", "hostInput", "icmpv6Neighbour",

        // Kubernetes 5.8, 5.9
        "service:cluster", "service:external", "service:nodePort", "service:headless", "service:noBackend", "family:none",
    ];
}
