using NetPolicy.Collections;
using NetPolicy.Diagnostics;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Kubernetes;
using NetPolicy.Manifests.PolicyApi;

namespace NetPolicy.Engine;

/// <summary>What stands in for a policy with errors, so that nothing passes that a repair of it could deny.</summary>
internal static class Isolation
{
    // Errors below these fields leave subject, tier, order and stage of a policy as written. What is below the last four changes no verdict.
    private static readonly string[] s_harmless =
    [
        "spec.ingress", "spec.egress", "spec.policyTypes", "spec.types", "spec.performanceHints", "metadata.labels", "metadata.annotations", "metadata.generateName",
    ];

    // Cluster policy specification §2.4: a peer without any field fails closed. A Deny of it denies every pod, or on egress everything there is.
    private static readonly EquatableArray<ClusterPolicyPeer> s_unknown = [new ClusterPolicyPeer()];

    /// <summary>The stand-in; null if subject or place of the policy cannot be known, or the document is no policy.</summary>
    public static Manifest? StandInFor(Manifest policy, IReadOnlyCollection<Diagnostic> errors)
    {
        if (!errors.All(e => s_harmless.Any(field => IsBelow(e.Path, field))))
        {
            return null;
        }

        bool typesBroken = errors.Any(e => IsBelow(e.Path, "spec.policyTypes") || IsBelow(e.Path, "spec.types"));
        bool ingressBroken = errors.Any(e => IsBelow(e.Path, "spec.ingress")), egressBroken = errors.Any(e => IsBelow(e.Path, "spec.egress"));
        return policy switch
        {
            NetworkPolicyManifest { Spec: { } spec } source => source with { Spec = Isolate(spec, typesBroken, egressBroken), IsStandIn = true },
            StagedKubernetesNetworkPolicyManifest { Spec: { } spec } source => source with { Spec = Isolate(spec, typesBroken, egressBroken), IsStandIn = true },
            CalicoPolicyManifest { Spec: { } spec } source => source with { Spec = Isolate(spec, typesBroken, ingressBroken, egressBroken), IsStandIn = true },
            ClusterNetworkPolicyManifest { Spec: { } spec } source => source with { Spec = Isolate(spec, ingressBroken, egressBroken), IsStandIn = true },
            AdminNetworkPolicyManifest { Spec: { } spec } source => source with { Spec = Isolate(spec, ingressBroken, egressBroken), IsStandIn = true },
            BaselineAdminNetworkPolicyManifest { Spec: { } spec } source => source with { Spec = Isolate(spec, ingressBroken, egressBroken), IsStandIn = true },
            _ => null,
        };
    }

    // Kubernetes specification §3: rules only ever add what is allowed, so without them the subject is isolated.
    private static NetworkPolicySpec Isolate(NetworkPolicySpec spec, bool typesBroken, bool egressBroken)
    {
        bool hasTypes = !typesBroken && spec.PolicyTypes is { IsEmpty: false };
        EquatableArray<string> types = hasTypes ? spec.PolicyTypes!.Value
            : typesBroken || egressBroken || spec.Egress is { IsEmpty: false } ? ["Ingress", "Egress"]
            : ["Ingress"];
        return spec with { PolicyTypes = types, Ingress = null, Egress = null };
    }

    // Calico specification §1.6. In the policy's place everything is denied that comes so far. Once its egress rules are repaired none may be left, and absent
    // types then mean ingress.
    private static CalicoPolicySpec Isolate(CalicoPolicySpec spec, bool typesBroken, bool ingressBroken, bool egressBroken)
    {
        bool hasEgress = egressBroken || spec.Egress is { IsEmpty: false };
        bool hasIngress = ingressBroken || egressBroken || !hasEgress || spec.Ingress is { IsEmpty: false };
        EquatableArray<string> types = typesBroken ? ["Ingress", "Egress"]
            : spec.Types is { IsEmpty: false } written ? written
            : hasIngress && hasEgress ? ["Ingress", "Egress"]
            : hasEgress ? ["Egress"]
            : ["Ingress"];
        EquatableArray<CalicoRule> deny = [new CalicoRule { Action = "Deny" }];
        return spec with { Types = types, Ingress = deny, Egress = deny };
    }

    // Cluster policy specification §2: directions without rules are left alone.
    private static ClusterNetworkPolicySpec Isolate(ClusterNetworkPolicySpec spec, bool ingressBroken, bool egressBroken) => spec with
    {
        Ingress = ingressBroken || spec.Ingress is { IsEmpty: false } ? [new ClusterPolicyRule { Action = "Deny", Peers = s_unknown }] : null,
        Egress = egressBroken || spec.Egress is { IsEmpty: false } ? [new ClusterPolicyRule { Action = "Deny", Peers = s_unknown }] : null,
    };

    private static AdminNetworkPolicySpec Isolate(AdminNetworkPolicySpec spec, bool ingressBroken, bool egressBroken) => spec with
    {
        Ingress = ingressBroken || spec.Ingress is { IsEmpty: false } ? [new AdminPolicyRule { Action = "Deny", Peers = s_unknown }] : null,
        Egress = egressBroken || spec.Egress is { IsEmpty: false } ? [new AdminPolicyRule { Action = "Deny", Peers = s_unknown }] : null,
    };

    private static bool IsBelow(string? path, string field) =>
        path is not null && path.StartsWith(field, StringComparison.Ordinal) && (path.Length == field.Length || path[field.Length] is '.' or '[');
}
