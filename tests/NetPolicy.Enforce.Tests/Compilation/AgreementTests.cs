using System.Globalization;
using NetPolicy.Analysis.Expectations;
using NetPolicy.Enforce.Lab;
using NetPolicy.Enforce.Nft;
using NetPolicy.Enforce.Tests.Lab;
using NetPolicy.Engine;
using NetPolicy.Laws;
using Xunit;

namespace NetPolicy.Enforce.Tests.Compilation;

public sealed class AgreementTests
{
    private static readonly string[] s_ends =
    [
        "shop/web", "shop/api", "shop/db", "other/other", "shop/far", "host:node1", "host:node2", "203.0.113.9", "203.0.113.200", "198.51.100.7",
        "10.1.2.3", "2001:db8:bad::1", "2001:db8:ffff::1",
    ];

    private static readonly (string Protocol, int? Port, int? SourcePort, int? Type, int? Code)[] s_traffic =
    [
        ("TCP", 80, null, null, null), ("TCP", 8080, null, null, null), ("TCP", 9090, 1500, null, null), ("TCP", 7070, null, null, null),
        ("TCP", 8050, 9000, null, null), ("TCP", 22, null, null, null), ("TCP", 30080, null, null, null), ("TCP", 9100, null, null, null),
        ("TCP", 9200, 9200, null, null), ("TCP", 8081, null, null, null), ("UDP", 53, null, null, null), ("UDP", 1024, null, null, null),
        ("UDP", 68, null, null, null), ("SCTP", 80, null, null, null), ("ICMP", null, null, 8, 0), ("ICMPv6", null, null, 128, 0), ("47", null, null, null, null),
    ];

    public static TheoryData<string> Cases => [.. PolicyCases.All.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Rules_interpreted_and_in_the_kernel_decide_as_the_engine(string name)
    {
        Kernel.RequireLab();
        Snapshot snapshot = Worlds.Of(PolicyCases.All[name]);
        FlowRequest[] flows =
        [
            .. from source in s_ends
               from destination in s_ends
               where source != destination && (source[0] is < '0' or > '9' || destination[0] is < '0' or > '9')
               from traffic in s_traffic
               select new FlowRequest
               {
                   From = source, To = destination, Protocol = traffic.Protocol, Port = traffic.Port, SourcePort = traffic.SourcePort,
                   IcmpType = traffic.Type, IcmpCode = traffic.Code,
                   IpFamily = traffic.Protocol == "ICMPv6" ? "IPv6" : null,
               },
        ];

        Compare(snapshot, flows, PolicyCases.Options(name));
    }

    [Theory]
    [InlineData("functions")]
    [InlineData("three-tier")]
    [InlineData("tenants")]
    [InlineData("zero-trust")]
    [InlineData("host-endpoints")]
    public void Scenarios_hold_in_rules_as_in_the_engine(string scenario)
    {
        Kernel.RequireLab();
        foreach (ExpectedWorld world in LabWorldTests.Scenario(scenario))
        {
            Compare(Snapshot.Of(world.Manifests), [.. world.Flows.AsEnumerable().Select(ExpectationRunner.ToRequest)], EnforcementOptions.Default);
        }
    }

    private static void Compare(Snapshot snapshot, FlowRequest[] flows, EnforcementOptions options)
    {
        LabWorld world = LabWorld.Of(snapshot, new LabWorldOptions { Flows = flows });
        Dictionary<string, string> rulesets = [];
        foreach (LabNode node in world.Topology.Nodes)
        {
            CompiledRuleset ruleset = RulesetCompiler.Compile(snapshot, node.Name, options);
            Assert.False(ruleset.HasErrors, string.Join('\n', ruleset.Diagnostics));
            rulesets[node.Name] = NftWriter.Write(ruleset);
        }

        LabComparison comparison = LabComparison.Run(world, rulesets, flows, new LabComparisonOptions { Means = LabMeans.Interpreter | LabMeans.Packets });
        string[] wrong =
        [
            .. comparison.Rows.Where(r => !r.Agrees).Select(r => string.Create(
                CultureInfo.InvariantCulture,
                $"{r.Request.From} -> {r.Request.To} {r.Request.Protocol} {r.Request.Port} {r.Request.IpFamily}: engine {r.Engine.Verdict} ({r.Engine.Decider.Reason} {r.Engine.Decider.Rule}), interpreter {r.Interpreter}, kernel {r.Packets}, rule {r.Rule}")),
        ];
        int tried = comparison.Rows.Count(r => r.IsTried), denied = comparison.Rows.Count(r => r.IsTried && r.Packets?.Verdict == Verdict.Deny);
        TestContext.Current.TestOutputHelper?.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{comparison.Rows.Count} flows, {tried} tried, {denied} denied by the kernel"));
        Assert.True(wrong.Length == 0, string.Create(CultureInfo.InvariantCulture, $"{wrong.Length} of {comparison.Rows.Count}\n") + string.Join('\n', wrong.Take(25)));
    }
}
