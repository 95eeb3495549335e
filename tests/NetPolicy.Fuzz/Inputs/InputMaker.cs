using System.Text;
using System.Text.Json.Nodes;
using NetPolicy.Fuzz.Mutations;
using NetPolicy.Laws;

namespace NetPolicy.Fuzz.Inputs;

/// <summary>Makes the inputs of a run; each follows from the run's seed and its own number alone.</summary>
public sealed class InputMaker(Seeds seeds, ulong seed)
{
    private static readonly string[] s_flows =
    [
        """{"id":"1","from":"shop/web","to":"shop/api","port":8080}""",
        """{"id":"2","from":"shop/web","to":"svc:shop/db","protocol":"TCP","port":15432}""",
        """{"id":3,"from":"10.0.1.5","to":"host:node1","protocol":17,"port":53,"sourcePort":40000,"ipFamily":"IPv4"}""",
        """{"from":"203.0.113.9","to":"shop/web","protocol":"ICMP","icmpType":8,"icmpCode":0,"outInterface":"eth0","inInterface":"eth1"}""",
        """{"id":null,"from":"shop/web","to":"fd00::1","port":80,"httpMethod":"GET","httpPath":"/a"}""",
    ];

    private static readonly string[] s_cases =
    [
        """{"id":"1","selector":"all()"}""",
        """{"id":2,"selector":"a == 'b' && has(c)","labels":{"a":"b","c":""},"prefix":"pcns."}""",
        """{"selector":"a in {'b', 'c'}","labels":null,"prefix":null}""",
    ];

    /// <summary>The input with this number.</summary>
    public FuzzInput Make(ulong number)
    {
        Dice dice = new((seed * 0x2545F4914F6CDD1D) ^ number);
        _ = dice.Next();
        return dice.Weighted(
            (80, FuzzTarget.Documents), (6, FuzzTarget.Selector), (5, FuzzTarget.Flows), (4, FuzzTarget.SelectorCases), (5, FuzzTarget.Words)) switch
        {
            FuzzTarget.Documents => new FuzzInput(FuzzTarget.Documents, Documents(dice)),
            FuzzTarget.Selector => new FuzzInput(FuzzTarget.Selector, Seeds.Utf8(Nasty.Selector(dice))),
            FuzzTarget.Flows => new FuzzInput(FuzzTarget.Flows, Lines(s_flows, dice)),
            FuzzTarget.SelectorCases => new FuzzInput(FuzzTarget.SelectorCases, Lines(s_cases, dice)),
            FuzzTarget.Words => new FuzzInput(FuzzTarget.Words, Words(dice)),
            FuzzTarget other => throw new InvalidOperationException($"nothing makes inputs for {other}"),
        };
    }

    private byte[] Documents(Dice dice)
    {
        if (dice.Below(400) == 0)
        {
            return Seeds.Utf8(Flood(dice));
        }

        switch (dice.Weighted((20, 0), (35, 1), (10, 2), (25, 3), (6, 4), (4, 5)))
        {
            case 0:
                return ByteMutation.Apply(Seeds.Utf8(seeds.Text(dice)), Seeds.Utf8(seeds.Text(dice)), dice);
            case 1:
                return Seeds.Utf8(LineMutation.Apply(seeds.Text(dice), seeds.Text(dice), dice));
            case 2:
                return Seeds.Utf8(TreeText.Json(Tree(dice), dice));
            case 3:
                return Seeds.Utf8(TreeText.Yaml(Tree(dice), dice));
            case 4:
                return ByteMutation.Apply(Seeds.Utf8(TreeText.Json(Tree(dice), dice)), Seeds.Utf8(seeds.Text(dice)), dice);
            default:
                return Seeds.Utf8(LineMutation.Apply(TreeText.Yaml(Tree(dice), dice), seeds.Text(dice), dice));
        }
    }

    private JsonNode Tree(Dice dice)
    {
        JsonNode tree = seeds.Tree(dice);
        TreeMutation.Apply(tree, seeds, dice);
        return tree;
    }

    // One piece very many times, where a document would hold it once.
    private string Flood(Dice dice)
    {
        string piece = dice.Pick("[", "{", "{a: ", "- ", "? ", "(", "!", "&a ", "*a, ", "!x ", "'", "\"", "|", "#\n", "\n", "---\n", "a: ", "a:\n", "- a\n", ",", "a, ", "\\", "\t", "0", "9", "{\"a\":", "[1,", "é", "%a\n", "<<: ", "{port: 80}, ", "{from: [{podSelector: {}}]}, ", "has(a) && ", "'a',");
        int times = dice.Pick(100, 3_000, 100_000);
        string flood = new StringBuilder(piece.Length * times).Insert(0, piece, times).ToString();
        string text = seeds.Text(dice);
        string[] lines = text.Split('\n');
        int at = dice.Below(lines.Length);
        int colon = lines[at].IndexOf(':', StringComparison.Ordinal);
        return dice.Below(4) switch
        {
            0 => flood,
            1 => flood + "\n" + text,
            2 => text + "\n" + flood,
            _ => string.Join('\n', lines[..at].Append(colon < 0 ? flood : lines[at][..(colon + 1)] + " " + flood).Concat(lines[(at + 1)..])),
        };
    }

    private static byte[] Lines(string[] examples, Dice dice)
    {
        string[] lines = dice.Many(1, 4, () => Line(dice.Pick<string>(examples), dice));
        byte[] bytes = Seeds.Utf8(string.Join('\n', lines));
        return dice.Chance(40) ? ByteMutation.Apply(bytes, Seeds.Utf8(dice.Pick<string>(examples)), dice) : bytes;
    }

    private static string Line(string line, Dice dice)
    {
        if (dice.Chance(30) || JsonNode.Parse(line) is not JsonObject fields)
        {
            return line;
        }

        string key = fields.ElementAt(dice.Below(fields.Count)).Key;
        string value = dice.Below(3) switch { 0 => Nasty.Block(dice), 1 => Nasty.Port(dice), _ => key == "selector" ? Nasty.Selector(dice) : Nasty.Scalar(dice) };
        fields[key] = dice.Below(6) switch
        {
            0 => new JsonArray(value),
            1 => null,
            2 => JsonValue.Create(dice.Pick(-1L, 0, 256, 65535, 65536, 1L << 31, 1L << 53, long.MaxValue)),
            3 => new JsonObject { [value] = value },
            _ => JsonValue.Create(value),
        };
        return fields.ToJsonString();
    }

    private static byte[] Words(Dice dice)
    {
        byte[] bytes = Seeds.Utf8(string.Join('\n', dice.Many(1, 6, () => dice.Chance(50) ? Nasty.Block(dice) : Nasty.Port(dice))));
        return dice.Chance(60) ? ByteMutation.Apply(bytes, Seeds.Utf8(Nasty.Block(dice)), dice) : bytes;
    }
}
