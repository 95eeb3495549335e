namespace NetPolicy.Scenarios;

using NetPolicy.Dsl;
using static NetPolicy.Dsl.Syntax;

/// <summary>Calico policies: deny globally, then open.</summary>
public static class ZeroTrust
{
    private static readonly NamespaceRef Shams = Namespace("shams");
    private static readonly Workload Busybox = Shams.Workload("busybox", Label("app").Is("busybox")), Nginx = Shams.Workload("nginx", Label("app").Is("nginx"));

    private static GlobalPolicy DefaultDeny => GlobalPolicy("default-deny").For(EveryNamespaceExcept(Namespace("kube-system")).AllPods).NoIngress().NoEgress();

    private static CalicoPolicy BusyboxEgress => Busybox.CalicoPolicy("allow-busybox-egress").AllowTo(Anywhere).OnAllTraffic();

    /// <summary>The default deny, staged: reported and not enforced.</summary>
    [GenerateYaml("zero-trust/policies")]
    public static PolicySet Draft => PolicySet.Define("draft", [DefaultDeny.Staged()]);

    /// <summary>Every workload outside kube-system is closed.</summary>
    [GenerateYaml("zero-trust/policies")]
    public static PolicySet Closed => PolicySet.Define("1-default-deny", [DefaultDeny]);

    /// <summary>Busybox may go anywhere.</summary>
    [GenerateYaml("zero-trust/policies")]
    public static PolicySet WithEgress => PolicySet.Define("2-busybox-egress", [DefaultDeny, BusyboxEgress]);

    /// <summary>And nginx lets busybox in.</summary>
    [GenerateYaml("zero-trust/policies")]
    public static PolicySet Policies => PolicySet.Define("zero-trust",
    [
        DefaultDeny,
        Busybox.CalicoPolicy("allow-busybox-egress").AllowTo(Anywhere).OnAllTraffic(),
        Nginx.CalicoPolicy("allow-nginx-ingress").AllowFrom(Busybox).On(Tcp(80)),
    ]);

    /// <summary>The default deny by a negative condition alone, which host endpoints satisfy too: they have no namespace.</summary>
    public static PolicySet HostsLockedOut => PolicySet.Define("hosts-locked-out",
    [
        HostEndpoint("node1-eth0").OnNode("node1").Interface("eth0").Profiles("projectcalico-default-allow"),
        GlobalPolicy("default-deny").For(Endpoints(Label("projectcalico.org/namespace") != "kube-system")).NoIngress().NoEgress(),
    ]);

    /// <summary>The default deny without its types, which the language cannot leave out: it isolates ingress only.</summary>
    public static PolicySet Untyped => PolicySet.Define("untyped",
    [
        Raw("""
            apiVersion: projectcalico.org/v3
            kind: GlobalNetworkPolicy
            metadata:
              name: default-deny
            spec:
              selector: has(projectcalico.org/namespace) && projectcalico.org/namespace != 'kube-system'
            """),
    ]);

    /// <summary>The scenario with its steps and variants.</summary>
    public static Scenario Scenario => new("zero-trust", "Calico policies: deny globally, then open", "zero-trust",
    [
        new("1-default-deny", Closed, "every workload outside kube-system is closed"),
        new("2-busybox-egress", WithEgress, "busybox may go anywhere"),
        new("zero-trust", Policies, "nginx lets busybox in"),
    ],
    [
        new("draft", Draft, "staged, the default deny changes no verdict and reports what it would deny", []),
        new("hosts-locked-out", HostsLockedOut, "a negative condition alone selects host endpoints too", ["NP3007"]) { HasOwnCluster = true },
        new("untyped", Untyped, "a policy without rules and without types isolates ingress only", ["NP3008"]) { HasOwnCluster = true },
    ]);
}
