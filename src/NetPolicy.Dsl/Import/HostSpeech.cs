using NetPolicy.Manifests.Calico;
using NetPolicy.Ports;

namespace NetPolicy.Dsl;

/// <summary>Host endpoints of documents in words.</summary>
internal static class HostSpeech
{
    /// <summary>The host endpoint. Null if there are no words for it.</summary>
    public static Spoken<IPolicyPart>? Of(HostEndpointManifest document, Handles handles)
    {
        if (document.Spec is not { Node: { } node } spec || document.Metadata.Name is not { } name)
        {
            return null;
        }

        string text = $"HostEndpoint({CSharpText.Literal(name)}).OnNode({CSharpText.Literal(node)})";
        string addresses = spec.ExpectedIPs is { IsEmpty: false } ips ? $".ExpectedIps({CSharpText.Literals(ips)})" : "";
        string? place = spec.InterfaceName switch
        {
            "*" => ".AllInterfaces()",
            { Length: > 0 } device => $".Interface({CSharpText.Literal(device)})",
            _ => "",
        };
        if (place.Length + addresses.Length == 0)
        {
            return null;
        }

        HostEndpoint host = new(name, node, string.IsNullOrEmpty(spec.InterfaceName) ? null : spec.InterfaceName, spec.ExpectedIPs ?? [], default);
        text += place + addresses;
        List<string> links = [];
        if (document.Metadata.Labels is { IsEmpty: false } labels)
        {
            LabelPairs pairs = Handles.PairsOf(labels);
            host = host.Labelled(pairs);
            links.Add($".Labelled({SelectorSpeech.Pairs(pairs, handles)})");
        }

        if (spec.Profiles is { IsEmpty: false } profiles)
        {
            host = host.Profiles(profiles[0], [.. profiles.Skip(1)]);
            links.Add($".Profiles({CSharpText.Literals(profiles)})");
        }

        foreach (EndpointPort port in spec.Ports ?? [])
        {
            if (port is not { Name: { } portName, Port: { } number } || TrafficSpeech.ProtocolOf(port.Protocol?.Text ?? "") is not { } protocol
                || TrafficSpeech.Range(protocol, number, number) is not { } one)
            {
                return null;
            }

            host = host.Port(((Port)one.Value).Named(portName, "", 0));
            links.Add($".Port({one.Text}.Named({CSharpText.Literal(portName)}))");
        }

        return new Spoken<IPolicyPart>(CSharpText.Sentence(text, links, ""), host);
    }
}
