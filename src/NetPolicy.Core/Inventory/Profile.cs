using NetPolicy.Labels;
using NetPolicy.Manifests.Calico;
using NetPolicy.Policies;

namespace NetPolicy.Inventory;

/// <summary>A Calico profile: rules asked after the last tier, and labels for the endpoints that list it (Calico specification §3.1, §5.4).</summary>
public sealed class Profile
{
    /// <summary>The document; made up for built-in profiles.</summary>
    public required ProfileManifest Source { get; init; }

    /// <summary>Name.</summary>
    public string Name => Source.Metadata.Name ?? "";

    /// <summary>Labels that endpoints inherit.</summary>
    public required LabelSet Labels { get; init; }

    /// <summary>Rules for arriving flows.</summary>
    public required IReadOnlyList<Rule> Ingress { get; init; }

    /// <summary>Rules for leaving flows.</summary>
    public required IReadOnlyList<Rule> Egress { get; init; }

    /// <summary>Rules of <paramref name="direction"/>.</summary>
    public IReadOnlyList<Rule> Rules(Direction direction) => direction == Direction.Ingress ? Ingress : Egress;
}
