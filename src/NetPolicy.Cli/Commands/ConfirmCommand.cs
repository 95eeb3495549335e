using System.CommandLine;
using NetPolicy.Cli.Input;
using NetPolicy.Enforce.State;

namespace NetPolicy.Cli.Commands;

/// <summary><c>netpol confirm</c>: keeps a change that is on trial.</summary>
internal static class ConfirmCommand
{
    public static Command Create()
    {
        StateOptions state = new();
        Command command = new("confirm", "Keeps a change that was applied with --confirm, if its time has not run out.");
        state.AddTo(command);
        command.SetAction(parsed =>
        {
            using ManagedHost host = state.Host(parsed);
            if (host.Confirm())
            {
                Console.Out.WriteLine($"confirmed on {state.Where(parsed)}");
                return ExitCode.Fine;
            }

            Console.Error.WriteLine($"netpol: no change is on trial on {state.Where(parsed)}, or its time ran out: nothing was changed, the rules of before decide");
            return ExitCode.Refused;
        });
        return command;
    }
}
