using NetPolicy.Collections;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Inventory;
using NetPolicy.Manifests.Kubernetes;
using NetPolicy.Manifests.PolicyApi;
using Felix = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.Calico.FelixConfigurationManifest>;
using GlobalSet = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.Calico.GlobalNetworkSetManifest>;
using Profile = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.Calico.ProfileManifest>;
using Set = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.Calico.NetworkSetManifest>;
using Staged = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.Calico.StagedKubernetesNetworkPolicyManifest>;
using StagedSpec = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.Codecs.ManifestKinds.StagedKubernetesSpec>;
using Tier = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.Calico.TierManifest>;

namespace NetPolicy.Manifests.Codecs;

/// <summary>Every kind that can be read and written, one entry each.</summary>
internal static class ManifestKinds
{
    // The storage form of Calico's kinds; same fields.
    internal static readonly string[] StoredCalico = ["crd.projectcalico.org/v1"];

    private static readonly ManifestKind[] All =
    [
        Policy(new NetworkPolicyManifest(), [], Fields<NetworkPolicyManifest>.Object("spec", KubernetesCodecs.SpecCodec, m => m.Spec, (m, v) => m with { Spec = v })),
        PolicyApi(new ClusterNetworkPolicyManifest(), Fields<ClusterNetworkPolicyManifest>.Object("spec", PolicyApiCodecs.ClusterPolicy, m => m.Spec, (m, v) => m with { Spec = v })),
        PolicyApi(new AdminNetworkPolicyManifest(), Fields<AdminNetworkPolicyManifest>.Object("spec", PolicyApiCodecs.AdminPolicy, m => m.Spec, (m, v) => m with { Spec = v })),
        PolicyApi(new BaselineAdminNetworkPolicyManifest(), Fields<BaselineAdminNetworkPolicyManifest>.Object("spec", PolicyApiCodecs.BaselinePolicy, m => m.Spec, (m, v) => m with { Spec = v })),
        CalicoPolicy(CalicoPolicyKind.NetworkPolicy),
        CalicoPolicy(CalicoPolicyKind.GlobalNetworkPolicy),
        CalicoPolicy(CalicoPolicyKind.StagedNetworkPolicy),
        CalicoPolicy(CalicoPolicyKind.StagedGlobalNetworkPolicy),
        Policy(new StagedKubernetesNetworkPolicyManifest(), StoredCalico, Staged.Object("spec", StagedKubernetesCodec(), StagedKubernetesSpec.Of, (m, v) => v.ApplyTo(m))),
        Policy(new HostEndpointManifest(), StoredCalico, Fields<HostEndpointManifest>.Object("spec", CalicoCodecs.HostEndpoint, m => m.Spec, (m, v) => m with { Spec = v })),
        Policy(new NetworkSetManifest(), StoredCalico, Set.Nested("spec", Set.Texts("nets", m => m.Nets, (m, v) => m with { Nets = v }))),
        Policy(new GlobalNetworkSetManifest(), StoredCalico, GlobalSet.Nested("spec", GlobalSet.Texts("nets", m => m.Nets, (m, v) => m with { Nets = v }))),
        Policy(
            new TierManifest(),
            StoredCalico,
            Tier.Nested(
                "spec",
                Tier.Number("order", m => m.Order, (m, v) => m with { Order = v }),
                Tier.Text("defaultAction", m => m.DefaultAction, (m, v) => m with { DefaultAction = v }))),
        Policy(
            new ProfileManifest(),
            StoredCalico,
            Profile.Nested(
                "spec",
                Profile.List("ingress", CalicoCodecs.RuleCodec, m => m.Ingress, (m, v) => m with { Ingress = v }),
                Profile.List("egress", CalicoCodecs.RuleCodec, m => m.Egress, (m, v) => m with { Egress = v }),
                Profile.TextMap("labelsToApply", m => m.LabelsToApply, (m, v) => m with { LabelsToApply = v }))),
        Inventory(
            new FelixConfigurationManifest(),
            StoredCalico,
            Felix.Nested(
                "spec",
                Felix.Text("defaultEndpointToHostAction", m => m.DefaultEndpointToHostAction, (m, v) => m with { DefaultEndpointToHostAction = v }),
                Felix.List("failsafeInboundHostPorts", CalicoCodecs.FailsafePort, m => m.FailsafeInboundHostPorts, (m, v) => m with { FailsafeInboundHostPorts = v }),
                Felix.List("failsafeOutboundHostPorts", CalicoCodecs.FailsafePort, m => m.FailsafeOutboundHostPorts, (m, v) => m with { FailsafeOutboundHostPorts = v }))),
        Inventory(new WorkloadEndpointManifest(), StoredCalico, Fields<WorkloadEndpointManifest>.Object("spec", CalicoCodecs.WorkloadEndpoint, m => m.Spec, (m, v) => m with { Spec = v })),
        Inventory(new NamespaceManifest(), []),
        Inventory(new ServiceAccountManifest(), []),
        Inventory(new PodManifest(), [], InventoryCodecs.PodFields),
        Inventory(new NodeManifest(), [], InventoryCodecs.NodeFields),
        new ManifestKind<DomainNamesManifest>(
            new DomainNamesManifest(),
            UnknownFields.Refuse,
            [],
            Fields<DomainNamesManifest>.Value(
                "names",
                new MapCodec<EquatableArray<string>>(new ListCodec<string>(ScalarCodecs.Text)),
                m => m.Names.IsEmpty ? null : m.Names,
                (m, v) => m with { Names = v })),
        Inventory(new ServiceManifest(), [], InventoryCodecs.ServiceFields),
        Inventory(new EndpointSliceManifest(), [], InventoryCodecs.EndpointSliceFields),
        Inventory(new IngressManifest("networking.k8s.io/v1", "Ingress"), [], IngressCodecs.IngressField),
        Inventory(new IngressManifest("route.openshift.io/v1", "Route"), [], IngressCodecs.RouteField),
        Inventory(new WorkloadManifest("apps/v1", "Deployment"), [], InventoryCodecs.WorkloadFields),
        Inventory(new WorkloadManifest("apps/v1", "ReplicaSet"), [], InventoryCodecs.WorkloadFields),
        Inventory(new WorkloadManifest("apps/v1", "StatefulSet"), [], InventoryCodecs.WorkloadFields),
        Inventory(new WorkloadManifest("apps/v1", "DaemonSet"), [], InventoryCodecs.WorkloadFields),
        Inventory(new WorkloadManifest("batch/v1", "Job"), [], InventoryCodecs.WorkloadFields),
        Inventory(new WorkloadManifest("batch/v1", "CronJob"), [], InventoryCodecs.CronJobFields),
        Inventory(new WorkloadManifest("v1", "ReplicationController"), [], InventoryCodecs.WorkloadFields),
    ];

    private static readonly ILookup<string, ManifestKind> ByKind = All.ToLookup(kind => kind.Kind, StringComparer.Ordinal);

    public static ManifestKind? Find(string apiVersion, string kind)
    {
        foreach (ManifestKind known in ByKind[kind])
        {
            if (known.ApiVersions.Contains(apiVersion))
            {
                return known;
            }
        }

        return null;
    }

    /// <summary>All entries of this name, in whatever group.</summary>
    public static IEnumerable<ManifestKind> Named(string kind) => ByKind[kind];

    private static ManifestKind<T> Policy<T>(T empty, IEnumerable<string> olderVersions, params Field<T>[] fields)
        where T : Manifest =>
        new(empty, UnknownFields.Refuse, olderVersions, fields);

    // Custom resources: their types are checked like all else of their schema.
    private static ManifestKind<T> PolicyApi<T>(T empty, Field<T> spec)
        where T : Manifest =>
        new(empty, UnknownFields.Refuse, [], spec) { TypeReason = "FieldValueTypeInvalid" };

    private static ManifestKind<T> Inventory<T>(T empty, IEnumerable<string> olderVersions, params Field<T>[] fields)
        where T : Manifest =>
        new(empty, UnknownFields.Ignore, olderVersions, fields);

    private static ManifestKind<CalicoPolicyManifest> CalicoPolicy(CalicoPolicyKind kind) => Policy(
        new CalicoPolicyManifest { PolicyKind = kind },
        StoredCalico,
        Fields<CalicoPolicyManifest>.Object("spec", CalicoCodecs.PolicySpec(kind), m => m.Spec, (m, v) => m with { Spec = v }));

    private static ObjectCodec<StagedKubernetesSpec> StagedKubernetesCodec() => new(
        new StagedKubernetesSpec(new NetworkPolicySpec(), null),
        [
            StagedSpec.Text("stagedAction", s => s.StagedAction, (s, v) => s with { StagedAction = v }),
            .. KubernetesCodecs.SpecFields.Select(field => new LiftedField<StagedKubernetesSpec, NetworkPolicySpec>(field, s => s.Policy, (s, v) => s with { Policy = v })),
        ]);

    /// <summary>The <c>spec</c> of a StagedKubernetesNetworkPolicy as it is written: a policy's fields and the action side by side.</summary>
    internal sealed record StagedKubernetesSpec(NetworkPolicySpec Policy, string? StagedAction)
    {
        public static StagedKubernetesSpec? Of(StagedKubernetesNetworkPolicyManifest manifest) =>
            manifest.Spec is null && manifest.StagedAction is null ? null : new(manifest.Spec ?? new NetworkPolicySpec(), manifest.StagedAction);

        public StagedKubernetesNetworkPolicyManifest ApplyTo(StagedKubernetesNetworkPolicyManifest manifest) =>
            manifest with { Spec = Policy, StagedAction = StagedAction };
    }
}
