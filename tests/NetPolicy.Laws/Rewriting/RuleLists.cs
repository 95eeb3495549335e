using System.Collections;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Kubernetes;
using NetPolicy.Policies;

namespace NetPolicy.Laws.Rewriting;

/// <summary>The rules of a document in each direction, whatever its kind.</summary>
public static class RuleLists
{
    /// <summary>The document with those rules only that are wanted.</summary>
    /// <param name="document">The document.</param>
    /// <param name="isWanted">Asked for each rule of the document as it is, by direction and index.</param>
    public static Manifest Keep(Manifest document, Func<Direction, int, bool> isWanted) => Rewriter.Rewrite(document, (part, place) =>
        DirectionOf(part, place) is { } direction
            ? Rewriter.ListOf(Rewriter.ItemTypeOf(part.GetType())!, ((IEnumerable)part).Cast<object?>().Where((_, i) => isWanted(direction, i)))
            : part);

    /// <summary>The document with another rule in the place of one.</summary>
    public static Manifest Replace(Manifest document, Direction at, int index, Func<object, object> change) => Rewriter.Rewrite(document, (part, place) =>
        DirectionOf(part, place) == at
            ? Rewriter.ListOf(Rewriter.ItemTypeOf(part.GetType())!, ((IEnumerable)part).Cast<object>().Select((rule, i) => (object?)(i == index ? change(rule) : rule)))
            : part);

    /// <summary>The policy's directions written out, so that fewer rules do not change them.</summary>
    public static World WithDirectionsWritten(World world) => world.Rewrite((part, _) => part switch
    {
        NetworkPolicySpec { PolicyTypes: null or { IsEmpty: true } } spec => spec with { PolicyTypes = KubernetesRewrites.TypesOf(spec) },
        CalicoPolicySpec { StagedAction: not "Delete", Types: null or { IsEmpty: true } } spec => spec with { Types = CalicoRewrites.TypesOf(spec) },
        _ => part,
    });

    private static Direction? DirectionOf(object part, Place place) =>
        Rewriter.ItemTypeOf(part.GetType()) is not null && place.Owner is { } owner && (owner.Name.EndsWith("Spec", StringComparison.Ordinal) || owner == typeof(ProfileManifest))
            ? place.Field switch { "Ingress" => Direction.Ingress, "Egress" => Direction.Egress, _ => null }
            : null;
}
