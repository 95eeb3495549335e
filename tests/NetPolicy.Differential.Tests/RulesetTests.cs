using NetPolicy.Enforce.Lab;
using NetPolicy.Laws;
using NetPolicy.Laws.Worlds;
using Xunit;

namespace NetPolicy.Differential.Tests;

/// <summary>Rules decide as the specifications say: in the interpreter and in the kernel.</summary>
public sealed class RulesetTests(ITestOutputHelper output)
{
    // Of each cluster so many flows are sent as packets, to see every cell of its tables from several sides.
    private const int FlowsPerCluster = 5_000;

    [Fact]
    public void Interpreted_rules_decide_as_the_specifications_of_host_endpoints() => Hold(WorldShape.Enforceable, 300, 60, LabMeans.Interpreter);

    [Fact]
    public void Interpreted_rules_decide_as_the_specifications_of_workloads() => Hold(WorldShape.EnforceableWorkloads, 300, 60, LabMeans.Interpreter);

    [Fact]
    public void Interpreted_rules_decide_as_the_specifications_of_cluster_policies() => Hold(WorldShape.EnforceableCluster, 200, 60, LabMeans.Interpreter);

    [Fact]
    public void The_kernel_decides_as_the_specifications_of_host_endpoints()
    {
        Kernel.RequireLab();
        Hold(WorldShape.Enforceable, 50, FlowsPerCluster, LabMeans.Interpreter | LabMeans.Packets);
    }

    [Fact]
    public void The_kernel_decides_as_the_specifications_of_workloads()
    {
        Kernel.RequireLab();
        Hold(WorldShape.EnforceableWorkloads, 30, FlowsPerCluster, LabMeans.Interpreter | LabMeans.Packets);
    }

    [Fact]
    public void The_kernel_decides_as_the_specifications_of_cluster_policies()
    {
        Kernel.RequireLab();
        Hold(WorldShape.EnforceableCluster, 20, FlowsPerCluster, LabMeans.Interpreter | LabMeans.Packets);
    }

    // A third or so of the flows cross no node under test, or come back to one as what is taken for forged.
    private void Hold(WorldShape shape, int clusters, int flows, LabMeans means)
    {
        flows = Law.FlowsOr(flows);
        Tally tally = new();
        Law.ForAll(Any.Case(shape, flows * 5 / 2), clusters, @case => Rulesets.Difference(@case, means, flows, tally));
        output.WriteLine(tally.ToString());
        if (!Law.IsChosen)
        {
            Assert.Null(tally.Complain(clusters, flows));
        }
    }
}
