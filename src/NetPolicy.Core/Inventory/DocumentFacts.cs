using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Labels;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Inventory;
using NetPolicy.Ports;

namespace NetPolicy.Inventory;

/// <summary>What single documents say about endpoints.</summary>
internal static class DocumentFacts
{
    public static LabelSet LabelsOf(Manifest manifest) => new(manifest.Metadata.Labels ?? default);

    public static string NameOf(PodManifest pod) => string.Concat(pod.EffectiveNamespace, "/", pod.Metadata.Name);

    public static string NameOf(WorkloadEndpointManifest manifest) =>
        $"{manifest.EffectiveNamespace}/{(IsKubernetes(manifest) && manifest.Spec?.Pod is { Length: > 0 } pod ? pod : manifest.Metadata.Name)}";

    public static bool IsKubernetes(WorkloadEndpointManifest manifest) => (manifest.Spec?.Orchestrator ?? "k8s") == "k8s";

    /// <summary>The name under which a document is an endpoint, a set or a pod in its node's network; null for other documents.</summary>
    public static string? NameOf(Manifest manifest) => manifest switch
    {
        PodManifest pod => NameOf(pod),
        WorkloadEndpointManifest workload => NameOf(workload),
        WorkloadManifest workload => $"{workload.Kind.ToLowerInvariant()}:{workload.EffectiveNamespace}/{workload.Metadata.Name}",
        HostEndpointManifest host => $"hostendpoint:{host.Metadata.Name}",
        NetworkSetManifest set => $"networkset:{set.EffectiveNamespace}/{set.Metadata.Name}",
        GlobalNetworkSetManifest set => $"globalnetworkset:{set.Metadata.Name}",
        _ => null,
    };

    /// <summary>The service account that a document makes known; null if it names none.</summary>
    public static string? AccountOf(Manifest manifest) => (manifest switch
    {
        PodManifest pod => pod.Spec.ServiceAccountName,
        WorkloadManifest workload => workload.Template.ServiceAccountName,
        WorkloadEndpointManifest workload => workload.Spec?.ServiceAccountName,
        _ => null,
    }) is { Length: > 0 } account ? account : null;

    /// <summary>Finished pods keep no address (Calico specification §3.1).</summary>
    public static bool IsFinished(PodManifest pod) =>
        pod.Phase is "Succeeded" or "Failed" or "Completed"
        || (pod.Metadata.IsDeleting
            && pod.Metadata.Annotations is { } annotations
            && (IsEmptied(annotations, "cni.projectcalico.org/podIP") || IsEmptied(annotations, "cni.projectcalico.org/podIPs")));

    /// <summary>True if the pod gets traffic.</summary>
    public static bool IsTarget(PodManifest pod) => pod.IsReady && !pod.Metadata.IsDeleting;

    /// <summary>True without any status: it will have an address, but which is unknown.</summary>
    public static bool IsAddressUnknown(PodManifest pod) => pod.Phase is null && pod.Addresses.IsEmpty && pod.IsReady;

    /// <summary>True if <paramref name="labels"/> have every pair of <paramref name="selector"/>.</summary>
    public static bool Carries(EquatableMap<string> labels, EquatableMap<string> selector)
    {
        foreach ((string key, string value) in selector)
        {
            if (!labels.TryGetValue(key, out string? actual) || actual != value)
            {
                return false;
            }
        }

        return true;
    }

    public static EquatableArray<NamedPort> PodPorts(EquatableArray<ContainerPort> ports)
    {
        List<NamedPort>? named = null;
        foreach (ContainerPort port in ports)
        {
            if (!string.IsNullOrEmpty(port.Name)
                && Protocol.TryParse(port.EffectiveProtocol, out Protocol protocol)
                && port.Number is > 0 and <= 65535)
            {
                (named ??= []).Add(new NamedPort(port.Name, protocol, (ushort)port.Number, port.OfInitContainer));
            }
        }

        return named is null ? default : [.. named];
    }

    public static EquatableArray<NamedPort> EndpointPorts(EquatableArray<EndpointPort> ports)
    {
        List<NamedPort>? named = null;
        foreach (EndpointPort port in ports)
        {
            if (port.Name is { Length: > 0 } name
                && Protocol.TryParse(port.Protocol?.ToString() ?? "TCP", out Protocol protocol)
                && port.Port is > 0 and <= 65535)
            {
                (named ??= []).Add(new NamedPort(name, protocol, (ushort)port.Port.Value, OfInitContainer: false));
            }
        }

        return named is null ? default : [.. named];
    }

    public static EquatableArray<IpAddress> Addresses(EquatableArray<string> texts)
    {
        if (texts.Count == 1)
        {
            return TryReadAddress(texts[0], out IpAddress only) ? [only] : default;
        }

        List<IpAddress> addresses = [];
        foreach (string text in texts)
        {
            if (TryReadAddress(text, out IpAddress address) && !addresses.Contains(address))
            {
                addresses.Add(address);
            }
        }

        return [.. addresses];
    }

    /// <summary>A block or a bare address, host bits masked.</summary>
    public static IpPrefix? ToPrefix(string text)
    {
        if (IpAddress.TryParse(text, out IpAddress address))
        {
            return IpPrefix.Single(address);
        }

        return IpPrefix.Read(text, IpLeniency.Lenient, out IpPrefix prefix) is CidrFault.NoLength or CidrFault.NotCidr ? null : prefix;
    }

    private static bool TryReadAddress(string text, out IpAddress address)
    {
        if (IpAddress.TryParse(text, out address))
        {
            return true;
        }

        address = ToPrefix(text) is { } prefix && prefix.Length == prefix.First.Bits ? prefix.First : default;
        return address != default;
    }

    private static bool IsEmptied(EquatableMap<string> annotations, string key) => annotations.TryGetValue(key, out string? left) && left.Length == 0;
}
