using System.Text.Json.Nodes;
using NetPolicy.Collections;
using NetPolicy.Manifests.Inventory;

namespace NetPolicy.Laws.Texts;

/// <content>Kinds that describe a running cluster.</content>
internal sealed partial class DocumentText
{
    private IEnumerable<(string Field, JsonNode? Value)> Pod(PodManifest pod)
    {
        bool listed = pod.Addresses.Count != 1 || _dice.Chance(70);
        JsonObject status = [];
        if (pod.Phase is not null)
        {
            status["phase"] = pod.Phase;
        }

        if (!pod.IsReady || (pod.Phase is not null && _dice.Chance(30)))
        {
            status["conditions"] = new JsonArray(
                new JsonObject { ["type"] = "Initialized", ["status"] = "False" },
                new JsonObject { ["type"] = "Ready", ["status"] = pod.IsReady ? "True" : _dice.Pick("False", "Unknown") });
        }

        if (!pod.Addresses.IsEmpty)
        {
            if (!listed || _dice.Chance(50))
            {
                status["podIP"] = pod.Addresses[0];
            }

            if (listed)
            {
                status["podIPs"] = new JsonArray([.. pod.Addresses.Select(ip => new JsonObject { ["ip"] = ip })]);
            }
        }

        return [("spec", NonEmpty(PodSpec(pod.Spec))), ("status", NonEmpty(status))];
    }

    private JsonObject PodSpec(PodSpec spec)
    {
        // Ports keep their order: regular ones, those of restartable init containers, and from the first init container's on all as init containers.
        ContainerPort[] ports = [.. spec.Ports];
        int first = Array.FindIndex(ports, port => port.OfInitContainer);
        int regular = first < 0 ? ports.Length : first;
        if (regular > 0 && _dice.Chance(30))
        {
            regular--;
        }

        return Object(
            ("nodeName", spec.NodeName),
            ("hostNetwork", spec.HostNetwork ? true : null),
            ("serviceAccountName", spec.ServiceAccountName),
            ("containers", ListUnlessEmpty(ports[..regular].ToEquatableArray(), Container)),
            ("initContainers", ListUnlessEmpty(ports[regular..].ToEquatableArray(), InitContainer)));
    }

    private JsonObject Container(ContainerPort port) => Object(
        ("ports", new JsonArray(Object(("name", port.Name), ("containerPort", port.Number), ("protocol", port.Protocol)))));

    private JsonObject InitContainer(ContainerPort port)
    {
        JsonObject container = Container(port);
        if (!port.OfInitContainer)
        {
            container["restartPolicy"] = "Always";
        }

        return container;
    }

    private IEnumerable<(string Field, JsonNode? Value)> Workload(WorkloadManifest workload)
    {
        JsonObject template = Object(("metadata", Object(("labels", Map(workload.TemplateLabels)))), ("spec", PodSpec(workload.Template)));
        JsonObject spec = new() { ["template"] = template };
        return [("spec", workload.Kind == "CronJob" ? new JsonObject { ["jobTemplate"] = new JsonObject { ["spec"] = spec } } : spec)];
    }

    private IEnumerable<(string Field, JsonNode? Value)> Node(NodeManifest node) =>
    [
        ("spec", NonEmpty(Object(("podCIDR", node.PodCidrs.IsEmpty ? null : node.PodCidrs[0]), ("podCIDRs", ListUnlessEmpty(node.PodCidrs, cidr => JsonValue.Create(cidr)))))),
        ("status", NonEmpty(Object(("addresses", ListUnlessEmpty(node.Addresses, Address))))),
    ];

    private static JsonNode Address(string address) => new JsonObject { ["type"] = "InternalIP", ["address"] = address };

    private IEnumerable<(string Field, JsonNode? Value)> Service(ServiceManifest service) =>
    [
        ("spec", NonEmpty(Object(
            ("type", service.Type),
            ("selector", Map(service.Selector)),
            ("clusterIP", service.ClusterIPs.IsEmpty ? null : service.ClusterIPs[0]),
            ("clusterIPs", service.ClusterIPs.Count > 1 || _dice.Chance(50) ? ListUnlessEmpty(service.ClusterIPs, ip => JsonValue.Create(ip)) : null),
            ("externalIPs", ListUnlessEmpty(service.ExternalIPs, ip => JsonValue.Create(ip))),
            ("externalTrafficPolicy", service.ExternalTrafficPolicy),
            ("publishNotReadyAddresses", service.PublishNotReadyAddresses ? true : null),
            ("ports", ListUnlessEmpty(service.Ports, ServicePort))))),
        ("status", service.LoadBalancerIPs.IsEmpty
            ? null
            : new JsonObject { ["loadBalancer"] = new JsonObject { ["ingress"] = ListUnlessEmpty(service.LoadBalancerIPs, ip => new JsonObject { ["ip"] = ip }) } }),
    ];

    private JsonObject ServicePort(ServicePortSpec port) => Object(
        ("name", port.Name),
        ("protocol", port.Protocol),
        ("port", port.Port == 0 ? null : port.Port),
        ("targetPort", Scalar(port.TargetPort)),
        ("nodePort", port.NodePort));

    private IEnumerable<(string Field, JsonNode? Value)> Slice(EndpointSliceManifest slice) =>
    [
        ("addressType", slice.AddressType),
        ("endpoints", ListUnlessEmpty(slice.Endpoints, endpoint => Object(
            ("addresses", ListUnlessEmpty(endpoint.Addresses, ip => JsonValue.Create(ip))),
            ("conditions", endpoint.IsReady && _dice.Chance(50) ? null : new JsonObject { ["ready"] = endpoint.IsReady })))),
        ("ports", ListUnlessEmpty(slice.Ports, ServicePort)),
    ];
}
