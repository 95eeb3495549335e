using System.Text.Json;

namespace NetPolicy.Enforce.Lab;

/// <summary>Reads the counters of a ruleset by the comments beside them: a rule's comment names the policy rule it stands for.</summary>
public static class KernelCounters
{
    /// <summary>Sums packets by comment over a ruleset as <c>nft -j list</c> prints it.</summary>
    /// <returns>Comments in ordinal order. Of rules, named counters and set elements; those with a comment but no counter are left out.</returns>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public static SortedDictionary<string, ulong> Parse(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        SortedDictionary<string, ulong> packets = new(StringComparer.Ordinal);
        if (!document.RootElement.TryGetProperty("nftables", out JsonElement objects))
        {
            return packets;
        }

        Dictionary<(string, string, string), ulong> named = [];
        foreach (JsonElement entry in objects.EnumerateArray())
        {
            if (entry.TryGetProperty("counter", out JsonElement counter))
            {
                named[(Text(counter, "family"), Text(counter, "table"), Text(counter, "name"))] = counter.GetProperty("packets").GetUInt64();
                Add(packets, counter, counter);
            }
        }

        foreach (JsonElement entry in objects.EnumerateArray())
        {
            if (entry.TryGetProperty("rule", out JsonElement rule))
            {
                AddRule(packets, rule, named);
            }
            else if (entry.TryGetProperty("set", out JsonElement set) || entry.TryGetProperty("map", out set))
            {
                AddElements(packets, set);
            }
        }

        return packets;
    }

    private static void AddRule(SortedDictionary<string, ulong> packets, JsonElement rule, Dictionary<(string, string, string), ulong> named)
    {
        foreach (JsonElement expression in rule.GetProperty("expr").EnumerateArray())
        {
            if (expression.ValueKind != JsonValueKind.Object || !expression.TryGetProperty("counter", out JsonElement counter))
            {
                continue;
            }

            if (counter.ValueKind == JsonValueKind.Object)
            {
                Add(packets, rule, counter);
            }
            else if (counter.ValueKind == JsonValueKind.String && Text(rule, "comment") is { Length: > 0 } comment)
            {
                ulong value = named.GetValueOrDefault((Text(rule, "family"), Text(rule, "table"), counter.GetString()!));
                packets[comment] = packets.GetValueOrDefault(comment) + value;
            }
        }
    }

    /// <summary>Finds elements wherever they are nested: in a map each is the first of a pair.</summary>
    private static void AddElements(SortedDictionary<string, ulong> packets, JsonElement at)
    {
        if (at.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement inner in at.EnumerateArray())
            {
                AddElements(packets, inner);
            }
        }
        else if (at.ValueKind == JsonValueKind.Object && at.TryGetProperty("elem", out JsonElement element))
        {
            if (element.ValueKind == JsonValueKind.Object && element.TryGetProperty("counter", out JsonElement counter))
            {
                Add(packets, element, counter);
            }

            AddElements(packets, element);
        }
    }

    private static void Add(SortedDictionary<string, ulong> packets, JsonElement commented, JsonElement counter)
    {
        if (Text(commented, "comment") is { Length: > 0 } comment)
        {
            packets[comment] = packets.GetValueOrDefault(comment) + counter.GetProperty("packets").GetUInt64();
        }
    }

    private static string Text(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
