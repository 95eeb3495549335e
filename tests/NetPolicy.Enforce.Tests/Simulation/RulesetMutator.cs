using System.Globalization;
using NetPolicy.Enforce.Simulation;

namespace NetPolicy.Enforce.Tests.Simulation;

/// <summary>
/// Makes small mistakes in ruleset texts, to see whether tests notice: one number, name, verdict, operator, element or rule
/// changed. The same text and seed give the same mutations.
/// </summary>
public static class RulesetMutator
{
    /// <summary>Words that stand for one another, by what a mistake between them is called.</summary>
    private static readonly (string Kind, string[] Words)[] Exchanges =
    [
        ("verdict", ["accept", "drop", "return", "continue"]),
        ("call", ["jump", "goto"]),
        ("direction", ["original", "reply"]),
        ("state", ["new", "established", "related", "invalid", "untracked"]),
        ("status", ["confirmed", "dnat", "snat", "seen-reply"]),
        ("side", ["saddr", "daddr"]),
        ("port side", ["sport", "dport"]),
        ("interface side", ["iifname", "oifname"]),
        ("interface index side", ["iif", "oif"]),
        ("protocol", ["tcp", "udp", "sctp", "icmp", "ipv6-icmp"]),
        ("icmp type", ["echo-request", "echo-reply", "destination-unreachable", "time-exceeded"]),
        ("bit operation", ["and", "or", "xor"]),
        ("family", ["ipv4", "ipv6"]),
        ("hook", ["prerouting", "input", "forward", "output", "postrouting"]),
        ("priority", ["raw", "mangle", "filter"]),
    ];

    /// <summary>All mutations that parse and mean something else, in an order that the seed decides; kinds alternate.</summary>
    public static IEnumerable<RulesetMutation> Mutations(string text, int seed)
    {
        NftRuleset original = NftRuleset.Parse(text);
        Random random = new(seed);
        List<List<Edit>> byKind = [.. Candidates(text).GroupBy(edit => edit.Kind, StringComparer.Ordinal).Select(group => group.ToList())];
        while (byKind.Count > 0)
        {
            int kind = random.Next(byKind.Count);
            List<Edit> edits = byKind[kind];
            int index = random.Next(edits.Count);
            Edit edit = edits[index];
            edits[index] = edits[^1];
            edits.RemoveAt(edits.Count - 1);
            if (edits.Count == 0)
            {
                byKind.RemoveAt(kind);
            }

            string changed = string.Concat(text.AsSpan(0, edit.Start), edit.After, text.AsSpan(edit.Start + edit.Length));
            if (Parses(changed, original))
            {
                int line = 1 + text.AsSpan(0, edit.Start).Count('\n');
                yield return new RulesetMutation(edit.Kind, line, text.Substring(edit.Start, edit.Length), edit.After, changed);
            }
        }
    }

    private static bool Parses(string text, NftRuleset original)
    {
        try
        {
            return !NftRuleset.Parse(text).Equals(original);
        }
        catch (NftSyntaxException)
        {
            return false;
        }
    }

    private static List<Edit> Candidates(string text)
    {
        List<NftToken> tokens = NftLexer.Tokenize(text);
        List<Edit> edits = [];
        Names names = Names.Of(text, tokens);
        for (int index = 0; index < tokens.Count; index++)
        {
            NftToken token = tokens[index];
            string word = text.Substring(token.Start, token.Length);
            switch (token.Kind)
            {
                case NftTokenKind.Word:
                    AddWord(edits, token, word, index > 0 ? text.Substring(tokens[index - 1].Start, tokens[index - 1].Length) : "", names);
                    break;
                case NftTokenKind.Quoted when !IsText(text, tokens, index):
                    AddEach(edits, "interface", token, word, names.Interfaces);
                    break;
                case NftTokenKind.Operator:
                    AddOperator(edits, token, word);
                    break;
                case NftTokenKind.Comma:
                    AddRemovedElement(edits, text, tokens, index);
                    break;
                default:
                    break;
            }
        }

        AddRules(edits, text, tokens);
        return edits;
    }

    private static bool IsText(string text, List<NftToken> tokens, int index) =>
        index > 0 && text.Substring(tokens[index - 1].Start, tokens[index - 1].Length) is "comment" or "prefix" or "name";

    private static void AddWord(List<Edit> edits, NftToken token, string word, string previous, Names names)
    {
        foreach ((string kind, string[] words) in Exchanges)
        {
            if (words.Contains(word))
            {
                AddEach(edits, kind, token, word, words);
            }
        }

        if (previous is "goto" or "jump")
        {
            AddEach(edits, "target", token, word, names.Chains);
        }
        else if (word[0] == '@')
        {
            AddEach(edits, "set", token, word, names.Sets);
        }
        else if (previous is not ("chain" or "map" or "set" or "table" or "inet" or "size" or "type" or "packets" or "bytes"))
        {
            AddValue(edits, token, word, names);
        }
    }

    private static void AddValue(List<Edit> edits, NftToken token, string word, Names names)
    {
        if (NftNumber.TryParse(word, out ulong number))
        {
            if (word.StartsWith("0x", StringComparison.Ordinal))
            {
                foreach (int bit in (ReadOnlySpan<int>)[0, 16, 24, 30])
                {
                    edits.Add(new Edit("bits", token, string.Create(CultureInfo.InvariantCulture, $"0x{number ^ (1ul << bit):x8}")));
                }

                return;
            }

            AddEach(edits, "number", token, word, [Number(number + 1), Number(number == 0 ? 2 : number - 1), .. names.Numbers]);
        }
        else if (word.Length > 1 && word.Contains(':', StringComparison.Ordinal) && NftType.ClassId.TryParse(word, out UInt128 identity))
        {
            AddEach(edits, "identity", token, word, [NftType.ClassId.Format(identity + 1), .. names.Identities]);
        }
        else if (Names.IsAddress(word, out bool isV6))
        {
            AddEach(edits, "address", token, word, isV6 ? names.Addresses6 : names.Addresses4);
        }
        else if (word.Split('-') is [var low, var high] && NftNumber.TryParse(low, out ulong first) && NftNumber.TryParse(high, out ulong last))
        {
            AddEach(edits, "range", token, word, [$"{Number(first + 1)}-{high}", $"{low}-{Number(last + 1)}", $"{low}-{Number(last == 0 ? 0 : last - 1)}"]);
        }
    }

    private static string Number(ulong value) => value.ToString(CultureInfo.InvariantCulture);

    private static void AddOperator(List<Edit> edits, NftToken token, string symbol)
    {
        string[] others = symbol switch
        {
            "==" => ["!="],
            "!=" => ["=="],
            "<" or "<=" or ">" or ">=" => ["<", "<=", ">", ">="],
            "&" or "|" or "^" => ["&", "|", "^"],
            _ => [],
        };
        AddEach(edits, "operator", token, symbol, others);
    }

    /// <summary>Removes what stands between a comma and the next one, or between the comma and the end of the list.</summary>
    private static void AddRemovedElement(List<Edit> edits, string text, List<NftToken> tokens, int comma)
    {
        int end = comma + 1;
        while (tokens[end].Kind is not (NftTokenKind.Comma or NftTokenKind.CloseBrace or NftTokenKind.Semicolon or NftTokenKind.End))
        {
            end++;
        }

        if (tokens[end].Kind is NftTokenKind.Comma or NftTokenKind.CloseBrace)
        {
            edits.Add(new Edit("element", tokens[comma].Start, tokens[end].Start - tokens[comma].Start, " "));
            int start = comma - 1;
            while (tokens[start].Kind is not (NftTokenKind.Comma or NftTokenKind.OpenBrace or NftTokenKind.Semicolon) && start > 0)
            {
                start--;
            }

            if (tokens[start].Kind == NftTokenKind.OpenBrace)
            {
                edits.Add(new Edit("element", tokens[start].End, tokens[comma].End - tokens[start].End, " "));
            }
        }
    }

    /// <summary>Removes each rule, and exchanges it with the next one of its chain.</summary>
    private static void AddRules(List<Edit> edits, string text, List<NftToken> tokens)
    {
        List<(int Start, int End)> rules = [];
        int index = 0;
        while (index < tokens.Count)
        {
            bool isChain = tokens[index].Kind == NftTokenKind.Word && text.AsSpan(tokens[index].Start, tokens[index].Length) is "chain"
                && index + 2 < tokens.Count && tokens[index + 2].Kind == NftTokenKind.OpenBrace;
            if (!isChain)
            {
                index++;
                continue;
            }

            rules.Clear();
            index = ReadChain(text, tokens, index + 3, rules);
            for (int rule = 0; rule < rules.Count; rule++)
            {
                (int start, int end) = rules[rule];
                edits.Add(new Edit("rule removed", start, end - start, ""));
                if (rule + 1 < rules.Count)
                {
                    (int nextStart, int nextEnd) = rules[rule + 1];
                    edits.Add(new Edit("rules exchanged", start, nextEnd - start, text[nextStart..nextEnd] + text[end..nextStart] + text[start..end]));
                }
            }
        }
    }

    private static int ReadChain(string text, List<NftToken> tokens, int index, List<(int Start, int End)> rules)
    {
        int depth = 0;
        int first = -1;
        for (; index < tokens.Count; index++)
        {
            NftToken token = tokens[index];
            bool ends = depth == 0 && token.Kind is NftTokenKind.Semicolon or NftTokenKind.Newline or NftTokenKind.CloseBrace or NftTokenKind.End;
            if (depth == 0 && ends)
            {
                if (first >= 0 && text.AsSpan(tokens[first].Start, tokens[first].Length) is not ("type" or "policy"))
                {
                    NftToken last = tokens[index - 1];
                    rules.Add((tokens[first].Start, last.End + (last.Kind == NftTokenKind.Quoted ? 1 : 0)));
                }

                first = -1;
                if (token.Kind is NftTokenKind.CloseBrace or NftTokenKind.End)
                {
                    break;
                }

                continue;
            }

            first = first < 0 ? index : first;
            depth += token.Kind == NftTokenKind.OpenBrace ? 1 : token.Kind == NftTokenKind.CloseBrace ? -1 : 0;
        }

        return index;
    }

    private static void AddEach(List<Edit> edits, string kind, NftToken token, string word, IEnumerable<string> others)
    {
        foreach (string other in others.Where(other => other != word).Distinct(StringComparer.Ordinal))
        {
            edits.Add(new Edit(kind, token, other));
        }
    }

    private sealed record Edit(string Kind, int Start, int Length, string After)
    {
        internal Edit(string kind, NftToken token, string after)
            : this(kind, token.Start, token.Length, after)
        {
        }
    }

    /// <summary>What the text itself names, for exchanges among its own names. A few of each, so that big texts stay cheap.</summary>
    private sealed record Names(
        List<string> Chains, List<string> Sets, List<string> Interfaces, List<string> Numbers, List<string> Identities, List<string> Addresses4, List<string> Addresses6)
    {
        private const int Few = 12;

        internal static Names Of(string text, List<NftToken> tokens)
        {
            Names names = new([], [], ["eth0", "eth9"], [], [], [], []);
            string previous = "";
            foreach (NftToken token in tokens)
            {
                string word = text.Substring(token.Start, token.Length);
                if (token.Kind == NftTokenKind.Quoted && previous is not ("comment" or "prefix" or "name"))
                {
                    Add(names.Interfaces, word);
                }
                else if (token.Kind == NftTokenKind.Word)
                {
                    AddWord(names, word, previous);
                }

                previous = word;
            }

            return names;
        }

        internal static bool IsAddress(string word, out bool isV6)
        {
            string address = word.Split('/', 2)[0];
            isV6 = PacketAddress.TryParseIPv6(address, out _);
            return isV6 || PacketAddress.TryParseIPv4(address, out _);
        }

        private static void AddWord(Names names, string word, string previous)
        {
            if (previous is "chain")
            {
                Add(names.Chains, word);
            }
            else if (previous is "set" or "map")
            {
                Add(names.Sets, "@" + word);
            }
            else if (NftNumber.TryParse(word, out _) && previous is "dport" or "sport" or ".")
            {
                Add(names.Numbers, word);
            }
            else if (word.Length > 2 && word.Contains(':', StringComparison.Ordinal) && NftType.ClassId.TryParse(word, out _))
            {
                Add(names.Identities, word);
            }
            else if (IsAddress(word, out bool isV6))
            {
                Add(isV6 ? names.Addresses6 : names.Addresses4, word);
            }
        }

        private static void Add(List<string> names, string name)
        {
            if (names.Count < Few && !names.Contains(name))
            {
                names.Add(name);
            }
        }
    }
}
