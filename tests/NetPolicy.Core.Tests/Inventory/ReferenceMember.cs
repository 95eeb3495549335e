using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Inventory;
using NetPolicy.Labels;
using NetPolicy.Manifests;

namespace NetPolicy.Core.Tests.Inventory;

/// <summary>An endpoint, or a network set if it has no kind.</summary>
internal sealed class ReferenceMember(Manifest source)
{
    public Manifest Source => source;

    public int Index { get; set; }

    public required string Name { get; init; }

    public EndpointKind? Kind { get; init; }

    public bool IsPod => Kind is EndpointKind.Pod or EndpointKind.Workload;

    public bool IsWorkload => Kind is not null and not EndpointKind.HostEndpoint;

    public required string? Namespace { get; init; }

    public required LabelSet Labels { get; init; }

    public LabelSet NamespaceLabels { get; init; }

    public required LabelSet EffectiveLabels { get; init; }

    public string? Node { get; init; }

    public EquatableArray<IpAddress> Addresses { get; init; }

    public EquatableArray<NamedPort> Ports { get; init; }

    public EquatableArray<string> Profiles { get; init; }

    public string? InterfaceName { get; init; }

    public EquatableArray<IpPrefix> Nets { get; init; }
}
