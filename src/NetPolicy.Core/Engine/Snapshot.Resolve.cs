using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using NetPolicy.Addresses;
using NetPolicy.Inventory;
using NetPolicy.Ports;

namespace NetPolicy.Engine;

/// <summary>From words to flows.</summary>
public sealed partial class Snapshot
{
    /// <summary>Finds what <paramref name="text"/> means: <c>ns/pod</c>, <c>kind:ns/name</c>, an address, <c>host:NODE</c> or <c>svc:ns/name</c>.</summary>
    /// <param name="text">The words.</param>
    /// <param name="end">What they mean.</param>
    /// <param name="error">Why they mean nothing; null on success.</param>
    public bool TryResolve(string text, out FlowEnd end, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        error = null;
        end = default;
        if (IpAddress.TryParse(text, out IpAddress address))
        {
            end = FlowEnd.OfAddress(address);
        }
        else if (text.StartsWith("host:", StringComparison.Ordinal))
        {
            if (Cluster.FindNode(text[5..]) is { } node)
            {
                end = FlowEnd.OfNode(node.Index);
            }
            else
            {
                error = $"no node is called `{text[5..]}`";
            }
        }
        else if (text.StartsWith("svc:", StringComparison.Ordinal))
        {
            string[] parts = text[4..].Split('/');
            int service = parts.Length == 2 ? IndexOfService(parts[0], parts[1]) : -1;
            if (service >= 0)
            {
                end = FlowEnd.OfService(service);
            }
            else
            {
                error = $"no Service is called `{text[4..]}`, expected `svc:namespace/name`";
            }
        }
        else if (Cluster.FindEndpoint(text) is { IsWorkload: true } endpoint)
        {
            end = FlowEnd.OfEndpoint(endpoint.Index);
        }
        else if (Cluster.FindHostNetworkPod(text) is { } pod)
        {
            end = new FlowEnd(FlowEndKind.HostNetworkPod, pod.Index, default);
        }
        else
        {
            error = $"nothing is called `{text}`, expected `namespace/pod`, an address, `host:NODE` or `svc:namespace/name`";
        }

        return error is null;
    }

    /// <summary>The flow that a request describes, or why it describes none.</summary>
    public bool TryResolve(FlowRequest request, out Flow flow, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(request);
        flow = default;
        if (!TryResolve(request.From, out FlowEnd source, out error) || !TryResolve(request.To, out FlowEnd destination, out error))
        {
            return false;
        }

        IpFamily family = request.IpFamily switch
        {
            null => IpFamily.None,
            "IPv4" or "4" => IpFamily.IPv4,
            "IPv6" or "6" => IpFamily.IPv6,
            _ => (IpFamily)255,
        };
        string? protocolText = request.Protocol?.ToUpperInvariant() switch
        {
            null => "TCP",
            "ICMPV6" => "ICMPv6",
            "UDPLITE" => "UDPLite",
            { } upper => upper,
        };
        Protocol protocol = default;
        error = source.Kind == FlowEndKind.Service ? $"a flow cannot come from the Service `{request.From}`"
            : !Protocol.TryParse(protocolText, out protocol) ? $"`{request.Protocol}` is not a protocol name or a number from 1 to 255"
            : family == (IpFamily)255 ? $"`{request.IpFamily}` is not an IP family, expected `IPv4` or `IPv6`"
            : request.Port is < 0 or > 65535 ? $"port {Text(request.Port)} is not in 0 to 65535"
            : request.SourcePort is < 0 or > 65535 ? $"source port {Text(request.SourcePort)} is not in 0 to 65535"
            : request.IcmpType is < 0 or > 255 ? $"ICMP type {Text(request.IcmpType)} is not in 0 to 255"
            : request.IcmpCode is < 0 or > 255 ? $"ICMP code {Text(request.IcmpCode)} is not in 0 to 255"
            : null;
        if (error is not null)
        {
            return false;
        }

        flow = new Flow
        {
            Source = source,
            Destination = destination,
            Protocol = protocol,
            Port = (ushort?)request.Port,
            SourcePort = (ushort?)request.SourcePort,
            IcmpType = (byte?)request.IcmpType,
            IcmpCode = (byte?)request.IcmpCode,
            Family = family,
            OutInterface = request.OutInterface,
            InInterface = request.InInterface,
            HttpMethod = request.HttpMethod,
            HttpPath = request.HttpPath,
        };
        return true;
    }

    /// <summary>How reports name a backend: <c>ns/pod:port</c> or <c>address:port</c>; no port if the flow has none.</summary>
    public string Describe(Backend backend)
    {
        string end = backend.Endpoint >= 0 ? Cluster.SelectableAt(backend.Endpoint).Name
            : backend.HostNetworkPod >= 0 ? Cluster.HostNetworkPodAt(backend.HostNetworkPod).Name
            : backend.Address.Family == IpFamily.IPv6 ? $"[{backend.Address}]"
            : backend.Address.ToString();
        return backend.Port == 0 ? end : string.Create(CultureInfo.InvariantCulture, $"{end}:{backend.Port}");
    }

    private static string Text(int? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";

    private int IndexOfService(string @namespace, string name) => Cluster.FindService(@namespace, name)?.Index ?? -1;
}
