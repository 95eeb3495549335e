using NetPolicy.Collections;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;

namespace NetPolicy.Dsl;

/// <summary>A Calico HostEndpoint: an interface of a node that policy governs. Without normal policy or profile it denies what is not failsafe.</summary>
public sealed class HostEndpoint : IPolicyPart
{
    private readonly string _name;
    private readonly HostEndpointSpec _spec;
    private readonly LabelPairs? _labels;
    private readonly EquatableArray<NamedPort> _ports;
    private readonly SourceLine _line;

    internal HostEndpoint(string name, string node, string? interfaceName, EquatableArray<string> addresses, SourceLine line)
        : this(
            name,
            new HostEndpointSpec { Node = node, InterfaceName = interfaceName, ExpectedIPs = addresses.IsEmpty ? null : addresses },
            null,
            [],
            line)
    {
    }

    private HostEndpoint(string name, HostEndpointSpec spec, LabelPairs? labels, EquatableArray<NamedPort> ports, SourceLine line)
    {
        _name = name;
        _spec = spec;
        _labels = labels;
        _ports = ports;
        _line = line;
    }

    /// <summary>Puts labels on it, by which policies select it.</summary>
    public HostEndpoint Labelled(LabelPairs labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        return new(_name, _spec, _labels is null ? labels : _labels & labels, _ports, _line);
    }

    /// <summary>Profiles in the order in which they are asked after the policies, such as <c>projectcalico-default-allow</c>.</summary>
    public HostEndpoint Profiles(string profile, params ReadOnlySpan<string> more) =>
        new(_name, _spec with { Profiles = (_spec.Profiles ?? []).AddRange(List(profile, more)) }, _labels, _ports, _line);

    /// <summary>Addresses of the interface. As a peer it is known by these alone.</summary>
    public HostEndpoint ExpectedIps(string address, params ReadOnlySpan<string> more) =>
        new(_name, _spec with { ExpectedIPs = (_spec.ExpectedIPs ?? []).AddRange(List(address, more)) }, _labels, _ports, _line);

    /// <summary>Gives a port a name that rules can use.</summary>
    public HostEndpoint Port(NamedPort port)
    {
        ArgumentNullException.ThrowIfNull(port);
        return new(_name, _spec, _labels, _ports.Add(port), _line);
    }

    internal static EquatableArray<string> List(string first, ReadOnlySpan<string> more)
    {
        ArgumentNullException.ThrowIfNull(first);
        foreach (string other in more)
        {
            ArgumentNullException.ThrowIfNull(other, nameof(more));
        }

        return [first, .. more];
    }

    void IPolicyPart.AddTo(Lowering lowering)
    {
        CallerSourceMap source = new(_line);
        source.Set("metadata.labels", _labels?.Line ?? default);
        lowering.Report(_labels?.Faults ?? []);
        for (int i = 0; i < _ports.Count; i++)
        {
            lowering.Report(_ports[i].Faults);
            source.Set($"spec.ports[{i}]", _ports[i].Line);
        }

        lowering.Add(new HostEndpointManifest
        {
            Metadata = new ObjectMetadata { Name = _name, Labels = _labels?.ToMap() },
            Source = source,
            Spec = _spec with
            {
                Ports = _ports.IsEmpty
                    ? null
                    : [.. _ports.Select(p => new EndpointPort { Name = p.Name, Protocol = IntOrString.Of(p.Protocol.ToString()), Port = p.Number })],
            },
        });
    }
}
