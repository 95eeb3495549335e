using System.Text.RegularExpressions;

namespace NetPolicy.Enforce.Observation;

/// <summary>Reads nft's listing of a whole ruleset without elements. Knows only tables, chains, flowtables and lines, so that rules it does not understand do no harm.</summary>
internal static partial class ForeignTables
{
    /// <summary>Chains and flowtables of all tables but <paramref name="ownTable"/> and those it names temporary.</summary>
    public static (List<ForeignChain> Chains, List<string> Flowtables) Parse(string listing, string ownTable)
    {
        List<ForeignChain> chains = [];
        List<string> flowtables = [];
        string table = "";
        (string Name, string? Hook, string Priority, bool Drops, List<string> Rules)? chain = null;
        foreach (string line in listing.Split('\n'))
        {
            if (TableLine().Match(line) is { Success: true } begin)
            {
                table = begin.Groups[1].Value;
            }
            else if (table == "inet " + ownTable || table == "bridge " + ownTable || table.StartsWith("inet " + ownTable + "_trace_", StringComparison.Ordinal))
            {
                continue;
            }
            else if (FlowtableLine().Match(line) is { Success: true } flowtable)
            {
                flowtables.Add($"{table} {flowtable.Groups[1].Value}");
            }
            else if (ChainLine().Match(line) is { Success: true } named)
            {
                chain = (named.Groups[1].Value, null, "", false, []);
            }
            else if (line == "\t}" && chain is { } ended)
            {
                chains.Add(new ForeignChain(table, ended.Name, ended.Hook, ended.Priority, ended.Drops, [.. ended.Rules]));
                chain = null;
            }
            else if (chain is { } open && line.StartsWith("\t\t", StringComparison.Ordinal))
            {
                chain = HookLine().Match(line) is { Success: true } hook
                    ? open with { Hook = hook.Groups[1].Value, Priority = hook.Groups[2].Value, Drops = hook.Groups[3].Value == "drop" }
                    : open;
                open.Rules.AddRange(HookLine().IsMatch(line) ? [] : (string[])[line.Trim()]);
            }
        }

        return (chains, flowtables);
    }

    [GeneratedRegex(@"^table (\S+ \S+) \{")]
    private static partial Regex TableLine();

    [GeneratedRegex(@"^\tflowtable (\S+) \{")]
    private static partial Regex FlowtableLine();

    [GeneratedRegex(@"^\tchain (\S+) \{")]
    private static partial Regex ChainLine();

    [GeneratedRegex(@"^\t\ttype \w+ hook (\w+) (?:device \S+ )?priority ([^;]+);(?: policy (\w+);)?")]
    private static partial Regex HookLine();
}
