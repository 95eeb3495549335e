using System.Globalization;
using NetPolicy.Collections;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Kubernetes;

namespace NetPolicy.Laws.Worlds;

/// <summary>Reads off the rules of a world what flows would concern them.</summary>
internal static class FlowHints
{
    public static List<FlowHint> Of(World world)
    {
        List<FlowHint> hints = [];
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
                    bool hosts = spec.ApplyOnForward == true;
                    AddCalico(hints, manifest.EffectiveNamespace, spec.Ingress, isIngress: true, hosts);
                    AddCalico(hints, manifest.EffectiveNamespace, spec.Egress, isIngress: false, hosts);
                    break;
                case ProfileManifest profile:
                    AddCalico(hints, null, profile.Ingress, isIngress: true, hosts: false);
                    AddCalico(hints, null, profile.Egress, isIngress: false, hosts: false);
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

    private static void AddCalico(List<FlowHint> hints, string? @namespace, EquatableArray<CalicoRule>? rules, bool isIngress, bool hosts)
    {
        foreach (CalicoRule rule in rules ?? [])
        {
            EntityRule source = rule.Source ?? new EntityRule();
            EntityRule destination = rule.Destination ?? new EntityRule();
            HttpPath? path = rule.Http?.Paths is { IsEmpty: false } paths ? paths[0] : null;
            FlowHint hint = new()
            {
                IsIngress = isIngress,
                SubjectNamespace = @namespace,
                SubjectIsHost = hosts,
                Protocol = rule.Protocol?.ToString(),
                Family = rule.IpVersion,
                IcmpType = (rule.Icmp ?? rule.NotIcmp)?.Type,
                IcmpCode = (rule.Icmp ?? rule.NotIcmp)?.Code,
                HttpMethod = rule.Http is null ? null : rule.Http.Methods is { IsEmpty: false } methods ? methods[0] : "GET",
                HttpPath = rule.Http is null ? null : path is null ? "/" : path.Exact ?? path.Prefix,
                SourceBlock = First(source.Nets),
                DestinationBlock = First(destination.Nets),
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

    private static int? Number(IntOrString port) => port.IsNumber ? port.Number
        : int.TryParse(port.Text!.Split(':')[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number
        : null;
}
