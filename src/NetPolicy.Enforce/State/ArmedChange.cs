using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using NetPolicy.Enforce.Lab;
using NetPolicy.Enforce.Nft;
using NetPolicy.Enforce.Observation;
using NetPolicy.Enforce.Reconcile;
using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce.State;

/// <summary>
/// A change that the kernel takes back by itself unless it is confirmed. Both generations are loaded; hooks go to the new one while an element of set <c>armed</c>
/// lives, and that has a timeout. No process is needed for going back.
/// </summary>
internal sealed partial class ArmedChange
{
    private const string Set = "armed";

    private readonly NftProgram _nft;
    private readonly string _table;
    private readonly Dictionary<string, (string? New, string? Old)> _hooks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (uint Mask, uint Bits)> _marks = new(StringComparer.Ordinal);

    private ArmedChange(NftProgram nft, string table)
    {
        _nft = nft;
        _table = table;
    }

    public ArmedPhase Phase { get; private set; }

    /// <summary>How long the new rules decide yet.</summary>
    public TimeSpan Remaining { get; private set; }

    /// <summary>The version at the end of the names on trial; 0 for none.</summary>
    private int Version => _hooks.Values.Select(h => h.New is null ? 0 : VersionOf(h.New)).DefaultIfEmpty().Max();

    /// <summary>True if rules of before are there to go back to.</summary>
    public bool HasBefore => _hooks.Values.Any(h => h.Old is not null);

    /// <summary>What is loaded.</summary>
    /// <exception cref="NftException">The machine refused to tell.</exception>
    public static ArmedChange Read(NftProgram nft, string table)
    {
        ArmedChange change = new(nft, table);
        NamespaceProcessResult listing = nft.Start(["-t", "list", "table", "inet", table]);
        if (listing.ExitCode != 0 || !listing.Output.Contains($"\tset {Set} {{", StringComparison.Ordinal))
        {
            return change;
        }

        string chain = "";
        foreach (string line in listing.Output.Split('\n'))
        {
            if (ChainLine().Match(line) is { Success: true } begin)
            {
                chain = begin.Groups[1].Value;
            }
            else if (line.StartsWith("\t\ttype filter hook ", StringComparison.Ordinal))
            {
                change._hooks[chain] = (null, null);
            }
            else if (chain.StartsWith("epoch_", StringComparison.Ordinal) && MarkLine().Match(line) is { Success: true } mark)
            {
                change._marks[chain] = (Hexadecimal(mark.Groups[1].Value), Hexadecimal(mark.Groups[2].Value));
            }
            else if (change._hooks.TryGetValue(chain, out (string? New, string? Old) hook))
            {
                if (ArmedLine().Match(line) is { Success: true } armed)
                {
                    change._hooks[chain] = (armed.Groups[1].Value, hook.Old);
                }
                else if (PlainLine().Match(line) is { Success: true } plain)
                {
                    change._hooks[chain] = (hook.New, plain.Groups[1].Value);
                }
            }
        }

        string elements = nft.Run(["list", "set", "inet", table, Set]);
        TimeSpan[] times = [.. Expiry().Matches(elements).Select(m => Duration(m.Groups[1].Value))];
        change.Phase = times.Length > 0 ? ArmedPhase.Armed : ArmedPhase.RolledBack;
        change.Remaining = times.DefaultIfEmpty().Min();
        return change;
    }

    /// <summary>Loads a ruleset beside what is there, and lets it decide for a time.</summary>
    /// <returns>The epoch that connections accepted on trial are marked with.</returns>
    /// <exception cref="NftException">The machine refused; the rules of before decide.</exception>
    public static int Arm(NftProgram nft, CompiledRuleset ruleset, TimeSpan time)
    {
        string name = ruleset.Table.Name;
        NamespaceProcessResult listing = nft.Start(["-t", "list", "table", "inet", name]);
        NftTableState? loaded = listing.ExitCode == 0 ? NftTableState.Parse(listing.Output) : null;
        EpochPair epochs = loaded is null ? new EpochPair(1, 0) : NftPlanner.Next(new EpochPair(loaded.Epoch, 0), ruleset.Options);
        RuleTable table = ruleset.Table.Resolve((loaded?.Version ?? 0) + 1, epochs.Current, epochs.Previous);
        Operations load = new();
        load.Add(new RuleOperation.AddTable(table.Comment));
        load.Load(table);
        HashSet<string> present = [.. loaded?.Chains ?? []];
        load.Load([.. table.Chains.Where(c => c.Hook is null && !(c.IsShared && present.Contains(c.Name)))], table.Maps);
        foreach (RuleTransaction transaction in load.Transactions(name))
        {
            nft.Load(NftWriter.Write(transaction));
        }

        Dictionary<string, string> bodies = loaded is null ? [] : Bodies(listing.Output);
        Dictionary<string, RuleChain> wanted = table.Chains.AsEnumerable().Where(c => c.Hook is not null).ToDictionary(c => c.Name, StringComparer.Ordinal);
        StringBuilder arm = new();
        arm.Append(CultureInfo.InvariantCulture, $"add set inet {name} {Set} {{ typeof meta nfproto; flags timeout; }}\n");
        foreach (string hook in wanted.Keys.Union(bodies.Keys).Order(StringComparer.Ordinal))
        {
            if (wanted.TryGetValue(hook, out RuleChain? chain))
            {
                arm.Append(CultureInfo.InvariantCulture, $"add chain inet {name} {hook} {{ type filter hook {NftWords.Of(chain.Hook!.Point)} priority {chain.Hook.Priority}; policy accept; }}\n");
            }

            arm.Append(CultureInfo.InvariantCulture, $"flush chain inet {name} {hook}\n");
            arm.Append(CultureInfo.InvariantCulture, $"add rule inet {name} {hook} meta nfproto @{Set} {(chain is null ? "return" : "goto " + Body(chain))}\n");
            if (bodies.TryGetValue(hook, out string? body))
            {
                arm.Append(CultureInfo.InvariantCulture, $"add rule inet {name} {hook} goto {body}\n");
            }
        }

        string timeout = string.Create(CultureInfo.InvariantCulture, $"{(long)Math.Ceiling(time.TotalSeconds)}s");
        arm.Append(CultureInfo.InvariantCulture, $"add element inet {name} {Set} {{ ipv4 timeout {timeout}, ipv6 timeout {timeout} }}\n");
        nft.Load(arm.ToString());
        return epochs.Current;
    }

    /// <summary>Makes the new rules final. False, with nothing changed, if their time ran out before.</summary>
    /// <exception cref="NftException">The machine refused for another reason.</exception>
    public bool Confirm()
    {
        StringBuilder confirm = new();

        // Refused as a whole if the elements are gone: there is no moment between looking and doing.
        confirm.Append(CultureInfo.InvariantCulture, $"delete element inet {_table} {Set} {{ ipv4, ipv6 }}\n");
        foreach ((string hook, (string? body, _)) in _hooks.OrderBy(h => h.Key, StringComparer.Ordinal))
        {
            confirm.Append(CultureInfo.InvariantCulture, $"flush chain inet {_table} {hook}\n");
            if (body is not null)
            {
                confirm.Append(CultureInfo.InvariantCulture, $"add rule inet {_table} {hook} goto {body}\n");
            }
        }

        confirm.Append(CultureInfo.InvariantCulture, $"delete set inet {_table} {Set}\n");
        NamespaceProcessResult result = _nft.Start(["-f", "-"], confirm.ToString());
        return result.ExitCode == 0
            || (Read(_nft, _table).Phase == ArmedPhase.RolledBack ? false : throw new NftException(result.Command, result.Error + result.Output, confirm.ToString()));
    }

    /// <summary>Lets the rules of before decide now, and clears what was on trial. Connections that only those accepted are judged again.</summary>
    /// <exception cref="NftException">The machine refused.</exception>
    public void GoBack()
    {
        if (!HasBefore)
        {
            _nft.Load(string.Create(CultureInfo.InvariantCulture, $"delete table inet {_table}\n"));
        }
        else
        {
            StringBuilder back = new();
            foreach ((string hook, (_, string? body)) in _hooks.OrderBy(h => h.Key, StringComparer.Ordinal))
            {
                back.Append(CultureInfo.InvariantCulture, $"flush chain inet {_table} {hook}\n");
                if (body is not null)
                {
                    back.Append(CultureInfo.InvariantCulture, $"add rule inet {_table} {hook} goto {body}\n");
                }
            }

            back.Append(CultureInfo.InvariantCulture, $"delete set inet {_table} {Set}\n");
            _nft.Load(back.ToString());
            Delete(name => VersionOf(name) == Version);
        }

        if (_marks.TryGetValue(string.Create(CultureInfo.InvariantCulture, $"epoch_{Version}"), out (uint Mask, uint Bits) mark) && mark.Bits != 0)
        {
            _ = _nft.Inside(() => ConnectionMarks.Clear(mark.Mask, mark.Bits));
        }
    }

    /// <summary>Deletes what only the rules of before needed, after a change was confirmed.</summary>
    /// <exception cref="NftException">The machine refused; what is left does no harm.</exception>
    public void ClearBefore() => Delete(name => VersionOf(name) is > 0 and int version && version != Version);

    // Names of rules' chains end in a hash, which is no version.
    private void Delete(Func<string, bool> isLeft)
    {
        NftTableState state = NftTableState.Parse(_nft.Run(["-t", "list", "table", "inet", _table]));
        Operations operations = new();
        operations.Delete(
            [.. state.Chains.Where(c => !c.StartsWith("r_", StringComparison.Ordinal) && isLeft(c))], [.. state.Maps.Where(isLeft)], [.. state.Sets.Where(isLeft)]);
        if (operations.Count > 0)
        {
            _nft.Load(NftWriter.Write(operations.Transaction(_table)));
        }
    }

    private static int VersionOf(string name) =>
        name.LastIndexOf('_') is >= 0 and int at && int.TryParse(name.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int version) ? version : 0;

    private static uint Hexadecimal(string digits) => uint.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static Dictionary<string, string> Bodies(string listing)
    {
        Dictionary<string, string> bodies = new(StringComparer.Ordinal);
        string chain = "";
        bool isBase = false;
        foreach (string line in listing.Split('\n'))
        {
            if (ChainLine().Match(line) is { Success: true } begin)
            {
                (chain, isBase) = (begin.Groups[1].Value, false);
            }
            else if (line.StartsWith("\t\ttype filter hook ", StringComparison.Ordinal))
            {
                isBase = true;
            }
            else if (isBase && PlainLine().Match(line) is { Success: true } plain)
            {
                bodies[chain] = plain.Groups[1].Value;
            }
        }

        return bodies;
    }

    private static string Body(RuleChain chain) => chain.Rules[0].Statements[0] is RuleStatement.Go { Verdict: { Kind: RuleVerdictKind.Goto, Chain: { } body } }
        ? body
        : throw new InvalidOperationException($"base chain `{chain.Name}` does more than going to its body");

    // As nft prints it: 1d2h3m4s5ms.
    private static TimeSpan Duration(string text)
    {
        TimeSpan sum = TimeSpan.Zero;
        foreach (Match part in DurationPart().Matches(text))
        {
            long number = long.Parse(part.Groups[1].Value, CultureInfo.InvariantCulture);
            sum += part.Groups[2].Value switch
            {
                "d" => TimeSpan.FromDays(number),
                "h" => TimeSpan.FromHours(number),
                "m" => TimeSpan.FromMinutes(number),
                "s" => TimeSpan.FromSeconds(number),
                _ => TimeSpan.FromMilliseconds(number),
            };
        }

        return sum;
    }

    [GeneratedRegex(@"^\tchain (\S+) \{")]
    private static partial Regex ChainLine();

    [GeneratedRegex(@"^\t\tmeta nfproto @armed (?:goto (\S+)|return)$")]
    private static partial Regex ArmedLine();

    [GeneratedRegex(@"^\t\tgoto (\S+)$")]
    private static partial Regex PlainLine();

    [GeneratedRegex("^\t\tct mark (?:&|and) 0x([0-9a-f]{1,8}) == 0x([0-9a-f]{1,8}) accept$")]
    private static partial Regex MarkLine();

    [GeneratedRegex(@"expires (\w+)")]
    private static partial Regex Expiry();

    [GeneratedRegex(@"(\d+)(ms|d|h|m|s)")]
    private static partial Regex DurationPart();
}
