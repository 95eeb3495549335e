using NetPolicy.Collections;
using NetPolicy.Manifests.Inventory;
using Node = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.Inventory.NodeManifest>;
using Part = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.Codecs.InventoryCodecs.Entry>;
using Pod = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.Inventory.PodManifest>;
using Port = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.Inventory.ServicePortSpec>;
using Service = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.Inventory.ServiceManifest>;
using Slice = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.Inventory.EndpointSliceManifest>;
using SlicePart = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.Inventory.SliceEndpoint>;
using Workload = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.Inventory.WorkloadManifest>;

namespace NetPolicy.Manifests.Codecs;

/// <summary>The shapes of the kinds that describe a running cluster; only what policy can see of them.</summary>
internal static class InventoryCodecs
{
    // One shape for the small objects inside status lists: {ip}, {type, status}, {type, address}.
    private static readonly ObjectCodec<Entry> EntryCodec = new(
        new Entry(),
        Part.Text("type", e => e.Type, (e, v) => e with { Type = v }),
        Part.Text("status", e => e.Status, (e, v) => e with { Status = v }),
        Part.Text("ip", e => e.Ip, (e, v) => e with { Ip = v }),
        Part.Text("address", e => e.Address, (e, v) => e with { Address = v }));

    private static readonly Codec<string> ByIp = new MappedCodec<Entry, string>(EntryCodec, e => e.Ip ?? "", ip => new Entry { Ip = ip });

    public static readonly Field<PodManifest>[] PodFields =
    [
        Pod.Object("spec", PodCodecs.Spec, p => p.Spec == PodSpec.Empty ? null : p.Spec, (p, v) => p with { Spec = v }),
        Pod.Nested(
            "status",
            Pod.Text("phase", p => p.Phase, (p, v) => p with { Phase = v }),
            Pod.Optional("conditions", EntryCodec, ReadyCondition, (p, v) => p with { IsReady = !v.Any(c => c.Type == "Ready" && c.Status != "True") }),
            Pod.Text("podIP", p => p.Addresses.IsEmpty ? null : p.Addresses[0], (p, v) => p with { Addresses = OneUnlessListed(p.Addresses, v) }),
            Pod.Optional("podIPs", ByIp, p => p.Addresses, (p, v) => p with { Addresses = Listed(p.Addresses, v) })),
    ];

    public static readonly Field<NodeManifest>[] NodeFields =
    [
        Node.Nested(
            "spec",
            Node.Text("podCIDR", n => n.PodCidrs.IsEmpty ? null : n.PodCidrs[0], (n, v) => n with { PodCidrs = OneUnlessListed(n.PodCidrs, v) }),
            Node.Optional("podCIDRs", ScalarCodecs.Text, n => n.PodCidrs, (n, v) => n with { PodCidrs = Listed(n.PodCidrs, v) })),
        Node.Nested(
            "status",
            Node.Optional(
                "addresses",
                EntryCodec,
                n => n.Addresses.Select(address => new Entry { Type = "InternalIP", Address = address }).ToEquatableArray(),
                (n, v) => n with { Addresses = v.Where(e => e.Type is "InternalIP" or "ExternalIP").Select(e => e.Address ?? "").ToEquatableArray() })),
    ];

    private static readonly ObjectCodec<ServicePortSpec> PortCodec = new(
        new ServicePortSpec(),
        Port.Text("name", p => p.Name, (p, v) => p with { Name = v }),
        Port.Text("protocol", p => p.Protocol, (p, v) => p with { Protocol = v }),
        Port.Int32("port", p => p.Port == 0 ? null : p.Port, (p, v) => p with { Port = v }),
        Port.IntOrString("targetPort", p => p.TargetPort, (p, v) => p with { TargetPort = v }),
        Port.Int32("nodePort", p => p.NodePort, (p, v) => p with { NodePort = v == 0 ? null : v }));

    public static readonly Field<ServiceManifest>[] ServiceFields =
    [
        Service.Nested(
            "spec",
            Service.Text("type", s => s.Type, (s, v) => s with { Type = v }),
            Service.TextMap("selector", s => s.Selector, (s, v) => s with { Selector = v }),
            Service.Text("clusterIP", s => s.ClusterIPs.IsEmpty ? null : s.ClusterIPs[0], (s, v) => s with { ClusterIPs = OneUnlessListed(s.ClusterIPs, v) }),
            Service.Optional("clusterIPs", ScalarCodecs.Text, s => s.ClusterIPs, (s, v) => s with { ClusterIPs = Listed(s.ClusterIPs, v) }),
            Service.Optional("externalIPs", ScalarCodecs.Text, s => s.ExternalIPs, (s, v) => s with { ExternalIPs = v }),
            Service.Text("loadBalancerIP", _ => null, (s, v) => s with { LoadBalancerIPs = OneUnlessListed(s.LoadBalancerIPs, v) }),
            Service.Text("externalTrafficPolicy", s => s.ExternalTrafficPolicy, (s, v) => s with { ExternalTrafficPolicy = v }),
            Service.Boolean("publishNotReadyAddresses", s => s.PublishNotReadyAddresses ? true : null, (s, v) => s with { PublishNotReadyAddresses = v }),
            Service.Optional("ports", PortCodec, s => s.Ports, (s, v) => s with { Ports = v })),
        Service.Nested(
            "status",
            Service.Nested(
                "loadBalancer",
                Service.Optional(
                    "ingress",
                    ByIp,
                    s => s.LoadBalancerIPs,
                    (s, v) => s with { LoadBalancerIPs = Listed(s.LoadBalancerIPs, v.Where(ip => ip.Length > 0).ToEquatableArray()) }))),
    ];

    private static readonly ObjectCodec<SliceEndpoint> SliceEndpointCodec = new(
        new SliceEndpoint(),
        SlicePart.Optional("addresses", ScalarCodecs.Text, e => e.Addresses, (e, v) => e with { Addresses = v }),
        SlicePart.Nested("conditions", SlicePart.Boolean("ready", e => e.IsReady ? null : false, (e, v) => e with { IsReady = v })));

    public static readonly Field<EndpointSliceManifest>[] EndpointSliceFields =
    [
        Slice.Text("addressType", s => s.AddressType, (s, v) => s with { AddressType = v }),
        Slice.Optional("endpoints", SliceEndpointCodec, s => s.Endpoints, (s, v) => s with { Endpoints = v }),
        Slice.Optional("ports", PortCodec, s => s.Ports, (s, v) => s with { Ports = v }),
    ];

    public static readonly Field<WorkloadManifest> PodTemplate = Workload.Nested(
        "template",
        Workload.Nested("metadata", Workload.TextMap("labels", w => w.TemplateLabels, (w, v) => w with { TemplateLabels = v })),
        Workload.Object("spec", PodCodecs.Spec, w => w.Template == PodSpec.Empty ? null : w.Template, (w, v) => w with { Template = v }));

    public static readonly Field<WorkloadManifest>[] WorkloadFields = [Workload.Nested("spec", PodTemplate)];

    public static readonly Field<WorkloadManifest>[] CronJobFields = [Workload.Nested("spec", Workload.Nested("jobTemplate", Workload.Nested("spec", PodTemplate)))];

    private static EquatableArray<Entry> ReadyCondition(PodManifest pod) => pod.IsReady ? [] : [new Entry { Type = "Ready", Status = "False" }];

    // Of a pair such as `podIP` and `podIPs` the list wins, whatever the order in which they are written.
    private static EquatableArray<string> OneUnlessListed(EquatableArray<string> known, string value) =>
        known.IsEmpty && value.Length > 0 ? [value] : known;

    private static EquatableArray<string> Listed(EquatableArray<string> known, EquatableArray<string> list) => list.IsEmpty ? known : list;

    internal sealed record Entry
    {
        public string? Type { get; init; }

        public string? Status { get; init; }

        public string? Ip { get; init; }

        public string? Address { get; init; }
    }
}
