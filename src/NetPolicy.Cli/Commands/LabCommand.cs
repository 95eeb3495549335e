using System.CommandLine;
using NetPolicy.Addresses;
using NetPolicy.Analysis.Expectations;
using NetPolicy.Cli.Input;
using NetPolicy.Cli.Output;
using NetPolicy.Diagnostics;
using NetPolicy.Enforce;
using NetPolicy.Enforce.Lab;
using NetPolicy.Enforce.Nft;
using NetPolicy.Engine;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Expectations;

namespace NetPolicy.Cli.Commands;

/// <summary><c>netpol lab</c>: builds the cluster from network namespaces, enforces, sends real packets, compares with the engine.</summary>
internal static class LabCommand
{
    private static readonly IpAddress[] s_internet = [IpAddress.Parse("203.0.113.9"), IpAddress.Parse("2001:db8:ffff::9")];

    public static Command Create()
    {
        Option<string> output = CommonOptions.Output("text", "json");
        Option<string> staged = CommonOptions.Staged();
        Option<bool> sockets = new("--sockets") { Description = "Make real TCP and UDP connections too; each that is denied takes two seconds, many at a time." };
        ConnectionOptions connections = new();
        Argument<string[]> paths = CommonOptions.Paths();
        Command command = new(
            "lab",
            "Builds the cluster from network namespaces, enforces, sends real packets between all pods, nodes and the Internet, and compares with the engine.")
        {
            output, staged, sockets, paths,
        };
        connections.AddTo(command);
        command.SetAction(parsed =>
        {
            string[] files = parsed.GetValue(paths)!;
            LabComparison comparison = Run(
                Snapshot.Of(World.Load(files), CommonOptions.ToEngineOptions(parsed.GetValue(staged), hostInput: null)),
                ExpectedFlows(files),
                parsed.GetValue(sockets) ? LabMeans.Interpreter | LabMeans.Packets | LabMeans.Sockets : LabMeans.Interpreter | LabMeans.Packets);
            if (parsed.GetValue(output) == "json")
            {
                Json.WriteDocument(json => LabJson.Write(json, comparison, connections.Read(parsed)));
            }
            else
            {
                LabText.Write(Console.Out, comparison, connections.Read(parsed));
            }

            return comparison.Mismatches.Any() ? ExitCode.Findings : ExitCode.Fine;
        });
        return command;
    }

    private static LabComparison Run(Snapshot snapshot, IReadOnlyList<FlowRequest> listed, LabMeans means)
    {
        LabWorld world = LabWorld.Of(snapshot, new LabWorldOptions { Flows = listed, OutsideAddresses = s_internet });
        if (world.Topology.Pods.Count == 0 && world.Topology.Nodes.Count == 0)
        {
            throw new UnusableException("the documents have no pod with a node and an address, and no host endpoint: there is nothing to build");
        }

        IReadOnlyDictionary<string, CompiledRuleset> rulesets = world.Compile();
        foreach (Diagnostic finding in rulesets.Values.SelectMany(ruleset => ruleset.Diagnostics))
        {
            Console.Error.WriteLine(finding);
        }

        if (rulesets.Values.Any(ruleset => ruleset.HasErrors))
        {
            throw new UnusableException("the policies cannot be enforced as written, nothing was tried");
        }

        LabSupport support = LabSupport.Check();
        return support.IsAvailable
            ? LabComparison.Run(
                world,
                rulesets.ToDictionary(pair => pair.Key, pair => NftWriter.Write(pair.Value), StringComparer.Ordinal),
                [.. listed, .. LabFlows.Everything(snapshot, s_internet, listed)],
                new LabComparisonOptions { Means = means })
            : throw new LabException(support.Reason);
    }

    // Of every step, each flow once; what they expect is the business of `test`.
    private static FlowRequest[] ExpectedFlows(IReadOnlyList<string> paths) =>
    [
        .. World.Read(paths).Manifests.OfType<ExpectationManifest>()
            .SelectMany(expectation => expectation.Flows.AsEnumerable().Concat(expectation.Steps.AsEnumerable().SelectMany(step => step.Flows.AsEnumerable())))
            .Select(ExpectationRunner.ToRequest)
            .Distinct(),
    ];
}
