using NetPolicy.Enforce.Lab;
using NetPolicy.Laws;
using NetPolicy.Laws.Worlds;
using Xunit;

namespace NetPolicy.Differential.Tests;

/// <summary>Rules decide as the specifications say: in the interpreter and in the kernel.</summary>
public sealed class RulesetTests(ITestOutputHelper output)
{
    [Fact]
    public void Interpreted_rules_decide_as_the_specifications()
    {
        Tally tally = new();
        Law.ForAll(Any.Case(WorldShape.Enforceable, flows: 60), 300, @case => Rulesets.Difference(@case, LabMeans.Interpreter, tally: tally));
        output.WriteLine(tally.ToString());
    }

    [Fact]
    public void Interpreted_rules_of_workloads_decide_as_the_specifications()
    {
        Tally tally = new();
        Law.ForAll(Any.Case(WorldShape.EnforceableWorkloads, flows: 60), 300, @case => Rulesets.Difference(@case, LabMeans.Interpreter, tally: tally));
        output.WriteLine(tally.ToString());
    }
}
