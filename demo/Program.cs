using System.CommandLine;
using System.Diagnostics;
using System.Text;
using NetPolicy.Demo;

Option<string> folder = new("--folder") { Description = "The folder of the scenarios.", DefaultValueFactory = _ => "scenarios" };
Option<string?> scenario = new("--scenario") { Description = "Only this scenario: functions, three-tier, tenants, zero-trust or host-endpoints." };
Option<bool> yaml = new("--show-yaml") { Description = "Print the policies of each step as YAML." };
Option<bool> nft = new("--show-nft") { Description = "Print the nftables ruleset of each step." };
Option<bool> connections = new("--connections") { Description = "List every connection that was tried, with its verdict and the rule that decided." };
Option<string?> from = new("--from") { Description = "With --connections: only from this pod, namespace, address or host:NODE." };
Option<string?> to = new("--to") { Description = "With --connections: only to this pod, namespace, address, host:NODE or svc:NAMESPACE/NAME." };
Option<string?> verdict = new("--verdict") { Description = "With --connections: only allow or deny." };
Option<string?> port = new("--port") { Description = "With --connections: only this port: 80, 53/udp." };
scenario.AcceptOnlyFromAmong([.. NetPolicy.Scenarios.Scenarios.All.Select(one => one.Name)]);
verdict.AcceptOnlyFromAmong("allow", "deny");
folder.Hidden = true;

long started = Stopwatch.GetTimestamp();
RootCommand root = new("Runs the reference scenarios: written in C# and YAML, judged by the engine, enforced by nftables on real packets.")
{
    folder, scenario, yaml, nft, connections, from, to, verdict, port,
};
root.SetAction(parsed => new DemoRun(new DemoOptions
{
    Folder = parsed.GetValue(folder)!,
    Scenario = parsed.GetValue(scenario),
    ShowYaml = parsed.GetValue(yaml),
    ShowNft = parsed.GetValue(nft),
    ListConnections = parsed.GetValue(connections),
    Filter = new ConnectionFilter(parsed.GetValue(from), parsed.GetValue(to), parsed.GetValue(verdict), parsed.GetValue(port)),
}).Run(() => Stopwatch.GetElapsedTime(started)));

ParseResult parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    Console.Error.WriteLine($"demo: {parsed.Errors[0].Message} (--help lists what there is)");
    return 2;
}

using StreamWriter output = new(Console.OpenStandardOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = false };
Console.SetOut(output);
return parsed.Invoke();
