using NetPolicy.Addresses;
using NetPolicy.Manifests.Calico;

namespace NetPolicy.Dsl;

/// <summary>One end of a Calico rule.</summary>
/// <param name="Entity">What the rule says of it; null says nothing, so that anything matches.</param>
/// <param name="Family">The only address family it can match, or null for both.</param>
/// <param name="Lines">Lines of fields below the entity, such as <c>nets[0]</c>; the empty path is the entity.</param>
internal sealed record CalicoEnd(EntityRule? Entity, IpFamily? Family, IReadOnlyList<(string Path, SourceLine Line)> Lines)
{
    /// <summary>Anything.</summary>
    public static CalicoEnd Anything { get; } = new(null, null, []);
}
