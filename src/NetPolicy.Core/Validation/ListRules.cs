using NetPolicy.Collections;
using NetPolicy.Diagnostics;
using NetPolicy.Manifests.Nodes;

namespace NetPolicy.Validation;

/// <summary>Limits of lists, wherever they are.</summary>
internal static class ListRules
{
    public static void CheckUnique(EquatableArray<string> items, FieldPath path, ValidationContext context)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        for (int i = 0; i < items.Count; i++)
        {
            if (!seen.Add(items[i]))
            {
                context.Add(Findings.RepeatedItem, path.At(i), Cause.Duplicate, $"`{ScalarNode.Shorten(items[i])}` is listed twice");
            }
        }
    }

    public static void CheckCount(int count, int most, FieldPath path, string what, ValidationContext context)
    {
        if (count > most)
        {
            context.Add(Findings.TooManyItems, path, Cause.TooMany, $"found {count} {what}, expected at most {most}");
        }
    }
}
