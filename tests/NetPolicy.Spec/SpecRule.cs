namespace NetPolicy.Spec;

/// <summary>The rule that decided.</summary>
/// <param name="Kind">As written in the document.</param>
/// <param name="Namespace">Null for cluster-scoped kinds.</param>
/// <param name="Name">The object's name.</param>
/// <param name="Direction"><c>ingress</c> or <c>egress</c>.</param>
/// <param name="Index">Zero-based; -1 = isolation, the end of a tier, or another default.</param>
public sealed record SpecRule(string Kind, string? Namespace, string Name, string Direction, int Index)
{
    internal static string Word(SpecDirection direction) => direction == SpecDirection.Ingress ? "ingress" : "egress";
}
