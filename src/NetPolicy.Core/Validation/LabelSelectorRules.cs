using NetPolicy.Collections;
using NetPolicy.Diagnostics;
using NetPolicy.Manifests.Kubernetes;
using NetPolicy.Manifests.Nodes;

namespace NetPolicy.Validation;

/// <summary>Kubernetes label selectors (Kubernetes specification §2.1 rules 7 to 13).</summary>
internal static class LabelSelectorRules
{
    /// <summary>Why no client library would make a selector of it: of a kind whose API server does not look, anything may be written.</summary>
    public static IEnumerable<(FieldPath Path, string Fault)> Faults(LabelSelectorSpec selector, FieldPath path)
    {
        foreach ((string key, string value) in (selector.MatchLabels ?? default).AsEnumerable())
        {
            FieldPath labels = path.Child("matchLabels");
            foreach (string fault in LabelFaults(key, [value]))
            {
                yield return (labels, fault);
            }
        }

        EquatableArray<LabelRequirement> requirements = selector.MatchExpressions ?? [];
        for (int i = 0; i < requirements.Count; i++)
        {
            FieldPath entry = path.Child("matchExpressions").At(i);
            EquatableArray<string> values = requirements[i].Values ?? [];
            string @operator = ScalarNode.Shorten(requirements[i].Operator ?? "");
            if (@operator is not ("In" or "NotIn" or "Exists" or "DoesNotExist"))
            {
                yield return (entry.Child("operator"), $"operator `{@operator}` is unknown, expected `In`, `NotIn`, `Exists` or `DoesNotExist`");
            }
            else if (values.IsEmpty == @operator is "In" or "NotIn")
            {
                yield return (entry.Child("values"), values.IsEmpty ? $"`{@operator}` has no values, expected at least one" : $"`{@operator}` has values, expected none");
            }

            foreach (string fault in LabelFaults(requirements[i].Key ?? "", values))
            {
                yield return (entry, fault);
            }
        }
    }

    private static IEnumerable<string> LabelFaults(string key, EquatableArray<string> values) =>
        NameSyntax.QualifiedName(key).Select(fault => $"label key `{ScalarNode.Shorten(key)}` {fault}")
            .Concat(values.SelectMany(value => NameSyntax.LabelValue(value).Select(fault => $"label value `{ScalarNode.Shorten(value)}` {fault}")));

    public static void Check(LabelSelectorSpec selector, FieldPath path, ValidationContext context)
    {
        foreach ((string key, string value) in selector.MatchLabels ?? default)
        {
            // The API server names the map, not the entry.
            FieldPath labels = path.Child("matchLabels");
            context.AddEach(Findings.InvalidSelectorKey, labels, "label key", key, NameSyntax.QualifiedName(key));
            context.AddEach(Findings.InvalidSelectorValue, labels, "label value", value, NameSyntax.LabelValue(value));
        }

        EquatableArray<LabelRequirement> requirements = selector.MatchExpressions ?? [];
        for (int i = 0; i < requirements.Count; i++)
        {
            CheckRequirement(requirements[i], path.Child("matchExpressions").At(i), context);
        }
    }

    private static void CheckRequirement(LabelRequirement requirement, FieldPath path, ValidationContext context)
    {
        EquatableArray<string> values = requirement.Values ?? [];
        string @operator = requirement.Operator ?? "";
        switch (@operator)
        {
            case "In" or "NotIn" when values.IsEmpty:
                context.Add(Findings.SelectorValuesRequired, path.Child("values"), Cause.Required, $"`{@operator}` has no values, expected at least one");
                break;
            case "Exists" or "DoesNotExist" when !values.IsEmpty:
                context.Add(Findings.SelectorValuesForbidden, path.Child("values"), Cause.Forbidden, $"`{@operator}` has values, expected none");
                break;
            case "In" or "NotIn" or "Exists" or "DoesNotExist":
                break;
            default:
                context.Add(Findings.InvalidSelectorOperator, path.Child("operator"), Cause.Invalid, $"operator `{@operator}` is unknown, expected `In`, `NotIn`, `Exists` or `DoesNotExist`");
                break;
        }

        string key = requirement.Key ?? "";
        context.AddEach(Findings.InvalidSelectorKey, path.Child("key"), "label key", key, NameSyntax.QualifiedName(key));
        for (int i = 0; i < values.Count; i++)
        {
            context.AddEach(Findings.InvalidSelectorValue, path.Child("values").At(i), "label value", values[i], NameSyntax.LabelValue(values[i]));
        }
    }
}
