using NetPolicy.Enforce.Lab;
using NetPolicy.Engine;
using NetPolicy.Laws;
using NetPolicy.Laws.Worlds;
using NetPolicy.Manifests;
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

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_connection_to_a_Service_on_the_node_and_one_that_would_be_its_answer_are_not_both_tried(bool isServiceFirst)
    {
        Kernel.RequireLab();
        World world = new([.. ManifestReader.Read("""
            {apiVersion: v1, kind: Node, metadata: {name: n1}, status: {addresses: [{type: InternalIP, address: 192.168.0.1}]}}
            ---
            {apiVersion: v1, kind: Pod, metadata: {name: host}, spec: {nodeName: n1, hostNetwork: true}, status: {phase: Running, podIPs: [{ip: 192.168.0.1}]}}
            ---
            {apiVersion: v1, kind: Pod, metadata: {name: pod}, spec: {nodeName: n1}, status: {phase: Running, podIPs: [{ip: 10.0.0.5}]}}
            ---
            {apiVersion: v1, kind: Service, metadata: {name: service}, spec: {clusterIP: 10.96.0.1, ports: [{protocol: SCTP, port: 443, targetPort: 79}]}}
            ---
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: slice, labels: {kubernetes.io/service-name: service}}
            addressType: IPv4
            endpoints: [{addresses: [192.168.0.1]}]
            ports: [{protocol: SCTP, port: 79}]
            """).Manifests], 0);
        FlowRequest toService = new() { From = "default/pod", To = "10.96.0.1", Protocol = "SCTP", Port = 443, SourcePort = 80 };
        FlowRequest answer = new() { From = "default/host", To = "default/pod", Protocol = "SCTP", Port = 80, SourcePort = 79 };
        Tally tally = new();
        Case @case = new(world, new Choices(), isServiceFirst ? [toService, answer] : [answer, toService]);
        Assert.Null(Rulesets.Difference(@case, LabMeans.Interpreter | LabMeans.Packets, tally: tally));
        Assert.Contains("SCTP IPv4 1\n", tally.ToString(), StringComparison.Ordinal);
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
