using System.Globalization;
using NetPolicy.Collections;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Inventory;

namespace NetPolicy.Laws.Worlds;

/// <summary>Makes small worlds whose parts collide: few labels, few ports, overlapping blocks.</summary>
internal sealed partial class WorldMaker(Dice dice, WorldShape shape)
{
    private static readonly string[] Keys = ["a", "b", "c"];
    private static readonly string[] Values = ["", "1", "2"];
    private static readonly string[] PortNames = ["http", "dns", "web"];
    private static readonly string[] Accounts = ["default", "s1", "s2"];
    private static readonly int[] PortNumbers = [53, 79, 80, 81, 8080, 8081];
    private static readonly string[] Nodes = ["n1", "n2"];

    private readonly List<Manifest> _made = [];
    private string[] _namespaces = [];
    private List<PodManifest> _pods = [];
    private List<ServiceManifest> _services = [];

    // In some worlds few rules with one clause each decide, in others many interfere.
    private bool _isSimple;

    public World Make()
    {
        _isSimple = dice.Chance(50);
        _namespaces = dice.Some(4, "x", "y", "z", "default");
        MakeNamespaces();
        MakeNodes();
        MakePods();
        MakeWorkloads();
        MakeServices();
        if (shape.Calico)
        {
            MakeCalicoInventory();
        }

        if (shape.Hosts)
        {
            MakeHostEndpoints();
        }

        MakePolicies();
        Manifest[] all = [.. _made.DistinctBy(manifest => manifest.Id)];
        for (int i = all.Length - 1; i > 0; i--)
        {
            int other = dice.Below(i + 1);
            (all[i], all[other]) = (all[other], all[i]);
        }

        return new World(all.ToEquatableArray(), dice.Next());
    }

    private void MakePolicies()
    {
        if (shape.Kubernetes)
        {
            int count = shape.Calico ? dice.Between(0, _isSimple ? 1 : 2) : dice.Between(1, _isSimple ? 2 : 4);
            for (int i = 0; i < count; i++)
            {
                _made.Add(KubernetesPolicy());
            }
        }

        if (shape.Calico)
        {
            int count = _isSimple ? dice.Between(1, 2) : dice.Between(2, 5);
            for (int i = 0; i < count; i++)
            {
                _made.Add(CalicoPolicy());
            }
        }

        if (shape.Cluster)
        {
            MakeClusterPolicies();
        }

        if (shape.Staged && shape.Kubernetes && dice.Chance(40))
        {
            _made.Add(StagedKubernetesPolicy());
        }
    }

    private void MakeNamespaces()
    {
        foreach (string name in _namespaces)
        {
            if (dice.Chance(85))
            {
                _made.Add(new NamespaceManifest { Metadata = new ObjectMetadata { Name = name, Labels = Labels() } });
            }

            foreach (string account in Accounts)
            {
                if (dice.Chance(15))
                {
                    _made.Add(new ServiceAccountManifest { Metadata = Metadata(account, name, Labels()) });
                }
            }
        }
    }

    private void MakeNodes()
    {
        for (int i = 0; i < Nodes.Length; i++)
        {
            if (!shape.IsTangible && !dice.Chance(90))
            {
                continue;
            }

            string[] addresses = dice.Weighted(
                (shape.IsTangible ? 5 : 30, new[] { Text($"192.168.0.{i + 1}") }),
                (50, [Text($"192.168.0.{i + 1}"), Text($"fd01::{i + 1}")]),
                (shape.IsTangible ? 2 : 10, [Text($"fd01::{i + 1}")]),
                (shape.IsTangible ? 1 : 10, []));
            _made.Add(new NodeManifest
            {
                Metadata = new ObjectMetadata { Name = Nodes[i], Labels = shape.Cluster ? Labels() : null, Annotations = shape.Hosts && (shape.IsTangible || dice.Chance(70)) ? Interfaces(i + 1, addresses) : null },
                Addresses = addresses.ToEquatableArray(),
            });
        }
    }

    private EquatableMap<string> Interfaces(int node, string[] addresses)
    {
        string own = string.Join(",", addresses.Select(address => $"\"{address}\""));
        string[] interfaces =
        [
            shape.IsTangible ? $"\"eth0\":[{own}]" : dice.Pick(Text($"\"eth0\":[\"192.168.0.{node}\"]"), Text($"\"eth0\":[\"192.168.0.{node}\",\"fd01::{node}\"]")),
            dice.Pick(Text($"\"eth1\":[\"172.16.0.{node}\"]"), "\"eth1\":[]"),
            "\"lo\":[\"127.0.0.1\"]",
        ];
        string[] listed = shape.IsTangible ? [interfaces[0], .. dice.Chance(60) ? dice.Some(2, interfaces[1], interfaces[2]) : []] : dice.Some(3, interfaces);
        return Map(("netpol/interfaces", "{" + string.Join(",", listed) + "}"));
    }

    private void MakePods()
    {
        int count = dice.Between(3, 9);
        for (int i = 0; i < count; i++)
        {
            _pods.Add(Pod(i));
        }

        _made.AddRange(_pods);
    }

    private PodManifest Pod(int index)
    {
        string? node = shape.IsTangible
            ? dice.Weighted((72, Nodes[0]), (25, Nodes[1]), (3, (string?)null))
            : dice.Weighted((45, Nodes[0]), (35, Nodes[1]), (20, (string?)null));
        bool hostNetwork = dice.Chance(7);
        bool finished = !hostNetwork && dice.Chance(6);

        // A finished pod's address may belong to another pod by now; now and then two running ones share one.
        int number = !shape.IsTangible && (finished || dice.Chance(shape.Cluster ? 14 : 4)) ? dice.Between(1, 9) : index + 1;
        string[] addresses = hostNetwork
            ? node is null || dice.Chance(30) ? [] : [Text($"192.168.0.{Array.IndexOf(Nodes, node) + 1}")]
            : dice.Weighted(
                (40, new[] { Text($"10.0.0.{number}") }),
                (45, [Text($"10.0.0.{number}"), Text($"fd00::{number}")]),
                (7, [Text($"fd00::{number}")]),
                (shape.IsTangible ? 2 : 8, []));
        return new PodManifest
        {
            Metadata = Metadata(Text($"p{index}"), dice.PickFrom(_namespaces), Labels()) with { IsDeleting = dice.Chance(7) },
            Spec = new PodSpec
            {
                NodeName = node,
                HostNetwork = hostNetwork,
                ServiceAccountName = dice.Chance(60) ? null : dice.PickFrom(Accounts),
                Ports = ContainerPorts(),
            },
            Phase = finished ? dice.Pick("Succeeded", "Failed") : dice.Weighted((60, "Running"), (30, null), (10, addresses.Length == 0 ? "Pending" : "Running")),
            Addresses = addresses.ToEquatableArray(),
            IsReady = !dice.Chance(8),
        };
    }

    private EquatableArray<ContainerPort> ContainerPorts()
    {
        ContainerPort[] ports = dice.Many(0, 3, () => new ContainerPort
        {
            Name = dice.Chance(85) ? dice.PickFrom(PortNames) : null,
            Number = dice.PickFrom(PortNumbers),
            Protocol = dice.Weighted((50, null), (20, "TCP"), (20, "UDP"), (10, "SCTP")),
            OfInitContainer = dice.Chance(15),
        });
        return ports.OrderBy(port => port.OfInitContainer).ToEquatableArray();
    }

    private void MakeWorkloads()
    {
        if (dice.Chance(15))
        {
            (string version, string kind) = dice.Pick(
                ("apps/v1", "Deployment"), ("apps/v1", "StatefulSet"), ("apps/v1", "DaemonSet"), ("apps/v1", "ReplicaSet"), ("batch/v1", "Job"), ("batch/v1", "CronJob"), ("v1", "ReplicationController"));
            _made.Add(new WorkloadManifest(version, kind)
            {
                Metadata = Metadata("w", dice.PickFrom(_namespaces), null),
                TemplateLabels = Labels(),
                Template = new PodSpec { ServiceAccountName = dice.Chance(50) ? null : dice.PickFrom(Accounts), Ports = ContainerPorts(), HostNetwork = false },
            });
        }
    }

    private void MakeServices()
    {
        int count = dice.Between(0, 3);
        for (int i = 0; i < count; i++)
        {
            ServiceManifest service = Service(i);
            _services.Add(service);
            bool handMade = service.Selector is null;
            if (handMade || dice.Chance(20))
            {
                _made.Add(Slice(service, handMade));
            }
        }

        _made.AddRange(_services);
    }

    private ServiceManifest Service(int index)
    {
        string? type = dice.Weighted((30, null), (10, "ClusterIP"), (26, "NodePort"), (30, "LoadBalancer"), (4, "ExternalName"));

        // Most select a pod that there is.
        PodManifest some = dice.PickFrom(_pods);
        (string Key, string Value)[] labels = [.. (some.Metadata.Labels ?? default).Select(l => (l.Key, l.Value))];
        bool aimed = labels.Length > 0 && dice.Chance(80);
        bool headless = type is null or "ClusterIP" && dice.Chance(25);
        string[] clusterIPs = headless ? ["None"] : type == "ExternalName" ? [] : dice.Weighted(
            (50, new[] { Text($"10.96.0.{index + 1}") }), (35, [Text($"10.96.0.{index + 1}"), Text($"fd96::{index + 1}")]), (10, [Text($"fd96::{index + 1}")]), (5, []));
        bool nodePorts = type is "NodePort" or "LoadBalancer";
        return new ServiceManifest
        {
            Metadata = Metadata(Text($"svc{index}"), aimed ? some.Metadata.Namespace! : dice.PickFrom(_namespaces), null),
            Type = type,
            Selector = type == "ExternalName" || dice.Chance(15) ? null
                : aimed ? Map(dice.PickFrom(labels))
                : dice.Chance(80) ? Map((dice.PickFrom(Keys), dice.PickFrom(Values))) : Map(),
            ClusterIPs = clusterIPs.ToEquatableArray(),
            ExternalIPs = !headless && type != "ExternalName" && dice.Chance(40) ? [dice.Chance(75) ? Text($"198.51.100.{index + 1}") : Text($"2001:db8:1::{index + 1}")] : [],
            LoadBalancerIPs = type == "LoadBalancer" && dice.Chance(80) ? [Text($"198.51.100.{index + 11}")] : [],
            Ports = Enumerable.Range(0, dice.Between(1, 2)).Select(i => ServicePort(index, i, nodePorts)).ToEquatableArray(),
            PublishNotReadyAddresses = dice.Chance(10),
        };
    }

    private ServicePortSpec ServicePort(int service, int index, bool nodePorts) => new()
    {
        Name = Text($"port{index}"),
        Protocol = dice.Weighted((50, null), (20, "TCP"), (20, "UDP"), (10, "SCTP")),
        Port = dice.Pick(80, 81, 443, 53) + index,
        TargetPort = dice.Weighted<IntOrString?>((40, null), (42, IntOrString.Of(dice.PickFrom(PortNumbers))), (18, IntOrString.Of(dice.PickFrom(PortNames)))),
        NodePort = nodePorts && dice.Chance(85) ? 30080 + (service * 2) + index : null,
    };

    private EndpointSliceManifest Slice(ServiceManifest service, bool handMade)
    {
        bool six = dice.Chance(25);
        string prefix = six ? "fd00::" : "10.0.0.";
        return new EndpointSliceManifest
        {
            Metadata = Metadata(service.Metadata.Name + "-slice", service.Metadata.Namespace, Map(("kubernetes.io/service-name", service.Metadata.Name!))),
            AddressType = six ? "IPv6" : "IPv4",
            Endpoints = dice.Many(0, 3, () => new SliceEndpoint
            {
                Addresses = [dice.Chance(80) ? Text($"{prefix}{dice.Between(1, 9)}") : six ? "2001:db8::1" : "203.0.113.1"],
                IsReady = dice.Chance(85),
            }).ToEquatableArray(),
            Ports = service.Ports.Select(port => new ServicePortSpec
            {
                Name = port.Name,
                Protocol = port.Protocol,
                Port = handMade || !dice.Chance(20) ? dice.PickFrom(PortNumbers) : 0,
            }).ToEquatableArray(),
        };
    }

    private EquatableMap<string>? Labels()
    {
        if (dice.Chance(10))
        {
            return dice.Chance(50) ? null : Map();
        }

        return Map([.. dice.Some(3, Keys).Select(key => (key, dice.PickFrom(Values)))]);
    }

    private static ObjectMetadata Metadata(string name, string? @namespace, EquatableMap<string>? labels) =>
        new() { Name = name, Namespace = @namespace, Labels = labels };

    private static EquatableMap<string> Map(params IEnumerable<(string Key, string Value)> entries) =>
        new(entries.Select(e => new KeyValuePair<string, string>(e.Key, e.Value)));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
