using System.CommandLine;
using NetPolicy.Cli.Input;
using NetPolicy.Enforce;
using NetPolicy.Enforce.State;

namespace NetPolicy.Cli.Commands;

/// <summary><c>netpol uninstall</c>: takes away our table, marks, unit and state, and nothing else.</summary>
internal static class UninstallCommand
{
    public static Command Create()
    {
        StateOptions state = new();
        Command command = new("uninstall", "Takes away our table, our bits on connections' marks, the unit and the rulesets that were kept, and nothing else.");
        state.AddTo(command);
        command.SetAction(parsed =>
        {
            using ManagedHost host = state.Host(parsed);
            bool any = host.Uninstall(EnforcementOptions.Default.ConnectionMarkMask);
            any |= state.Netns(parsed) is null && Persistence.Remove();
            Console.Out.WriteLine(any ? $"removed from {state.Where(parsed)}" : $"nothing of ours was loaded on {state.Where(parsed)}");
            return ExitCode.Fine;
        });
        return command;
    }
}
