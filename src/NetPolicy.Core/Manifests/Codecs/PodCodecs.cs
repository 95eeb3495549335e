using NetPolicy.Collections;
using NetPolicy.Manifests.Inventory;
using Container = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.Codecs.PodCodecs.ContainerShape>;
using Pod = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.Codecs.PodCodecs.PodShape>;
using Port = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.Inventory.ContainerPort>;

namespace NetPolicy.Manifests.Codecs;

/// <summary>The <c>spec</c> of pods and pod templates: containers are read for their ports only.</summary>
internal static class PodCodecs
{
    private static readonly ObjectCodec<ContainerPort> PortCodec = new(
        new ContainerPort(),
        Port.Text("name", p => p.Name, (p, v) => p with { Name = v.Length == 0 ? null : v }),
        Port.Int32("containerPort", p => p.Number == 0 ? null : p.Number, (p, v) => p with { Number = v }),
        Port.Text("protocol", p => p.Protocol, (p, v) => p with { Protocol = v }));

    private static readonly ObjectCodec<ContainerShape> ContainerCodec = new(
        new ContainerShape(),
        Container.Text("name", c => c.Name, (c, v) => c with { Name = v }),
        Container.Text("restartPolicy", c => c.RestartPolicy, (c, v) => c with { RestartPolicy = v }),
        Container.Optional("ports", PortCodec, c => c.Ports, (c, v) => c with { Ports = v }));

    private static readonly ObjectCodec<PodShape> ShapeCodec = new(
        new PodShape(),
        Pod.Optional("initContainers", ContainerCodec, p => p.InitContainers, (p, v) => p with { InitContainers = v }),
        Pod.Optional("containers", ContainerCodec, p => p.Containers, (p, v) => p with { Containers = v }),
        Pod.Text("serviceAccountName", p => p.ServiceAccountName, (p, v) => p with { ServiceAccountName = v }),
        Pod.Text("nodeName", p => p.NodeName, (p, v) => p with { NodeName = v }),
        Pod.Boolean("hostNetwork", p => p.HostNetwork ? true : null, (p, v) => p with { HostNetwork = v }));

    public static readonly Codec<PodSpec> Spec = new MappedCodec<PodShape, PodSpec>(ShapeCodec, FromShape, ToShape);

    private static PodSpec FromShape(PodShape shape)
    {
        List<ContainerPort> ports = [];
        foreach (ContainerShape container in shape.Containers)
        {
            ports.AddRange(container.Ports);
        }

        foreach (ContainerShape container in shape.InitContainers)
        {
            bool isSidecar = container.RestartPolicy == "Always";
            ports.AddRange(container.Ports.Select(port => port with { OfInitContainer = !isSidecar }));
        }

        return new PodSpec
        {
            NodeName = shape.NodeName,
            HostNetwork = shape.HostNetwork,
            ServiceAccountName = shape.ServiceAccountName,
            Ports = ports.ToEquatableArray(),
        };
    }

    private static PodShape ToShape(PodSpec spec)
    {
        // Ports keep their order: a run of regular ports first, and everything from the first init container port on as init containers.
        ContainerPort[] ports = [.. spec.Ports];
        int firstInit = Array.FindIndex(ports, port => port.OfInitContainer);
        int split = firstInit < 0 ? ports.Length : firstInit;
        return new PodShape
        {
            NodeName = spec.NodeName,
            HostNetwork = spec.HostNetwork,
            ServiceAccountName = spec.ServiceAccountName,
            Containers = Containers(ports[..split], "c"),
            InitContainers = Containers(ports[split..], "i"),
        };
    }

    // One container as long as port names stay unique and ports are of one sort.
    private static EquatableArray<ContainerShape> Containers(ContainerPort[] ports, string prefix)
    {
        List<ContainerShape> containers = [];
        List<ContainerPort> current = [];
        void Close()
        {
            if (current.Count > 0)
            {
                bool isSidecar = prefix == "i" && !current[0].OfInitContainer;
                containers.Add(new ContainerShape
                {
                    Name = $"{prefix}{containers.Count}",
                    RestartPolicy = isSidecar ? "Always" : null,
                    Ports = current.ToEquatableArray(),
                });
                current.Clear();
            }
        }

        foreach (ContainerPort port in ports)
        {
            if (current.Any(other => other.OfInitContainer != port.OfInitContainer || (port.Name is not null && other.Name == port.Name)))
            {
                Close();
            }

            current.Add(port);
        }

        Close();
        return containers.ToEquatableArray();
    }

    internal sealed record ContainerShape
    {
        public string? Name { get; init; }

        public string? RestartPolicy { get; init; }

        public EquatableArray<ContainerPort> Ports { get; init; }
    }

    internal sealed record PodShape
    {
        public EquatableArray<ContainerShape> Containers { get; init; }

        public EquatableArray<ContainerShape> InitContainers { get; init; }

        public string? ServiceAccountName { get; init; }

        public string? NodeName { get; init; }

        public bool HostNetwork { get; init; }
    }
}
