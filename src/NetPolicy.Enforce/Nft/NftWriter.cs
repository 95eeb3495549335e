using System.Globalization;
using System.Numerics;
using System.Text;
using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce.Nft;

/// <summary>Writes rulesets in nft's language, as nft 1.0.6 and later read it. The same ruleset always gives the same bytes.</summary>
/// <remarks>
/// All chains, maps and sets but the shared and the base ones carry the generation as the end of their name, so that two rulesets can be
/// loaded side by side while one takes over from the other.
/// </remarks>
public static class NftWriter
{
    /// <summary>A script that makes the whole table where there is none.</summary>
    /// <param name="ruleset">The ruleset.</param>
    /// <param name="generation">The end of names, and what accepted connections are marked with; 1 or more.</param>
    public static string Write(CompiledRuleset ruleset, int generation = 1)
    {
        ArgumentNullException.ThrowIfNull(ruleset);
        NftNames names = new(ruleset.Table, generation, previous: 0);
        return Begin(ruleset.Table) + Content(names, ruleset.Table, _ => true) + "}\n";
    }

    /// <summary>The beginning of a table's block.</summary>
    internal static string Begin(RuleTable table) => $"table inet {table.Name} {{\n  comment \"{table.Comment}\"\n";

    /// <summary>All identities, sets and maps, and the chains that <paramref name="isWanted"/> wants.</summary>
    internal static string Content(NftNames names, RuleTable table, Func<RuleChain, bool> isWanted)
    {
        StringBuilder text = new();
        foreach (IdentityMap map in table.Identities)
        {
            Write(text, names, map);
        }

        foreach (RuleSet set in table.Sets)
        {
            Write(text, names, set);
        }

        foreach (RuleMap map in table.Maps)
        {
            Write(text, names, map);
        }

        return text.Append(Chains(names, table, isWanted)).ToString();
    }

    /// <summary>The chains that <paramref name="isWanted"/> wants.</summary>
    internal static string Chains(NftNames names, RuleTable table, Func<RuleChain, bool> isWanted)
    {
        StringBuilder text = new();
        foreach (RuleChain chain in table.Chains)
        {
            if (isWanted(chain))
            {
                Write(text, names, chain);
            }
        }

        return text.ToString();
    }

    private static void Write(StringBuilder text, NftNames names, IdentityMap map)
    {
        string type = map.Family == IpFamily.IPv4 ? "ipv4_addr" : "ipv6_addr";
        Begin(text, "map", names.Of(map.Name), $"type {type} : classid", map.IsInterval);
        Elements(text, map.Elements.AsEnumerable().Select(e => $"{e.Addresses} : {NftWords.Identity(e.Identity)}"));
    }

    private static void Write(StringBuilder text, NftNames names, RuleSet set)
    {
        Begin(text, "set", names.Of(set.Name), "type " + Types(set.Fields), set.IsInterval);
        Elements(text, set.Elements.AsEnumerable().Select(NftWords.Of));
    }

    private static void Write(StringBuilder text, NftNames names, RuleMap map)
    {
        Begin(text, "map", names.Of(map.Name), $"type {Types(map.Fields)} : verdict", map.IsInterval);
        Elements(text, map.Elements.AsEnumerable().Select(e => $"{NftWords.Of(e.Key)} : {Verdict(names, e.Verdict)}"));
    }

    private static void Begin(StringBuilder text, string kind, string name, string type, bool isInterval)
    {
        text.Append(CultureInfo.InvariantCulture, $"  {kind} {name} {{\n    {type}\n");
        if (isInterval)
        {
            text.Append("    flags interval\n");
        }
    }

    private static void Elements(StringBuilder text, IEnumerable<string> elements)
    {
        bool any = false;
        foreach (string element in elements)
        {
            text.Append(any ? ",\n      " : "    elements = {\n      ").Append(element);
            any = true;
        }

        text.Append(any ? "\n    }\n  }\n" : "  }\n");
    }

    private static void Write(StringBuilder text, NftNames names, RuleChain chain)
    {
        text.Append(CultureInfo.InvariantCulture, $"  chain {names.Of(chain.Name)} {{\n");
        if (chain.Hook is { } hook)
        {
            text.Append(CultureInfo.InvariantCulture, $"    type filter hook {NftWords.Of(hook.Point)} priority {hook.Priority}; policy accept;\n");
        }

        foreach (RuleLine line in chain.Rules)
        {
            if (names.Previous == 0 && line.Statements.Any(s => s is RuleStatement.MatchGeneration { IsPrevious: true }))
            {
                continue;
            }

            text.Append("    ").Append(Line(names, line)).Append('\n');
        }

        text.Append("  }\n");
    }

    private static string Line(NftNames names, RuleLine line)
    {
        IEnumerable<string> words = line.Statements.AsEnumerable().Select(s => Statement(names, s));
        return string.Join(' ', line.Comment is { } comment ? words.Append($"comment \"{comment}\"") : words);
    }

    private static string Statement(NftNames names, RuleStatement statement) => statement switch
    {
        RuleStatement.Match match => $"{NftWords.Of(match.Field)} {(match.IsNegated ? "!= " : "")}{Values(match.Values)}",
        RuleStatement.MatchBits bits =>
            $"{NftWords.Of(bits.Field)} and {NftWords.Mark(bits.Mask)} {(bits.IsNegated ? "!=" : "==")} {NftWords.Mark(bits.Bits)}",
        RuleStatement.MatchGeneration match =>
            $"ct mark and {NftWords.Mark(match.Mask)} == {NftWords.Mark(MarkOf(match.Mask, match.IsPrevious ? names.Previous : names.Generation))}",
        RuleStatement.SetGeneration set =>
            $"ct mark set ct mark and {NftWords.Mark(~set.Mask)} or {NftWords.Mark(MarkOf(set.Mask, names.Generation))}",
        RuleStatement.MatchSet set => $"{Fields(set.Fields)} {(set.IsNegated ? "!= " : "")}@{names.Of(set.Set)}",
        RuleStatement.Dispatch dispatch => $"{Fields(dispatch.Fields)} vmap @{names.Of(dispatch.Map)}",
        RuleStatement.Switch cases =>
            $"{NftWords.Of(cases.Field)} vmap {{ {string.Join(", ", cases.Entries.AsEnumerable().Select(e => $"{NftWords.Of(e.Key)} : {Verdict(names, e.Verdict)}"))} }}",
        RuleStatement.SetIdentity set => $"meta priority set {NftWords.Identity(set.Number)}",
        RuleStatement.FindIdentity find => $"meta priority set {NftWords.Of(find.Field)} map @{names.Of(find.Map)}",
        RuleStatement.SetBits set => SetBits(set),
        RuleStatement.Counter => "counter",
        RuleStatement.Log log => log.Group is { } group
            ? string.Create(CultureInfo.InvariantCulture, $"log prefix \"{log.Prefix}\" group {group}")
            : $"log prefix \"{log.Prefix}\"",
        RuleStatement.NoTrack => "notrack",
        RuleStatement.Reject reject => reject.IsReset ? "reject with tcp reset" : "reject with icmpx type admin-prohibited",
        RuleStatement.Go go => Verdict(names, go.Verdict),
        _ => throw new ArgumentOutOfRangeException(nameof(statement)),
    };

    // The highest bit of the mask is the denial's.
    private static uint MarkOf(uint mask, uint generation)
    {
        int shift = BitOperations.TrailingZeroCount(mask);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(generation, mask >> shift >> 1);
        return generation << shift;
    }

    private static string SetBits(RuleStatement.SetBits set)
    {
        string mark = NftWords.Of(set.Field);
        return set.Kept == uint.MaxValue ? $"{mark} set {mark} or {NftWords.Mark(set.Added)}"
            : set.Added == 0 ? $"{mark} set {mark} and {NftWords.Mark(set.Kept)}"
            : $"{mark} set {mark} and {NftWords.Mark(set.Kept)} or {NftWords.Mark(set.Added)}";
    }

    private static string Values(EquatableArray<RuleValue> values) =>
        values.Count == 1 ? NftWords.Of(values[0]) : $"{{ {string.Join(", ", values.AsEnumerable().Select(NftWords.Of))} }}";

    private static string Fields(EquatableArray<RuleField> fields) => string.Join(" . ", fields.AsEnumerable().Select(NftWords.Of));

    private static string Types(EquatableArray<RuleField> fields) => string.Join(" . ", fields.AsEnumerable().Select(NftWords.TypeOf));

    private static string Verdict(NftNames names, RuleVerdict verdict) => verdict.Kind switch
    {
        RuleVerdictKind.Drop => "drop",
        RuleVerdictKind.Accept => "accept",
        RuleVerdictKind.Return => "return",
        RuleVerdictKind.Jump => "jump " + names.Of(verdict.Chain!),
        RuleVerdictKind.Goto => "goto " + names.Of(verdict.Chain!),
        _ => throw new ArgumentOutOfRangeException(nameof(verdict)),
    };
}
