using System.CommandLine;
using NetPolicy.Cli;
using NetPolicy.Cli.Commands;

RootCommand root = new("Network policy for Kubernetes and Calico: validate, judge, explain, compare and enforce it.")
{
    ValidateCommand.Create(),
    EvalCommand.Create(),
    ExplainCommand.Create(),
    TestCommand.Create(),
    SelectorCommand.Create(),
};

ParseResult parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (var error in parsed.Errors)
    {
        Console.Error.WriteLine($"netpol: {error.Message}");
    }

    Console.Error.WriteLine("netpol: `netpol --help` and `netpol COMMAND --help` list what there is");
    return ExitCode.Unusable;
}

return ExitCode.Guard(() => parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false }));
