namespace NetPolicy.Laws.Worlds;

/// <summary>Makes selectors in Calico's language: every operator, all bindings, blanks and quotes as they may stand.</summary>
internal sealed class SelectorMaker(Dice dice, string[] keys, string[] values)
{
    public string Next() => dice.Weighted((70, 0), (18, 1), (12, 2)) switch
    {
        0 => Term(),
        1 => $"{Term()} {dice.Pick("&&", "||")} {Term()}",
        _ => $"({Term()} {dice.Pick("&&", "||")} {Term()}) {dice.Pick("&&", "||")} {Term()}",
    };

    private string Term() => dice.Weighted((82, ""), (15, "!"), (3, "!!")) + Primary();

    private string Primary()
    {
        string key = dice.PickFrom(keys);
        return dice.Weighted((28, 0), (14, 1), (12, 2), (8, 3), (14, 4), (5, 5), (5, 6), (4, 7), (6, 8), (4, 9)) switch
        {
            0 => $"{key} == {Quoted()}",
            1 => $"{key} != {Quoted()}",
            2 => $"{key} in {Set()}",
            3 => $"{key} not in {Set()}",
            4 => $"has({key})",
            5 => $"{key} contains {Quoted()}",
            6 => $"{key} starts with {Quoted()}",
            7 => $"{key} ends with {Quoted()}",
            8 => "all()",
            _ => $"({key}=={Quoted()})",
        };
    }

    private string Quoted() => dice.Chance(50) ? $"'{dice.PickFrom(values)}'" : $"\"{dice.PickFrom(values)}\"";

    private string Set() => "{" + string.Join(", ", dice.Many(0, 2, Quoted).Distinct()) + "}";
}
