using NetPolicy.Enforce.Netlink;
using NetPolicy.Enforce.Reconcile;
using NetPolicy.Enforce.State;
using NetPolicy.Engine;

namespace NetPolicy.Enforce;

/// <summary>
/// Keeps a machine at the rules of a node: applies what changes in the cluster, and notices what others change in the table. The kernel tells of their changes; when it
/// does, when it could not, and from time to time in any case, the table is read back whole and compared with what should be there, to the last element.
/// </summary>
/// <remarks>
/// <see cref="Apply"/> and <see cref="Watch"/> may be called by different threads; each by one at a time. What it was made from belongs to it until it is disposed.
/// </remarks>
public sealed class NftWatcher : IDisposable
{
    private readonly Lock _gate = new();
    private readonly NftApplier _applier;
    private readonly NodeRules _rules;
    private readonly Func<Delta?, NftPlan> _apply;
    private readonly NftWatcherOptions _options;
    private readonly TimeProvider _time;
    private readonly NetlinkMonitor _monitor;
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(10);

    private long _looked;
    private bool _isDrifted;
    private bool _isOwed;
    private Delta? _owed;

    /// <summary>A watcher of what an applier loads.</summary>
    /// <param name="applier">The machine.</param>
    /// <param name="rules">The rules.</param>
    /// <param name="options">How it works; the documented defaults if null.</param>
    /// <param name="time">The clock for <see cref="NftWatcherOptions.Interval"/>; the system's if null.</param>
    /// <exception cref="ArgumentOutOfRangeException">The interval is nothing or less.</exception>
    /// <exception cref="NftException">The kernel does not tell of changes.</exception>
    public NftWatcher(NftApplier applier, NodeRules rules, NftWatcherOptions? options = null, TimeProvider? time = null)
        : this(applier, rules, options, time, delta => delta is null ? applier.Apply(rules) : applier.Apply(rules, delta))
    {
    }

    /// <summary>A watcher of a machine that keeps its rulesets on disk. Takes the machine's lock: see <see cref="ManagedHost.Hold"/>.</summary>
    /// <param name="host">The machine.</param>
    /// <param name="rules">The rules.</param>
    /// <param name="accepted">Names of gaps of enforcement that are known and accepted; kept with the rules.</param>
    /// <param name="options">How it works; the documented defaults if null.</param>
    /// <param name="time">The clock for <see cref="NftWatcherOptions.Interval"/>; the system's if null.</param>
    /// <exception cref="ArgumentOutOfRangeException">The interval is nothing or less.</exception>
    /// <exception cref="NftException">The kernel does not tell of changes, or another process is changing the table.</exception>
    /// <exception cref="StateException">The lock cannot be made.</exception>
    public NftWatcher(ManagedHost host, NodeRules rules, IEnumerable<string>? accepted = null, NftWatcherOptions? options = null, TimeProvider? time = null)
        : this(Held(host), rules, options, time, delta => host.Apply(rules, delta, rules.WorkloadsOf(delta?.Snapshot), accepted))
    {
    }

    private NftWatcher(NftApplier applier, NodeRules rules, NftWatcherOptions? options, TimeProvider? time, Func<Delta?, NftPlan> apply)
    {
        ArgumentNullException.ThrowIfNull(applier);
        ArgumentNullException.ThrowIfNull(rules);
        _options = options ?? NftWatcherOptions.Default;
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(_options.Interval, TimeSpan.Zero, nameof(options));
        (_applier, _rules, _apply, _time) = (applier, rules, apply, time ?? TimeProvider.System);
        _monitor = applier.Monitor();
        _looked = _time.GetTimestamp();
    }

    /// <summary>Stops listening. Rules, applier and machine stay as they are.</summary>
    public void Dispose() => _monitor.Dispose();

    /// <summary>Makes the machine decide by the rules.</summary>
    /// <param name="delta">What changed since they were last applied; null for the first time.</param>
    /// <returns>What was run.</returns>
    /// <exception cref="ArgumentException">The rules enforce less than policy says: those before still decide.</exception>
    /// <exception cref="NftException">The machine refused. The rules that decided before still do, unless only the cleaning failed.</exception>
    /// <exception cref="StateException">What was loaded could not be kept on disk.</exception>
    public NftPlan Apply(Delta? delta = null)
    {
        lock (_gate)
        {
            try
            {
                NftPlan plan = _apply(delta);
                (_isOwed, _isDrifted, _owed) = (false, false, null);
                return plan;
            }
            catch (Exception exception) when (exception is NftException or StateException)
            {
                (_isOwed, _owed) = (true, delta ?? _owed);
                throw;
            }
        }
    }

    /// <summary>Waits until there is a reason to compare, and compares.</summary>
    /// <param name="wait">How long to wait at most.</param>
    /// <returns>What was found; null if there was no reason, or what somebody changed is not ours.</returns>
    /// <exception cref="NftException">The machine refused to tell.</exception>
    public NftWatchEvent? Watch(TimeSpan wait)
    {
        TimeSpan interval = _isOwed && s_retry < _options.Interval ? s_retry : _options.Interval;
        TimeSpan left = interval - _time.GetElapsedTime(_looked);
        NetlinkChange? change = left <= TimeSpan.Zero ? null : Next(wait < left ? wait : left);
        lock (_gate)
        {
            if (change is not null && _applier.IsElsewhere(change))
            {
                return null;
            }

            if (change is null && _time.GetElapsedTime(_looked) < interval)
            {
                return null;
            }

            return Look(change);
        }
    }

    /// <summary>Watches until it is told to stop.</summary>
    /// <param name="report">Told what was found.</param>
    /// <param name="stop">Tells it to stop, which takes up to a second.</param>
    /// <exception cref="NftException">The machine refused to tell.</exception>
    public void Run(Action<NftWatchEvent> report, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(report);
        while (!stop.IsCancellationRequested)
        {
            if (Watch(TimeSpan.FromSeconds(1)) is { } found)
            {
                report(found);
            }
        }
    }

    private static NftApplier Held(ManagedHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        host.Hold();
        return host.Applier;
    }

    private NetlinkChange? Next(TimeSpan wait)
    {
        try
        {
            return _monitor.WaitForOthers(wait);
        }
        catch (NetlinkException exception)
        {
            throw new NftException(exception.Message, exception);
        }
    }

    private NftWatchEvent? Look(NetlinkChange? change)
    {
        NftWatchReason reason = change is null ? NftWatchReason.Interval : change.Generation == 0 ? NftWatchReason.LostMessages : NftWatchReason.ForeignChange;

        // What was told while the table was read is in what was read, or is told again by another generation.
        _looked = _time.GetTimestamp();
        IReadOnlyList<string>? differences = _isOwed ? ["rules that could not be applied"] : _applier.DriftOf(_rules, isWhole: reason != NftWatchReason.ForeignChange);
        if (differences is null)
        {
            return null;
        }

        NftWatchEvent found = new(reason, change?.Process ?? 0, change?.ProcessName ?? "", [.. differences], IsRepaired: false, "");
        bool wasDrifted = _isDrifted;
        _isDrifted = found.IsDrift;
        if (!found.IsDrift)
        {
            return wasDrifted || reason != NftWatchReason.ForeignChange ? found : null;
        }

        if (!_options.Repairs)
        {
            return found;
        }

        try
        {
            bool isBehind = _owed is { } owed && !_rules.AreOf(owed.Snapshot);
            _rules.Installed = null;
            Apply(isBehind ? _owed : null);
            return found with { IsRepaired = true };
        }
        catch (Exception exception) when (exception is NftException or StateException)
        {
            return found with { Refusal = exception.Message };
        }
    }
}
