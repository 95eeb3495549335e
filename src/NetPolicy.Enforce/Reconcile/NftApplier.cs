using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Diagnostics;
using NetPolicy.Enforce.Lab;
using NetPolicy.Enforce.Netlink;
using NetPolicy.Enforce.Reconcile;
using NetPolicy.Enforce.Rules;
using NetPolicy.Engine;

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
    private const int PassingAttempts = 6;

    private readonly string? _namespace;
    private readonly NetworkNamespace? _place;
    private readonly string _table;
    private NetlinkTransport? _transport;
    private InstalledRules? _installed;
    private IReadOnlyList<Ownership> _owners = [];
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

    /// <summary>What stands between this applier and the kernel in tests; null for nothing.</summary>
    internal NetlinkFault? Fault { get; init; }

    /// <summary>What applying <paramref name="ruleset"/> would run now.</summary>
    /// <exception cref="ArgumentException">The ruleset is of another table.</exception>
    /// <exception cref="NftException">The machine refused to tell, or the table is not ours.</exception>
    public NftPlan Plan(CompiledRuleset ruleset)
    {
        ArgumentNullException.ThrowIfNull(ruleset);
        return MakePlan(ruleset).Plan with { Resets = [.. Resets(ruleset)] };
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

        for (int attempt = 1, passing = 0; ; attempt++)
        {
            (NftPlan plan, InstalledRules after, uint generation) = MakePlan(ruleset);
            plan = plan with { Resets = [.. Resets(ruleset)] };
            try
            {
                _installed = Run(plan, after, generation);
                _owners = ruleset.Owners is { } owners ? [owners] : _owners;
                return plan with { Generation = _installed.Epochs.Current };
            }
            catch (NetlinkException exception) when (exception.IsChangedMeanwhile && attempt < Attempts)
            {
                // Somebody changed rules, perhaps ours, while the plan was made.
            }
            catch (NetlinkException exception) when (exception.IsPassing && passing++ < PassingAttempts)
            {
                // What became of it is read before the next plan is made.
                Thread.Sleep(1 << passing);
            }
            catch (NetlinkException exception)
            {
                throw Refusal(exception);
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
            LoadedTable? loaded = Inspect(withElements: false), bridge = ReadBridge();
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
            Reset(plan.Resets, after.Options);
            return after;
        }

        NetlinkTransport transport = Transport();
        _installed = null;
        uint? made = generation;
        bool isReset = false;
        for (int i = 0; i < plan.Steps.Count; i++)
        {
            NftStep step = plan.Steps[i];
            if (i > 0)
            {
                Interruption.At(StopPoint.BetweenTransactions);
            }

            if (step.Kind == NftStepKind.Clean && !isReset)
            {
                Reset(plan.Resets, after.Options);
                isReset = true;
            }

            if (step.Wait == NftWait.Swept && !TrySweep(after.Options))
            {
                after = after with { Epochs = default };
                continue;
            }

            Wait(step.Wait);
            uint? next;
            try
            {
                next = transport.Run(step.Transaction, i == 0 ? generation : null);
            }
            catch (NetlinkException)
            {
                TakeBack(plan.Steps.AsSpan()[..i]);
                throw;
            }

            made = i == 0 ? next : NetlinkTransport.After(made!.Value);
            if (step.Kind == NftStepKind.Change)
            {
                Committed = System.Diagnostics.Stopwatch.GetTimestamp();
            }
        }

        if (!isReset)
        {
            Reset(plan.Resets, after.Options);
        }

        // Others have changed something too: what is there will be read before the next change.
        _generation = transport.Generation() == made ? made.Value : 0;
        return after;
    }

    /// <summary>Who is known to own which addresses by the rules that are loaded, or by those that may be.</summary>
    internal IReadOnlyList<Ownership> Owners
    {
        get => _owners;
        set => _owners = value;
    }

    /// <summary>When the kernel last took over new rules, as <see cref="System.Diagnostics.Stopwatch"/> counts. What follows is about connections, and cleaning.</summary>
    internal long Committed { get; private set; }

    /// <summary>What may be loaded, as it was kept by whoever loaded it: if it is, it can be changed in place.</summary>
    internal IReadOnlyList<CompiledRuleset> Kept { get; set; } = [];

    /// <summary>Takes from the connections of addresses that they were accepted, once no packet is under way in the rules of before.</summary>
    /// <exception cref="NftException">The machine refused; the rules stay in force.</exception>
    internal void Reset(IReadOnlyCollection<IpAddress> addresses, EnforcementOptions options)
    {
        if (addresses.Count == 0)
        {
            return;
        }

        Wait(NftWait.Settled);
        Interruption.At(StopPoint.BeforeReset);
        try
        {
            using ConntrackSocket connections = Inside(place => new ConntrackSocket(place));
            connections.Reset(addresses, options.ConnectionMarkMask, options.DenyBit);
        }
        catch (NetlinkException exception)
        {
            throw new NftException($"the rules are in force, but connections of addresses that changed their owner could not be reset: {exception.Message}", exception);
        }
    }

    /// <summary>Addresses that belong to others once <paramref name="ruleset"/> is in force.</summary>
    internal IReadOnlyList<IpAddress> Resets(CompiledRuleset ruleset) =>
        ruleset.Owners is { } now ? [.. _owners.SelectMany(o => o.ChangedTo(now, Ownership.IncludesNew(ruleset.Options))).Distinct().Order()] : [];

    // What was prepared for a change that did not come about. If that fails too it does no harm, and the next change clears it.
    private void TakeBack(ReadOnlySpan<NftStep> done)
    {
        List<RuleTransaction> transactions = [];
        foreach (NftStep step in done)
        {
            if (step.Kind != NftStepKind.Prepare)
            {
                return;
            }

            transactions.Add(step.Transaction);
        }

        try
        {
            if (Preparation.TakeBack(transactions) is { } back)
            {
                Transport().Run(back);
            }

            if (transactions.Count > 0 && Read(withElements: false) is { Chains.IsEmpty: true, Identities.IsEmpty: true, Sets.IsEmpty: true, Maps.IsEmpty: true, Foreign.IsEmpty: true } empty)
            {
                Transport().Run(new RuleTransaction(_table, [new RuleOperation.DeleteTable()]), empty.Generation);
            }
        }
        catch (Exception exception) when (exception is NetlinkException or NftException)
        {
        }
    }

    private static NftException Refusal(NetlinkException exception) => exception.IsMissingFeature
        ? new NftException(
            new Diagnostic(
                Findings.KernelLacks,
                $"the kernel does not support `{exception.Refused}`, expected a kernel whose nf_tables does",
                new SourceSpan("machine", 0, 0)),
            exception)
        : new NftException(exception.Message, exception);

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
        CompiledRuleset[] candidates = _installed is null && loaded is not null ? [.. Kept.Prepend(ruleset).Where(r => NftTableState.MayBe(loaded, r))] : [];
        if (candidates.Length > 0)
        {
            loaded = Inspect(withElements: true);
            _installed = loaded is null ? null : candidates.Select(r => NftTableState.Adopt(loaded, r)).FirstOrDefault(i => i is not null);
        }

        if (loaded is not null && _installed is { } installed && NftTableState.Same(loaded, installed))
        {
            _generation = loaded.Generation;
            (NftPlan plan, InstalledRules after) = NftPlanner.Plan(ruleset, installed with { Bridge = ruleset.Bridge });
            return (NftPlanner.WithBridge(plan, _table, PlanBridge(ruleset.Bridge)), after, loaded.Generation);
        }

        _installed = null;
        (NftPlan whole, InstalledRules then) = NftPlanner.Plan(ruleset, loaded is null ? null : NftTableState.Of(loaded));
        return (NftPlanner.WithBridge(whole, _table, PlanBridge(ruleset.Bridge)), then, loaded?.Generation ?? before);
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

    // A table of somebody else's is in the way only if there is to be one of ours.
    private EquatableArray<RuleOperation> PlanBridge(RuleTable? wanted)
    {
        LoadedTable? loaded = Ask(transport => transport.ReadBridge());
        return loaded is null || NftTableState.Of(loaded).IsOurs ? BridgeDifference.Plan(loaded, wanted)
            : wanted is null ? []
            : throw new NftException($"table `bridge {_table}` was not made by netpol and is left alone; choose another name or delete it");
    }

    /// <summary>Our table of family <c>bridge</c>; null if there is none.</summary>
    /// <exception cref="NftException">The machine refused to tell.</exception>
    internal LoadedTable? ReadBridge() => Ask(transport => transport.ReadBridge()) is { } loaded && NftTableState.Of(loaded).IsOurs ? loaded : null;

    /// <summary>Runs a transaction that is not part of a plan: what is there is read before the next plan.</summary>
    /// <exception cref="NftException">It was refused.</exception>
    internal void Run(RuleTransaction transaction)
    {
        _installed = null;
        Ask(transport => transport.Run(transaction));
    }

    /// <summary>The network namespace, as the kernel numbers it.</summary>
    /// <exception cref="NftException">There is none of that name.</exception>
    internal string PlaceId() => Inside(place =>
        new string([.. (new FileInfo(place?.Path ?? "/proc/thread-self/ns/net").LinkTarget ?? "").Where(char.IsAsciiDigit)]));

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

    private NetlinkTransport Transport() => _transport ??= Inside(place => new NetlinkTransport(place, _table) { Fault = Fault });

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
