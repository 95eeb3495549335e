using System.Diagnostics;
using System.Globalization;
using NetPolicy.Enforce.Netlink;
using NetPolicy.Enforce.Nft;
using NetPolicy.Enforce.Reconcile;
using NetPolicy.Enforce.Safety;
using NetPolicy.Engine;

namespace NetPolicy.Enforce.State;

/// <summary>
/// A machine whose rulesets are kept on disk, so that it can go back: applies, arms a change that the kernel takes back unless it is confirmed, confirms, goes back to
/// what was confirmed last, compares what is loaded with it, and takes everything away.
/// </summary>
/// <remarks>
/// One process at a time changes a table: whoever comes second waits (<see cref="LockWait"/>), and is refused if that is not enough. For one thread at a time.
/// </remarks>
public sealed class ManagedHost : IDisposable
{
    private readonly NftApplier _applier;
    private readonly StateStore? _store;
    private readonly string _table;
    private ApplyLock? _held;

    /// <summary>A machine, or a network namespace of it.</summary>
    /// <param name="networkNamespace">A namespace that <c>ip netns</c> named; null for the one this process is in.</param>
    /// <param name="store">Where rulesets are kept; null to keep none.</param>
    /// <param name="tableName">Our table.</param>
    public ManagedHost(string? networkNamespace = null, StateStore? store = null, string tableName = "netpol")
        : this(new NftApplier(networkNamespace, tableName), store, tableName)
    {
    }

    internal ManagedHost(NftApplier applier, StateStore? store, string tableName = "netpol")
    {
        _applier = applier;
        _store = store;
        _table = tableName;
    }

    /// <summary>How long changing waits for another process that changes the same table; ten seconds by default.</summary>
    public TimeSpan LockWait { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What changes the machine.</summary>
    internal NftApplier Applier => _applier;

    /// <summary>Closes the connection with the kernel. Rules stay.</summary>
    public void Dispose()
    {
        _held?.Dispose();
        _applier.Dispose();
    }

    /// <summary>Keeps other processes from changing the table until this is disposed. A process that ends, however it ends, keeps nobody from it.</summary>
    /// <exception cref="NftException">NP5031: another process has been changing it for longer than <see cref="LockWait"/>.</exception>
    /// <exception cref="StateException">The lock cannot be made.</exception>
    public void Hold() => _held ??= TakeLock();

    /// <summary>What applying would run now.</summary>
    /// <exception cref="ArgumentException">The ruleset is of another table.</exception>
    /// <exception cref="NftException">The machine refused to tell, or the table is not ours.</exception>
    public NftPlan Plan(CompiledRuleset ruleset) => _applier.Plan(ruleset);

    /// <summary>Loads a ruleset and makes it the confirmed one.</summary>
    /// <param name="ruleset">The ruleset.</param>
    /// <param name="workloads">The workloads it is for.</param>
    /// <param name="accepted">Names of gaps of enforcement that are known and accepted; kept with it.</param>
    /// <exception cref="NftException">The machine refused, another process is changing the table, or a change waits for its confirmation. What decided before still does.</exception>
    /// <exception cref="StateException">The ruleset could not be kept; nothing was loaded then, or it was loaded and is still pending.</exception>
    public NftPlan Apply(CompiledRuleset ruleset, IEnumerable<LocalWorkload> workloads, IEnumerable<string>? accepted = null)
    {
        ArgumentNullException.ThrowIfNull(ruleset);
        return Apply(ruleset, workloads, accepted, () => _applier.Apply(ruleset));
    }

    /// <summary>Loads the rules of a node that follow an engine, and makes them the confirmed ones.</summary>
    /// <param name="rules">The rules.</param>
    /// <param name="delta">What changed since they were last applied; null for the first time, or to load them whatever is there.</param>
    /// <param name="workloads">The workloads they are for.</param>
    /// <param name="accepted">Names of gaps of enforcement that are known and accepted; kept with them.</param>
    /// <exception cref="ArgumentException">The rules enforce less than policy says: those before still decide.</exception>
    /// <exception cref="NftException">The machine refused, another process is changing the table, or a change waits for its confirmation. What decided before still does.</exception>
    /// <exception cref="StateException">The rules could not be kept; nothing was loaded then, or they were loaded and are still pending.</exception>
    public NftPlan Apply(NodeRules rules, Delta? delta, IEnumerable<LocalWorkload> workloads, IEnumerable<string>? accepted = null)
    {
        ArgumentNullException.ThrowIfNull(rules);
        return delta is null
            ? Apply(rules.Ruleset, workloads, accepted, () => _applier.Apply(rules))
            : Apply(null, workloads, accepted, () => _applier.Apply(rules, delta), () => rules.Ruleset);
    }

    private NftPlan Apply(
        CompiledRuleset? ruleset, IEnumerable<LocalWorkload> workloads, IEnumerable<string>? accepted, Func<NftPlan> apply, Func<CompiledRuleset>? applied = null)
    {
        using ApplyLock? taken = Lock();
        Settle();
        SavedRuleset? saved = ruleset is null ? null : Save(ruleset, workloads, accepted);
        if (saved is not null)
        {
            _store?.Write(StateSlot.Pending, saved);
        }

        Stopwatch watch = Stopwatch.StartNew();
        NftPlan plan = apply();
        EnforcementMetrics.Applied(watch.Elapsed, isTrial: false);
        Interruption.At(StopPoint.BeforeState);
        if (_store is not null)
        {
            _store.Confirm((saved ?? Save(applied!(), workloads, accepted)) with { Loaded = Loaded() });
        }

        return plan;
    }

    /// <summary>
    /// Loads a ruleset that decides for a time only: unless <see cref="Confirm"/> comes first, the kernel goes back to the rules of before, even if this process is
    /// killed at once.
    /// </summary>
    /// <param name="ruleset">The ruleset; its options are those of what is loaded.</param>
    /// <param name="workloads">The workloads it is for.</param>
    /// <param name="time">One second to a day.</param>
    /// <param name="accepted">Names of gaps of enforcement that are known and accepted; kept with it.</param>
    /// <returns>The generation on trial.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The time is too short or too long.</exception>
    /// <exception cref="NftException">The machine refused, the table is not ours or was made with other options, or another change waits for its confirmation.</exception>
    /// <exception cref="StateException">The ruleset could not be kept; nothing was loaded.</exception>
    public int Arm(CompiledRuleset ruleset, IEnumerable<LocalWorkload> workloads, TimeSpan time, IEnumerable<string>? accepted = null)
    {
        ArgumentNullException.ThrowIfNull(ruleset);
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(time, TimeSpan.FromDays(1));
        using ApplyLock? taken = Lock();
        Settle();
        NftStatus status = _applier.Status();
        if (status.IsInstalled ? status.Comment != ruleset.Table.Comment : status.Comment.Length > 0)
        {
            throw new NftException(status.IsInstalled
                ? "the loaded rules were made with other options, which cannot stand beside these: apply without --confirm"
                : $"table `inet {_table}` was not made by netpol and is left alone; choose another name or delete it");
        }

        _store?.Write(StateSlot.Pending, Save(ruleset, workloads, accepted));
        Stopwatch watch = Stopwatch.StartNew();
        int generation = ArmedChange.Arm(_applier, ruleset, time);
        EnforcementMetrics.Applied(watch.Elapsed, isTrial: true);
        _applier.Reset(_applier.Resets(ruleset), ruleset.Options);
        return generation;
    }

    /// <summary>Makes the change on trial final. False, with nothing changed, if there is none or its time ran out.</summary>
    /// <exception cref="NftException">The machine refused.</exception>
    /// <exception cref="StateException">The rules are final, but could not be kept.</exception>
    public bool Confirm()
    {
        using ApplyLock? taken = Lock();
        ArmedChange armed = ArmedChange.Read(_applier, _table);
        if (armed.Phase != ArmedPhase.Armed || !armed.Confirm())
        {
            return false;
        }

        Thread.Sleep(_applier.Grace);
        armed.ClearBefore();
        if (_store?.Read(StateSlot.Pending) is { } pending)
        {
            _store.Confirm(pending with { Loaded = Loaded() });
        }

        return true;
    }

    /// <summary>
    /// Goes back: takes a change on trial back at once; else loads what was confirmed last, or the one before it.
    /// </summary>
    /// <param name="previous">True for the one before the last.</param>
    /// <returns>What the machine decides by now, for people.</returns>
    /// <exception cref="NftException">The machine refused.</exception>
    /// <exception cref="StateException">Nothing is kept, or it is damaged. Nothing was changed.</exception>
    public string Rollback(bool previous = false)
    {
        using ApplyLock? taken = Lock();
        if (!previous && Settle(force: true))
        {
            return "the change on trial was taken back";
        }

        StateSlot slot = previous ? StateSlot.Previous : StateSlot.Confirmed;
        SavedRuleset saved = Kept(slot);
        Settle(force: true);
        NftPlan plan = _applier.Apply(saved.Ruleset);
        if (previous)
        {
            _store!.Confirm(saved with { Loaded = Loaded() });
        }
        else
        {
            _store!.Write(slot, saved with { Loaded = Loaded() });
            _store.Clear(StateSlot.Pending);
        }

        return string.Create(CultureInfo.InvariantCulture, $"the ruleset of node {saved.Ruleset.Node} that was confirmed {(previous ? "before the last" : "last")} is loaded, generation {plan.Generation}");
    }

    /// <summary>Whether a change waits for its confirmation.</summary>
    /// <exception cref="NftException">The machine refused to tell.</exception>
    public ArmedPhase Trial() => ArmedChange.Read(_applier, _table).Phase;

    /// <summary>What is loaded, and how it compares with what should be.</summary>
    /// <exception cref="NftException">The machine refused to tell.</exception>
    /// <exception cref="StateException">What was kept is damaged.</exception>
    public HostStatus Status()
    {
        NftStatus loaded = _applier.Status();
        ArmedChange armed = ArmedChange.Read(_applier, _table);
        SavedRuleset? confirmed = _store?.Read(StateSlot.Confirmed);
        SavedRuleset? pending = _store?.Read(StateSlot.Pending);
        IReadOnlyList<string>? drift = confirmed is null || confirmed.Loaded.Count == 0 || armed.Phase != ArmedPhase.None
            ? null
            : LoadedObjects.Differences(confirmed.Loaded, Loaded());
        return new HostStatus(
            loaded,
            armed.Phase,
            armed.Remaining,
            confirmed?.Ruleset,
            pending?.Ruleset,
            _store?.ChangedAt(StateSlot.Confirmed),
            drift is null ? null : [.. drift],
            confirmed?.Workloads ?? [])
        {
            Accepted = confirmed?.Accepted ?? [],
        };
    }

    /// <summary>What <see cref="Rollback"/> would load.</summary>
    /// <param name="previous">True for the one before the last.</param>
    /// <exception cref="StateException">Nothing is kept, it is damaged, or it is of another table.</exception>
    public SavedRuleset Kept(bool previous = false) => Kept(previous ? StateSlot.Previous : StateSlot.Confirmed);

    private SavedRuleset Kept(StateSlot slot)
    {
        if (_store is null)
        {
            throw new StateException("no state is kept, say --state");
        }

        SavedRuleset saved = _store.Read(slot) ?? throw new StateException($"`{_store.FileOf(slot)}` does not exist: there is nothing to go back to");
        return saved.Ruleset.Table.Name == _table
            ? saved
            : throw new StateException($"`{_store.FileOf(slot)}` is of table `{saved.Ruleset.Table.Name}`, expected `{_table}`");
    }

    private static SavedRuleset Save(CompiledRuleset ruleset, IEnumerable<LocalWorkload> workloads, IEnumerable<string>? accepted) =>
        new(ruleset, [.. workloads], new Dictionary<string, string>()) { Accepted = [.. (accepted ?? []).Distinct().Order(StringComparer.Ordinal)] };

    private ApplyLock? Lock() => _held is null ? TakeLock() : null;

    private SavedRuleset? TryRead(StateSlot slot)
    {
        try
        {
            return _store?.Read(slot);
        }
        catch (StateException)
        {
            // It is said where it is used, and replaced by the next that is applied.
            return null;
        }
    }

    // What is loaded and who had which addresses is known from what is kept, whoever applied it: from what was confirmed, and from what was begun and not ended.
    private ApplyLock TakeLock()
    {
        ApplyLock taken = ApplyLock.Take(ApplyLock.Folders(_store?.Folder), _applier.PlaceId(), _table, LockWait);
        if (_store is not null)
        {
            _applier.Kept = [.. new[] { StateSlot.Confirmed, StateSlot.Pending }.Select(s => TryRead(s)?.Ruleset).OfType<CompiledRuleset>().Where(r => r.Table.Name == _table)];
            _applier.Owners = [.. _applier.Kept.Select(r => r.Owners).OfType<Ownership>()];
        }

        return taken;
    }

    /// <summary>Takes away the table, our bits on connections' marks, and what was kept; false if there was nothing.</summary>
    /// <param name="connectionMarkMask">Our bits.</param>
    /// <exception cref="NftException">The machine refused, or the table is not ours.</exception>
    /// <exception cref="StateException">The file system refused.</exception>
    public bool Uninstall(uint connectionMarkMask)
    {
        using ApplyLock? taken = Lock();
        bool any = _applier.Uninstall();
        _applier.ClearMarks(connections => connections.Clear(connectionMarkMask));
        return (_store?.Delete() ?? false) | any;
    }

    // A change that ran out of time has left both generations and the set.
    private bool Settle(bool force = false)
    {
        ArmedChange armed = ArmedChange.Read(_applier, _table);
        if (armed.Phase == ArmedPhase.None)
        {
            return false;
        }

        if (armed.Phase == ArmedPhase.Armed && !force)
        {
            throw new NftException("a change waits for its confirmation: `netpol confirm` keeps it, `netpol rollback` takes it back");
        }

        armed.GoBack();
        if (TryRead(StateSlot.Pending)?.Ruleset is { Owners: { } onTrial } && TryRead(StateSlot.Confirmed)?.Ruleset is { Owners: { } before } back)
        {
            _applier.Reset(onTrial.ChangedTo(before, Ownership.IncludesNew(back.Options)), back.Options);
        }

        _store?.Clear(StateSlot.Pending);
        return true;
    }

    private Dictionary<string, string> Loaded()
    {
        Dictionary<string, string> objects = new(StringComparer.Ordinal);
        foreach ((LoadedTable? loaded, string prefix) in ((LoadedTable?, string)[])[(_applier.Read(withElements: true), ""), (_applier.ReadBridge(), "bridge ")])
        {
            if (loaded is null)
            {
                continue;
            }

            foreach ((string name, string hash) in LoadedObjects.Of(loaded))
            {
                objects[prefix + name] = hash;
            }
        }

        return objects;
    }
}
