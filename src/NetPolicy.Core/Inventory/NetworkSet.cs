using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Manifests;

namespace NetPolicy.Inventory;

/// <summary>Labelled addresses: a peer in rules, never a subject.</summary>
public sealed class NetworkSet : Selectable
{
    internal NetworkSet(Manifest source, LabelShape shape)
        : base(source, shape)
    {
    }

    /// <summary>The blocks, host bits masked.</summary>
    public required EquatableArray<IpPrefix> Nets { get; init; }

    /// <inheritdoc/>
    internal override NetworkSet With(LabelShape shape) => new(Source, shape) { Name = Name, Nets = Nets, Index = Index, Alone = Alone };
}
