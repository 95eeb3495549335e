using System.Globalization;
using NetPolicy.Addresses;
using NetPolicy.Enforce.Rules;
using NetPolicy.Enforce.Simulation;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Policies;
using NetPolicy.Ports;

namespace NetPolicy.Enforce;

/// <summary>
/// Executes what is about to be loaded from the hooks on, and compares with <see cref="HookModel"/>: stages of host endpoints cell by cell, and the ways by which packets
/// of each interface and each workload come to the chains that judge them.
/// </summary>
internal sealed partial class HookCheck
{
    private const string Unlisted = "netpol-none0";

    // Nobody's, in the ranges for documentation.
    private static readonly IpAddress[] s_stranger = [IpAddress.Parse("198.51.100.77"), IpAddress.Parse("2001:db8:ffff::77")];

    // How many packets are asked of the model until one is found of a kind.
    private const int Searched = 200;

    private readonly Snapshot _snapshot;
    private readonly CompiledRuleset _ruleset;
    private readonly TranslationPeers _peers;
    private readonly EpochPair _epochs;
    private readonly Dispatch _dispatch;
    private readonly HookModel _model;
    private readonly NftMachine _machine;
    private readonly IReadOnlyDictionary<string, NftChain> _chains;
    private readonly HashSet<string> _classes;
    private readonly List<TranslationDifference> _differences;
    private readonly string _uplink;

    /// <param name="snapshot">What decides.</param>
    /// <param name="ruleset">What is about to be loaded.</param>
    /// <param name="rules">The same as text.</param>
    /// <param name="chains">Its chains, by names without versions.</param>
    /// <param name="dispatch">Where it leads packets of workloads.</param>
    /// <param name="peers">Addresses of all kinds.</param>
    /// <param name="epochs">What the text marks connections with.</param>
    /// <param name="differences">Where to put what differs.</param>
    public HookCheck(
        Snapshot snapshot, CompiledRuleset ruleset, NftRuleset rules, IReadOnlyDictionary<string, NftChain> chains, Dispatch dispatch, TranslationPeers peers, EpochPair epochs,
        List<TranslationDifference> differences)
    {
        _snapshot = snapshot;
        _ruleset = ruleset;
        _peers = peers;
        _epochs = epochs;
        _chains = chains;
        _differences = differences;
        _dispatch = dispatch;
        _model = new HookModel(snapshot, ruleset, dispatch, epochs);
        _machine = new NftMachine(rules);
        _classes = [.. ruleset.Classes.Select(c => chains[c.Chain].Name)];
        _uplink = _model.HostInterfaces.FirstOrDefault() ?? Unlisted;
    }

    /// <summary>Cells there are.</summary>
    public long Cells { get; private set; }

    /// <summary>Cells that were tried.</summary>
    public long Tried { get; private set; }

    private EnforcementOptions Options => _ruleset.Options;

    private string UnknownInterface => Options.WorkloadInterfacePrefix + "-none0";

    // Interfaces of all kinds: listed ones, loopback, one that nobody has listed.
    private string[] HostInterfaces => [.. _model.HostInterfaces, "lo", Unlisted];

    /// <summary>Tries the cells of host endpoints, as many as <paramref name="most"/> allows, spread evenly.</summary>
    /// <param name="most">How many at most.</param>
    /// <param name="isKnown">True for chains, without version, that decide as before.</param>
    public void TryCells(int most, Func<string, bool> isKnown)
    {
        HookSide[] sides = [.. Sides(isKnown)];
        long cells = sides.Sum(s => s.Count), step = Math.Max(1, (cells + most - 1) / most);
        while (step > 1 && Array.Exists(sides, s => !s.IsSpreadBy(step)))
        {
            step++;
        }

        long begin = 0, next = 0;
        foreach (HookSide side in sides)
        {
            for (; next < begin + side.Count && _differences.Count < TranslationReport.MaxDifferences; next += step)
            {
                HookPacket packet = side[next - begin];
                if (packet.Stage == HookStage.Forward)
                {
                    TryClass(side, packet);
                }
                else
                {
                    Try(packet, isTraced: false);
                }
            }

            begin += side.Count;
        }

        Cells += cells;
    }

    /// <summary>Tries the ways: of each interface, of each workload, of unknown ones, and of established connections.</summary>
    public void TryWays()
    {
        long before = Tried;
        _machine.RecordsTrace = true;
        CheckHooks();
        List<HookPacket> probes = [];
        TryHosts(probes);
        TryWorkloads(probes);
        TryUnknown(probes);
        foreach (HookPacket probe in probes)
        {
            foreach (HookPacket packet in HookConnections.Of(probe, Options, _epochs))
            {
                Try(packet, isTraced: true);
            }
        }

        _machine.RecordsTrace = false;
        Cells += Tried - before;
    }

    private void Try(in HookPacket packet, bool isTraced)
    {
        Tried++;
        if (_model.Of(packet) is not { } answer)
        {
            return;
        }

        PacketState state = packet.ToState();
        HookOutcome outcome = packet.Stage switch
        {
            HookStage.RawIn => _machine.Run(Hook.Prerouting, state, toPriority: -200),
            HookStage.RawOut => _machine.Run(Hook.Output, state, toPriority: -200),
            HookStage.Before => _machine.Run(Hook.Prerouting, state, fromPriority: -200),
            HookStage.Input => _machine.Run(Hook.Input, state),
            HookStage.Forward => _machine.Run(Hook.Forward, state),
            HookStage.Output => _machine.Run(Hook.Output, state, fromPriority: -200),
            HookStage.Postrouting => _machine.Run(Hook.Postrouting, state),
            _ => throw new InvalidOperationException($"unknown stage {packet.Stage}"),
        };
        bool isAccepted = outcome.Verdict == NftVerdict.Accept;
        string? detail = isAccepted != answer.IsAccepted ? ""
            : isAccepted && state.Mark != answer.Mark ? Differ("the packet's mark", state.Mark, answer.Mark)
            : isAccepted && answer.Priority is { } priority && state.Priority != priority ? Differ("the packet's priority", state.Priority, priority)
            : state.Connection is { } connection && connection.Mark != answer.ConnectionMark ? Differ("the connection's mark", connection.Mark, answer.ConnectionMark)
            : isAccepted && packet.Stage is HookStage.RawIn or HookStage.RawOut && (state.State == ConntrackState.Untracked) != answer.IsUntracked ? "tracking differs"
            : isTraced ? OtherWay(outcome, answer)
            : null;
        if (detail is not null)
        {
            Direction direction = packet.Out is null || (packet.Stage == HookStage.Forward && !_model.IsWorkloads(packet.In!)) ? Direction.Ingress : Direction.Egress;
            Report(packet, answer.Judge ?? _ruleset.Node, direction, answer.IsAccepted, outcome.NamedRule?.Comment, detail.Length == 0 ? null : detail);
        }
    }

    private static string Differ(string what, uint found, uint expected) => string.Create(CultureInfo.InvariantCulture, $"{what} becomes 0x{found:x}, expected 0x{expected:x}");

    // The classes that a packet came by, if they are not those that it had to meet.
    private string? OtherWay(HookOutcome outcome, HookAnswer answer)
    {
        List<string> met = [];
        foreach (TraceStep step in outcome.Trace)
        {
            int space = step.Verdict.IndexOf(' ', StringComparison.Ordinal);
            if (space > 0 && _classes.Contains(step.Verdict[(space + 1)..]))
            {
                met.Add(step.Verdict[(space + 1)..]);
            }
        }

        string[] expected = [.. answer.Chains.Select(c => _chains.TryGetValue(c, out NftChain? chain) ? chain.Name : c)];
        return met.SequenceEqual(expected, StringComparer.Ordinal) ? null : $"it comes by `{string.Join(", ", met)}`, expected `{string.Join(", ", expected)}`";
    }

    private void Report(in HookPacket packet, string judge, Direction direction, bool isAllowed, string? rule, string? detail)
    {
        if (_differences.Count < TranslationReport.MaxDifferences)
        {
            _differences.Add(new TranslationDifference(judge, direction, packet.ToRequest(), isAllowed, rule) { Place = packet.Place, Detail = detail });
        }
    }
}
