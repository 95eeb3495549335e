using System.CommandLine;
using NetPolicy.Cli.Input;
using NetPolicy.Enforce.Nft;
using NetPolicy.Enforce;

namespace NetPolicy.Cli.Commands;

/// <summary><c>netpol render</c>: the nft ruleset of a node as text.</summary>
internal static class RenderCommand
{
    public static Command Create()
    {
        RulesetOptions options = new();
        Argument<string[]> paths = CommonOptions.Paths();
        Command command = new("render", "Prints the nftables ruleset of a node.") { paths };
        options.AddTo(command);
        command.SetAction(parsed =>
        {
            Console.Out.Write(NftWriter.Write(options.Compile(parsed, World.Load(parsed.GetValue(paths)!))));
            return ExitCode.Fine;
        });
        return command;
    }
}
