namespace NetPolicy.Diagnostics;

/// <content>NP3xxx: the documents are valid, but probably do not mean what their author thinks.</content>
public static partial class Findings
{
    /// <summary>NP3001.</summary>
    public static readonly DiagnosticDescriptor DnsRuleReachesNothing = Warning("NP3001", "DNS rule that reaches no pod", "add the label to the namespace or pod, or select by a label that exists; `kubernetes.io/metadata.name` is on every namespace");

    /// <summary>NP3002.</summary>
    public static readonly DiagnosticDescriptor PeerSelectsNothing = Warning("NP3002", "Peer that selects nothing", "correct the selector, or add the label to what it should select");

    /// <summary>NP3003.</summary>
    public static readonly DiagnosticDescriptor PolicySelectsNothing = Warning("NP3003", "Policy that selects no endpoint", "correct the selector, or add the label to the endpoints; until then the policy does nothing");

    /// <summary>NP3004.</summary>
    public static readonly DiagnosticDescriptor ServicePortInPolicy = Warning("NP3004", "Port of a Service where the pod's port is meant", "policies see packets after a Service's translation: write the port that the pods listen on");

    /// <summary>NP3005.</summary>
    public static readonly DiagnosticDescriptor DnsToAnywhere = Warning("NP3005", "DNS rule without a destination", "restrict the rule to the DNS pods: data can leave through any server that listens on port 53");

    /// <summary>NP3006.</summary>
    public static readonly DiagnosticDescriptor PolicyCoversPartOfService = Warning("NP3006", "Policy for a part of a Service's pods", "select by the labels that the Service selects by, or write a policy for the other pods too");

    /// <summary>NP3007.</summary>
    public static readonly DiagnosticDescriptor NegationSelectsHosts = Warning("NP3007", "Negated selector that also selects host endpoints", "host endpoints lack the label and so satisfy its negation: add `has(projectcalico.org/namespace) &&` to mean workloads only");

    /// <summary>NP3008.</summary>
    public static readonly DiagnosticDescriptor PolicyWithoutTypes = Warning("NP3008", "Policy without rules and without types", "write `types: [Ingress, Egress]` to close both directions: without rules and types only ingress is isolated");

    /// <summary>NP3009.</summary>
    public static readonly DiagnosticDescriptor PreDnatAllowsEveryPort = Warning("NP3009", "Allow before DNAT without a port", "name the ports: what is allowed before translation skips the host endpoint's normal policy, so every port of the node is open");

    /// <summary>NP3010.</summary>
    public static readonly DiagnosticDescriptor NoDnsRule = Warning("NP3010", "Limited egress without DNS", "add an egress rule to the DNS pods on UDP 53 and TCP 53, if the workload looks up names");

    /// <summary>NP3011.</summary>
    public static readonly DiagnosticDescriptor HostEndpointClosed = Warning("NP3011", "Host endpoint without normal policy or profile", "list profile `projectcalico-default-allow`, or write policies: without either all but failsafe ports is denied");

    /// <summary>NP3012.</summary>
    public static readonly DiagnosticDescriptor HostPolicyCutsCluster = Warning("NP3012", "Host endpoint policy that cuts the cluster's own traffic", "allow the other nodes and their pod ranges before the denying rule, unless this traffic is encapsulated and allowed otherwise");

    /// <summary>NP3013.</summary>
    public static readonly DiagnosticDescriptor InterfaceUnknown = Warning("NP3013", "Interface without known addresses", "write `expectedIPs`, or annotate the Node: netpol/interfaces: '{\"eth0\":[\"192.0.2.1\"]}'");

    /// <summary>NP3014.</summary>
    public static readonly DiagnosticDescriptor ShadowedRule = Warning("NP3014", "Rule that an earlier one hides", "remove the rule, or move it before the one that takes its flows");

    /// <summary>NP3015.</summary>
    public static readonly DiagnosticDescriptor UnresolvedPortName = Warning("NP3015", "Port name that no endpoint declares", "use a name that the containers declare for this protocol, or a number");

    /// <summary>NP3016.</summary>
    public static readonly DiagnosticDescriptor InertRules = Warning("NP3016", "Rules of a direction that the policy does not take over", "add the direction to the types, or remove its rules: they are not read");

    /// <summary>NP3017.</summary>
    public static readonly DiagnosticDescriptor EmptyPeersMeanEverybody = Warning("NP3017", "Empty peer list", "leave the list out to mean everybody on purpose; to mean nobody write no rule");

    /// <summary>NP3018.</summary>
    public static readonly DiagnosticDescriptor BlockCoversPods = Warning("NP3018", "Address block that covers pods", "select pods by labels; blocks are for addresses outside the cluster. Except the pod ranges if only the outside is meant");

    /// <summary>NP3019.</summary>
    public static readonly DiagnosticDescriptor BlockNamesService = Warning("NP3019", "Address block of a Service", "select the Service's pods by labels: policies see the pod's address, not the Service's");

    /// <summary>NP3020.</summary>
    public static readonly DiagnosticDescriptor PriorityTie = Warning("NP3020", "Equal priorities of cluster policies that disagree", "give them different priorities: which of both is asked first is not specified");

    /// <summary>NP3021.</summary>
    public static readonly DiagnosticDescriptor IngressSeesPodsOnly = Info("NP3021", "Ingress rule of a cluster policy that sees pods only", "deny everybody else with a NetworkPolicy that selects the pods and lets nobody in");

    /// <summary>NP3022.</summary>
    public static readonly DiagnosticDescriptor BaselineHidden = Info("NP3022", "Baseline rules that NetworkPolicies hide", "nothing to do if they are meant for pods to come; use tier `Admin` to overrule NetworkPolicies");
}
