using System.Globalization;
using NetPolicy.Collections;
using NetPolicy.Enforce.Netlink;
using NetPolicy.Enforce.Reconcile;
using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce.State;

/// <summary>
/// A change that the kernel takes back by itself unless it is confirmed. Both generations are loaded; hooks go to the new one while an element of set <c>armed</c>
/// lives, and that has a timeout. No process is needed for going back.
/// </summary>
internal sealed class ArmedChange
{
    private static readonly RuleSet s_set = new(
        "armed", [RuleField.Family], [new RuleValue.Keyword("ipv4"), new RuleValue.Keyword("ipv6")], IsInterval: false);

    private static readonly RuleStatement s_isArmed = new RuleStatement.MatchSet(s_set.Fields, s_set.Name);

    private readonly NftApplier _applier;
    private readonly string _table;
    private readonly SortedDictionary<string, (string? New, string? Old)> _hooks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (uint Mask, uint Bits)> _marks = new(StringComparer.Ordinal);

    private ArmedChange(NftApplier applier, string table)
    {
        _applier = applier;
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
    public static ArmedChange Read(NftApplier applier, string table)
    {
        ArmedChange change = new(applier, table);
        LoadedTable? loaded = applier.Read(withElements: false);
        if (loaded?.Timed.FirstOrDefault(t => t.Set.Name == s_set.Name) is not { } timed)
        {
            return change;
        }

        foreach (LoadedChain chain in loaded.Chains)
        {
            if (chain.Hook is not null)
            {
                change._hooks[chain.Name] = (null, null);
            }

            foreach (LoadedRule rule in chain.Rules)
            {
                if (rule.Line is { } line)
                {
                    change.Note(chain, line.Statements.AsSpan());
                }
            }
        }

        bool isArmed = !timed.Set.Elements.IsEmpty;
        change.Phase = isArmed ? ArmedPhase.Armed : ArmedPhase.RolledBack;
        change.Remaining = isArmed ? timed.Remaining : TimeSpan.Zero;
        return change;
    }

    /// <summary>Loads a ruleset beside what is there, and lets it decide for a time.</summary>
    /// <returns>The epoch that connections accepted on trial are marked with.</returns>
    /// <exception cref="NftException">The machine refused; the rules of before decide.</exception>
    public static int Arm(NftApplier applier, CompiledRuleset ruleset, TimeSpan time)
    {
        string name = ruleset.Table.Name;
        int seconds = (int)Math.Ceiling(time.TotalSeconds);
        EquatableArray<RuleOperation> pins = ArmedPins.Arm(applier.ReadBridge(), ruleset.Bridge, seconds);
        LoadedTable? there = applier.Read(withElements: false);
        NftTableState? loaded = there is null ? null : NftTableState.Of(there);
        EpochPair epochs = loaded is null ? new EpochPair(1, 0) : NftPlanner.Next(new EpochPair(loaded.Epoch, 0), ruleset.Options);
        RuleTable table = ruleset.Table.Resolve((loaded?.Version ?? 0) + 1, epochs.Current, epochs.Previous);
        Operations load = new();
        load.Add(new RuleOperation.AddTable(table.Comment));
        load.Load(table);
        HashSet<string> present = [.. loaded?.Chains ?? []];
        load.Load([.. table.Chains.Where(c => c.Hook is null && !(c.IsShared && present.Contains(c.Name)))], table.Maps);
        foreach (RuleTransaction transaction in load.Transactions(name))
        {
            applier.Run(transaction);
        }

        Dictionary<string, string> bodies = there is null ? [] : Bodies(there);
        HashSet<string> hooks = [.. loaded?.BaseChains ?? []];
        Dictionary<string, RuleChain> wanted = table.Chains.AsEnumerable().Where(c => c.Hook is not null).ToDictionary(c => c.Name, StringComparer.Ordinal);
        Operations arm = new();
        arm.Add(new RuleOperation.AddTimedSet(s_set));
        foreach (string hook in wanted.Keys.Union(hooks).Order(StringComparer.Ordinal))
        {
            wanted.TryGetValue(hook, out RuleChain? chain);
            arm.Add(hooks.Contains(hook) ? new RuleOperation.FlushChain(hook) : new RuleOperation.AddChain(hook, chain!.Hook));
            RuleVerdict onTrial = chain is null ? RuleVerdict.Return : RuleVerdict.Goto(Body(chain));
            arm.Add(new RuleOperation.AddRule(hook, new RuleLine([s_isArmed, new RuleStatement.Go(onTrial)])));
            if (bodies.TryGetValue(hook, out string? body))
            {
                arm.Add(GoTo(hook, body));
            }
        }

        arm.Add(new RuleOperation.AddTimedElements(s_set, seconds));
        applier.Run(arm.Transaction(name) with { Bridge = pins });
        return epochs.Current;
    }

    /// <summary>Makes the new rules final. False, with nothing changed, if their time ran out before.</summary>
    /// <exception cref="NftException">The machine refused for another reason.</exception>
    public bool Confirm()
    {
        // Refused as a whole if the elements are gone: there is no moment between looking and doing.
        Operations confirm = new();
        confirm.Add(new RuleOperation.DeleteSetElements(s_set));
        foreach ((string hook, (string? body, _)) in _hooks)
        {
            Point(confirm, hook, body);
        }

        confirm.Add(new RuleOperation.DeleteSet(s_set.Name));
        try
        {
            _applier.Run(confirm.Transaction(_table) with { Bridge = ArmedPins.IsOnTrial(_applier.ReadBridge()) ? ArmedPins.Confirm() : [] });
            return true;
        }
        catch (NftException) when (Read(_applier, _table).Phase == ArmedPhase.RolledBack)
        {
            return false;
        }
    }

    /// <summary>Lets the rules of before decide now, and clears what was on trial. Connections that only those accepted are judged again.</summary>
    /// <exception cref="NftException">The machine refused.</exception>
    public void GoBack()
    {
        EquatableArray<RuleOperation> pins = ArmedPins.IsOnTrial(_applier.ReadBridge()) ? [new RuleOperation.DeleteTable()] : [];
        if (!HasBefore)
        {
            _applier.Run(new RuleTransaction(_table, [new RuleOperation.DeleteTable()]) { Bridge = pins });
        }
        else
        {
            Operations back = new();
            foreach ((string hook, (_, string? body)) in _hooks)
            {
                Point(back, hook, body);
            }

            back.Add(new RuleOperation.DeleteSet(s_set.Name));
            _applier.Run(back.Transaction(_table) with { Bridge = pins });
            Delete(name => VersionOf(name) == Version);
        }

        if (_marks.TryGetValue(string.Create(CultureInfo.InvariantCulture, $"epoch_{Version}"), out (uint Mask, uint Bits) mark) && mark.Bits != 0)
        {
            _applier.ClearMarks(connections => connections.Sweep(mark.Bits, mark.Mask));
        }
    }

    /// <summary>Deletes what only the rules of before needed, after a change was confirmed.</summary>
    /// <exception cref="NftException">The machine refused; what is left does no harm.</exception>
    public void ClearBefore() => Delete(name => VersionOf(name) is > 0 and int version && version != Version);

    private static void Point(Operations operations, string hook, string? body)
    {
        operations.Add(new RuleOperation.FlushChain(hook));
        if (body is not null)
        {
            operations.Add(GoTo(hook, body));
        }
    }

    private static RuleOperation.AddRule GoTo(string hook, string body) => new(hook, new RuleLine([new RuleStatement.Go(RuleVerdict.Goto(body))]));

    private void Note(LoadedChain chain, ReadOnlySpan<RuleStatement> rule)
    {
        switch (rule)
        {
            case [RuleStatement.MatchSet { Set: "armed" }, RuleStatement.Go { Verdict: { Kind: RuleVerdictKind.Goto, Chain: { } body } }] when chain.Hook is not null:
                _hooks[chain.Name] = _hooks[chain.Name] with { New = body };
                break;
            case [RuleStatement.Go { Verdict: { Kind: RuleVerdictKind.Goto, Chain: { } body } }] when chain.Hook is not null:
                _hooks[chain.Name] = _hooks[chain.Name] with { Old = body };
                break;
            case [
                RuleStatement.MatchBits { Field: RuleField.ConnectionMark, IsNegated: false } match,
                RuleStatement.Go { Verdict.Kind: RuleVerdictKind.Accept }]
                when chain.Name.StartsWith("epoch_", StringComparison.Ordinal):
                _marks[chain.Name] = (match.Mask, match.Bits);
                break;
            default:
                break;
        }
    }

    // Names of rules' chains end in a hash, which is no version.
    private void Delete(Func<string, bool> isLeft)
    {
        if (_applier.Read(withElements: false) is not { } loaded)
        {
            return;
        }

        NftTableState state = NftTableState.Of(loaded);
        Operations operations = new();
        operations.Delete(
            [.. state.Chains.Where(c => !c.StartsWith("r_", StringComparison.Ordinal) && isLeft(c))], [.. state.Maps.Where(isLeft)], [.. state.Sets.Where(isLeft)]);
        if (operations.Count > 0)
        {
            _applier.Run(operations.Transaction(_table));
        }
    }

    private static int VersionOf(string name) =>
        name.LastIndexOf('_') is >= 0 and int at && int.TryParse(name.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int version) ? version : 0;

    private static Dictionary<string, string> Bodies(LoadedTable loaded)
    {
        Dictionary<string, string> bodies = new(StringComparer.Ordinal);
        foreach (LoadedChain chain in loaded.Chains.AsEnumerable().Where(c => c.Hook is not null))
        {
            foreach (LoadedRule rule in chain.Rules)
            {
                if (rule.Line is { } line && line.Statements.AsSpan() is [RuleStatement.Go { Verdict: { Kind: RuleVerdictKind.Goto, Chain: { } body } }])
                {
                    bodies[chain.Name] = body;
                }
            }
        }

        return bodies;
    }

    private static string Body(RuleChain chain) => chain.Rules[0].Statements[0] is RuleStatement.Go { Verdict: { Kind: RuleVerdictKind.Goto, Chain: { } body } }
        ? body
        : throw new InvalidOperationException($"base chain `{chain.Name}` does more than going to its body");
}
