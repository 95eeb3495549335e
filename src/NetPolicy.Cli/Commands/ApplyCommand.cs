using System.CommandLine;
using System.Globalization;
using NetPolicy.Cli.Input;
using NetPolicy.Cli.Output;
using NetPolicy.Enforce;
using NetPolicy.Enforce.Observation;
using NetPolicy.Enforce.Safety;
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
        Option<string?> netns = CommonOptions.NetworkNamespace();
        Option<bool> dryRun = new("--dry-run") { Description = "Print the scripts that would be run, and run none." };
        Argument<string[]> paths = CommonOptions.Paths();
        Command command = new("apply", "Loads a node's ruleset: the new rules take over from the old in one transaction, in a table of our own.")
        {
            netns, dryRun, paths,
        };
        options.AddTo(command);
        management.AddTo(command);
        accepted.AddTo(command);
        command.SetAction(parsed =>
        {
            Snapshot snapshot = Snapshot.Of(World.Load(parsed.GetValue(paths)!));
            CompiledRuleset ruleset = options.Compile(parsed, snapshot);
            NftApplier applier = new(parsed.GetValue(netns));
            NftPlan plan = applier.Plan(ruleset);
            HostFacts host = HostFacts.Read(parsed.GetValue(netns));
            bool isSafe = accepted.Pass(parsed, Gaps(parsed.GetValue(netns), host, snapshot, ruleset))
                & IsSafe(management.Check(parsed, ruleset, snapshot, host, plan.Generation));
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
                Console.Error.WriteLine($"netpol: nothing was applied to {Where(parsed.GetValue(netns))}");
                return ExitCode.Findings;
            }

            NftPlan done = applier.Apply(ruleset);
            Console.Out.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"applied to {Where(parsed.GetValue(netns))}: node {ruleset.Node}, {ruleset.Classes.Count} endpoint classes, {ruleset.Identities.Count} peer identities, generation {done.Generation}"));
            return ExitCode.Fine;
        });
        return command;
    }

    private static IReadOnlyList<EnforcementGap> Gaps(string? netns, HostFacts host, Snapshot snapshot, CompiledRuleset ruleset) => EnforcementGaps.Find(
        host, FilterFacts.Read(netns, ruleset.Table.Name), LocalWorkload.Of(snapshot, ruleset.Node, ruleset.Options));

    private static bool IsSafe(LockoutReport? report)
    {
        FindingsText.Write(Console.Error, report?.Diagnostics ?? []);
        foreach (ManagementFlow kept in report?.Kept ?? [])
        {
            Console.Error.WriteLine($"netpol: stays open: {kept}");
        }

        return report?.IsSafe ?? true;
    }

    internal static string Where(string? netns) => netns is null ? "this machine" : $"network namespace {netns}";
}
