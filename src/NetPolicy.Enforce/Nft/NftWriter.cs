using System.Globalization;
using System.Text;
using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce.Nft;

/// <summary>Writes rulesets in nft's language, as nft 1.0.6 and later read it. The same ruleset always gives the same bytes.</summary>
/// <remarks>All chains, maps and sets but the shared and the base ones carry a version as the end of their name.</remarks>
public static class NftWriter
{
    /// <summary>A script that makes the whole table where there is none.</summary>
    /// <param name="ruleset">The ruleset.</param>
    /// <param name="generation">The end of names, and what accepted connections are marked with; 1 or more.</param>
    public static string Write(CompiledRuleset ruleset, int generation = 1)
    {
        ArgumentNullException.ThrowIfNull(ruleset);
        string text = Write(ruleset.Table.Resolve(generation, generation, previous: 0));
        return ruleset.Bridge is { } bridge ? text + Write(bridge) : text;
    }

    /// <summary>A script that does what a transaction does.</summary>
    public static string Write(RuleTransaction transaction)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        StringBuilder text = new();
        foreach (RuleOperation operation in transaction.Operations)
        {
            Write(text, $"{NftWords.Of(RuleFamily.Inet)} {transaction.Table}", operation);
        }

        foreach (RuleOperation operation in transaction.Bridge)
        {
            Write(text, $"{NftWords.Of(RuleFamily.Bridge)} {transaction.Table}", operation);
        }

        return text.ToString();
    }

    /// <summary>A script that makes a table whose names are final.</summary>
    internal static string Write(RuleTable table)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"table {NftWords.Of(table.Family)} {table.Name} {{\n  comment \"{table.Comment}\"\n");
        foreach (IdentityMap map in table.Identities)
        {
            Block(text, "map", map.Name, TypeOf(map), map.IsInterval, map.Size);
            Elements(text, map.Elements.AsSpan(), Append);
        }

        foreach (RuleSet set in table.Sets)
        {
            Block(text, "set", set.Name, TypeOf(set), set.IsInterval, set.Size);
            Elements(text, set.Elements.AsSpan(), Append);
        }

        foreach (RuleMap map in table.Maps)
        {
            Block(text, "map", map.Name, TypeOf(map), map.IsInterval, map.Size);
            Elements(text, map.Elements.AsSpan(), Append);
        }

        foreach (RuleChain chain in table.Chains)
        {
            Write(text, chain);
        }

        return text.Append("}\n").ToString();
    }

    private static void Write(StringBuilder text, string table, RuleOperation operation)
    {
        switch (operation)
        {
            case RuleOperation.AddTable add:
                text.Append(CultureInfo.InvariantCulture, $"add table {table} {{ comment \"{add.Comment}\"; }}\n");
                break;
            case RuleOperation.DeleteTable:
                text.Append(CultureInfo.InvariantCulture, $"delete table {table}\n");
                break;
            case RuleOperation.AddChain { Hook: { } hook } add:
                text.Append(CultureInfo.InvariantCulture, $"add chain {table} {add.Name} {{ {Hook(hook)} }}\n");
                break;
            case RuleOperation.AddChain add:
                text.Append(CultureInfo.InvariantCulture, $"add chain {table} {add.Name}\n");
                break;
            case RuleOperation.FlushChain flush:
                text.Append(CultureInfo.InvariantCulture, $"flush chain {table} {flush.Name}\n");
                break;
            case RuleOperation.DeleteChain delete:
                text.Append(CultureInfo.InvariantCulture, $"delete chain {table} {delete.Name}\n");
                break;
            case RuleOperation.AddRule add:
                text.Append(CultureInfo.InvariantCulture, $"add rule {table} {add.Chain} {Line(add.Line)}\n");
                break;
            case RuleOperation.AddSet add:
                Definition(text, "set", table, add.Set.Name, TypeOf(add.Set), add.Set.IsInterval, add.Set.Size);
                break;
            case RuleOperation.AddTimedSet { Set: var set }:
                text.Append(CultureInfo.InvariantCulture, $"add set {table} {set.Name} {{ {TypeOf(set)}; flags timeout; }}\n");
                break;
            case RuleOperation.AddTimedElements { Elements: var set, Seconds: var seconds }:
                Elements(text, "add", table, set.Name, set.Elements.AsSpan(), (t, e) =>
                {
                    Append(t, e);
                    t.Append(CultureInfo.InvariantCulture, $" timeout {seconds}s");
                });
                break;
            case RuleOperation.AddMap add:
                Definition(text, "map", table, add.Map.Name, TypeOf(add.Map), add.Map.IsInterval, add.Map.Size);
                break;
            case RuleOperation.AddIdentityMap add:
                Definition(text, "map", table, add.Map.Name, TypeOf(add.Map), add.Map.IsInterval, add.Map.Size);
                break;
            case RuleOperation.DeleteSet delete:
                text.Append(CultureInfo.InvariantCulture, $"delete set {table} {delete.Name}\n");
                break;
            case RuleOperation.DeleteMap delete:
                text.Append(CultureInfo.InvariantCulture, $"delete map {table} {delete.Name}\n");
                break;
            case RuleOperation.AddSetElements add:
                Elements(text, "add", table, add.Elements.Name, add.Elements.Elements.AsSpan(), Append);
                break;
            case RuleOperation.DeleteSetElements delete:
                Elements(text, "delete", table, delete.Elements.Name, delete.Elements.Elements.AsSpan(), Append);
                break;
            case RuleOperation.AddMapElements add:
                Elements(text, "add", table, add.Elements.Name, add.Elements.Elements.AsSpan(), Append);
                break;
            case RuleOperation.DeleteMapElements delete:
                Elements(text, "delete", table, delete.Elements.Name, delete.Elements.Elements.AsSpan(), static (t, e) => Append(t, e.Key));
                break;
            case RuleOperation.AddIdentities add:
                Elements(text, "add", table, add.Elements.Name, add.Elements.Elements.AsSpan(), Append);
                break;
            case RuleOperation.DeleteIdentities delete:
                Elements(text, "delete", table, delete.Elements.Name, delete.Elements.Elements.AsSpan(), static (t, e) => NftWords.Append(t, e.Addresses));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(operation));
        }
    }

    private static string TypeOf(IdentityMap map) => $"type {(map.Family == IpFamily.IPv4 ? "ipv4_addr" : "ipv6_addr")} : classid";

    private static string TypeOf(RuleSet set) => "type " + Types(set.Fields);

    private static string TypeOf(RuleMap map) => $"type {Types(map.Fields)} : verdict";

    private static void Definition(StringBuilder text, string kind, string table, string name, string type, bool isInterval, int size)
    {
        text.Append(CultureInfo.InvariantCulture, $"add {kind} {table} {name} {{ {type}; ");
        if (isInterval)
        {
            text.Append("flags interval; ");
        }

        if (size > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"size {size}; ");
        }

        text.Append("}\n");
    }

    private static void Block(StringBuilder text, string kind, string name, string type, bool isInterval, int size)
    {
        text.Append(CultureInfo.InvariantCulture, $"  {kind} {name} {{\n    {type}\n");
        if (isInterval)
        {
            text.Append("    flags interval\n");
        }

        if (size > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"    size {size}\n");
        }
    }

    private static void Elements<T>(StringBuilder text, ReadOnlySpan<T> elements, Action<StringBuilder, T> append)
    {
        for (int i = 0; i < elements.Length; i++)
        {
            text.Append(i == 0 ? "    elements = {\n      " : ",\n      ");
            append(text, elements[i]);
        }

        text.Append(elements.Length > 0 ? "\n    }\n  }\n" : "  }\n");
    }

    private static void Elements<T>(StringBuilder text, string verb, string table, string name, ReadOnlySpan<T> elements, Action<StringBuilder, T> append)
    {
        for (int i = 0; i < elements.Length; i++)
        {
            if (i == 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"{verb} element {table} {name} {{ ");
            }
            else
            {
                text.Append(", ");
            }

            append(text, elements[i]);
        }

        if (elements.Length > 0)
        {
            text.Append(" }\n");
        }
    }

    private static void Append(StringBuilder text, RuleValue value) => NftWords.Append(text, value);

    private static void Append(StringBuilder text, RuleElement element)
    {
        NftWords.Append(text, element.Key);
        text.Append(" : ").Append(Verdict(element.Verdict));
    }

    private static void Append(StringBuilder text, (IpRange Addresses, uint Identity) element)
    {
        NftWords.Append(text, element.Addresses);
        text.Append(" : ");
        NftWords.AppendIdentity(text, element.Identity);
    }

    private static string Hook(RuleHook hook) =>
        string.Create(CultureInfo.InvariantCulture, $"type filter hook {NftWords.Of(hook.Point)} priority {hook.Priority}; policy accept;");

    private static void Write(StringBuilder text, RuleChain chain)
    {
        text.Append("  chain ").Append(chain.Name).Append(" {\n");
        if (chain.Hook is { } hook)
        {
            text.Append("    ").Append(Hook(hook)).Append('\n');
        }

        foreach (RuleLine line in chain.Rules)
        {
            text.Append("    ").Append(Line(line)).Append('\n');
        }

        text.Append("  }\n");
    }

    private static string Line(RuleLine line)
    {
        IEnumerable<string> words = line.Statements.AsEnumerable().Select(Statement);
        return string.Join(' ', line.Comment is { } comment ? words.Append($"comment \"{comment}\"") : words);
    }

    private static string Statement(RuleStatement statement) => statement switch
    {
        RuleStatement.Match match => $"{NftWords.Of(match.Field)} {(match.IsNegated ? "!= " : "")}{Values(match.Field, match.Values)}",
        RuleStatement.MatchBits bits =>
            $"{NftWords.Of(bits.Field)} and {NftWords.Mark(bits.Mask)} {(bits.IsNegated ? "!=" : "==")} {NftWords.Mark(bits.Bits)}",
        RuleStatement.MatchSet set => $"{Fields(set.Fields)} {(set.IsNegated ? "!= " : "")}@{set.Set}",
        RuleStatement.Dispatch dispatch => $"{Fields(dispatch.Fields)} vmap @{dispatch.Map}",
        RuleStatement.Switch cases =>
            $"{NftWords.Of(cases.Field)} vmap {{ {string.Join(", ", cases.Entries.AsEnumerable().Select(e => $"{NftWords.Of(cases.Field, e.Key)} : {Verdict(e.Verdict)}"))} }}",
        RuleStatement.SetIdentity set => $"meta priority set {NftWords.Identity(set.Number)}",
        RuleStatement.FindIdentity find => $"meta priority set {NftWords.Of(find.Field)} map @{find.Map}",
        RuleStatement.SetBits set => SetBits(set),
        RuleStatement.Counter => "counter",
        RuleStatement.Limit limit => string.Create(CultureInfo.InvariantCulture, $"limit rate {limit.PerSecond}/second burst {limit.Burst} packets"),
        RuleStatement.Log log => log.Group is { } group
            ? string.Create(CultureInfo.InvariantCulture, $"log prefix \"{log.Prefix}\" group {group}")
            : $"log prefix \"{log.Prefix}\"",
        RuleStatement.NoTrack => "notrack",
        RuleStatement.Reject reject => reject.IsReset ? "reject with tcp reset" : "reject with icmpx type admin-prohibited",
        RuleStatement.Go go => Verdict(go.Verdict),
        RuleStatement.MatchGeneration or RuleStatement.SetGeneration => throw new ArgumentException("epochs are numbers before a table is written", nameof(statement)),
        _ => throw new ArgumentOutOfRangeException(nameof(statement)),
    };

    private static string SetBits(RuleStatement.SetBits set)
    {
        string mark = NftWords.Of(set.Field);
        return set.Kept == uint.MaxValue ? $"{mark} set {mark} or {NftWords.Mark(set.Added)}"
            : set.Added == 0 ? $"{mark} set {mark} and {NftWords.Mark(set.Kept)}"
            : $"{mark} set {mark} and {NftWords.Mark(set.Kept)} or {NftWords.Mark(set.Added)}";
    }

    private static string Values(RuleField field, EquatableArray<RuleValue> values) =>
        values.Count == 1 ? NftWords.Of(field, values[0]) : $"{{ {string.Join(", ", values.AsEnumerable().Select(v => NftWords.Of(field, v)))} }}";

    private static string Fields(EquatableArray<RuleField> fields) => string.Join(" . ", fields.AsEnumerable().Select(NftWords.Of));

    private static string Types(EquatableArray<RuleField> fields) => string.Join(" . ", fields.AsEnumerable().Select(NftWords.TypeOf));

    private static string Verdict(RuleVerdict verdict) => verdict.Kind switch
    {
        RuleVerdictKind.Drop => "drop",
        RuleVerdictKind.Accept => "accept",
        RuleVerdictKind.Return => "return",
        RuleVerdictKind.Jump => "jump " + verdict.Chain,
        RuleVerdictKind.Goto => "goto " + verdict.Chain,
        _ => throw new ArgumentOutOfRangeException(nameof(verdict)),
    };
}
