using System.Globalization;
using NetPolicy.Collections;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Kubernetes;
using NetPolicy.Manifests.PolicyApi;

namespace NetPolicy.Laws.Worlds;

/// <summary>Reads off the rules of a world what flows would concern them.</summary>
internal static partial class FlowHints
{
    public static List<FlowHint> Of(World world)
    {
        List<FlowHint> hints = [];
        string[] global =
        [
            .. world.All<GlobalNetworkSetManifest>().SelectMany(set => set.Nets ?? default),
            .. world.All<HostEndpointManifest>().SelectMany(host => host.Spec!.ExpectedIPs ?? default),
        ];
        foreach (Manifest manifest in world.Manifests)
        {
            switch (manifest)
            {
                case NetworkPolicyManifest { Spec: { } spec }:
                    AddKubernetes(hints, manifest, spec);
                    break;
                case StagedKubernetesNetworkPolicyManifest { Spec: { } spec }:
                    AddKubernetes(hints, manifest, spec);
                    break;
                case CalicoPolicyManifest { Spec: { } spec }:
                    FlowHint subject = new() { SubjectNamespace = manifest.EffectiveNamespace, SubjectIsHost = spec.ApplyOnForward == true };
                    AddCalico(hints, global, spec.Ingress, subject with { IsIngress = true });
                    AddCalico(hints, global, spec.Egress, subject);
                    break;
                case ClusterNetworkPolicyManifest { Spec: { } spec }:
                    AddCluster(hints, spec.Ingress, isIngress: true);
                    AddCluster(hints, spec.Egress, isIngress: false);
                    break;
                case AdminNetworkPolicyManifest { Spec: { } spec }:
                    AddAdmin(hints, spec);
                    break;
                case BaselineAdminNetworkPolicyManifest { Spec: { } spec }:
                    AddAdmin(hints, spec);
                    break;
                case ProfileManifest profile:
                    AddCalico(hints, global, profile.Ingress, new FlowHint { IsIngress = true });
                    AddCalico(hints, global, profile.Egress, new FlowHint());
                    break;
                default:
                    break;
            }
        }

        return hints;
    }

    private static void AddKubernetes(List<FlowHint> hints, Manifest manifest, NetworkPolicySpec spec)
    {
        foreach ((NetworkPolicyRule rule, bool isIngress) in (spec.Ingress ?? []).Select(r => (r, true)).Concat((spec.Egress ?? []).Select(r => (r, false))))
        {
            foreach (string? block in (rule.Peers ?? []).Select(peer => peer.IpBlock?.Cidr).Append(null))
            {
                foreach (NetworkPolicyPort? port in (rule.Ports ?? []).Append(null))
                {
                    hints.Add(new FlowHint
                    {
                        IsIngress = isIngress,
                        SubjectNamespace = manifest.EffectiveNamespace,
                        SourceBlock = isIngress ? block : null,
                        DestinationBlock = isIngress ? null : block,
                        Protocol = port?.Protocol,
                        Port = port?.Port is { IsNumber: true } number ? port.EndPort ?? number.Number : null,
                        PortName = port?.Port is { IsNumber: false } name ? name.Text : null,
                    });
                }
            }
        }
    }

    private static void AddCalico(List<FlowHint> hints, string[] global, EquatableArray<CalicoRule>? rules, FlowHint subject)
    {
        foreach (CalicoRule rule in rules ?? [])
        {
            EntityRule source = rule.Source ?? new EntityRule();
            EntityRule destination = rule.Destination ?? new EntityRule();
            HttpPath? path = rule.Http?.Paths is { IsEmpty: false } paths ? paths[0] : null;
            FlowHint hint = subject with
            {
                Protocol = rule.Protocol?.ToString(),
                Family = rule.IpVersion,
                IcmpType = (rule.Icmp ?? rule.NotIcmp)?.Type,
                IcmpCode = (rule.Icmp ?? rule.NotIcmp)?.Code,
                HttpMethod = rule.Http is null ? null : rule.Http.Methods is { IsEmpty: false } methods ? methods[0] : "GET",
                HttpPath = rule.Http is null ? null : path is null ? "/" : path.Exact ?? path.Prefix,
                SourceBlock = First(source.Nets) ?? Global(source, global),
                DestinationBlock = First(destination.Nets) ?? Global(destination, global),
                SourceService = Service(source, subject.SubjectNamespace),
                DestinationService = Service(destination, subject.SubjectNamespace),
            };
            hints.Add(hint);
            foreach (IntOrString port in (destination.Ports ?? []).Concat(destination.NotPorts ?? []))
            {
                hints.Add(Number(port) is { } number ? hint with { Port = number } : hint with { PortName = port.Text });
            }

            foreach (IntOrString port in (source.Ports ?? []).Concat(source.NotPorts ?? []))
            {
                hints.Add(Number(port) is { } number ? hint with { SourcePort = number } : hint with { SourcePortName = port.Text });
            }
        }
    }

    private static string? First(EquatableArray<string>? list) => list is { IsEmpty: false } some ? some[0] : null;

    private static string? Global(EntityRule entity, string[] global) =>
        global.Length > 0 && entity.NamespaceSelector?.Contains("global", StringComparison.Ordinal) == true ? global[0] : null;

    private static string? Service(EntityRule entity, string? @namespace) =>
        entity.Services is { } service ? $"{(string.IsNullOrEmpty(service.Namespace) ? @namespace : service.Namespace)}/{service.Name}" : null;

    private static int? Number(IntOrString port) => port.IsNumber ? port.Number
        : int.TryParse(port.Text!.Split(':')[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number
        : null;
}
