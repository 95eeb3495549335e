using System.Text.Json.Nodes;
using NetPolicy.Collections;

namespace NetPolicy.Laws.Shrinking;

/// <summary>Fewer documents, fewer flows, fewer fields; nothing is made that was not there.</summary>
internal static class DamagedShrinker
{
    public static IEnumerable<DamagedCase> Shrink(DamagedCase @case)
    {
        for (int size = @case.Flows.Count - 1; size >= 1; size /= 2)
        {
            for (int start = 0; start < @case.Flows.Count; start += size)
            {
                yield return @case with { Flows = @case.Flows.Where((_, i) => i < start || i >= start + size).ToEquatableArray() };
            }
        }

        for (int size = @case.Documents.Count / 2; size >= 1; size /= 2)
        {
            for (int start = 0; start < @case.Documents.Count; start += size)
            {
                yield return @case with { Documents = @case.Documents.Where((_, i) => i < start || i >= start + size).ToEquatableArray() };
            }
        }

        for (int i = 0; i < @case.Documents.Count; i++)
        {
            foreach (string smaller in Shrink(@case.Documents[i]))
            {
                yield return @case with { Documents = @case.Documents.Select((text, at) => at == i ? smaller : text).ToEquatableArray() };
            }
        }
    }

    private static IEnumerable<string> Shrink(string document)
    {
        for (int target = 0; ; target++)
        {
            JsonNode root = JsonNode.Parse(document)!;
            int at = 0;
            if (!RemoveAt(root, ref at, target))
            {
                yield break;
            }

            yield return root.ToJsonString();
        }
    }

    private static bool RemoveAt(JsonNode node, ref int at, int target)
    {
        switch (node)
        {
            case JsonObject fields:
                foreach (string name in fields.Select(f => f.Key).Where(name => name is not ("apiVersion" or "kind")).ToArray())
                {
                    if (at++ == target)
                    {
                        return fields.Remove(name);
                    }

                    if (fields[name] is { } inner && RemoveAt(inner, ref at, target))
                    {
                        return true;
                    }
                }

                return false;
            case JsonArray items:
                for (int i = 0; i < items.Count; i++)
                {
                    if (at++ == target)
                    {
                        items.RemoveAt(i);
                        return true;
                    }

                    if (items[i] is { } inner && RemoveAt(inner, ref at, target))
                    {
                        return true;
                    }
                }

                return false;
            default:
                return false;
        }
    }
}
