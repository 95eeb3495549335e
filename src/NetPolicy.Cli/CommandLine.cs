using System.CommandLine;
using NetPolicy.Cli.Commands;
using NetPolicy.Cli.Input;

namespace NetPolicy.Cli;

/// <summary>The whole command line: the commands, and how one run ends. Reads and writes what <see cref="Console"/> is set to.</summary>
internal static class CommandLine
{
    /// <summary>Runs one command; the result is the process's exit code.</summary>
    public static int Run(string[] args)
    {
        ParseResult parsed = Root().Parse(args);
        if (parsed.Errors.Count > 0)
        {
            // Behind an unknown command nothing else can be understood.
            bool isUnknown = parsed.CommandResult.Command is RootCommand && args.Length > 0 && !args[0].StartsWith('-');
            IEnumerable<string> errors = isUnknown
                ? [$"`{args[0]}` is no command"]
                : parsed.Errors.Select(e => UsageErrors.Say(e.Message)).Distinct();
            foreach (string error in errors)
            {
                Console.Error.WriteLine($"netpol: {error}");
            }

            string command = parsed.CommandResult.Command is RootCommand ? "netpol" : $"netpol {parsed.CommandResult.Command.Name}";
            Console.Error.WriteLine($"netpol: `{command} --help` lists what there is");
            return ExitCode.Unusable;
        }

        return ExitCode.Guard(() => parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false }));
    }

    /// <summary>All commands, in the order in which help lists them.</summary>
    public static RootCommand Root() => new("Network policy for Kubernetes and Calico: validate, judge, explain, compare and enforce it.")
    {
        ValidateCommand.Create(),
        EvalCommand.Create(),
        ExplainCommand.Create(),
        MatrixCommand.Create(),
        DiffCommand.Create(),
        PendingCommand.Create(),
        LintCommand.Create(),
        TestCommand.Create(),
        SelectorCommand.Create(),
        RenderCommand.Create(),
        ApplyCommand.Create(),
        AgentCommand.Create(),
        ConfirmCommand.Create(),
        RollbackCommand.Create(),
        StatusCommand.Create(),
        TraceCommand.Create(),
        FlowsCommand.Create(),
        UninstallCommand.Create(),
        LabCommand.Create(),
        GenerateCommand.Create(),
        ImportCommand.Create(),
    };
}
