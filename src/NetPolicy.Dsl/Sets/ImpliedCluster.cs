using System.Globalization;
using NetPolicy.Collections;
using NetPolicy.Inventory;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Inventory;

namespace NetPolicy.Dsl;

/// <summary>The smallest cluster that handles speak of, for tests of policies.</summary>
/// <remarks>
/// One running pod a workload, called after it, with the workload's labels, the ports it listens on, an IPv4 and an IPv6 address; the workloads'
/// namespaces, with the labels they are known by. Every pod is on a node of its own, so that nothing passes for being local.
/// </remarks>
public static class ImpliedCluster
{
    /// <summary>The cluster of these workloads.</summary>
    /// <exception cref="ArgumentException">
    /// Two workloads have one name in one namespace, a namespace or pod is given two values of a label, a port is named without its number, or
    /// there are more than 65534 workloads.
    /// </exception>
    public static Cluster Of(params ReadOnlySpan<Workload> workloads)
    {
        Dictionary<string, LabelPairs> namespaces = new(StringComparer.Ordinal);
        HashSet<(string, string)> names = [];
        List<Manifest> pods = [];
        foreach (Workload workload in workloads)
        {
            ArgumentNullException.ThrowIfNull(workload, nameof(workloads));
            NamespaceRef home = workload.Namespace;
            if (!names.Add((home.Name, workload.Name)))
            {
                throw new ArgumentException($"two workloads are called `{home.Name}/{workload.Name}`", nameof(workloads));
            }

            LabelPairs labels = Syntax.NamespaceName.Is(home.Name);
            labels = home.KnownLabels is { } known ? labels & known : labels;
            namespaces[home.Name] = Sound(namespaces.TryGetValue(home.Name, out LabelPairs? before) ? before & labels : labels);
            pods.Add(Pod(workload, pods.Count + 1));
        }

        IEnumerable<Manifest> declared = namespaces.OrderBy(n => n.Key, StringComparer.Ordinal).Select(n => new NamespaceManifest
        {
            Metadata = new ObjectMetadata { Name = n.Key, Labels = n.Value.ToMap() },
        });
        return Cluster.Of([.. declared, .. pods]);
    }

    private static PodManifest Pod(Workload workload, int number)
    {
        if (number > 65534)
        {
            throw new ArgumentException("more than 65534 workloads", nameof(number));
        }

        string ipv4 = string.Create(CultureInfo.InvariantCulture, $"172.20.{number / 256}.{number % 256}");
        string ipv6 = string.Create(CultureInfo.InvariantCulture, $"fd20::{number:x}");
        return new PodManifest
        {
            Metadata = new ObjectMetadata { Name = workload.Name, Namespace = workload.Namespace.Name, Labels = Sound(workload.Labels).ToMap() },
            Spec = new PodSpec
            {
                NodeName = string.Create(CultureInfo.InvariantCulture, $"node{number}"),
                Ports = [.. (workload.Listens?.Terms ?? []).SelectMany(PortsOf)],
            },
            Phase = "Running",
            Addresses = [ipv4, ipv6],
        };
    }

    // Containers declare single ports; a range or a whole protocol is listened on without being declared, which no rule can tell apart.
    private static IEnumerable<ContainerPort> PortsOf(TrafficTerm term) => term switch
    {
        PortRangeTerm range when range.First == range.Last => [new ContainerPort { Name = range.Name, Number = range.First, Protocol = range.Protocol.ToString() }],
        PortNameTerm { Number: { } number } name => [new ContainerPort { Name = name.Name, Number = number, Protocol = name.Protocol.ToString() }],
        PortNameTerm name => throw new ArgumentException($"port `{name.Name}` is named without its number: say Tcp(80).Named(\"{name.Name}\").ByName"),
        _ => [],
    };

    private static LabelPairs Sound(LabelPairs labels) => labels.Faults.IsEmpty ? labels : throw new ArgumentException(labels.Faults[0].Message);
}
