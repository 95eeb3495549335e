using NetPolicy.Collections;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Inventory;
using NetPolicy.Manifests.Kubernetes;
using NetPolicy.Manifests.PolicyApi;

namespace NetPolicy.Laws.Shrinking;

/// <summary>Takes parts out of documents; what is left stays valid.</summary>
internal static partial class ManifestShrinker
{
    public static IEnumerable<Manifest> Shrink(Manifest manifest) => Parts(manifest).Concat(Labels(manifest)).Where(smaller => !smaller.Equals(manifest));

    private static IEnumerable<Manifest> Parts(Manifest manifest) => manifest switch
    {
        PodManifest pod => Pod(pod),
        ServiceManifest service => Service(service),
        NodeManifest node => Lists(node.Addresses).Select(a => node with { Addresses = a }).Append(node with { Metadata = node.Metadata with { Annotations = null } }),
        EndpointSliceManifest slice => Lists(slice.Endpoints).Select(e => slice with { Endpoints = e }).Concat(Lists(slice.Ports).Select(p => slice with { Ports = p })),
        NetworkPolicyManifest { Spec: { } spec } policy => Spec(spec).Select(s => policy with { Spec = s }),
        StagedKubernetesNetworkPolicyManifest { Spec: { } spec } policy => Spec(spec).Select(s => policy with { Spec = s }),
        CalicoPolicyManifest { Spec: { } spec } policy => Spec(spec).Select(s => policy with { Spec = s }),
        ClusterNetworkPolicyManifest { Spec: { } spec } policy => Spec(spec).Select(s => policy with { Spec = s }),
        AdminNetworkPolicyManifest { Spec: { } spec } policy => Spec(spec).Select(s => policy with { Spec = s }),
        BaselineAdminNetworkPolicyManifest { Spec: { } spec } policy => Spec(spec).Select(s => policy with { Spec = s }),
        ProfileManifest profile => Optional(profile.Ingress, Rule).Select(r => profile with { Ingress = r })
            .Concat(Optional(profile.Egress, Rule).Select(r => profile with { Egress = r }))
            .Append(profile with { LabelsToApply = null }),
        NetworkSetManifest set => Lists(set.Nets ?? default).Select(n => set with { Nets = n }),
        GlobalNetworkSetManifest set => Lists(set.Nets ?? default).Select(n => set with { Nets = n }),
        HostEndpointManifest { Spec: { } spec } host => Spec(spec).Select(s => host with { Spec = s }),
        WorkloadEndpointManifest { Spec: { } spec } workload => Spec(spec).Select(s => workload with { Spec = s }),
        FelixConfigurationManifest felix => Felix(felix),
        _ => [],
    };

    private static IEnumerable<Manifest> Labels(Manifest manifest)
    {
        if (manifest is EndpointSliceManifest || manifest.Metadata.Labels is not { } labels)
        {
            yield break;
        }

        yield return manifest with { Metadata = manifest.Metadata with { Labels = null } };
        foreach (EquatableMap<string> fewer in Maps(labels))
        {
            yield return manifest with { Metadata = manifest.Metadata with { Labels = fewer } };
        }
    }

    private static IEnumerable<Manifest> Pod(PodManifest pod)
    {
        foreach (EquatableArray<ContainerPort> ports in Lists(pod.Spec.Ports))
        {
            yield return pod with { Spec = pod.Spec with { Ports = ports } };
        }

        yield return pod with { Spec = pod.Spec with { ServiceAccountName = null } };
        yield return pod with { Spec = pod.Spec with { NodeName = null } };
        yield return pod with { Spec = pod.Spec with { HostNetwork = false } };
        yield return pod with { Phase = null };
        yield return pod with { IsReady = true };
        yield return pod with { Metadata = pod.Metadata with { IsDeleting = false } };
        foreach (EquatableArray<string> addresses in Lists(pod.Addresses))
        {
            yield return pod with { Addresses = addresses };
        }
    }

    private static IEnumerable<Manifest> Service(ServiceManifest service)
    {
        foreach (EquatableArray<ServicePortSpec> ports in Lists(service.Ports))
        {
            yield return service with { Ports = ports };
        }

        yield return service with { ExternalIPs = [] };
        yield return service with { LoadBalancerIPs = [] };
        yield return service with { Type = null };
        yield return service with { PublishNotReadyAddresses = false };
        foreach (EquatableArray<string> addresses in Lists(service.ClusterIPs))
        {
            yield return service with { ClusterIPs = addresses };
        }

        for (int i = 0; i < service.Ports.Count; i++)
        {
            ServicePortSpec port = service.Ports[i];
            foreach (ServicePortSpec smaller in (ServicePortSpec[])[port with { TargetPort = null }, port with { NodePort = null }, port with { Protocol = null }])
            {
                yield return service with { Ports = service.Ports.Select((p, at) => at == i ? smaller : p).ToEquatableArray() };
            }
        }
    }

    private static IEnumerable<NetworkPolicySpec> Spec(NetworkPolicySpec spec)
    {
        foreach (EquatableArray<NetworkPolicyRule>? rules in Optional(spec.Ingress, Rule))
        {
            yield return spec with { Ingress = rules };
        }

        foreach (EquatableArray<NetworkPolicyRule>? rules in Optional(spec.Egress, Rule))
        {
            yield return spec with { Egress = rules };
        }

        yield return spec with { PolicyTypes = null };
        foreach (LabelSelectorSpec? selector in Selector(spec.PodSelector))
        {
            yield return spec with { PodSelector = selector };
        }
    }

    private static IEnumerable<NetworkPolicyRule> Rule(NetworkPolicyRule rule)
    {
        foreach (EquatableArray<NetworkPolicyPeer>? peers in Optional(rule.Peers, Peer))
        {
            yield return rule with { Peers = peers };
        }

        foreach (EquatableArray<NetworkPolicyPort>? ports in Optional(rule.Ports, Port))
        {
            yield return rule with { Ports = ports };
        }
    }

    private static IEnumerable<NetworkPolicyPeer> Peer(NetworkPolicyPeer peer)
    {
        if (peer.IpBlock is { } block)
        {
            foreach (EquatableArray<string>? except in Optional(block.Except, _ => []))
            {
                yield return peer with { IpBlock = block with { Except = except } };
            }

            yield break;
        }

        foreach (LabelSelectorSpec? selector in Selector(peer.PodSelector).Where(s => s is not null || peer.NamespaceSelector is not null))
        {
            yield return peer with { PodSelector = selector };
        }

        foreach (LabelSelectorSpec? selector in Selector(peer.NamespaceSelector).Where(s => s is not null || peer.PodSelector is not null))
        {
            yield return peer with { NamespaceSelector = selector };
        }
    }

    private static IEnumerable<NetworkPolicyPort> Port(NetworkPolicyPort port)
    {
        yield return new NetworkPolicyPort { Protocol = port.Protocol };
        yield return port with { EndPort = null };
        yield return port with { Protocol = null };
    }

    private static IEnumerable<LabelSelectorSpec?> Selector(LabelSelectorSpec? selector)
    {
        if (selector is null)
        {
            yield break;
        }

        yield return null;
        yield return new LabelSelectorSpec();
        foreach (EquatableArray<LabelRequirement>? requirements in Optional(selector.MatchExpressions, _ => []))
        {
            yield return selector with { MatchExpressions = requirements };
        }

        yield return selector with { MatchLabels = null };
    }

    private static IEnumerable<EquatableMap<string>> Maps(EquatableMap<string> map)
    {
        for (int i = 0; i < map.Count; i++)
        {
            yield return new EquatableMap<string>(map.Where((_, at) => at != i));
        }
    }

    /// <summary>The list without one of its entries.</summary>
    private static IEnumerable<EquatableArray<T>> Lists<T>(EquatableArray<T> list)
    {
        for (int i = 0; i < list.Count; i++)
        {
            yield return list.Where((_, at) => at != i).ToEquatableArray();
        }
    }

    /// <summary>No list, the list without one of its entries, the list with a smaller entry.</summary>
    private static IEnumerable<EquatableArray<T>?> Optional<T>(EquatableArray<T>? list, Func<T, IEnumerable<T>> shrink)
    {
        if (list is not { } some)
        {
            yield break;
        }

        yield return null;
        foreach (EquatableArray<T> shorter in Lists(some))
        {
            yield return shorter;
        }

        for (int i = 0; i < some.Count; i++)
        {
            foreach (T smaller in shrink(some[i]).Where(s => !Equals(s, some[i])))
            {
                yield return some.Select((item, at) => at == i ? smaller : item).ToEquatableArray();
            }
        }
    }
}
