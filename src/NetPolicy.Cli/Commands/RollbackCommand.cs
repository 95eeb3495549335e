using System.CommandLine;
using NetPolicy.Cli.Input;
using NetPolicy.Cli.Output;
using NetPolicy.Diagnostics;
using NetPolicy.Enforce.Observation;
using NetPolicy.Enforce.Safety;
using NetPolicy.Enforce.State;

namespace NetPolicy.Cli.Commands;

/// <summary><c>netpol rollback</c>: goes back to what was confirmed last.</summary>
internal static class RollbackCommand
{
    public static Command Create()
    {
        StateOptions state = new();
        ManagementOptions management = new();
        Option<bool> previous = new("--previous") { Description = "Go back to the ruleset that was confirmed before the last." };
        Option<bool> boot = new("--boot") { Description = "For the start of a machine: where no ruleset is kept, or it is damaged, close workloads and leave the machine open." };
        Command command = new("rollback", "Takes back a change on trial, or loads the ruleset that was confirmed last.") { previous, boot };
        management.AddTo(command);
        state.AddTo(command);
        command.SetAction(parsed =>
        {
            using ManagedHost host = state.Host(parsed);
            try
            {
                if (!parsed.GetValue(boot) && !IsSafe(parsed, state, management, host, parsed.GetValue(previous)))
                {
                    Console.Error.WriteLine($"netpol: nothing was changed on {state.Where(parsed)}");
                    return ExitCode.Findings;
                }

                Console.Out.WriteLine($"{host.Rollback(parsed.GetValue(previous))} on {state.Where(parsed)}");
                return ExitCode.Fine;
            }
            catch (StateException exception) when (parsed.GetValue(boot))
            {
                Console.Error.WriteLine($"netpol: {exception.Message}");
                using ManagedHost machine = new(state.Netns(parsed));
                machine.Apply(BootUnit.Closed(), []);
                Console.Out.WriteLine($"workloads are closed on {state.Where(parsed)} until rules are applied");
                return ExitCode.Fine;
            }
        });
        return command;
    }

    // A change on trial is taken back by the kernel sooner or later, whatever that does. When the machine starts nothing manages it yet.
    private static bool IsSafe(ParseResult parsed, StateOptions state, ManagementOptions management, ManagedHost host, bool previous)
    {
        if (!previous && host.Trial() != ArmedPhase.None)
        {
            return true;
        }

        SavedRuleset saved = host.Kept(previous);
        HostFacts facts = HostFacts.Read(state.Netns(parsed));
        IReadOnlyList<EnforcementGap> gaps = EnforcementGaps.Find(facts, FilterFacts.Read(state.Netns(parsed), saved.Ruleset.Table.Name), saved.Workloads, saved.Ruleset.Options.Bridges);
        FindingsText.Write(Console.Error, gaps.Where(g => g.Finding.Descriptor != Findings.WorkloadAbsent && !g.IsAccepted(saved.Accepted))
            .Select(g => g.Finding with { Severity = DiagnosticSeverity.Warning }));
        return management.IsSafe(parsed, saved.Ruleset, snapshot: null, facts, host.Plan(saved.Ruleset).Generation);
    }
}
