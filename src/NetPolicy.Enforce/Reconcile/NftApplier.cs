using NetPolicy.Collections;
using NetPolicy.Enforce.Lab;
using NetPolicy.Enforce.Netlink;
using NetPolicy.Enforce.Reconcile;
using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce;

/// <summary>
/// Loads rulesets into this machine's packet filter, and takes them away again; speaks with the kernel itself. Touches one table, and only if its comment says
/// that it is ours. Applying a ruleset twice is safe, and so is being killed at any moment: the old or the new rules decide.
/// </summary>
/// <remarks>
/// Connections accepted by earlier rules are judged again when they next send a packet in their original direction. One applier at a time may work on a table.
/// </remarks>
public sealed partial class NftApplier : IDisposable
{
    private const int Attempts = 100;

    private readonly string? _namespace;
    private readonly NetworkNamespace? _place;
    private readonly string _table;
    private NetlinkTransport? _transport;
    private InstalledRules? _installed;
    private uint _generation;

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
        _followed = null;
        if (ruleset.HasErrors && unenforced == UnenforcedPolicy.Refuse)
        {
            throw new ArgumentException("the ruleset enforces less than policy says: " + string.Join("; ", ruleset.Diagnostics), nameof(ruleset));
        }

        for (int attempt = 1; ; attempt++)
        {
            (NftPlan plan, InstalledRules after, uint generation) = MakePlan(ruleset);
            try
            {
                _installed = Run(plan, after, generation);
                return plan with { Generation = _installed.Epochs.Current };
            }
            catch (NetlinkException exception) when (exception.IsChangedMeanwhile && attempt < Attempts)
            {
                // Somebody changed rules, perhaps ours, while the plan was made.
            }
            catch (NetlinkException exception)
            {
                throw new NftException(exception.Message, exception);
            }
        }
    }

    /// <summary>What is loaded, with its counters.</summary>
    /// <exception cref="NftException">The machine refused to tell.</exception>
    public NftStatus Status()
    {
        LoadedTable? loaded = Read(withElements: false);
        NftTableState? state = loaded is null ? null : NftTableState.Of(loaded);
        SortedDictionary<string, ulong> packets = loaded?.PacketsByComment() ?? [];
        foreach ((string comment, ulong count) in ReadBridge()?.PacketsByComment() ?? [])
        {
            packets[comment] = count;
        }

        return state is { IsOurs: true }
            ? new NftStatus(_table, true, state.Epoch, state.Comment, packets)
            : new NftStatus(_table, false, 0, state?.Comment ?? "", new Dictionary<string, ulong>());
    }

    /// <summary>Takes the table away; false if there is none. Marks on connections stay until those end, and mean nothing without the table.</summary>
    /// <exception cref="NftException">The machine refused, or the table is not ours.</exception>
    public bool Uninstall()
    {
        _installed = null;
        for (int attempt = 1; ; attempt++)
        {
            LoadedTable? loaded = Inspect(withElements: false), bridge = InspectBridge();
            if ((loaded ?? bridge) is not { Generation: var generation })
            {
                return false;
            }

            try
            {
                EquatableArray<RuleOperation> delete = [new RuleOperation.DeleteTable()];
                Transport().Run(new RuleTransaction(_table, loaded is null ? [] : delete) { Bridge = bridge is null ? [] : delete }, generation);
                return true;
            }
            catch (NetlinkException exception) when (exception.IsChangedMeanwhile && attempt < Attempts)
            {
                // It may be somebody else's table by now.
            }
            catch (NetlinkException exception)
            {
                throw new NftException(exception.Message, exception);
            }
        }
    }

    /// <summary>Closes the connection with the kernel. Rules stay.</summary>
    public void Dispose() => _transport?.Dispose();

    // The first transaction is right for what was read; what follows it is right for what it made.
    private InstalledRules Run(NftPlan plan, InstalledRules after, uint generation)
    {
        if (plan.Steps.IsEmpty)
        {
            return after;
        }

        NetlinkTransport transport = Transport();
        _installed = null;
        uint? made = generation;
        for (int i = 0; i < plan.Steps.Count; i++)
        {
            NftStep step = plan.Steps[i];
            if (i > 0)
            {
                Interruption.At(StopPoint.BetweenTransactions);
            }

            if (step.Wait == NftWait.Swept && !TrySweep(after.Options))
            {
                after = after with { Epochs = default };
                continue;
            }

            Wait(step.Wait);
            uint? next = transport.Run(step.Transaction, i == 0 ? generation : null);
            made = i == 0 ? next : NetlinkTransport.After(made!.Value);
        }

        // Others have changed something too: what is there will be read before the next change.
        _generation = transport.Generation() == made ? made.Value : 0;
        return after;
    }

    // Takes epochs off all connections, when the rules that are loaded put none on any. Denials stay: they end with the next packet that is judged.
    private bool TrySweep(EnforcementOptions options)
    {
        Wait(NftWait.Settled);
        try
        {
            using ConntrackSocket connections = Inside(place => new ConntrackSocket(place));
            connections.Clear(options.ConnectionMarkMask & ~options.DenyBit);
            return true;
        }
        catch (Exception exception) when (exception is NetlinkException or NftException)
        {
            return false;
        }
    }

    private (NftPlan Plan, InstalledRules After, uint Generation) MakePlan(CompiledRuleset ruleset)
    {
        if (ruleset.Table.Name != _table)
        {
            throw new ArgumentException($"the ruleset is of table `{ruleset.Table.Name}`, expected `{_table}`", nameof(ruleset));
        }

        if (_installed is { } known && _generation != 0 && Generation() == _generation)
        {
            (NftPlan plan, InstalledRules after) = NftPlanner.Plan(ruleset, known);
            return (plan, after, _generation);
        }

        // Whatever changes after the generation that the first transaction carries makes the kernel refuse it.
        uint before = Generation();
        LoadedTable? loaded = Inspect(withElements: _installed is not null);
        if (_installed is null && loaded is not null && NftTableState.MayBe(loaded, ruleset))
        {
            loaded = Inspect(withElements: true);
            _installed = loaded is null ? null : NftTableState.Adopt(loaded, ruleset);
        }

        if (loaded is not null && _installed is { } installed && NftTableState.Same(loaded, installed))
        {
            _generation = loaded.Generation;
            (NftPlan plan, InstalledRules after) = NftPlanner.Plan(ruleset, installed with { Bridge = ruleset.Bridge });
            return (NftPlanner.WithBridge(plan, _table, BridgeDifference.Plan(InspectBridge(), ruleset.Bridge)), after, loaded.Generation);
        }

        _installed = null;
        (NftPlan whole, InstalledRules then) = NftPlanner.Plan(ruleset, loaded is null ? null : NftTableState.Of(loaded));
        return (NftPlanner.WithBridge(whole, _table, BridgeDifference.Plan(InspectBridge(), ruleset.Bridge)), then, loaded?.Generation ?? before);
    }

    private void Wait(NftWait wait)
    {
        if (wait == NftWait.Grace || (wait == NftWait.Settled && !PacketBarrier.TryWait()))
        {
            Thread.Sleep(Grace);
        }
    }

    private LoadedTable? Inspect(bool withElements)
    {
        LoadedTable? loaded = Read(withElements);
        return loaded is null || NftTableState.Of(loaded).IsOurs
            ? loaded
            : throw new NftException($"table `inet {_table}` was not made by netpol and is left alone; choose another name or delete it");
    }

    private LoadedTable? InspectBridge()
    {
        LoadedTable? loaded = ReadBridge();
        return loaded is null || NftTableState.Of(loaded).IsOurs
            ? loaded
            : throw new NftException($"table `bridge {_table}` was not made by netpol and is left alone; choose another name or delete it");
    }

    /// <summary>The table of family <c>bridge</c>; null if there is none.</summary>
    /// <exception cref="NftException">The machine refused to tell.</exception>
    internal LoadedTable? ReadBridge() => Ask(transport => transport.ReadBridge());

    /// <summary>Runs a transaction that is not part of a plan: what is there is read before the next plan.</summary>
    /// <exception cref="NftException">It was refused.</exception>
    internal void Run(RuleTransaction transaction)
    {
        _installed = null;
        Ask(transport => transport.Run(transaction));
    }

    /// <summary>Changes marks of connections.</summary>
    /// <exception cref="NftException">The machine refused.</exception>
    internal int ClearMarks(Func<ConntrackSocket, int> change)
    {
        try
        {
            using ConntrackSocket connections = Inside(place => new ConntrackSocket(place));
            return change(connections);
        }
        catch (NetlinkException exception)
        {
            throw new NftException(exception.Message, exception);
        }
    }

    /// <summary>The table; null if there is none.</summary>
    /// <exception cref="NftException">The machine refused to tell.</exception>
    internal LoadedTable? Read(bool withElements) => Ask(transport => transport.Read(withElements));

    private uint Generation() => Ask(transport => transport.Generation());

    private T Ask<T>(Func<NetlinkTransport, T> question)
    {
        try
        {
            return question(Transport());
        }
        catch (NetlinkException exception)
        {
            throw new NftException(exception.Message, exception);
        }
    }

    private NetlinkTransport Transport() => _transport ??= Inside(place => new NetlinkTransport(place, _table));

    private T Inside<T>(Func<NetworkNamespace?, T> open)
    {
        try
        {
            if (_namespace is null)
            {
                return open(_place);
            }

            using NetworkNamespace place = NetworkNamespace.Open(_namespace);
            return open(place);
        }
        catch (Exception exception) when (exception is LabException or NetlinkException)
        {
            throw new NftException(exception.Message, exception);
        }
    }
}
