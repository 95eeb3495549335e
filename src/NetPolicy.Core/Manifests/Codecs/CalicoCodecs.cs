using NetPolicy.Collections;
using NetPolicy.Manifests.Calico;
using Entity = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.Calico.EntityRule>;
using Failsafe = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.Calico.FailsafePort>;
using Host = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.Calico.HostEndpointSpec>;
using Http = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.Calico.HttpMatch>;
using Icmp = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.Calico.IcmpMatch>;
using Named = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.Calico.EndpointPort>;
using Path = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.Calico.HttpPath>;
using Rule = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.Calico.CalicoRule>;
using Service = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.Calico.ServiceMatch>;
using ServiceAccount = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.Calico.ServiceAccountMatch>;
using Spec = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.Calico.CalicoPolicySpec>;
using Workload = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.Calico.WorkloadEndpointSpec>;

namespace NetPolicy.Manifests.Codecs;

/// <summary>The shapes of Calico's kinds (Calico specification §1).</summary>
internal static class CalicoCodecs
{
    private static readonly ObjectCodec<IcmpMatch> IcmpCodec = new(
        new IcmpMatch(),
        Icmp.Int32("type", i => i.Type, (i, v) => i with { Type = v }),
        Icmp.Int32("code", i => i.Code, (i, v) => i with { Code = v }));

    private static readonly ObjectCodec<HttpMatch> HttpCodec = new(
        new HttpMatch(),
        Http.Texts("methods", h => h.Methods, (h, v) => h with { Methods = v }),
        Http.List(
            "paths",
            new ObjectCodec<HttpPath>(
                new HttpPath(),
                Path.Text("exact", p => p.Exact, (p, v) => p with { Exact = v }),
                Path.Text("prefix", p => p.Prefix, (p, v) => p with { Prefix = v })),
            h => h.Paths,
            (h, v) => h with { Paths = v }));

    private static readonly ObjectCodec<EntityRule> EntityCodec = new(
        new EntityRule(),
        Entity.Texts("nets", e => e.Nets, (e, v) => e with { Nets = v }),
        Entity.Text("selector", e => e.Selector, (e, v) => e with { Selector = v }),
        Entity.Text("namespaceSelector", e => e.NamespaceSelector, (e, v) => e with { NamespaceSelector = v }),
        Entity.Object(
            "services",
            new ObjectCodec<ServiceMatch>(
                new ServiceMatch(),
                Service.Text("name", s => s.Name, (s, v) => s with { Name = v }),
                Service.Text("namespace", s => s.Namespace, (s, v) => s with { Namespace = v })),
            e => e.Services,
            (e, v) => e with { Services = v }),
        Entity.List("ports", ScalarCodecs.IntOrString, e => e.Ports, (e, v) => e with { Ports = v }),
        Entity.Texts("notNets", e => e.NotNets, (e, v) => e with { NotNets = v }),
        Entity.Text("notSelector", e => e.NotSelector, (e, v) => e with { NotSelector = v }),
        Entity.List("notPorts", ScalarCodecs.IntOrString, e => e.NotPorts, (e, v) => e with { NotPorts = v }),
        Entity.Object(
            "serviceAccounts",
            new ObjectCodec<ServiceAccountMatch>(
                new ServiceAccountMatch(),
                ServiceAccount.Texts("names", s => s.Names, (s, v) => s with { Names = v }),
                ServiceAccount.Text("selector", s => s.Selector, (s, v) => s with { Selector = v })),
            e => e.ServiceAccounts,
            (e, v) => e with { ServiceAccounts = v }));

    public static readonly ObjectCodec<CalicoRule> RuleCodec = new(
        new CalicoRule(),
        Rule.Text("action", r => r.Action, (r, v) => r with { Action = v }),
        Rule.Int32("ipVersion", r => r.IpVersion, (r, v) => r with { IpVersion = v }),
        Rule.IntOrString("protocol", r => r.Protocol, (r, v) => r with { Protocol = v }),
        Rule.Object("icmp", IcmpCodec, r => r.Icmp, (r, v) => r with { Icmp = v }),
        Rule.IntOrString("notProtocol", r => r.NotProtocol, (r, v) => r with { NotProtocol = v }),
        Rule.Object("notICMP", IcmpCodec, r => r.NotIcmp, (r, v) => r with { NotIcmp = v }),
        Rule.Object("source", EntityCodec, r => r.Source, (r, v) => r with { Source = v }),
        Rule.Object("destination", EntityCodec, r => r.Destination, (r, v) => r with { Destination = v }),
        Rule.Object("http", HttpCodec, r => r.Http, (r, v) => r with { Http = v }),
        Rule.Nested("metadata", Rule.TextMap("annotations", r => r.Annotations, (r, v) => r with { Annotations = v })));

    private static readonly ObjectCodec<EndpointPort> NamedPortCodec = new(
        new EndpointPort(),
        Named.Text("name", p => p.Name, (p, v) => p with { Name = v }),
        Named.IntOrString("protocol", p => p.Protocol, (p, v) => p with { Protocol = v }),
        Named.Int32("port", p => p.Port, (p, v) => p with { Port = v }));

    public static readonly ObjectCodec<HostEndpointSpec> HostEndpoint = new(
        new HostEndpointSpec(),
        Host.Text("node", h => h.Node, (h, v) => h with { Node = v }),
        Host.Text("interfaceName", h => h.InterfaceName, (h, v) => h with { InterfaceName = v }),
        Host.Texts("expectedIPs", h => h.ExpectedIPs, (h, v) => h with { ExpectedIPs = v }),
        Host.Texts("profiles", h => h.Profiles, (h, v) => h with { Profiles = v }),
        Host.List("ports", NamedPortCodec, h => h.Ports, (h, v) => h with { Ports = v }));

    public static readonly ObjectCodec<WorkloadEndpointSpec> WorkloadEndpoint = new(
        new WorkloadEndpointSpec(),
        Workload.Text("orchestrator", w => w.Orchestrator, (w, v) => w with { Orchestrator = v }),
        Workload.Text("workload", w => w.Workload, (w, v) => w with { Workload = v }),
        Workload.Text("node", w => w.Node, (w, v) => w with { Node = v }),
        Workload.Text("pod", w => w.Pod, (w, v) => w with { Pod = v }),
        Workload.Text("endpoint", w => w.Endpoint, (w, v) => w with { Endpoint = v }),
        Workload.Text("serviceAccountName", w => w.ServiceAccountName, (w, v) => w with { ServiceAccountName = v }),
        Workload.Text("interfaceName", w => w.InterfaceName, (w, v) => w with { InterfaceName = v }),
        Workload.Texts("ipNetworks", w => w.IpNetworks, (w, v) => w with { IpNetworks = v }),
        Workload.Texts("profiles", w => w.Profiles, (w, v) => w with { Profiles = v }),
        Workload.List("ports", NamedPortCodec, w => w.Ports, (w, v) => w with { Ports = v }));

    public static readonly ObjectCodec<FailsafePort> FailsafePort = new(
        new FailsafePort(),
        Failsafe.IntOrString("protocol", p => p.Protocol, (p, v) => p with { Protocol = v }),
        Failsafe.Int32("port", p => p.Port, (p, v) => p with { Port = v }),
        Failsafe.Text("net", p => p.Net, (p, v) => p with { Net = v }));

    /// <summary>The <c>spec</c> of a policy; which fields it has depends on the kind.</summary>
    public static ObjectCodec<CalicoPolicySpec> PolicySpec(CalicoPolicyKind kind)
    {
        bool isGlobal = kind is CalicoPolicyKind.GlobalNetworkPolicy or CalicoPolicyKind.StagedGlobalNetworkPolicy;
        bool isStaged = kind is CalicoPolicyKind.StagedNetworkPolicy or CalicoPolicyKind.StagedGlobalNetworkPolicy;
        List<Field<CalicoPolicySpec>> fields = [];
        if (isStaged)
        {
            fields.Add(Spec.Text("stagedAction", s => s.StagedAction, (s, v) => s with { StagedAction = v }));
        }

        fields.Add(Spec.Text("tier", s => s.Tier, (s, v) => s with { Tier = v }));
        fields.Add(Spec.Number("order", s => s.Order, (s, v) => s with { Order = v }));
        fields.Add(Spec.Text("selector", s => s.Selector, (s, v) => s with { Selector = v }));
        if (isGlobal)
        {
            fields.Add(Spec.Text("namespaceSelector", s => s.NamespaceSelector, (s, v) => s with { NamespaceSelector = v }));
        }

        fields.Add(Spec.Text("serviceAccountSelector", s => s.ServiceAccountSelector, (s, v) => s with { ServiceAccountSelector = v }));
        fields.Add(Spec.List("types", ScalarCodecs.Text, s => s.Types, (s, v) => s with { Types = v }));
        if (isGlobal)
        {
            fields.Add(Spec.Boolean("doNotTrack", s => s.DoNotTrack, (s, v) => s with { DoNotTrack = v }));
            fields.Add(Spec.Boolean("preDNAT", s => s.PreDnat, (s, v) => s with { PreDnat = v }));
            fields.Add(Spec.Boolean("applyOnForward", s => s.ApplyOnForward, (s, v) => s with { ApplyOnForward = v }));
        }

        fields.Add(Spec.List("ingress", RuleCodec, s => s.Ingress, (s, v) => s with { Ingress = v }));
        fields.Add(Spec.List("egress", RuleCodec, s => s.Egress, (s, v) => s with { Egress = v }));
        fields.Add(Spec.List("performanceHints", ScalarCodecs.Text, s => s.PerformanceHints, (s, v) => s with { PerformanceHints = v }));
        return new ObjectCodec<CalicoPolicySpec>(new CalicoPolicySpec(), [.. fields]);
    }
}
