using System.Text.Json.Nodes;
using NetPolicy.Fuzz.Inputs;
using NetPolicy.Laws;

namespace NetPolicy.Fuzz.Mutations;

/// <summary>Changes documents as trees, so that most of what comes out can still be read.</summary>
public static class TreeMutation
{
    /// <summary>A few changes, in place.</summary>
    public static void Apply(JsonNode root, Seeds seeds, Dice dice)
    {
        for (int i = dice.Weighted((6, 1), (4, 2), (2, 5), (1, 12)); i > 0; i--)
        {
            ApplyOne(root, seeds, dice);
        }
    }

    private static void ApplyOne(JsonNode root, Seeds seeds, Dice dice)
    {
        List<JsonNode> parents = [];
        Collect(root, parents);
        JsonNode parent = dice.PickFrom(parents);
        if (parent is JsonObject fields)
        {
            Change(fields, seeds, dice);
        }
        else
        {
            Change((JsonArray)parent, seeds, dice);
        }
    }

    private static void Change(JsonObject fields, Seeds seeds, Dice dice)
    {
        if (fields.Count == 0)
        {
            string added = Nasty.Key(dice);
            fields[added] = seeds.ValueOf(added, dice);
            return;
        }

        string key = fields.ElementAt(dice.Below(fields.Count)).Key;
        switch (dice.Below(8))
        {
            case 0:
                fields.Remove(key);
                break;
            case 1:
                fields[Nasty.Key(dice)] = fields[key]?.DeepClone();
                break;
            case 2:
                string other = Nasty.Key(dice);
                fields[other] = seeds.ValueOf(other, dice);
                break;
            case 3:
                fields[key] = new JsonArray(fields[key]?.DeepClone());
                break;
            case 4 or 5:
                fields[key] = Value(Nasty.For(key, dice));
                break;
            default:
                fields[key] = seeds.ValueOf(key, dice);
                break;
        }
    }

    private static void Change(JsonArray items, Seeds seeds, Dice dice)
    {
        if (items.Count == 0)
        {
            items.Add(Value(Nasty.Scalar(dice)));
            return;
        }

        int at = dice.Below(items.Count);
        switch (dice.Below(6))
        {
            case 0:
                items.RemoveAt(at);
                break;
            case 1 or 2:
                JsonNode? copied = items[at];
                for (int i = dice.Weighted((60, 1), (10, 5), (1, 400)); i > 0; i--)
                {
                    items.Add(copied?.DeepClone());
                }

                break;
            case 3:
                int other = dice.Below(items.Count);
                JsonNode? first = items[at]?.DeepClone(), second = items[other]?.DeepClone();
                (items[at], items[other]) = (second, first);
                break;
            case 4:
                string key = items.Parent is JsonObject ? items.GetPropertyName() : "";
                items[at] = seeds.ValueOf(key, dice) is JsonArray { Count: > 0 } from ? from[dice.Below(from.Count)]?.DeepClone() : null;
                break;
            default:
                items[at] = items[at] is JsonValue or null ? Value(Nasty.For(items.Parent is JsonObject ? items.GetPropertyName() : "", dice)) : new JsonObject { [Nasty.Key(dice)] = items[at]?.DeepClone() };
                break;
        }
    }

    // Numbers as numbers half of the time; the rest as text.
    private static JsonValue Value(string text) =>
        long.TryParse(text, out long number) && text.Length % 2 == 0 ? JsonValue.Create(number) : text is "true" ? JsonValue.Create(true) : JsonValue.Create(text);

    private static void Collect(JsonNode node, List<JsonNode> parents)
    {
        parents.Add(node);
        if (node is JsonObject fields)
        {
            foreach ((_, JsonNode? value) in fields)
            {
                if (value is JsonObject or JsonArray)
                {
                    Collect(value, parents);
                }
            }
        }
        else
        {
            foreach (JsonNode? item in (JsonArray)node)
            {
                if (item is JsonObject or JsonArray)
                {
                    Collect(item, parents);
                }
            }
        }
    }
}
