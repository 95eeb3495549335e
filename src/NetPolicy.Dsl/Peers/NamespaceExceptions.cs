using NetPolicy.Diagnostics;

namespace NetPolicy.Dsl;

/// <summary>Every namespace but some, as one condition on namespace labels.</summary>
internal static class NamespaceExceptions
{
    public static NamespaceGroup GroupWithout(ReadOnlySpan<NamespaceRef> namespaces)
    {
        List<Diagnostic> faults = [];
        List<(string Key, List<string> Values)> excluded = [];
        foreach (NamespaceRef ns in namespaces)
        {
            ArgumentNullException.ThrowIfNull(ns);
            faults.AddRange(ns.Faults);
            if (ns.KnownLabels is null or { Pairs.Count: 1 })
            {
                Exclude(ns.KnownLabels?.Pairs[0].Key ?? Syntax.NamespaceNameKey, ns.KnownLabels?.Pairs[0].Value ?? ns.Name);
            }
            else
            {
                faults.Add(new Diagnostic(
                    DslDiagnostics.ExceptedByManyLabels,
                    $"namespace `{ns.Name}` is known by several labels, expected one to except it by",
                    ns.Line.ToSpan()));
            }
        }

        SelectorNode condition = SelectorNode.All;
        foreach ((string key, List<string> values) in excluded)
        {
            RequirementOperator @operator = values.Count == 1 ? RequirementOperator.NotEqual : RequirementOperator.NotIn;
            condition = SelectorNode.And(condition, new RequirementNode(key, @operator, [.. values]));
        }

        return new NamespaceGroup(new NamespaceScope(null, condition), namespaces[0].Line, [.. faults]);

        void Exclude(string key, string value)
        {
            List<string>? values = excluded.Find(e => e.Key == key).Values;
            if (values is null)
            {
                excluded.Add((key, [value]));
            }
            else if (!values.Contains(value))
            {
                values.Add(value);
            }
        }
    }
}
