using System.CommandLine;
using NetPolicy.Cli.Input;
using NetPolicy.Enforce;

namespace NetPolicy.Cli.Commands;

/// <summary><c>netpol uninstall</c>: takes our table away, and nothing else.</summary>
internal static class UninstallCommand
{
    public static Command Create()
    {
        Option<string?> netns = CommonOptions.NetworkNamespace();
        Command command = new("uninstall", "Takes our table away, and nothing else.") { netns };
        command.SetAction(parsed =>
        {
            string where = ApplyCommand.Where(parsed.GetValue(netns));
            Console.Out.WriteLine(new NftApplier(parsed.GetValue(netns)).Uninstall() ? $"removed from {where}" : $"nothing of ours was loaded on {where}");
            return ExitCode.Fine;
        });
        return command;
    }
}
