using NetPolicy.Addresses;
using NetPolicy.Engine;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Expectations;
using NetPolicy.Spec;
using Xunit;

namespace NetPolicy.Dsl.Tests.Scenarios;

public class ScenarioExpectationTests
{
    public static TheoryData<string> Files =>
    [
        .. Directory.EnumerateFiles(Repository.PathOf("scenarios"), "expectations.yaml", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(Repository.PathOf("scenarios"), f).Replace('\\', '/'))
            .Order(StringComparer.Ordinal),
    ];

    [Theory, MemberData(nameof(Files))]
    public void The_engine_gives_every_flow_of_a_scenario_its_expected_verdict(string file)
    {
        List<string> failures = [];
        foreach ((string step, IReadOnlyList<Manifest> documents, IReadOnlyList<ExpectedFlow> flows) in ScenarioWorld.Read(file).Stages)
        {
            Snapshot snapshot = Snapshot.Of(documents);
            foreach (ExpectedFlow flow in flows)
            {
                Assert.True(snapshot.TryResolve(Request(flow), out Flow resolved, out string? error), $"{file} {step}: {flow}: {error}");
                Evaluation evaluation = snapshot.Evaluate(resolved);
                if (evaluation.IsAllowed != (flow.Expect == ExpectedVerdict.Allow))
                {
                    failures.Add($"{step}: {flow.From} -> {flow.To} {flow.Protocol} {flow.Port} {flow.IpFamily}: expected {flow.Expect}, got {evaluation.Verdict}: egress {evaluation.Egress.Reason}, ingress {evaluation.Ingress.Reason}");
                }
            }
        }

        Assert.True(failures.Count == 0, string.Join('\n', failures));
    }

    [Theory, MemberData(nameof(Files))]
    public void The_specifications_give_every_flow_of_a_scenario_its_expected_verdict(string file)
    {
        List<string> failures = [];
        foreach ((string step, IReadOnlyList<Manifest> documents, IReadOnlyList<ExpectedFlow> flows) in ScenarioWorld.Read(file).Stages)
        {
            SpecWorld world = SpecWorld.Load([ManifestWriter.ToYaml(documents)]);
            foreach (ExpectedFlow flow in flows)
            {
                SpecAnswer answer = world.Evaluate(new SpecFlow(
                    flow.From,
                    flow.To,
                    flow.Protocol.ToString(),
                    flow.Port,
                    IpFamily: flow.IpFamily switch { IpFamily.IPv4 => 4, IpFamily.IPv6 => 6, _ => null },
                    OutInterface: flow.OutInterface,
                    InInterface: flow.InInterface));
                if (answer.Allowed != (flow.Expect == ExpectedVerdict.Allow))
                {
                    failures.Add($"{step}: {flow.From} -> {flow.To} {flow.Protocol} {flow.Port} {flow.IpFamily}: expected {flow.Expect}, got {answer}");
                }
            }
        }

        Assert.True(failures.Count == 0, string.Join('\n', failures));
    }

    private static FlowRequest Request(ExpectedFlow flow) => new()
    {
        From = flow.From,
        To = flow.To,
        Protocol = flow.Protocol.ToString(),
        Port = flow.Port,
        IpFamily = flow.IpFamily == IpFamily.None ? null : flow.IpFamily.ToString(),
        InInterface = flow.InInterface,
        OutInterface = flow.OutInterface,
    };
}
