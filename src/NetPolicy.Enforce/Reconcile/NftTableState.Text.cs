using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace NetPolicy.Enforce.Reconcile;

internal sealed partial class NftTableState
{
    /// <summary>The objects as nft lists them without elements.</summary>
    public static NftTableState Parse(string listing)
    {
        string[] lines = listing.Split('\n');
        NftTableState state = new(lines.Length > 1 && CommentLine().Match(lines[1]) is { Success: true } comment ? comment.Groups[1].Value : "");
        Dictionary<string, int> epochs = new(StringComparer.Ordinal);
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
                state.Live = int.Parse(jump.Groups[1].Value, CultureInfo.InvariantCulture);
            }
            else if (chain.StartsWith("epoch_", StringComparison.Ordinal) && MarkLine().Match(line) is { Success: true } mark)
            {
                uint mask = uint.Parse(mark.Groups[1].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                uint bits = uint.Parse(mark.Groups[2].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                epochs[chain] = mask == 0 ? 0 : (int)(bits >> BitOperations.TrailingZeroCount(mask));
            }
        }

        state.Epoch = epochs.GetValueOrDefault(string.Create(CultureInfo.InvariantCulture, $"epoch_{state.Live}"));
        state.Version = state.Chains.Concat(state.Maps).Concat(state.Sets).Where(n => !n.StartsWith("r_", StringComparison.Ordinal)).Select(VersionOf)
            .DefaultIfEmpty(0).Max();
        return state;
    }

    [GeneratedRegex("^\tcomment \"([^\"]*)\"$")]
    private static partial Regex CommentLine();

    [GeneratedRegex("^\t(set|map|chain) ([A-Za-z0-9_]+) \\{")]
    private static partial Regex ObjectLine();

    [GeneratedRegex("^\t\tgoto [a-z_]+_([0-9]+)$")]
    private static partial Regex GotoLine();

    [GeneratedRegex("^\t\tct mark (?:&|and) 0x([0-9a-f]{1,8}) == 0x([0-9a-f]{1,8}) accept$")]
    private static partial Regex MarkLine();
}
