using System.Diagnostics;
using System.Globalization;
using NetPolicy.Enforce.Rules;
using NetPolicy.Engine;
using NetPolicy.Manifests;
using Xunit;

namespace NetPolicy.Enforce.Tests.Scale;

/// <summary>What changes cost on a large node. Counts are exact; limits of time are wide, because machines of tests are busy.</summary>
public sealed class UpdateTests
{
    private const int Local = 500;
    private const int Others = 9500;
    private const int Rules = 10;

    private readonly PolicyEngine _engine = new();
    private readonly NodeRules _rules;

    public UpdateTests()
    {
        _engine.Apply(LargeNode.Documents(Local, Others, 1000, Rules).Select(m => new Change.Upsert(m)));
        _rules = new NodeRules(_engine.Current, LargeNode.Node);
        _rules.Install();
    }

    [Fact]
    public void A_workload_elsewhere_that_comes_moves_or_goes_costs_one_element()
    {
        List<double> come = [], relabel = [], go = [];
        for (int i = 0; i < 300; i++)
        {
            Manifest pod = LargeNode.Remote(Others + i, team: i % 100), other = LargeNode.Remote(Others + i, team: (i + 37) % 100);
            NftPlan plan = Timed(come, new Change.Upsert(pod));
            RuleOperation[] operations = [.. plan.Steps[0].Transaction.Operations];
            Assert.Single(Assert.IsType<RuleOperation.AddIdentities>(Assert.Single(operations)).Elements.Elements);
            plan = Timed(relabel, new Change.Upsert(other));
            Assert.Equal([typeof(RuleOperation.DeleteIdentities), typeof(RuleOperation.AddIdentities)], plan.Steps[0].Transaction.Operations.Select(o => o.GetType()));
            plan = Timed(go, new Change.Remove(pod.Id));
            Assert.IsType<RuleOperation.DeleteIdentities>(Assert.Single(plan.Steps[0].Transaction.Operations));
        }

        Report("elsewhere comes", come);
        Report("elsewhere relabelled", relabel);
        Report("elsewhere goes", go);
        Assert.True(Median(come) < 5000 && Median(relabel) < 5000 && Median(go) < 5000);
    }

    [Fact]
    public void A_rule_more_changes_only_rows_of_the_classes_that_have_it()
    {
        List<double> more = [], fewer = [];
        for (int i = 0; i < 20; i++)
        {
            NftPlan plan = Timed(more, new Change.Upsert(LargeNode.Policy(i % 25, Rules + 1)));
            Assert.DoesNotContain(plan.Steps.SelectMany(s => s.Transaction.Operations), o => o is RuleOperation.AddIdentityMap or RuleOperation.AddIdentities);
            Assert.InRange(plan.Steps.Sum(s => s.Transaction.Operations.Count), 1, 60);
            Timed(fewer, new Change.Upsert(LargeNode.Policy(i % 25, Rules)));
        }

        Report("rule added", more);
        Report("rule removed", fewer);
    }

    [Fact]
    public void A_workload_of_the_node_costs_its_own_elements()
    {
        List<double> come = [], go = [];
        for (int i = 0; i < 10; i++)
        {
            Manifest pod = LargeNode.LocalPod(Local + i, app: i % 25);
            NftPlan plan = Timed(come, new Change.Upsert(pod));
            Assert.InRange(plan.Steps.Sum(s => s.Transaction.Operations.Count), 4, 20);
            Timed(go, new Change.Remove(pod.Id));
        }

        Report("local comes", come);
        Report("local goes", go);
    }

    [Fact]
    public void A_map_of_addresses_grows_by_a_new_one()
    {
        int size = _rules.Installed!.Sizes["id4_1"];
        Assert.Equal(32768, size);
        for (int i = 0; i < size - 10_000 - 10; i += 1000)
        {
            Update([.. Enumerable.Range(i, Math.Min(1000, size - 10_000 - i - 10)).Select(n => new Change.Upsert(LargeNode.Remote(Others + n, n % 100)))]);
        }

        Assert.Equal(size, _rules.Installed.Sizes["id4_1"]);
        NftPlan plan = Update([.. Enumerable.Range(0, 1000).Select(n => new Change.Upsert(LargeNode.Remote(40_000 + n, n % 100)))]);
        Assert.Contains(plan.Steps.SelectMany(s => s.Transaction.Operations), o => o is RuleOperation.AddIdentityMap { Map.Size: 131072 });
        Assert.Equal(NftStepKind.Clean, plan.Steps[^1].Kind);
        Assert.DoesNotContain(plan.Steps[^1].Transaction.Operations, o => o is RuleOperation.AddMap);
    }

    private NftPlan Update(params Change[] changes) => _rules.Update(_engine.Apply(changes));

    private NftPlan Timed(List<double> times, Change change)
    {
        Delta delta = _engine.Apply(change);
        long start = Stopwatch.GetTimestamp();
        NftPlan plan = _rules.Update(delta);
        times.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        Assert.NotEmpty(plan.Steps);
        return plan;
    }

    private static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);

    private static void Report(string what, List<double> times) => TestContext.Current.TestOutputHelper?.WriteLine(
        string.Create(CultureInfo.InvariantCulture, $"{what}: median {Median(times):f1} us, least {times.Min():f1} us of {times.Count}"));
}
