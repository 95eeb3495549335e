using System.Net;
using NetPolicy.Collections;
using NetPolicy.Enforce.Lab;
using NetPolicy.Enforce.Nft;
using NetPolicy.Enforce.Simulation;
using NetPolicy.Engine;

namespace NetPolicy.Enforce.Tracing;

/// <summary>The way of the packet that opens a connection, through the hooks, chains and rules of the nodes it passes.</summary>
/// <param name="Nodes">The nodes in order. Of several ways, such as the backends of a Service, each adds its own.</param>
/// <param name="Passed">True if it arrives on every way.</param>
public sealed record PacketTrace(EquatableArray<PacketTraceNode> Nodes, bool Passed)
{
    /// <summary>Follows a flow through interpreted rulesets: each node's as <c>netpol render</c> prints it.</summary>
    /// <param name="snapshot">The world.</param>
    /// <param name="request">The flow.</param>
    /// <param name="options">How rulesets are made.</param>
    /// <param name="whyNot">Why it cannot be followed; null if it can.</param>
    /// <returns>The way; null if it cannot be followed.</returns>
    public static PacketTrace? Interpret(Snapshot snapshot, FlowRequest request, EnforcementOptions? options, out string? whyNot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentNullException.ThrowIfNull(request);
        if (!snapshot.TryResolve(request, out Flow flow, out whyNot))
        {
            return null;
        }

        LabWorld world = LabWorld.Of(snapshot, new LabWorldOptions { Flows = [request] });
        if (world.Topology.Nodes.Count == 0)
        {
            whyNot = "the documents have no node on the way";
            return null;
        }

        if (!world.TryMap(flow, out LabMapping? mapping, out whyNot))
        {
            return null;
        }

        IReadOnlyDictionary<string, CompiledRuleset> rulesets = world.Compile(options);
        LabInterpreter interpreter = new(
            world.Topology, rulesets.ToDictionary(pair => pair.Key, pair => NftRuleset.Parse(NftWriter.Write(pair.Value)), StringComparer.Ordinal), recordsTrace: true);
        List<PacketTraceNode> nodes = [];
        bool passed = true;
        foreach (LabPath path in mapping.Paths)
        {
            IPEndPoint? backend = path.Backend is { } end ? new IPEndPoint(IPAddress.Parse(end.Address.ToString()), end.Port) : null;
            foreach (LabLeg leg in path.Legs)
            {
                LabWalk walk = interpreter.Run(leg.Probe, backend);
                nodes.AddRange(walk.Hosts.Select((host, at) => NodeOf(walk, host, at, rulesets)));
                passed &= walk.Result.Passed;
                if (!walk.Result.Passed)
                {
                    break;
                }
            }
        }

        return new PacketTrace([.. nodes], passed);
    }

    private static PacketTraceNode NodeOf(LabWalk walk, WalkOutcome host, int at, IReadOnlyDictionary<string, CompiledRuleset> rulesets)
    {
        string name = walk.Nodes[at];
        CompiledRuleset? ruleset = rulesets.GetValueOrDefault(name);
        PacketTraceStep[] steps = [.. host.Hooks.SelectMany(hook => hook.Trace.Select(step => StepOf(hook.Hook, step, ruleset)))];
        bool passed = host.Verdict == NftVerdict.Accept;
        string outcome = passed ? (host.Journey is Journey.ToHost or Journey.Loopback ? "reaches the node" : $"leaves by {host.State.OutputInterface}")
            : host.IsUnroutable ? "has no route"
            : host.Rejection is { } answer ? $"rejected with {answer} at {host.DroppedAt?.ToString().ToLowerInvariant()}"
            : $"dropped at {host.DroppedAt?.ToString().ToLowerInvariant()}";
        return new PacketTraceNode(name, [.. steps], outcome, passed);
    }

    private static PacketTraceStep StepOf(Hook hook, TraceStep step, CompiledRuleset? ruleset)
    {
        string? owner = step.Rule?.Comment;
        return new PacketTraceStep(
            hook.ToString().ToLowerInvariant(),
            step.Chain.Name,
            step.Rule?.Text ?? "policy",
            step.Verdict,
            owner,
            owner is not null && ruleset?.RuleComments.GetValueOrDefault(owner) is { } origin ? origin.Span : default);
    }
}
