using System.Globalization;
using NetPolicy.Enforce.Lab;
using NetPolicy.Enforce.Nft;
using NetPolicy.Enforce.Reconcile;

namespace NetPolicy.Enforce;

/// <summary>
/// Loads rulesets into this machine's packet filter by the program <c>nft</c>, and takes them away again. Touches one table, and only if its comment says that
/// it is ours. Applying a ruleset twice is safe, and so is being killed at any moment: the old or the new rules decide.
/// </summary>
/// <remarks>
/// Connections accepted by earlier rules are judged again when they next send a packet in their original direction. One applier at a time may work on a table.
/// </remarks>
public sealed class NftApplier
{
    private readonly string? _namespace;
    private readonly NetworkNamespace? _place;
    private readonly string _table;
    private InstalledRules? _installed;

    /// <summary>An applier for a table.</summary>
    /// <param name="networkNamespace">A namespace that <c>ip netns</c> named; null for the one this process is in.</param>
    /// <param name="tableName">The table.</param>
    public NftApplier(string? networkNamespace = null, string tableName = "netpol")
    {
        ArgumentException.ThrowIfNullOrEmpty(tableName);
        (new EnforcementOptions { TableName = tableName }).Check();
        _namespace = networkNamespace;
        _table = tableName;
    }

    /// <summary>An applier for a table in an open namespace, which must stay open.</summary>
    /// <param name="place">The namespace.</param>
    /// <param name="tableName">The table.</param>
    public NftApplier(NetworkNamespace place, string tableName = "netpol")
        : this((string?)null, tableName)
    {
        ArgumentNullException.ThrowIfNull(place);
        _place = place;
    }

    /// <summary>How long packets under way get to leave the old rules before those are deleted; 100 ms by default.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>What applying <paramref name="ruleset"/> would run now.</summary>
    /// <exception cref="ArgumentException">The ruleset is of another table.</exception>
    /// <exception cref="NftException">The machine refused to tell, or the table is not ours.</exception>
    public NftPlan Plan(CompiledRuleset ruleset)
    {
        ArgumentNullException.ThrowIfNull(ruleset);
        return MakePlan(ruleset).Plan;
    }

    /// <summary>Makes the machine decide by <paramref name="ruleset"/>.</summary>
    /// <returns>What was run.</returns>
    /// <exception cref="ArgumentException">The ruleset is of another table, or enforces less than policy says and that is not accepted.</exception>
    /// <exception cref="NftException">The machine refused, or the table is not ours. The rules that decided before still do, unless only the cleaning failed.</exception>
    public NftPlan Apply(CompiledRuleset ruleset, UnenforcedPolicy unenforced = UnenforcedPolicy.Refuse)
    {
        ArgumentNullException.ThrowIfNull(ruleset);
        if (ruleset.HasErrors && unenforced == UnenforcedPolicy.Refuse)
        {
            throw new ArgumentException("the ruleset enforces less than policy says: " + string.Join("; ", ruleset.Diagnostics), nameof(ruleset));
        }

        (NftPlan plan, InstalledRules after) = MakePlan(ruleset);
        if (plan.Steps.Count > 0)
        {
            _installed = null;
        }

        foreach (NftStep step in plan.Steps)
        {
            Wait(step.Wait);
            Run(["-f", "-"], NftWriter.Write(step.Transaction));
        }

        _installed = after;
        return plan;
    }

    private (NftPlan Plan, InstalledRules After) MakePlan(CompiledRuleset ruleset)
    {
        if (ruleset.Table.Name != _table)
        {
            throw new ArgumentException($"the ruleset is of table `{ruleset.Table.Name}`, expected `{_table}`", nameof(ruleset));
        }

        NftTableState? loaded = Inspect();
        return loaded is not null && _installed is { } installed && loaded.Has(installed) ? NftPlanner.Plan(ruleset, installed) : NftPlanner.Plan(ruleset, loaded);
    }

    private void Wait(NftWait wait)
    {
        if (wait == NftWait.Grace || (wait == NftWait.Settled && !PacketBarrier.TryWait()))
        {
            Thread.Sleep(Grace);
        }
    }

    /// <summary>What is loaded, with its counters.</summary>
    /// <exception cref="NftException">The machine refused to tell.</exception>
    public NftStatus Status()
    {
        NftTableState? loaded = Read();
        if (loaded is null || !loaded.IsOurs)
        {
            return new NftStatus(_table, false, 0, loaded?.Comment ?? "", new Dictionary<string, ulong>());
        }

        string json = Run(["-j", "list", "table", "inet", _table], "");
        return new NftStatus(_table, true, loaded.Epoch, loaded.Comment, KernelCounters.Parse(json));
    }

    /// <summary>Takes the table away; false if there is none. Marks on connections stay until those end, and mean nothing without the table.</summary>
    /// <exception cref="NftException">The machine refused, or the table is not ours.</exception>
    public bool Uninstall()
    {
        if (Inspect() is null)
        {
            return false;
        }

        Run(["-f", "-"], string.Create(CultureInfo.InvariantCulture, $"delete table inet {_table}\n"));
        return true;
    }

    private NftTableState? Inspect()
    {
        NftTableState? loaded = Read();
        return loaded is null or { IsOurs: true }
            ? loaded
            : throw new NftException($"table `inet {_table}` was not made by netpol and is left alone; choose another name or delete it");
    }

    private NftTableState? Read()
    {
        NamespaceProcessResult result = Start(["-t", "list", "table", "inet", _table], "");
        if (result.ExitCode == 0)
        {
            return NftTableState.Parse(result.Output);
        }

        // The words of the failure depend on the machine's language; the list of tables does not.
        string[] tables = Run(["list", "tables", "inet"], "").Split('\n');
        return tables.Contains("table inet " + _table) ? throw new NftException(result.Command, result.Error, "") : null;
    }

    private string Run(IReadOnlyList<string> arguments, string input)
    {
        NamespaceProcessResult result = Start(arguments, input);
        return result.ExitCode == 0 ? result.Output : throw new NftException(result.Command, result.Error + result.Output, input);
    }

    private NamespaceProcessResult Start(IReadOnlyList<string> arguments, string input)
    {
        try
        {
            if (_place is not null)
            {
                return _place.RunProcess("nft", arguments, input);
            }

            if (_namespace is null)
            {
                return ChildProcess.Run("nft", arguments, input);
            }

            using NetworkNamespace place = NetworkNamespace.Open(_namespace);
            return place.RunProcess("nft", arguments, input);
        }
        catch (LabException exception)
        {
            throw new NftException(exception.Message, exception);
        }
    }
}
