using System.CommandLine;
using System.Diagnostics;
using System.Text;
using NetPolicy.Cli.Input;
using NetPolicy.Demo;
using NetPolicy.Enforce.Lab;

long started = Stopwatch.GetTimestamp();
Option<string> folder = new("--folder") { Description = "The folder of the scenarios.", DefaultValueFactory = _ => "scenarios", Hidden = true };
Option<string?> scenario = new("--scenario") { Description = "Only this scenario." };
Option<bool> yaml = new("--show-yaml") { Description = "Print the policies of each step as YAML." };
Option<bool> nft = new("--show-nft") { Description = "Print the nftables rulesets of each step." };
ConnectionOptions connections = new();
scenario.AcceptOnlyFromAmong([.. NetPolicy.Scenarios.Scenarios.All.Select(one => one.Name)]);
RootCommand root = new("Runs the reference scenarios: written in C# and YAML, judged by the engine, enforced by nftables on real packets.")
{
    folder, scenario, yaml, nft,
};
connections.AddTo(root);
root.SetAction(parsed => new DemoRun(new DemoOptions
{
    Folder = parsed.GetValue(folder)!,
    Scenario = parsed.GetValue(scenario),
    ShowYaml = parsed.GetValue(yaml),
    ShowNft = parsed.GetValue(nft),
    Connections = connections.Read(parsed),
}).Run(() => Stopwatch.GetElapsedTime(started)));

ParseResult parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    Console.Error.WriteLine($"demo: {parsed.Errors[0].Message.ReplaceLineEndings(" ")} (--help lists what there is)");
    return 2;
}

using StreamWriter output = new(Console.OpenStandardOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { NewLine = "\n" };
Console.SetOut(output);
try
{
    return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (Exception exception) when (exception is DemoException or LabException)
{
    output.Flush();
    Console.Error.WriteLine($"demo: {exception.Message}");
    return exception is DemoException ? 2 : 3;
}
