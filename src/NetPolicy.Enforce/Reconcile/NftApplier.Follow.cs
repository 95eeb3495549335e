using NetPolicy.Enforce.Netlink;
using NetPolicy.Enforce.Reconcile;
using NetPolicy.Enforce.Rules;
using NetPolicy.Enforce.State;
using NetPolicy.Engine;

namespace NetPolicy.Enforce;

/// <content>Rules that follow a policy engine.</content>
public sealed partial class NftApplier
{
    private NodeRules? _followed;

    /// <summary>
    /// How many cells of rules that follow an engine are compared with policy before they are loaded whole; 200,000 by default, which takes about half a second.
    /// Changes are compared in all cells that they touch, and 0 turns that off too. See <see cref="TranslationCheck"/>.
    /// </summary>
    public int ProvenCells { get; init; } = 200_000;

    /// <summary>Makes the machine decide by <paramref name="rules"/>, and goes on from there.</summary>
    /// <returns>What was run.</returns>
    /// <exception cref="ArgumentException">The ruleset is of another table, or enforces less than policy says and that is not accepted.</exception>
    /// <exception cref="NftException">The machine refused, or the table is not ours. The rules that decided before still do, unless only the cleaning failed.</exception>
    public NftPlan Apply(NodeRules rules, UnenforcedPolicy unenforced = UnenforcedPolicy.Refuse)
    {
        ArgumentNullException.ThrowIfNull(rules);
        if (ReferenceEquals(_followed, rules) && rules.Installed is not null)
        {
            return new NftPlan(rules.Installed.Epochs.Current, []);
        }

        if (ProvenCells > 0)
        {
            Expect(rules.ProveAll(ProvenCells));
        }

        NftPlan plan = Apply(rules.Ruleset, unenforced);
        rules.Installed = _installed;
        (_installed, _followed) = (null, rules);
        return plan;
    }

    /// <summary>
    /// Makes the machine decide by <paramref name="rules"/> after a change. If the rules before are what this applier made it decide by, and nobody else writes
    /// the table meanwhile, only what differs is run.
    /// </summary>
    /// <returns>What was run.</returns>
    /// <exception cref="ArgumentException">The ruleset is of another table, or enforces less than policy says and that is not accepted: the rules before still decide.</exception>
    /// <exception cref="NftException">
    /// The machine refused, or the change does not make the rules decide as policy says, which the message shows by a flow. The rules that decided before still do,
    /// unless only the cleaning failed.
    /// </exception>
    public NftPlan Apply(NodeRules rules, Delta delta, UnenforcedPolicy unenforced = UnenforcedPolicy.Refuse)
    {
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(delta);
        if (!ReferenceEquals(_followed, rules) || rules.Installed is null || GenerationOf(rules) is not { } generation)
        {
            rules.Compile(delta.Snapshot);
            rules.Installed = null;
            return Apply(rules, unenforced);
        }

        NftPlan plan = rules.Update(delta);
        InstalledRules after = rules.Installed;
        rules.Installed = null;
        if (rules.HasErrors && unenforced == UnenforcedPolicy.Refuse)
        {
            _followed = null;
            throw new ArgumentException("the ruleset enforces less than policy says: " + string.Join("; ", rules.Ruleset.Diagnostics), nameof(rules));
        }

        if (ProvenCells > 0)
        {
            Expect(rules.Prove(plan));
        }

        try
        {
            rules.Installed = Run(plan, after, generation);
            _owners = [Ownership.Of(delta.Snapshot)];
            return plan with { Generation = rules.Installed.Epochs.Current };
        }
        catch (NetlinkException exception) when (exception.IsChangedMeanwhile || exception.IsPassing)
        {
            return Apply(rules, unenforced);
        }
        catch (NetlinkException exception)
        {
            throw Refusal(exception);
        }
    }

    /// <summary>Listens to what others change in the table.</summary>
    /// <exception cref="NftException">The kernel does not tell.</exception>
    internal NetlinkMonitor Monitor() => Inside(place => new NetlinkMonitor(place, _table) { Fault = MonitorFault });

    /// <summary>What stands between the monitor and the kernel in tests; null for nothing.</summary>
    internal NetlinkFault? MonitorFault { get; init; }

    /// <summary>True if a change left our table alone, so that what is loaded is still what was.</summary>
    internal bool IsElsewhere(NetlinkChange change)
    {
        if (change.Generation == 0 || change.IsOurTable)
        {
            return false;
        }

        if (_generation != 0 && change.Generation == NetlinkTransport.After(_generation))
        {
            _generation = change.Generation;
        }

        return true;
    }

    /// <summary>
    /// How what is loaded differs from rules that were applied, one line for each object; null if they were not. What was loaded by the last transaction is taken for known
    /// unless <paramref name="isWhole"/>.
    /// </summary>
    /// <exception cref="NftException">The machine refused to tell.</exception>
    internal IReadOnlyList<string>? DriftOf(NodeRules rules, bool isWhole)
    {
        if (!ReferenceEquals(_followed, rules) || rules.Installed is not { } installed)
        {
            return null;
        }

        if (!isWhole && _generation != 0 && Generation() == _generation)
        {
            return [];
        }

        // A table that somebody replaced by one of another owner is drift too.
        LoadedTable? loaded = Read(withElements: true), bridge = ReadBridge();
        installed = installed with { Table = rules.Ruleset.Table };
        bool isBridge = (bridge is null) == (rules.Ruleset.Bridge is null) && BridgeDifference.Plan(bridge, rules.Ruleset.Bridge).IsEmpty;
        if (loaded is not null && isBridge && NftTableState.Same(loaded, installed))
        {
            _generation = loaded.Generation;
            return [];
        }

        _generation = 0;
        IReadOnlyList<string> differences = loaded is null ? [$"table inet {_table} is missing"] : LoadedObjects.Differences(
            LoadedObjects.Of(TableNormalizer.Normalize(new TableResolver(installed.Table, name => installed.Names[name], installed.Epochs).Resolve())), LoadedObjects.Of(loaded));
        return [.. differences, .. isBridge ? Array.Empty<string>() : ["bridge table was changed"]];
    }

    private static void Expect(TranslationReport report)
    {
        if (!report.IsFaithful)
        {
            throw new NftException($"the rules decide otherwise than policy, so nothing was changed; this is a defect of netpol: {report.Differences[0]}");
        }
    }

    // The generation for which what is loaded is these rules; null if somebody changed them.
    private uint? GenerationOf(NodeRules rules)
    {
        uint now = Generation();
        if (_generation == 0 || _generation != now)
        {
            LoadedTable? loaded = Inspect(withElements: true);
            if (loaded is null || !NftTableState.Same(loaded, rules.Installed! with { Table = rules.Ruleset.Table })
                || !PlanBridge(rules.Ruleset.Bridge).IsEmpty)
            {
                return null;
            }

            now = _generation = loaded.Generation;
        }

        return now;
    }
}
