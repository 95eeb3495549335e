using System.Text.Json;
using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Diagnostics;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Inventory;
using NetPolicy.Manifests.Nodes;

namespace NetPolicy.Validation;

/// <summary>The inventory: addresses and ports must be readable, or answers about the object would silently be wrong.</summary>
internal static class InventoryRules
{
    public static void Check(Manifest manifest, ValidationContext context)
    {
        switch (manifest)
        {
            case PodManifest pod:
                CheckAddresses(pod.Addresses, FieldPath.Of("status").Child("podIPs"), context);
                CheckPorts(pod.Spec.Ports, FieldPath.Of("spec").Child("containers"), context);
                break;
            case WorkloadManifest workload:
                CheckTemplate(workload, context);
                break;
            case NodeManifest node:
                CheckNode(node, context);
                break;
            case ServiceManifest service:
                CheckService(service, context);
                break;
            case EndpointSliceManifest slice:
                CheckSlice(slice, context);
                break;
            case DomainNamesManifest names:
                CheckNames(names, context);
                break;
            case WorkloadEndpointManifest endpoint:
                CheckWorkloadEndpoint(endpoint.Spec ?? new WorkloadEndpointSpec(), context);
                break;
            default:
                break;
        }
    }

    private static void CheckTemplate(WorkloadManifest workload, ValidationContext context)
    {
        FieldPath spec = FieldPath.Of("spec");
        FieldPath template = (workload.Kind == "CronJob" ? spec.Child("jobTemplate").Child("spec") : spec).Child("template");
        if (workload.TemplateLabels is { } labels)
        {
            MetadataRules.CheckLabels(labels, template.Child("metadata").Child("labels"), context);
        }

        CheckPorts(workload.Template.Ports, template.Child("spec").Child("containers"), context);
    }

    private static void CheckNode(NodeManifest node, ValidationContext context)
    {
        CheckAddresses(node.Addresses, FieldPath.Of("status").Child("addresses"), context);
        for (int i = 0; i < node.PodCidrs.Count; i++)
        {
            if (IpPrefix.Read(node.PodCidrs[i], IpLeniency.Lenient, out _) is CidrFault.NoLength or CidrFault.NotCidr)
            {
                ReportAddress(node.PodCidrs[i], FieldPath.Of("spec").Child("podCIDRs").At(i), "a block such as `10.1.0.0/24`", context);
            }
        }

        if (node.Metadata.Annotations is { } annotations && annotations.TryGetValue("netpol/interfaces", out string? text) && !IsInterfaceMap(text))
        {
            context.Add(Findings.InvalidNodeInterfaces, FieldPath.Metadata("annotations").Child("netpol/interfaces"), Cause.Invalid, $"`{ScalarNode.Shorten(text)}` cannot be read, expected JSON such as `{{\"eth0\":[\"172.17.0.10\"]}}`");
        }
    }

    private static bool IsInterfaceMap(string text) => AnnotationJson.TryParse(text, out JsonElement map) && map.EnumerateObject().All(IsInterface);

    private static bool IsInterface(JsonProperty entry) =>
        entry.Value.ValueKind == JsonValueKind.Array
        && entry.Value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String && IpAddress.TryParse(item.GetString(), out _));

    private static void CheckService(ServiceManifest service, ValidationContext context)
    {
        FieldPath spec = FieldPath.Of("spec");
        CheckAddresses(service.ClusterIPs.Where(ip => ip != "None").ToEquatableArray(), spec.Child("clusterIPs"), context);
        CheckAddresses(service.ExternalIPs, spec.Child("externalIPs"), context);
        CheckAddresses(service.LoadBalancerIPs, FieldPath.Of("status").Child("loadBalancer").Child("ingress"), context);
        for (int i = 0; i < service.Ports.Count; i++)
        {
            CheckPort(service.Ports[i].Port, spec.Child("ports").At(i).Child("port"), context);
            CheckProtocol(service.Ports[i].Protocol, "a Service port", spec.Child("ports").At(i).Child("protocol"), context);
            if (service.Ports[i].Name is { Length: > 0 } portName)
            {
                context.AddEach(Findings.InvalidPortName, spec.Child("ports").At(i).Child("name"), "name of a Service port", portName, NameSyntax.Label(portName));
            }

            if (service.Ports[i].TargetPort is { IsNumber: true } target)
            {
                CheckPort(target.Number, spec.Child("ports").At(i).Child("targetPort"), context);
            }
            else if (service.Ports[i].TargetPort is { } name)
            {
                context.AddEach(Findings.InvalidPortName, spec.Child("ports").At(i).Child("targetPort"), "port name", name.Text!, NameSyntax.PortName(name.Text!));
            }
        }
    }

    private static void CheckNames(DomainNamesManifest names, ValidationContext context)
    {
        foreach ((string name, EquatableArray<string> addresses) in names.Names)
        {
            FieldPath path = FieldPath.Of("names").Child(name);
            if (!DomainNameSyntax.IsName(name))
            {
                context.Add(Findings.InvalidKnownName, path, Cause.Invalid, $"`{ScalarNode.Shorten(name)}` cannot be looked up, expected a name such as `example.io`");
            }

            CheckAddresses(addresses, path, context);
        }
    }

    private static void CheckSlice(EndpointSliceManifest slice, ValidationContext context)
    {
        for (int i = 0; i < slice.Ports.Count; i++)
        {
            // Only here is a blank protocol no absent one: the API server's field is a pointer.
            CheckProtocol(slice.Ports[i].Protocol, "an endpoint port", FieldPath.Of("ports").At(i).Child("protocol"), context, mayBeBlank: false);
        }

        if (slice.AddressType == "FQDN")
        {
            return;
        }

        for (int i = 0; i < slice.Endpoints.Count; i++)
        {
            CheckAddresses(slice.Endpoints[i].Addresses, FieldPath.Of("endpoints").At(i).Child("addresses"), context);
        }
    }

    private static void CheckWorkloadEndpoint(WorkloadEndpointSpec spec, ValidationContext context)
    {
        EquatableArray<EndpointPort> ports = spec.Ports ?? [];
        for (int i = 0; i < ports.Count; i++)
        {
            HostEndpointRules.CheckPort(ports[i], FieldPath.Of("spec").Child("ports").At(i), context);
        }

        FieldPath path = FieldPath.Of("spec").Child("ipNetworks");
        EquatableArray<string> networks = spec.IpNetworks ?? [];
        for (int i = 0; i < networks.Count; i++)
        {
            bool isOne = IpAddress.TryParse(networks[i], out _)
                || (IpPrefix.Read(networks[i], IpLeniency.Lenient, out IpPrefix prefix) is CidrFault.None or CidrFault.MappedAddress && prefix.Length == prefix.First.Bits);
            if (!isOne)
            {
                ReportAddress(networks[i], path.At(i), "one address, with /32 or /128", context);
            }
        }
    }

    private static void CheckAddresses(EquatableArray<string> addresses, FieldPath path, ValidationContext context)
    {
        for (int i = 0; i < addresses.Count; i++)
        {
            if (!IpAddress.TryParse(addresses[i], out _))
            {
                ReportAddress(addresses[i], path.At(i), "an address such as `10.0.0.1`", context);
            }
        }
    }

    private static void CheckPorts(EquatableArray<ContainerPort> ports, FieldPath path, ValidationContext context)
    {
        foreach (ContainerPort port in ports)
        {
            CheckPort(port.Number, path, context);
            if (port.Name is { } name)
            {
                context.AddEach(Findings.InvalidPortName, path, "port name", name, NameSyntax.PortName(name));
            }

            CheckProtocol(port.Protocol, "a container port", path, context);
        }
    }

    private static void CheckProtocol(string? protocol, string of, FieldPath path, ValidationContext context, bool mayBeBlank = true)
    {
        if (protocol is not (null or "TCP" or "UDP" or "SCTP") && !(mayBeBlank && protocol.Length == 0))
        {
            context.Add(Findings.UnsupportedProtocol, path, Cause.NotSupported, $"protocol `{ScalarNode.Shorten(protocol)}` of {of} is not supported, expected `TCP`, `UDP` or `SCTP`");
        }
    }

    private static void CheckPort(int number, FieldPath path, ValidationContext context)
    {
        if (number is < 1 or > 65535)
        {
            context.Add(Findings.InvalidInventoryPort, path, Cause.Invalid, $"port `{number}` is out of range, expected 1 to 65535");
        }
    }

    private static void ReportAddress(string text, FieldPath path, string expected, ValidationContext context) =>
        context.Add(Findings.InvalidInventoryAddress, path, Cause.Invalid, $"`{ScalarNode.Shorten(text)}` is no address, expected {expected}");
}
