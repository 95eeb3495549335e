using System.Globalization;
using System.Text.RegularExpressions;

namespace NetPolicy.Enforce.Reconcile;

/// <summary>The objects of a loaded table, read from nft's own listing without elements.</summary>
internal sealed partial class NftTableState
{
    private NftTableState(string comment)
    {
        Comment = comment;
    }

    public string Comment { get; }

    public bool IsOurs => Comment.StartsWith("netpol managed table, ", StringComparison.Ordinal);

    /// <summary>The generation that base chains go to; 0 if they go nowhere.</summary>
    public int Generation { get; private set; }

    public List<string> BaseChains { get; } = [];

    public List<string> Chains { get; } = [];

    public List<string> Sets { get; } = [];

    public List<string> Maps { get; } = [];

    public static NftTableState Parse(string listing)
    {
        string[] lines = listing.Split('\n');
        NftTableState state = new(lines.Length > 1 && CommentLine().Match(lines[1]) is { Success: true } comment ? comment.Groups[1].Value : "");
        string chain = "";
        bool isBase = false;
        foreach (string line in lines.Skip(1))
        {
            if (ObjectLine().Match(line) is { Success: true } found)
            {
                string name = found.Groups[2].Value;
                (found.Groups[1].Value switch
                {
                    "set" => state.Sets,
                    "map" => state.Maps,
                    _ => state.Chains,
                }).Add(name);
                (chain, isBase) = (found.Groups[1].Value == "chain" ? name : "", false);
            }
            else if (chain.Length > 0 && line.StartsWith("\t\ttype filter hook ", StringComparison.Ordinal))
            {
                state.Chains.Remove(chain);
                state.BaseChains.Add(chain);
                isBase = true;
            }
            else if (isBase && GotoLine().Match(line) is { Success: true } jump)
            {
                state.Generation = int.Parse(jump.Groups[1].Value, CultureInfo.InvariantCulture);
            }
        }

        return state;
    }

    /// <summary>Generation at the end of a name; 0 for shared ones.</summary>
    public static int GenerationOf(string name) =>
        SuffixOf().Match(name) is { Success: true } suffix && int.TryParse(suffix.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : 0;

    [GeneratedRegex("^\tcomment \"([^\"]*)\"$")]
    private static partial Regex CommentLine();

    [GeneratedRegex("^\t(set|map|chain) ([A-Za-z0-9_]+) \\{")]
    private static partial Regex ObjectLine();

    [GeneratedRegex("^\t\tgoto [a-z_]+_([0-9]+)$")]
    private static partial Regex GotoLine();

    [GeneratedRegex("_([0-9]{1,6})$")]
    private static partial Regex SuffixOf();
}
