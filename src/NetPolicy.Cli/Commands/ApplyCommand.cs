using System.CommandLine;
using System.Globalization;
using NetPolicy.Cli.Input;
using NetPolicy.Cli.Output;
using NetPolicy.Diagnostics;
using NetPolicy.Enforce;
using NetPolicy.Enforce.Observation;
using NetPolicy.Enforce.Safety;
using NetPolicy.Enforce.State;
using NetPolicy.Engine;

namespace NetPolicy.Cli.Commands;

/// <summary><c>netpol apply</c>: makes this machine, or a network namespace, decide by the documents.</summary>
internal static class ApplyCommand
{
    public static Command Create()
    {
        RulesetOptions options = new();
        ManagementOptions management = new();
        GapOptions accepted = new();
        StateOptions state = new();
        Option<bool> dryRun = new("--dry-run") { Description = "Print the scripts that would be run, and run none." };
        Option<string?> confirm = new("--confirm") { Description = "Let the new rules decide for so long only, such as 60s or 5m, unless `netpol confirm` comes before." };
        Option<bool> persist = new("--persist") { Description = "Install a systemd unit that loads the confirmed rules when the machine starts." };
        Argument<string[]> paths = CommonOptions.Paths();
        Command command = new("apply", "Loads a node's ruleset: the new rules take over from the old in one transaction, in a table of our own.")
        {
            dryRun, confirm, persist, paths,
        };
        options.AddTo(command);
        management.AddTo(command);
        accepted.AddTo(command);
        state.AddTo(command);
        command.SetAction(parsed =>
        {
            string? netns = state.Netns(parsed);
            TimeSpan? trial = parsed.GetValue(confirm) is { } text ? DurationText.Read("--confirm", text) : null;
            if (parsed.GetValue(persist) && netns is not null)
            {
                throw new UnusableException("--persist is for this machine, and --netns names a namespace, which ends with it");
            }

            Snapshot snapshot = Snapshot.Of(World.Load(parsed.GetValue(paths)!));
            CompiledRuleset ruleset = options.Compile(parsed, snapshot, netns);
            IReadOnlyList<LocalWorkload> workloads = LocalWorkload.Of(snapshot, ruleset.Node, ruleset.Options);
            using ManagedHost machine = state.Host(parsed);
            NftPlan plan = machine.Plan(ruleset);
            HostFacts facts = HostFacts.Read(netns);
            bool isSafe = IsFaithful(TranslationCheck.Check(snapshot, ruleset)) & accepted.Pass(parsed, EnforcementGaps.Find(facts, FilterFacts.Read(netns, ruleset.Table.Name), workloads, ruleset.Options.Bridges))
                & management.IsSafe(parsed, ruleset, snapshot, facts, plan.Generation);
            if (parsed.GetValue(dryRun))
            {
                foreach (string script in plan.Scripts)
                {
                    Console.Out.Write(script);
                }

                return isSafe ? ExitCode.Fine : ExitCode.Findings;
            }

            if (!isSafe)
            {
                Console.Error.WriteLine($"netpol: nothing was applied to {state.Where(parsed)}");
                return ExitCode.Findings;
            }

            IReadOnlyList<string> known = accepted.Accepted(parsed);
            int generation = trial is { } time ? machine.Arm(ruleset, workloads, time, known) : machine.Apply(ruleset, workloads, known).Generation;
            Console.Out.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{(trial is null ? "applied to" : "on trial on")} {state.Where(parsed)}: node {ruleset.Node}, {ruleset.Classes.Count} endpoint {(ruleset.Classes.Count == 1 ? "class" : "classes")}, {ruleset.Identities.Count} peer {(ruleset.Identities.Count == 1 ? "identity" : "identities")}, generation {generation}"));
            if (trial is not null)
            {
                Console.Out.WriteLine($"the rules of before come back by themselves in {parsed.GetValue(confirm)}, unless `netpol confirm` keeps the new ones");
            }

            if (parsed.GetValue(persist))
            {
                Persistence.Install(state.Store(parsed)!.Folder);
            }

            return ExitCode.Fine;
        });
        return command;
    }

    private static bool IsFaithful(TranslationReport report)
    {
        FindingsText.Write(Console.Error, [.. report.Differences.Select(d => new Diagnostic(Findings.TranslationDiffers, d.ToString(), default))]);
        return report.IsFaithful;
    }
}
