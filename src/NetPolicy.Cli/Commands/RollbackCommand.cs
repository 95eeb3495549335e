using System.CommandLine;
using NetPolicy.Cli.Input;
using NetPolicy.Enforce.State;

namespace NetPolicy.Cli.Commands;

/// <summary><c>netpol rollback</c>: goes back to what was confirmed last.</summary>
internal static class RollbackCommand
{
    public static Command Create()
    {
        StateOptions state = new();
        Option<bool> previous = new("--previous") { Description = "Go back to the ruleset that was confirmed before the last." };
        Option<bool> boot = new("--boot") { Description = "For the start of a machine: where no ruleset is kept, or it is damaged, close workloads and leave the machine open." };
        Command command = new("rollback", "Takes back a change on trial, or loads the ruleset that was confirmed last.") { previous, boot };
        state.AddTo(command);
        command.SetAction(parsed =>
        {
            using ManagedHost host = state.Host(parsed);
            try
            {
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
}
