using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;
using NetPolicy.Cli.Input;
using NetPolicy.Cli.Output;
using NetPolicy.Diagnostics;
using NetPolicy.Enforce;
using NetPolicy.Enforce.Observation;
using NetPolicy.Enforce.Safety;
using NetPolicy.Enforce.State;
using NetPolicy.Engine;
using NetPolicy.Manifests;
using NetPolicy.Validation;

namespace NetPolicy.Cli.Commands;

/// <summary><c>netpol agent</c>: follows documents, and keeps this machine, or a network namespace, in step with them.</summary>
internal static class AgentCommand
{
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(250);

    public static Command Create()
    {
        RulesetOptions options = new();
        ManagementOptions management = new();
        GapOptions accepted = new();
        StateOptions state = new();
        Option<string> output = CommonOptions.Output("text", "json");
        Option<bool> reportOnly = new("--report-only") { Description = "Say that others changed the table, and leave it so." };
        Option<string> interval = new("--interval") { Description = "How long at most what is loaded is not compared with what should be.", DefaultValueFactory = _ => "5m" };
        Option<string?> time = new("--for") { Description = "Stop after this time, such as 30s; absent, go on until interrupted. The rules stay." };
        Argument<string[]> paths = CommonOptions.Paths();
        Command command = new("agent", "Follows documents: applies what changes in them, and repairs what others change in the table, until it is interrupted.")
        {
            reportOnly, interval, time, output, paths,
        };
        options.AddTo(command);
        management.AddTo(command);
        accepted.AddTo(command);
        state.AddTo(command);
        command.SetAction(parsed =>
        {
            string[] followed = parsed.GetValue(paths)!;
            if (followed.Contains("-"))
            {
                throw new UnusableException("standard input cannot be followed, expected files or folders");
            }

            TimeSpan? limit = parsed.GetValue(time) is { } text ? DurationText.Read("--for", text) : null;
            NftWatcherOptions watching = new()
            {
                Repairs = !parsed.GetValue(reportOnly),
                Interval = DurationText.Read("--interval", parsed.GetValue(interval)!),
            };
            AgentOutput say = new(parsed.GetValue(output) == "json", state.Where(parsed));
            WatchedPaths files = new(followed);
            PolicyEngine engine = new(new EngineOptions { InvalidPolicies = InvalidPolicyMode.IsolateSubject });
            Delta first = Read(engine, followed);
            if (first.Admission is { IsRejected: true })
            {
                throw new UnusableException("nothing was applied: the documents cannot be used");
            }

            NodeRules rules = new(first.Snapshot, options.NodeOf(parsed, first.Snapshot), options.Enforcement(parsed, state.Netns(parsed)));
            CompiledRuleset ruleset = rules.Ruleset;
            RulesetOptions.Say(ruleset);
            if (ruleset.HasErrors)
            {
                throw new UnusableException("the policies cannot be enforced as written, nothing was applied");
            }

            using ManagedHost machine = state.Host(parsed);
            using NftWatcher watcher = new(machine, rules, accepted.Accepted(parsed), watching);
            string? netns = state.Netns(parsed);
            HostFacts facts = HostFacts.Read(netns);
            IReadOnlyList<LocalWorkload> workloads = LocalWorkload.Of(first.Snapshot, ruleset.Node, ruleset.Options);
            if (!(accepted.Pass(parsed, EnforcementGaps.Find(facts, FilterFacts.Read(netns, ruleset.Table.Name), workloads, ruleset.Options.Bridges))
                & management.IsSafe(parsed, ruleset, first.Snapshot, facts, machine.Plan(ruleset).Generation)))
            {
                Console.Error.WriteLine($"netpol: nothing was applied to {state.Where(parsed)}");
                return ExitCode.Findings;
            }

            say.Applied(ruleset.Node, watcher.Apply());
            bool IsSafe(Delta delta)
            {
                CompiledRuleset next = RulesetCompiler.Compile(delta.Snapshot, ruleset.Node, ruleset.Options with { Bridges = rules.Bridges });
                RulesetOptions.Say(next);
                return !next.HasErrors && management.IsSafe(parsed, next, delta.Snapshot, HostFacts.Read(netns), machine.Plan(next).Generation);
            }

            PortsOfBridges ports = new(rules, () => options.Bridges(parsed, netns), say);
            Follow(watcher, files, ports, limit, say, hasOtherPorts => Change(engine, followed, watcher, ruleset.Node, say, IsSafe, hasOtherPorts));
            return ExitCode.Fine;
        });
        return command;
    }

    private static void Follow(NftWatcher watcher, WatchedPaths files, PortsOfBridges ports, TimeSpan? limit, AgentOutput say, Action<bool> change)
    {
        using CancellationTokenSource stop = new();
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Stop(context, stop));
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Stop(context, stop));
        Stopwatch all = Stopwatch.StartNew();
        while (!stop.IsCancellationRequested && (limit is null || all.Elapsed < limit))
        {
            if (watcher.Watch(s_tick) is { } found)
            {
                say.Found(found);
            }

            bool hasOtherPorts = ports.HaveChanged();
            if (files.HaveChanged() || hasOtherPorts)
            {
                change(hasOtherPorts);
            }
        }
    }

    // Whatever is wrong with a change, the rules before go on deciding, and so does the agent.
    private static void Change(PolicyEngine engine, string[] paths, NftWatcher watcher, string node, AgentOutput say, Func<Delta, bool> isSafe, bool hasOtherPorts)
    {
        Delta delta = Read(engine, paths);
        if (delta.Admission is { IsRejected: true } rejected)
        {
            say.Rejected(rejected.Diagnostics.Count(d => d.Severity == DiagnosticSeverity.Error));
        }
        else if (ReferenceEquals(delta.Previous, delta.Snapshot) && !hasOtherPorts)
        {
            return;
        }
        else if (delta.Snapshot.Cluster.FindNode(node) is null)
        {
            say.Refused($"the documents have no node `{node}` any more");
        }
        else if (!isSafe(delta))
        {
            say.Refused("the change would cut what manages the machine, or cannot be enforced as written");
        }
        else
        {
            try
            {
                say.Applied(node, watcher.Apply(delta));
            }
            catch (Exception exception) when (exception is NftException or StateException or ArgumentException)
            {
                say.Refused(exception.Message);
            }
        }
    }

    private static Delta Read(PolicyEngine engine, string[] paths)
    {
        Delta delta = engine.Replace(World.Read(paths), new ValidationOptions { CidrMode = CidrMode.Lenient });
        FindingsText.Write(Console.Error, FindingsText.InOrder(delta.Admission?.Diagnostics ?? []));
        return delta;
    }

    private static void Stop(PosixSignalContext context, CancellationTokenSource stop)
    {
        context.Cancel = true;
        stop.Cancel();
    }
}
