using System.Text.Json.Nodes;

namespace NetPolicy.Laws.Texts;

/// <summary>Damages documents where users do: fields gone, values of another type or just beyond what is allowed, entries twice.</summary>
public sealed class TextMutator(Dice dice)
{
    private static readonly string[] s_values =
    [
        "null", "\"\"", "\" \"", "\"x\"", "\"X Y\"", "-1", "0", "1", "80", "65535", "65536", "99999999999", "1.5", "true", "[]", "{}", "[null]", "[\"\"]", "[{}]", "\"tcp\"", "\"TCP\"", "\"Tcp \"", "\"ICMP\"",
        "\"10.0.0.0/8\"", "\"10.0.0.1/8\"", "\"10.0.0.0/33\"", "\"10.0.0.256\"", "\"010.0.0.0/8\"", "\"::/0\"", "\"::ffff:10.0.0.0/104\"", "\"fd00::/129\"", "\"80:79\"", "\"79:81\"", "\"http\"", "\"HTTP\"",
        "\"has(a\"", "\"a == 'b'\"", "\"all()\"", "\"global()\"", "\"!\"", "\"In\"", "\"Exists\"", "\"in\"", "\"Ingress\"", "\"ingress\"", "\"Allow\"", "\"Deny\"", "\"Pass\"", "\"allow\"", "\"Accept\"", "\"default\"",
        "\"kube-admin\"", "\"a/b\"", "\"-a\"", "\"kubernetes.io/metadata.name\"", "\"123456789012345678901234567890123456789012345678901234567890abcd\"",
    ];

    /// <summary>Documents as JSON, one after the other, some of them damaged.</summary>
    public IReadOnlyList<string> Mutate(IReadOnlyList<string> documents)
    {
        JsonNode[] nodes = [.. documents.Select(text => JsonNode.Parse(text)!)];
        JsonNode[] policies = [.. nodes.Where(node => node["kind"]!.ToString() is not ("Namespace" or "ServiceAccount"))];
        for (int i = dice.Pick(1, 1, 2, 4); i > 0 && policies.Length > 0; i--)
        {
            JsonNode[] places = [.. Places(dice.PickFrom(policies))];
            if (places.Length > 0)
            {
                Damage(dice.PickFrom(places));
            }
        }

        return [.. nodes.Select(node => node.ToJsonString())];
    }

    private static IEnumerable<JsonNode> Places(JsonNode node) => node switch
    {
        JsonObject fields => fields.Where(f => f.Value is not null).SelectMany(f => Places(f.Value!)).Prepend(node),
        JsonArray items => items.Where(item => item is not null).SelectMany(item => Places(item!)).Prepend(node),
        _ => [node],
    };

    private void Damage(JsonNode place)
    {
        switch (place)
        {
            case JsonObject { Count: > 0 } fields when dice.Chance(60):
                string name = dice.PickFrom([.. fields.Select(f => f.Key)]);
                if (dice.Chance(50))
                {
                    fields.Remove(name);
                }
                else
                {
                    fields[name] = Value();
                }

                break;
            case JsonObject fields:
                fields[dice.Pick("port", "ports", "endPort", "protocol", "selector", "nets", "notPorts", "action", "ipBlock", "from", "spec", "tier", "order", "types", "unknown", "namespaceSelector", "podSelector", "priority", "icmp")] = Value();
                break;
            case JsonArray items when dice.Chance(50) && items.Count > 0:
                items.Add(items[dice.Below(items.Count)]?.DeepClone());
                break;
            case JsonArray items:
                items.Add(Value());
                break;
            default:
                place.ReplaceWith(Value());
                break;
        }
    }

    private JsonNode? Value() => JsonNode.Parse(dice.PickFrom(s_values));
}
