using System.CommandLine;
using System.Globalization;
using NetPolicy.Cli.Input;
using NetPolicy.Enforce;

namespace NetPolicy.Cli.Commands;

/// <summary><c>netpol apply</c>: makes this machine, or a network namespace, decide by the documents.</summary>
internal static class ApplyCommand
{
    public static Command Create()
    {
        RulesetOptions options = new();
        Option<string?> netns = CommonOptions.NetworkNamespace();
        Option<bool> dryRun = new("--dry-run") { Description = "Print the scripts that would be run, and run none." };
        Argument<string[]> paths = CommonOptions.Paths();
        Command command = new("apply", "Loads a node's ruleset: the new rules take over from the old in one transaction, in a table of our own.")
        {
            netns, dryRun, paths,
        };
        options.AddTo(command);
        command.SetAction(parsed =>
        {
            CompiledRuleset ruleset = options.Compile(parsed, World.Load(parsed.GetValue(paths)!));
            NftApplier applier = new(parsed.GetValue(netns));
            if (parsed.GetValue(dryRun))
            {
                foreach (string script in applier.Plan(ruleset).Scripts)
                {
                    Console.Out.Write(script);
                }

                return ExitCode.Fine;
            }

            NftPlan done = applier.Apply(ruleset);
            Console.Out.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"applied to {Where(parsed.GetValue(netns))}: node {ruleset.Node}, {ruleset.Classes.Count} endpoint classes, {ruleset.Identities.Count} peer identities, generation {done.Generation}"));
            return ExitCode.Fine;
        });
        return command;
    }

    internal static string Where(string? netns) => netns is null ? "this machine" : $"network namespace {netns}";
}
