using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Inventory;
using NetPolicy.Ports;

namespace NetPolicy.Analysis;

/// <summary>
/// What an ingress controller reaches of the pods behind Ingress and Route documents. Where the controller runs is not known, so it counts
/// as a pod without labels, of unknown address, in a namespace of its own: what such a pod may not reach is not told.
/// </summary>
internal sealed class IngressExposure
{
    /// <summary>The name of the source in groups.</summary>
    public const string Name = "ingress-controller";

    private readonly Dictionary<string, PortSet> _ports = new(StringComparer.Ordinal);

    public IngressExposure(Snapshot snapshot)
    {
        IsPresent = snapshot.Cluster.HasIngresses;
        if (!IsPresent)
        {
            return;
        }

        IngressManifest[] ingresses = [.. snapshot.Cluster.Documents.Items().Select(d => d.Value).OfType<IngressManifest>()];

        string @namespace = Name;
        while (snapshot.Cluster.Namespaces.ContainsKey(@namespace))
        {
            @namespace += "-x";
        }

        PodManifest controller = new() { Metadata = new ObjectMetadata { Name = Name, Namespace = @namespace } };
        Snapshot world = Snapshot.Of(snapshot.Manifests.Append(controller), snapshot.Options);
        FlowEnd source = FlowEnd.OfEndpoint(world.Cluster.FindEndpoint($"{@namespace}/{Name}")!.Index);
        foreach ((Endpoint pod, ushort port) in ingresses.SelectMany(i => Targets(world, i)).Distinct())
        {
            Flow flow = new() { Source = source, Destination = FlowEnd.OfEndpoint(pod.Index), Protocol = Protocol.Tcp, Port = port };
            if (world.Evaluate(flow).IsAllowed)
            {
                _ports[pod.Name] = PortsOf(pod).Union(PortSet.Of([PortRange.Single(port)]));
            }
        }
    }

    /// <summary>True if there is an Ingress or a Route.</summary>
    public bool IsPresent { get; }

    /// <summary>TCP ports of a pod that the controller leads to and reaches.</summary>
    public PortSet PortsOf(Endpoint endpoint) => _ports.GetValueOrDefault(endpoint.Name);

    /// <summary>TCP ports of a group, whose members are alike.</summary>
    public PortSet PortsOf(ConnectivityGroup group) => group.IsOutside ? default : _ports.GetValueOrDefault(group.Members[0]);

    private static IEnumerable<(Endpoint Pod, ushort Port)> Targets(Snapshot world, IngressManifest ingress) =>
        from backend in ingress.Backends
        let service = world.Cluster.FindService(ingress.EffectiveNamespace ?? "default", backend.Service ?? "")
        where service is not null
        from port in service.Ports
        where port.Protocol == Protocol.Tcp
        from target in port.Backends
        where target.Endpoint >= 0 && target.IsReady && IsMeant(service, port, target, backend)
        select ((Endpoint)world.Cluster.SelectableAt(target.Endpoint), target.Port);

    // An Ingress names a port of the Service, a Route a pod's port or a name; neither means every port.
    private static bool IsMeant(Service service, ServicePort port, Backend target, ServiceBackend backend) =>
        backend.ServicePort is { } ofService ? (ofService.IsNumber ? port.Port == ofService.Number : IsNamed(service, port, ofService.Text))
        : backend.TargetPort is { } ofPod ? (ofPod.IsNumber ? target.Port == ofPod.Number : IsNamed(service, port, ofPod.Text))
        : true;

    private static bool IsNamed(Service service, ServicePort port, string? name) =>
        service.Source.Ports.Any(p => p.Name == name && p.Port == port.Port && p.Protocol is null or "TCP");
}
